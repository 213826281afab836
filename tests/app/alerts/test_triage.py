"""How urgent, where, how sure; and what is held true or false only by two."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.permissions import Role
from tests.app.alerts.entries import WHY, entered, looked_at
from tests.people import EAST, WEST, Staff, record
from tests.reports import act

DUTY, SECOND, OPS, HOM = Role.WATCHKEEPER_JOC, Role.POC_OFFICER, Role.SECTOR_OPS, Role.HOM


def triage(client: FlaskClient, headers: dict[str, str], alert: int, priority: str, **more: Any) -> Any:
    fields = {"priority": priority, "source_reliability": "C", "credibility": 3, "note": WHY} | more
    return act(client, headers, alert, "triage", **fields)


def taken(client: FlaskClient, headers: dict[str, str], **changes: Any) -> int:
    alert = entered(client, headers, **changes)
    assert act(client, headers, alert, "acknowledge").status_code == 200
    return alert


def due(owner: psycopg.Connection, alert: int, clock: str) -> Any:
    row = owner.execute(
        "SELECT due_at - now() FROM alert_clocks WHERE alert_id = %s AND clock = %s", [alert, clock]
    ).fetchone()
    assert row
    return row[0].total_seconds() / 60


def verify(client: FlaskClient, headers: dict[str, str], alert: int, found: str) -> Any:
    fields = {"verification": found, "source_reliability": "B", "credibility": 1, "note": WHY}
    return act(client, headers, alert, "verify", **fields)


def test_a_more_urgent_priority_shortens_the_clocks_and_a_lesser_one_gives_time(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(DUTY)
    alert = taken(client, duty, kind="hate_speech", priority="P4")
    before = due(owner, alert, "decide")
    urgent = triage(client, duty, alert, "P1")
    assert (urgent.json["priority"], urgent.json["grade"]) == ("P1", "C3")
    assert due(owner, alert, "decide") < 11 < before
    assert triage(client, duty, alert, "P4").status_code == 200
    assert due(owner, alert, "decide") > 1400
    step = [s for s in urgent.json["steps"] if s["kind"] == "triaged"][-1]
    assert (step["details"]["before_priority"], step["note"]) == ("P4", WHY)


def test_a_corrected_place_is_a_new_statement_and_the_old_one_is_kept(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(DUTY)
    alert = taken(client, duty)
    moved = triage(client, duty, alert, "P2", place="0.61, 0.62").json
    assert (moved["place"]["lat"], moved["place"]["lon"]) == (0.61, 0.62)
    before = moved["steps"][-2]["details"]["place_before"]
    assert (before["lat"], before["lon"], before["as_given"]) == (0.5, 0.5, "0.50000, 0.50000")
    logged = owner.execute(
        "SELECT details::text FROM ledger_events WHERE action = 'alerts.triaged'"
    ).fetchone()
    assert logged and "place_corrected" in logged[0]
    assert "place_before" not in logged[0], "auditors read the ledger, and not where it was"


def test_what_lies_at_the_corrected_place_is_weighed_and_a_priority_is_proposed(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(DUTY)
    alert = taken(
        client, duty, kind="armed_group_movement", priority="P4", source_reliability="A", credibility=1
    )
    with owner.transaction():
        owner.execute(
            "INSERT INTO places (code, name, kind, population, place) "
            "VALUES ('T1', 'EXERCISE Town', 'town', 100000, ST_SetSRID(ST_MakePoint(0.9, 0.9), 4326))"
        )
        record(owner)
    first = looked_at(client, duty, alert)
    assert first["weighed_anew"] is None
    graded = {"source_reliability": "A", "credibility": 1}
    near = triage(client, duty, alert, "P4", place="0.9, 0.9", **graded).json
    assert near["priority"] == "P4", "what is proposed is taken by a person or not at all"
    anew, step = near["weighed_anew"], near["steps"][-1]
    assert any("EXERCISE Town" in said for said in anew["reasons"]) and anew["score"] > first["score"]
    assert (step["kind"], step["details"]["proposed"]) == ("weighed", anew["proposed"])
    assert anew["proposed"] < "P4" and first["reasons"] == near["reasons"], (
        "why it was raised stays as it was"
    )
    page = staff.client(DUTY).get(f"/alerts/{alert}").get_data(as_text=True)
    assert f"proposes {anew['proposed']}; it stands at P4" in page
    logged = owner.execute(
        "SELECT details::text FROM ledger_events WHERE action = 'alerts.weighed'"
    ).fetchone()
    assert logged and anew["proposed"] in logged[0] and "Town" not in logged[0]
    # Far from everything it weighs less; that takes no priority away. Without a place nothing is weighed.
    far = triage(client, duty, alert, "P4", place="0.1, 0.1", **graded).json
    assert far["weighed_anew"]["score"] < anew["score"] and far["priority"] == "P4"
    assert triage(client, duty, alert, "P4", **graded).json["steps"][-1]["kind"] == "triaged"


def test_the_points_at_the_corrected_place_are_for_those_who_see_cells(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(DUTY)
    alert = taken(client, duty)
    assert triage(client, duty, alert, "P2", place="0.61, 0.62").json["weighed_anew"]["weighing"]
    seen = looked_at(client, staff.bearer(OPS, WEST), alert)["weighed_anew"]
    assert seen["reasons"] and seen["score"] is None and seen["weighing"] is None


def test_a_place_that_cannot_be_read_changes_nothing(client: FlaskClient, staff: Staff) -> None:
    duty = staff.bearer(DUTY)
    alert = taken(client, duty)
    before = looked_at(client, duty, alert)
    assert triage(client, duty, alert, "P1", place="nowhere that is known").status_code == 422
    beyond = triage(client, duty, alert, "P1", place="95.25, 200.75")
    assert beyond.status_code == 422 and beyond.json["detail"].endswith("Latitude comes first.")
    assert triage(client, duty, alert, "P1", note="no").status_code == 422
    assert looked_at(client, duty, alert) == before


def test_only_who_handles_both_sectors_moves_an_alert_from_one_to_the_other(
    client: FlaskClient, staff: Staff
) -> None:
    duty, west = staff.bearer(DUTY), staff.bearer(OPS, WEST)
    alert = taken(client, duty)
    assert triage(client, west, alert, "P2", place="0.5, 1.5").status_code == 403
    assert triage(client, duty, alert, "P2", place="0.5, 1.5").json["sector_id"] == staff.sectors[EAST]
    assert triage(client, west, alert, "P2").status_code == 404


def test_nobody_triages_what_nobody_has_taken_or_what_he_only_reads(
    client: FlaskClient, staff: Staff
) -> None:
    duty = staff.bearer(DUTY)
    alert = entered(client, duty)
    assert triage(client, duty, alert, "P2").status_code == 409
    act(client, duty, alert, "acknowledge")
    assert triage(client, staff.bearer(HOM), alert, "P2").status_code == 403


@pytest.mark.parametrize("found", ["verified", "unfounded", "contradicted"])
def test_what_is_held_true_or_false_takes_two(client: FlaskClient, staff: Staff, found: str) -> None:
    duty, second = staff.bearer(DUTY), staff.bearer(SECOND)
    alert = taken(client, duty)
    proposed = verify(client, duty, alert, found).json
    assert (proposed["verification"], proposed["status"]) == ("reported", "acknowledged")
    assert [c["stopped_at"] for c in proposed["clocks"] if c["clock"] == "verify"] == [None], (
        "the clock runs on"
    )
    assert verify(client, second, alert, found).json["code"] == "wrong_state"
    assert act(client, duty, alert, "approve-verification", approve=True).status_code == 403
    done = act(client, second, alert, "approve-verification", approve=True).json
    assert (done["verification"], done["status"], done["grade"]) == (found, "verified", "B1")
    assert act(client, second, alert, "approve-verification", approve=True).status_code == 409
    assert [s["kind"] for s in done["steps"]][-2:] == ["verification_proposed", "verified"]


def test_a_refused_proposal_says_why_and_changes_nothing_else(client: FlaskClient, staff: Staff) -> None:
    duty, second = staff.bearer(DUTY), staff.bearer(SECOND)
    alert = taken(client, duty)
    verify(client, duty, alert, "unfounded")
    assert act(client, second, alert, "approve-verification", approve=False).status_code == 422
    refused = act(client, second, alert, "approve-verification", approve=False, note=WHY).json
    assert (refused["verification"], refused["status"]) == ("reported", "acknowledged")
    assert verify(client, second, alert, "verified").status_code == 200, "and it can be proposed anew"


def test_what_one_may_say_alone_is_said_at_once(client: FlaskClient, staff: Staff) -> None:
    duty = staff.bearer(DUTY)
    alert = taken(client, duty)
    assert verify(client, duty, alert, "corroborated").json["status"] == "verified"


def test_the_page_offers_the_approval_to_the_other_person_alone(client: FlaskClient, staff: Staff) -> None:
    duty = staff.bearer(DUTY)
    alert = taken(client, duty)
    verify(client, duty, alert, "verified")
    own = staff.client(DUTY).get(f"/alerts/{alert}").get_data(as_text=True)
    other = staff.client(SECOND).get(f"/alerts/{alert}").get_data(as_text=True)
    assert "approve-verification" not in own and "second person" in own
    assert f"/alerts/{alert}/approve-verification" in other


STEP = (
    "INSERT INTO alert_steps (alert_id, kind, at, by_id, details) "
    "VALUES (%s, 'verified', now(), vigil.person_id(), '{\"verification\": \"verified\"}')"
)


@pytest.mark.parametrize("change", [
    "verification = 'verified'", "verification = 'unfounded'", "priority = 'P4'", "leader_id = NULL, source_code = 'S-9'",
    "place = ST_SetSRID(ST_MakePoint(0.1, 0.1), 4326)", "sector_id = NULL",
])  # fmt: skip
def test_a_hand_on_the_database_changes_nothing_without_its_step(
    client: FlaskClient, staff: Staff, change: str
) -> None:
    from app.db import db

    duty = staff.bearer(DUTY)
    alert = taken(client, duty)
    with staff.acting(DUTY), pytest.raises(Exception, match=r"step of its chain|second person"):
        db.session.connection().exec_driver_sql(f"UPDATE alerts SET {change} WHERE id = {alert}")


def test_a_hand_on_the_database_does_not_approve_its_own_proposal(client: FlaskClient, staff: Staff) -> None:
    from app.db import db

    duty = staff.bearer(DUTY)
    alert = taken(client, duty)
    verify(client, duty, alert, "verified")
    with staff.acting(DUTY), pytest.raises(Exception, match="row-level security"):
        db.session.connection().exec_driver_sql(STEP, (alert,))
    with staff.acting(SECOND):
        db.session.connection().exec_driver_sql(STEP, (alert,))
