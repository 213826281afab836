"""A patrol sent to an alert: ordered, led, on its way, there; and the alert's chain tells of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask.testing import FlaskClient

from app.permissions import Permission, Role
from tests.app.patrols.conftest import Units
from tests.app.patrols.world import decided_alert, move, unit
from tests.people import EAST, WEST, Staff, record


def send(client: FlaskClient, headers: dict[str, str], alert: int, unit: int, **more: object) -> object:
    sent = {"unit_id": unit, "mode": "vehicle", "order": "EXERCISE: protect the settlement", **more}
    return client.post(f"/api/v1/alerts/{alert}/send-patrol", json=sent, headers=headers)


def patrols_of(owner: psycopg.Connection) -> list[tuple[object, ...]]:
    return owner.execute(
        "SELECT call_sign, unit_id, leader_id, sector_id, alert_id, purpose, state, task, "
        "planned_end - planned_start = interval '6 hours', planned_start - created_at FROM patrols ORDER BY id"
    ).fetchall()


def test_a_unit_is_sent_to_an_alert_and_its_only_commander_leads(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    alert = decided_alert(client, staff, owner)
    answer = send(client, staff.bearer(Role.WATCHKEEPER_JOC), alert, units.near)
    assert answer.status_code == 200, answer.json
    assert answer.json["status"] == "tasked"
    [patrol] = patrols_of(owner)
    assert patrol[:8] == (
        "HAWK 1-1", units.near, units.leader, staff.sectors["WEST"], alert, "poc_response", "planned",
        "EXERCISE: protect the settlement",
    )  # fmt: skip
    assert patrol[8] is True
    assert 29 * 60 < patrol[9].total_seconds() < 31 * 60  # its notice to move
    stop = owner.execute("SELECT sequence, ST_X(place), ST_Y(place) FROM patrol_stops").fetchall()
    assert stop == [(1, 0.5, 0.5)]


def test_numbers_of_a_unit_s_patrols_are_given_once(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    for _ in range(2):
        send(client, duty, decided_alert(client, staff, owner), units.near)
    assert [p[0] for p in patrols_of(owner)] == ["HAWK 1-1", "HAWK 1-2"]


def test_the_leader_moves_it_and_the_chain_of_the_alert_tells(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    alert = decided_alert(client, staff, owner)
    duty, leader = staff.bearer(Role.WATCHKEEPER_JOC), staff.bearer(Role.PATROL_CDR)
    send(client, duty, alert, units.near)
    [mine] = client.get("/api/v1/patrols/mine", headers=leader).json["patrols"]
    assert mine["state"] == "planned"
    stop = owner.execute("SELECT id FROM patrol_stops").fetchone()[0]
    assert move(client, leader, mine["id"], "set-off").status_code == 200
    assert client.get(f"/api/v1/alerts/{alert}", headers=duty).json["status"] == "responding"
    assert move(client, leader, mine["id"], "arrive", stop_id=stop).status_code == 200
    seen = client.get(f"/api/v1/alerts/{alert}", headers=duty).json
    assert seen["status"] == "on_scene"
    assert [s["kind"] for s in seen["steps"]][-2:] == ["departed", "arrived"]
    assert owner.execute("SELECT departed_at < arrived_at FROM taskings").fetchone() == (True,)
    assert move(client, leader, mine["id"], "finish").json["state"] == "done"
    actions = owner.execute(
        "SELECT action FROM ledger_events WHERE subject = %s ORDER BY id", [f"patrols:{mine['id']}"]
    ).fetchall()
    assert [a[0] for a in actions] == [
        "patrols.planned",
        "patrols.set_off",
        "patrols.arrive",
        "patrols.finish",
    ]


def test_an_alert_that_has_moved_on_does_not_hold_a_patrol_back(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    alert = decided_alert(client, staff, owner)
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    send(client, duty, alert, units.near)
    send(client, duty, alert, units.far)
    first, second = (row[0] for row in owner.execute("SELECT id FROM patrols ORDER BY id").fetchall())
    move(client, duty, first, "set-off")
    client.post(f"/api/v1/alerts/{alert}/arrive", json={}, headers=duty)
    client.post(f"/api/v1/alerts/{alert}/outcome", json={"outcome": "threat_averted"}, headers=duty)
    assert move(client, duty, second, "set-off").json["state"] == "under_way"
    assert client.get(f"/api/v1/alerts/{alert}", headers=duty).json["status"] == "responded"


def test_who_may_not_send_sends_nothing(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    alert = decided_alert(client, staff, owner)
    for headers, status in (
        (staff.bearer(Role.HR_OFFICER), 403),
        (staff.bearer(Role.PATROL_CDR), 403),
        (staff.bearer(Role.SECTOR_OPS, EAST), 404),
        (staff.bearer(Role.WATCHKEEPER_JOC, scopes=[Permission.READ_ALERTS, Permission.DECIDE_ALERTS]), 403),
    ):
        assert send(client, headers, alert, units.near).status_code == status
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    assert send(client, duty, alert, units.headquarters).status_code == 422
    assert send(client, duty, alert, 10**9).status_code == 422
    assert send(client, duty, alert, units.near, leader_id=staff.person(Role.HR_OFFICER)).status_code == 422
    assert patrols_of(owner) == []


@pytest.mark.parametrize(
    ("kind", "sent_as"),
    [("qrf", "quick_reaction_force"), ("FPU", "police_intervention"), ("unmo_ts", "patrol")],
)
def test_what_is_there_for_force_goes_out_under_a_rule_of_engagement(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection, kind: str, sent_as: str
) -> None:
    """Whatever was decided: after "patrol" such a unit is no patrol either."""
    with owner.transaction():
        force = unit(owner, staff.sectors[WEST], "9", 0.49, kind=kind)
        record(owner)
    duty, page = staff.bearer(Role.WATCHKEEPER_JOC), staff.client(Role.WATCHKEEPER_JOC)
    barred = f'<option value="{force}" disabled>'
    bare = decided_alert(client, staff, owner)
    offered = page.get(f"/alerts/{bare}").get_data(as_text=True)
    assert (barred in offered) is (sent_as != "patrol")
    if sent_as != "patrol":
        refused = send(client, duty, bare, force)
        assert (refused.status_code, refused.json["code"]) == (409, "no_rule_of_engagement")
        assert "the mandate’s paragraph and a rule of engagement" in refused.json["detail"]
        assert patrols_of(owner) == []
        assert send(client, duty, bare, units.near).status_code == 200
        # It turns out to be needed: decided once more, with what it goes out under.
        again = {"response": sent_as, "authority": "tactical_control", "mandate": "EXERCISE 7(a)",
                 "rule_of_engagement": "EXERCISE rule 2"}  # fmt: skip
        decided = client.post(f"/api/v1/alerts/{bare}/decide", json=again, headers=duty)
        assert (decided.status_code, decided.json["status"]) == (200, "tasked"), decided.json
        assert send(client, duty, bare, force).status_code == 200
    ruled = decided_alert(client, staff, owner, mandate="EXERCISE 7(a)", rule_of_engagement="EXERCISE rule 2")
    offered = page.get(f"/alerts/{ruled}").get_data(as_text=True)
    assert barred not in offered and f'<option value="{force}">' in offered
    sent = send(client, duty, ruled, force)
    assert sent.status_code == 200, sent.json
    assert sent.json["taskings"][-1]["response"] == sent_as
    assert sent.json["steps"][-1]["details"]["response"] == sent_as


def test_nobody_sends_a_unit_of_another_sector(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    alert = decided_alert(client, staff, owner)
    west = staff.bearer(Role.SECTOR_OPS)
    refused = send(client, west, alert, units.eastern)
    assert refused.status_code == 403
    assert "own sector only" in refused.json["detail"]
    ordered = {"response": "patrol", "unit_id": units.eastern}
    assert client.post(f"/api/v1/alerts/{alert}/task", json=ordered, headers=west).status_code == 403
    assert patrols_of(owner) == []
    assert send(client, west, alert, units.near).status_code == 200
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    assert send(client, duty, alert, units.eastern).status_code == 200, "the operations centre sends any"


def test_units_of_other_sectors_are_not_offered(staff: Staff, units: Units) -> None:
    from app.patrols import queries

    with staff.acting(Role.SECTOR_OPS):
        assert [u.id for u in queries.nearest_units(0.5, 0.5)] == [units.near, units.far]


def test_the_database_too_refuses_a_patrol_of_another_sector_s_unit(
    client: FlaskClient, staff: Staff, units: Units
) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import ProgrammingError

    from app.db import db

    planned = text(
        "INSERT INTO patrols (call_sign, unit_id, sector_id, purpose, planned_start, planned_end) "
        "VALUES ('X', :unit, :sector, 'presence', now(), now())"
    )
    with staff.acting(Role.SECTOR_OPS):
        db.session.execute(planned, {"unit": units.near, "sector": staff.sectors["WEST"]})
        with pytest.raises(ProgrammingError, match="row-level security"):
            db.session.execute(planned, {"unit": units.eastern, "sector": staff.sectors["WEST"]})


def test_a_departure_that_is_told_late_shows_when_it_was_told(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    alert = decided_alert(client, staff, owner)
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    send(client, duty, alert, units.near)
    patrol = owner.execute("SELECT id FROM patrols").fetchone()[0]
    happened = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
    assert (
        move(client, staff.bearer(Role.PATROL_CDR), patrol, "set-off", at=happened.isoformat()).status_code
        == 200
    )
    step = client.get(f"/api/v1/alerts/{alert}", headers=duty).json["steps"]
    departed = next(s for s in step if s["kind"] == "departed")
    assert datetime.fromisoformat(departed["at"]) == happened
    assert datetime.fromisoformat(departed["recorded_at"]) - happened > timedelta(hours=2)
    told = owner.execute(
        "SELECT details ->> 'happened_at', at FROM ledger_events WHERE action IN ('alerts.departed', 'patrols.set_off')"
    ).fetchall()
    assert len(told) == 2
    for moment, recorded in told:
        assert datetime.fromisoformat(moment) == happened
        assert recorded - happened > timedelta(hours=2)
    page = staff.client(Role.WATCHKEEPER_JOC).get(f"/alerts/{alert}").get_data(as_text=True)
    assert page.count("recorded only at") == 1


def test_what_is_told_at_once_shows_one_time(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    alert = decided_alert(client, staff, owner)
    send(client, staff.bearer(Role.WATCHKEEPER_JOC), alert, units.near)
    patrol = owner.execute("SELECT id FROM patrols").fetchone()[0]
    move(client, staff.bearer(Role.PATROL_CDR), patrol, "set-off")
    assert "recorded only at" not in staff.client(Role.HOM).get(f"/alerts/{alert}").get_data(as_text=True)


def test_an_undecided_alert_gets_no_patrol(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    alert = decided_alert(client, staff, owner)
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    other = decided_alert(client, staff, owner)
    assert other != alert
    client.post(f"/api/v1/alerts/{alert}/task", json={"response": "monitoring_only"}, headers=duty)
    client.post(f"/api/v1/alerts/{alert}/outcome", json={"outcome": "no_contact"}, headers=duty)
    assert send(client, duty, alert, units.near).status_code == 409
    assert patrols_of(owner) == []


def test_units_are_offered_by_the_distance_of_their_base(staff: Staff, units: Units) -> None:
    from app.patrols import queries

    with staff.acting(Role.WATCHKEEPER_JOC):
        found = queries.nearest_units(0.5, 0.5)
    assert [u.id for u in found] == [units.near, units.far, units.eastern]
    assert 5_500 < found[0].metres < 5_600
    assert (found[0].base, found[0].notice_to_move_minutes, found[0].kind) == ("EXERCISE base 1", 30, "coy")
