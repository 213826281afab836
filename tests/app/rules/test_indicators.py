"""Indicators that reports and entries tell of, counted by who said it first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.alerts.models import Indicator
from app.alerts.wording import INDICATORS
from app.console.forms import code_of
from app.permissions import Role
from tests.app.alerts.entries import entered
from tests.app.rules.test_pages import written
from tests.app.rules.world import rule
from tests.people import EAST, Staff
from tests.reports import body, put

KEEPER, DUTY, PATROL = Role.POC_OFFICER, Role.WATCHKEEPER_JOC, Role.PATROL_CDR
SIGNS = ["market_empty", "schools_closed"]


def asked(red: int = 2, **changes: Any) -> dict[str, Any]:
    parameters = {"kind": "indicator", "source": "indicators", "kinds": SIGNS, "period_hours": 24, "red": red}
    return rule(parameters=parameters) | changes


def reported(client: FlaskClient, staff: Staff, sector: str = "WEST", **changes: Any) -> None:
    sent = body(kind="all_quiet") | {"indicators": ["market_empty"]} | changes
    assert put(client, staff.bearer(PATROL, sector), sent).status_code == 201


def told(client: FlaskClient, staff: Staff, **changes: Any) -> int:
    """An entry by the watchkeeper: its alert."""
    return entered(
        client, staff.bearer(DUTY), **{"kind": "other", "indicators": ["schools_closed"]} | changes
    )


def fires(client: FlaskClient, staff: Staff, role: Role = KEEPER, **changes: Any) -> Any:
    """What the test button finds of it."""
    answer = client.post("/api/v1/rules/test", json=asked(**changes), headers=staff.bearer(role))
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def test_each_sign_has_words_and_a_word_of_it_is_enough_at_the_console() -> None:
    assert set(INDICATORS) == set(Indicator)
    assert len([i for i in Indicator if i.startswith("factor_")]) == 14
    assert code_of("market") == "market_empty" and code_of("Roadblocks") == "roadblocks"
    for word, said in (("picnic", "No sign on the list"), ("leaders", "may mean several")):
        with pytest.raises(ValueError, match=said):
            code_of(word)


def test_a_report_and_an_entry_of_two_sources_are_two(client: FlaskClient, staff: Staff) -> None:
    reported(client, staff)
    assert fires(client, staff)["count"] == 0
    told(client, staff, source_code="S-1")
    found = fires(client, staff)
    assert found["count"] == 1
    why = found["firings"][0]["why"]
    assert why.startswith(
        "2 independent sources tell of indicators (Market empty or Schools close) within 24 hours"
    )


def test_what_several_repeat_from_one_person_is_one(client: FlaskClient, staff: Staff) -> None:
    told(client, staff, source_code="S-1")
    told(client, staff, source_code="S-2", repeats_code="S-1")
    told(client, staff, source_code="S-3", repeats_code="S-2")
    for _turn in range(3):
        reported(client, staff)
    assert fires(client, staff, red=3)["count"] == 0, "the caller, and the patrol that told of it three times"
    assert fires(client, staff, red=2)["count"] == 1


def test_those_whom_nobody_knows_are_one_together(client: FlaskClient, staff: Staff) -> None:
    for _turn in range(3):
        told(client, staff)
    assert fires(client, staff)["count"] == 0
    reported(client, staff)
    assert fires(client, staff)["count"] == 1


def test_another_sign_another_place_or_one_of_long_ago_does_not_count(
    client: FlaskClient, staff: Staff
) -> None:
    told(client, staff, source_code="S-1")
    reported(client, staff, indicators=["roadblocks"])
    reported(client, staff, place={"lon": 0.9, "lat": 0.9})
    reported(client, staff, occurred_at=(datetime.now(UTC) - timedelta(days=3)).isoformat())
    assert fires(client, staff)["count"] == 0


def test_the_test_button_counts_what_its_user_may_read(client: FlaskClient, staff: Staff) -> None:
    reported(client, staff)
    told(client, staff, source_code="S-1")
    west, east = staff.sectors["WEST"], staff.sectors[EAST]
    assert fires(client, staff, Role.SECTOR_OPS, sector_id=west)["count"] == 1
    answer = client.post(
        "/api/v1/rules/test", json=asked(sector_id=west), headers=staff.bearer(Role.SECTOR_OPS, EAST)
    )
    assert answer.status_code == 403
    assert fires(client, staff, sector_id=east, area=None)["count"] == 0


def test_the_rule_s_sentence_names_them_in_words(client: FlaskClient, staff: Staff) -> None:
    number = written(client, staff, **asked())
    said = client.get(f"/api/v1/rules/{number}", headers=staff.bearer(KEEPER)).get_json()["sentence"]
    assert "2 independent sources tell of indicators (Market empty or Schools close)" in said


def test_they_stand_on_the_report_and_on_the_alert_in_words(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    reported(client, staff, indicators=SIGNS)
    (report,) = owner.execute("SELECT id FROM field_reports").fetchone() or (0,)
    alert, duty = told(client, staff), staff.client(DUTY)
    assert "Market empty, Schools close" in duty.get(f"/reports/{report}").get_data(as_text=True)
    assert "Schools close" in duty.get(f"/alerts/{alert}").get_data(as_text=True)


def test_a_sign_that_is_not_on_the_list_is_refused(client: FlaskClient, staff: Staff) -> None:
    sent = body() | {"indicators": ["picnic"]}
    assert put(client, staff.bearer(PATROL), sent).status_code == 422
