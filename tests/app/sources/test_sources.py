"""Sources by codes: their history, whom they repeat, how many independent ones stand behind an alert."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.permissions import Permission, Role
from tests.app.alerts.entries import WHY, WORDS, entered, looked_at
from tests.people import EAST, WEST, Staff
from tests.reports import act, raised

HERE = {"lon": 0.5, "lat": 0.5}
DUTY, SECOND, OPS = Role.WATCHKEEPER_JOC, Role.POC_OFFICER, Role.SECTOR_OPS


def add(client: FlaskClient, headers: dict[str, str], code: str = "S-017", **more: Any) -> Any:
    return client.post("/api/v1/sources", json={"code": code, "kind": "focal_point", **more}, headers=headers)


def judged(client: FlaskClient, staff: Staff, code: str, found: str, repeats: str | None = None) -> int:
    duty = staff.bearer(DUTY)
    alert = entered(client, duty)
    act(client, duty, alert, "acknowledge")
    said = {"source_code": code} | ({"repeats_code": repeats} if repeats else {})
    assert act(client, duty, alert, "source", **said).status_code == 200
    fields = {"verification": found, "source_reliability": "B", "credibility": 1, "note": WHY}
    assert act(client, duty, alert, "verify", **fields).status_code == 200
    assert act(client, staff.bearer(SECOND), alert, "approve-verification", approve=True).status_code == 200
    return alert


def test_what_is_raised_by_hand_takes_a_code_and_no_name_and_says_whose_words_they_are(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(DUTY)
    for name in ("Jean of the market", "+243 99 000 0001", "x" * 40):
        sent = {"kind": "other", "priority": "P3", "channel": "hotline", "verbatim": WORDS, "place": HERE}
        answer = client.post("/api/v1/alerts", json={**sent, "source_code": name}, headers=duty)
        assert answer.status_code == 422, name
    alert = entered(client, duty, source_code="s-7", repeats_code="S-8")
    told = looked_at(client, duty, alert)["sources"]
    assert (told["code"], told["repeats"]) == ("S-7", "S-8")
    # One who raises alerts and keeps no sources gives the code; whose words they are somebody else says.
    liaison = {"kind": "other", "priority": "P3", "channel": "hotline", "verbatim": WORDS, "place": HERE}
    told_on = client.post(
        "/api/v1/alerts", json={**liaison, "source_code": "9"}, headers=staff.bearer(Role.CLA)
    )
    assert told_on.status_code == 201
    codes = owner.execute("SELECT source_code FROM alerts ORDER BY id").fetchall()
    assert codes == [("S-7",), ("S-9",)]
    assert owner.execute("SELECT count(*) FROM sources").fetchone() == (2,)


def test_what_one_who_keeps_no_sources_says_of_the_source_waits_for_one_who_does(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty, cla = staff.bearer(DUTY), staff.bearer(Role.CLA)
    sent = {"kind": "other", "priority": "P3", "channel": "hotline", "verbatim": WORDS, "place": HERE}
    told = client.post(
        "/api/v1/alerts", json={**sent, "source_code": "9", "repeats_code": "s-8"}, headers=cla
    )
    assert told.status_code == 201
    itself = {**sent, "source_code": "9", "repeats_code": "S-9"}
    assert client.post("/api/v1/alerts", json=itself, headers=cla).status_code == 422
    (alert,) = owner.execute("SELECT id FROM alerts").fetchone() or (0,)
    seen = looked_at(client, duty, alert)
    assert (seen["source_as_said"], seen["sources"]["source_id"]) == ({"code": "S-9", "repeats": "S-8"}, None)
    page = staff.client(DUTY).get(f"/alerts/{alert}").get_data(as_text=True)
    assert "as said at the entry" in page and "repeats what S-8 said" in page
    assert 'name="source_code" maxlength="40" value="S-9"' in page
    assert 'name="repeats_code" maxlength="40" value="S-8"' in page
    # A token that reads no sources tells no code, and neither does the log.
    narrow = staff.bearer(DUTY, scopes=[Permission.READ_ALERTS])
    blind = client.get(f"/api/v1/alerts/{alert}", headers=narrow)
    assert blind.status_code == 200 and blind.json["source_as_said"] is None
    assert not {"S-8", "S-9"} & set(blind.get_data(as_text=True).split('"'))
    logged = owner.execute("SELECT count(*) FROM ledger_events WHERE details::text LIKE '%S-8%'").fetchone()
    assert logged == (0,)
    assert act(client, duty, alert, "source", source_code="S-9", repeats_code="S-8").status_code == 200
    named = looked_at(client, duty, alert)
    assert (named["source_as_said"], named["sources"]["code"], named["sources"]["repeats"]) == (
        None,
        "S-9",
        "S-8",
    )


def history(client: FlaskClient, staff: Staff, code: str) -> Any:
    found = client.get(f"/api/v1/sources?search={code}", headers=staff.bearer(DUTY)).json["sources"]
    assert len(found) == 1
    return found[0]


def test_the_grade_is_suggested_by_what_two_persons_found_true_and_false(
    client: FlaskClient, staff: Staff
) -> None:
    for found in ("verified", "verified", "verified", "unfounded"):
        judged(client, staff, "S-017", found)
    judged(client, staff, "S-018", "verified", repeats="S-017")
    mine = history(client, staff, "S-017")
    assert (mine["history"]["true"], mine["history"]["false"], mine["history"]["suggested"]) == (3, 1, "C")
    assert history(client, staff, "S-018")["history"]["true"] == 0, "what it repeated is no test of it"


def test_an_officer_s_own_grade_stands_apart_from_the_history(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(DUTY)
    source = add(client, duty).json["id"]
    graded = client.post(f"/api/v1/sources/{source}/grade", json={"grade": "B"}, headers=duty).json
    assert (graded["grade"], graded["history"]["suggested"]) == ("B", "F")
    events = owner.execute(
        "SELECT action FROM ledger_events WHERE subject = %s ORDER BY id", [f"sources:{source}"]
    )
    assert [e[0] for e in events] == ["sources.added", "sources.graded"]


def test_what_three_repeat_from_one_is_three_reports_and_one_source(
    client: FlaskClient, staff: Staff
) -> None:
    duty = staff.bearer(DUTY)
    leader, second, third, unknown = (entered(client, duty) for _n in range(4))
    act(client, duty, leader, "source", source_code="S-1")
    act(client, duty, second, "source", source_code="S-2", repeats_code="S-1")
    act(client, duty, third, "source", source_code="s-3", repeats_code="S-2")
    for follower in (second, third):
        assert act(client, duty, follower, "merge", leader_id=leader, note=WHY).status_code == 200
    behind = looked_at(client, duty, leader)["sources"]
    assert (behind["reports"], behind["independent"], behind["unknown"]) == (3, 1, 0)
    page = staff.client(DUTY).get(f"/alerts/{third}").get_data(as_text=True)
    assert "3 reports, 1 independent source" in page
    act(client, duty, unknown, "merge", leader_id=leader, note=WHY)
    behind = looked_at(client, duty, leader)["sources"]
    assert (behind["reports"], behind["independent"], behind["unknown"]) == (4, 1, 1)


def test_a_correction_is_a_new_row_and_the_latest_counts(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(DUTY)
    alert = entered(client, duty)
    act(client, duty, alert, "source", source_code="S-1", repeats_code="S-2")
    act(client, duty, alert, "source", source_code="S-1")
    assert looked_at(client, duty, alert)["sources"]["repeats"] == ""
    assert owner.execute("SELECT count(*) FROM alert_sources").fetchone() == (2,)
    assert act(client, duty, alert, "source", source_code="S-1", repeats_code="S-1").status_code == 422


def test_what_a_patrol_saw_itself_is_a_source_though_nobody_gave_it_a_code(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    raised(client, staff.bearer(Role.PATROL_CDR))
    (alert,) = owner.execute("SELECT id FROM alerts").fetchone() or (0,)
    behind = looked_at(client, staff.bearer(DUTY), alert)["sources"]
    assert (behind["independent"], behind["unknown"]) == (1, 0)


@pytest.mark.parametrize(
    "code", ["Jean Dupont, the baker", "s", "-1", "S 17; x", "É-1", "S" * 21, "+23612345678 x"]
)
def test_a_code_that_could_be_a_name_or_a_number_is_refused(
    client: FlaskClient, staff: Staff, code: str
) -> None:
    assert add(client, staff.bearer(DUTY), code).status_code == 422


def test_a_code_is_one_source_of_a_sector_and_tells_nothing_of_another(
    client: FlaskClient, staff: Staff
) -> None:
    west, east = staff.bearer(OPS, WEST), staff.bearer(OPS, EAST)
    here, there = (staff.sectors[s] for s in (WEST, EAST))
    mine = add(client, west, sector_id=here)
    assert mine.status_code == 201
    assert add(client, east, sector_id=there).status_code == 201, (
        "or the refusal would tell that it is taken there"
    )
    assert add(client, west, "s-017", sector_id=here).json["code"] == "code_taken"
    assert add(client, west, "S-018", sector_id=there).status_code == 403
    assert add(client, west, "S-018").status_code == 403, "the mission's own are the mission's"
    source = mine.json["id"]
    assert client.get(f"/api/v1/sources/{source}", headers=east).status_code == 404
    assert (
        client.post(f"/api/v1/sources/{source}/grade", json={"grade": "A"}, headers=east).status_code == 404
    )


def test_pages_show_code_and_history(client: FlaskClient, staff: Staff) -> None:
    judged(client, staff, "S-017", "verified")
    browser = staff.client(DUTY)
    register = browser.get("/sources").get_data(as_text=True)
    assert "S-017" in register
    source = history(client, staff, "S-017")["id"]
    assert "1 were true and 0 false" in browser.get(f"/sources/{source}").get_data(as_text=True)
