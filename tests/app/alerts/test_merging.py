"""What several tell of one event is answered once; nothing is lost by merging, and all of it can be taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.documents.accountability_report_brief import AccountabilityBrief
from app.documents.brief import thaw
from app.documents.freezing import Ordered, freeze_document
from app.measures import views
from app.measures.periods import any_period
from app.permissions import Role
from tests.app.alerts.entries import WHY, entered, looked_at
from tests.people import EAST, WEST, Staff, record
from tests.reports import act

DUTY, OPS, HOM = Role.WATCHKEEPER_JOC, Role.SECTOR_OPS, Role.HOM
DECIDE = {"response": "patrol", "authority": "tactical_control"}


def merge(client: FlaskClient, headers: dict[str, str], alert: int, leader: int) -> Any:
    return act(client, headers, alert, "merge", leader_id=leader, note=WHY)


def clocks(owner: psycopg.Connection, alert: int) -> list[Any]:
    query = "SELECT clock, due_at, stopped_at FROM alert_clocks WHERE alert_id = %s ORDER BY id"
    return owner.execute(query, [alert]).fetchall()


def test_a_follower_leaves_the_queue_and_its_clocks_stop(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(DUTY)
    leader, follower = entered(client, duty), entered(client, duty)
    assert [x["id"] for x in looked_at(client, duty, follower)["likely"]] == [leader]
    assert merge(client, duty, follower, leader).status_code == 200
    told = looked_at(client, duty, follower)
    assert (told["leader_id"], told["status"]) == (leader, "received")
    assert all(stopped for _c, _d, stopped in clocks(owner, follower))
    assert not any(stopped for _c, _d, stopped in clocks(owner, leader))
    assert looked_at(client, duty, leader)["group"] == [leader, follower]
    page = staff.client(DUTY).get("/alerts/queue").get_data(as_text=True)
    assert f'id="q-{leader}"' in page and f'id="q-{follower}"' not in page
    open_ones = client.get("/api/v1/alerts?status=open", headers=duty).json["alerts"]
    assert [a["id"] for a in open_ones] == [leader]


def test_taken_back_it_stands_as_if_it_had_never_followed(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(DUTY)
    leader, follower = entered(client, duty), entered(client, duty)
    before = clocks(owner, follower)
    merge(client, duty, follower, leader)
    assert act(client, duty, follower, "part", note=WHY).json["leader_id"] is None
    assert clocks(owner, follower) == before
    steps = [s["kind"] for s in looked_at(client, duty, follower)["steps"]]
    assert steps == ["raised", "merged", "parted"]
    assert act(client, duty, follower, "acknowledge").status_code == 200


def test_what_tells_of_one_event_is_counted_once(client: FlaskClient, staff: Staff) -> None:
    duty = staff.bearer(DUTY)
    leader, follower = entered(client, duty), entered(client, duty)
    merge(client, duty, follower, leader)
    today = any_period(None, None, datetime.now(UTC))
    with staff.acting(HOM):
        figures = {line.measure.code: line.figure for line in views.board(today)}
        subject = {"since": today.since.isoformat(), "until": today.until.isoformat(), "sectors": None}
        brief = thaw(freeze_document(Ordered("DOC-2026-00001", "accountability_report", subject, "command")))
    assert figures["actionable"] is not None and figures["actionable"].rows == 1
    assert isinstance(brief, AccountabilityBrief)
    assert [(a.actionable, a.decision) for a in brief.alerts] == [
        (True, None),
        (False, f"With alert {leader}, which tells of the same event"),
    ]


def test_a_follower_is_answered_where_it_leads_to(client: FlaskClient, staff: Staff) -> None:
    duty = staff.bearer(DUTY)
    leader, follower = entered(client, duty), entered(client, duty)
    merge(client, duty, follower, leader)
    for name, fields in (
        ("acknowledge", {}),
        ("act-at-once", {"note": WHY}),
        ("decide", DECIDE),
        ("close", {}),
    ):
        assert act(client, duty, follower, name, **fields).json["code"] in ("wrong_state", "no_feedback")
    assert act(client, duty, follower, "note", note=WHY).status_code == 200


def test_who_follows_or_is_answered_is_merged_no_further(client: FlaskClient, staff: Staff) -> None:
    duty = staff.bearer(DUTY)
    one, two, three = (entered(client, duty) for _n in range(3))
    assert merge(client, duty, one, one).status_code == 422
    assert merge(client, duty, one, two).status_code == 200
    assert merge(client, duty, one, three).status_code == 409, "it follows already"
    assert merge(client, duty, three, one).status_code == 409, "that one follows"
    assert merge(client, duty, two, one).status_code == 409, "a ring"
    for name, fields in (("acknowledge", {}), ("act-at-once", {"note": WHY}), ("decide", DECIDE)):
        assert act(client, duty, two, name, **fields).status_code == 200
    assert merge(client, duty, two, three).status_code == 409, "it is answered"
    assert merge(client, duty, three, two).status_code == 200
    assert act(client, duty, three, "part", note="no").status_code == 422


def test_nothing_new_follows_what_is_answered_already(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    """Behind an answer that is over nobody would chase it; nor is that one offered."""
    duty = staff.bearer(DUTY)
    over, new = entered(client, duty), entered(client, duty)
    for name, fields in (
        ("acknowledge", {}),
        ("act-at-once", {"note": WHY}),
        ("decide", DECIDE),
        ("task", {"response": "patrol", "order": WHY}),
        ("outcome", {"outcome": "threat_averted", "note": WHY}),
    ):
        assert act(client, duty, over, name, **fields).status_code == 200, name
    refused = merge(client, duty, new, over)
    assert (refused.status_code, refused.json["code"]) == (409, "wrong_state")
    assert looked_at(client, duty, new)["likely"] == []
    with pytest.raises(psycopg.IntegrityError):
        owner.execute("UPDATE alerts SET leader_id = %s WHERE id = %s", [over, new])


def test_every_source_hears_back_before_the_event_is_closed(client: FlaskClient, staff: Staff) -> None:
    duty = staff.bearer(DUTY)
    leader, same, other = (entered(client, duty) for _n in range(3))
    for alert, code in ((leader, "S-1"), (same, "S-1"), (other, "S-2")):
        act(client, duty, alert, "source", source_code=code)
    for alert in (same, other):
        merge(client, duty, alert, leader)
        assert act(client, duty, alert, "feedback", told=True).json["code"] == "wrong_state"
    for name, fields in (
        ("acknowledge", {}), ("act-at-once", {"note": WHY}), ("decide", DECIDE), ("task", {"response": "patrol"}),
        ("outcome", {"outcome": "no_contact"}), ("feedback", {"told": True}),
    ):  # fmt: skip
        assert act(client, duty, leader, name, **fields).status_code == 200, name
    assert act(client, duty, leader, "close").json["code"] == "no_feedback"
    assert act(client, duty, other, "feedback", told=True).status_code == 200
    assert act(client, duty, leader, "close").json["status"] == "closed"


def test_nothing_of_another_sector_is_offered_or_merged(client: FlaskClient, staff: Staff) -> None:
    duty = staff.bearer(DUTY)
    here = entered(client, duty, place={"lon": 0.9999, "lat": 0.5})
    there = entered(client, duty, place={"lon": 1.0001, "lat": 0.5})
    assert looked_at(client, duty, here)["likely"] == []
    assert merge(client, duty, here, there).json["code"] == "two_sectors"
    west = staff.bearer(OPS, WEST)
    assert merge(client, west, here, there).status_code == 404
    assert merge(client, west, here, 999_999).status_code == 404


def test_reading_is_not_merging(client: FlaskClient, staff: Staff) -> None:
    duty = staff.bearer(DUTY)
    one, two = entered(client, duty), entered(client, duty)
    assert merge(client, staff.bearer(HOM), one, two).status_code == 403
    assert merge(client, staff.bearer(OPS, EAST), one, two).status_code == 404


@pytest.mark.parametrize("change", ["leader_id = {other}", "leader_id = id", "leader_id = {far}"])
def test_the_database_refuses_wrong_leaders_too(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, change: str
) -> None:
    duty = staff.bearer(DUTY)
    one, other = entered(client, duty), entered(client, duty)
    far = entered(client, duty, place={"lon": 1.5, "lat": 0.5})
    merge(client, duty, one, other)
    act(client, duty, one, "part", note=WHY)
    with owner.transaction():
        owner.execute("UPDATE alerts SET status = 'closed' WHERE id = %s", [other])
        record(owner)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="cannot follow"):
        owner.execute(f"UPDATE alerts SET {change.format(other=other, far=far)} WHERE id = {one}")  # type: ignore[arg-type]
