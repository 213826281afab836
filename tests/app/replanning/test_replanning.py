"""An alert comes while patrols are out: who is there first by road, and what becomes of the rest of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.types.json import Jsonb

from app.locks import Lock
from app.permissions import Role
from app.replanning.day import day_of
from app.replanning.models import Hindered
from app.replanning.nearest import reaches
from app.replanning.repairing import proposed
from tests.app.patrol_orders.world import an_order, decision
from tests.app.patrols.world import decided_alert, unit
from tests.people import EAST, WEST, Staff, csrf_of, record
from tests.planning_ground import Country, one, small_country

STOPS = ((0.2, "EXERCISE village 1"), (0.3, "EXERCISE village 2"), (0.4, "EXERCISE village 3"))


@dataclass
class Field:
    """HAWK's base lies at the west end of the road, HAWK 2's in the middle of it, HAWK 9's where no road is."""

    country: Country
    second: int
    away: int
    other: int


def patrol(
    owner: psycopg.Connection, sector: int, unit_id: int, call_sign: str, state: str, **more: object
) -> int:
    now = datetime.now(UTC)
    values = {
        "call_sign": call_sign, "unit_id": unit_id, "sector_id": sector, "purpose": "presence", "state": state,
        "planned_start": now - timedelta(hours=1), "planned_end": now + timedelta(hours=7),
        "started_at": now - timedelta(hours=1) if state == "under_way" else None, **more,
    }  # fmt: skip
    columns = ", ".join(values)
    holes = ", ".join(["%s"] * len(values))
    return one(owner, f"INSERT INTO patrols ({columns}) VALUES ({holes})", list(values.values()))


def stop(owner: psycopg.Connection, patrol_id: int, n: int, lon: float, name: str) -> None:
    one(
        owner, "INSERT INTO patrol_stops (patrol_id, sequence, name, place) VALUES (%s, %s, %s, "
        "ST_SetSRID(ST_MakePoint(%s, 0.5), 4326))", [patrol_id, n, name, lon],
    )  # fmt: skip


@pytest.fixture
def field(owner: psycopg.Connection, staff: Staff) -> Field:
    country, sector = small_country(owner, staff), staff.sectors[WEST]
    with owner.transaction():
        second = unit(owner, sector, "2", 0.3, notice=90)
        unit(owner, sector, "9", 0.05, lat=0.95)
        for each, women in ((country.unit, 3), (second, 0)):
            owner.execute(
                "INSERT INTO unit_means (unit_id, sector_id, going, shift_from, shift_until, longest_duty_minutes, "
                "tours_a_day, crew, interpreters, women, days) VALUES (%s, %s, 'vehicle', 0, 1439, 600, 1, 9, 1, %s, "
                "'{1,2,3,4,5,6,7}')", [each, sector, women],
            )  # fmt: skip
        away = patrol(owner, sector, country.unit, "HAWK-1", "under_way")
        other = patrol(owner, sector, second, "HAWK 2-1", "planned")
        for n, (lon, name) in enumerate(STOPS, start=1):
            stop(owner, away, n, lon, name)
        stop(owner, other, 1, 0.3, "EXERCISE market")
        record(owner)
    return Field(country, second, away, other)


def sent(client: FlaskClient, staff: Staff, alert: int, unit_id: int) -> int:
    answer = client.post(
        f"/api/v1/alerts/{alert}/send-patrol",
        json={"unit_id": unit_id},
        headers=staff.bearer(Role.WATCHKEEPER_JOC),
    )
    assert answer.status_code == 200, answer.json
    return int(
        client.get(f"/api/v1/alerts/{alert}", headers=staff.bearer(Role.WATCHKEEPER_JOC)).json["taskings"][
            -1
        ]["patrol_id"]
    )


def test_the_soonest_unit_by_road_is_proposed_with_reasons(
    client: FlaskClient, staff: Staff, field: Field, owner: psycopg.Connection
) -> None:
    alert = decided_alert(client, staff, owner, lon=0.5)
    with staff.acting(Role.WATCHKEEPER_JOC):
        found = {each.unit.id: each for each in reaches(0.5, 0.5)}
        assert list(found)[:2] == [field.country.unit, field.second]
        # 80 minutes of road from its last place; of the other, 40 minutes of road after 90 to get ready.
        assert found[field.country.unit].minutes == pytest.approx(80, abs=1)
        assert (found[field.country.unit].patrol.id, found[field.country.unit].left) == (field.away, 3)
        assert found[field.second].minutes == pytest.approx(130, abs=1)
    page = staff.client(Role.WATCHKEEPER_JOC).get(f"/alerts/{alert}").get_data(as_text=True)
    assert "Proposed: HAWK</strong> there in 80 min by road" in page
    for reason in (
        "HAWK-1 is out already and turns aside",
        "its 3 stops left would wait",
        "has a women’s team",
    ):
        assert reason in page
    # A road that is closed is no way; who escorts somebody isn't called away.
    with owner.transaction():
        owner.execute(
            "INSERT INTO road_conditions (link_id, sector_id, condition, cause, from_at, reason) "
            "VALUES (%s, %s, 'closed', 'rain', now(), 'EXERCISE')",
            [field.country.links[2], staff.sectors[WEST]],
        )
        owner.execute("UPDATE patrols SET purpose = 'market_escort' WHERE id = %s", [field.away])
        record(owner)
    with staff.acting(Role.WATCHKEEPER_JOC):
        now = {each.unit.id: each.hindered for each in reaches(0.5, 0.5)}
    assert (now[field.country.unit], now[field.second]) == (Hindered.ALL_OUT, Hindered.NO_WAY)
    page = staff.client(Role.WATCHKEEPER_JOC).get(f"/alerts/{alert}").get_data(as_text=True)
    assert "No unit that you may send gets there by road" in page


def goes_with_state_forces(
    owner: psycopg.Connection, staff: Staff, client: FlaskClient, patrol_id: int
) -> None:
    """By a draft of its order."""
    with owner.transaction():
        owner.execute(
            "INSERT INTO patrol_orders (patrol_id, version, content, route, straight, joint, clearance_id, "
            "written_by_id, written_by_role) VALUES (%s, 1, %s, 'SRID=4326;LINESTRING(0.1 0.5, 0.2 0.5)', true, true, "
            "%s, %s, 'sector_ops')",
            [patrol_id, Jsonb(an_order(composition={"strength": 9, "state_forces": 8})), decision(client, staff),
             staff.person(Role.SECTOR_OPS)],
        )  # fmt: skip
        record(owner)


def test_a_patrol_with_state_forces_is_called_away_to_nobody_who_told_the_mission(
    client: FlaskClient, staff: Staff, field: Field, owner: psycopg.Connection
) -> None:
    goes_with_state_forces(owner, staff, client, field.away)
    alert = decided_alert(client, staff, owner, lon=0.5)
    with staff.acting(Role.WATCHKEEPER_JOC):
        found = {each.unit.id: each for each in reaches(0.5, 0.5)}
    assert found[field.country.unit].hindered == Hindered.JOINT and found[field.second].hindered is None
    page = staff.client(Role.WATCHKEEPER_JOC).get(f"/alerts/{alert}").get_data(as_text=True)
    assert "its patrol that could turn aside goes together with State forces" in page
    # Nor does its day give way where the unit is sent all the same.
    answer = sent(client, staff, alert, field.country.unit)
    with staff.acting(Role.SECTOR_OPS):
        assert day_of(answer) is None
    # Another team of the unit can still go.
    with owner.transaction():
        owner.execute("UPDATE unit_means SET tours_a_day = 3")
        record(owner)
    with staff.acting(Role.WATCHKEEPER_JOC):
        found = {each.unit.id: each for each in reaches(0.5, 0.5)}
    assert found[field.country.unit].hindered is None and found[field.country.unit].patrol is None


def test_the_rest_of_the_day_is_proposed_and_changes_once_it_is_confirmed(
    client: FlaskClient, staff: Staff, field: Field, owner: psycopg.Connection
) -> None:
    # Back in three and a half hours: the alert and one stop on the way home fit, the others don't.
    with owner.transaction():
        owner.execute(
            "UPDATE patrols SET planned_end = now() + interval '4 hours 30 minutes' WHERE id = %s",
            [field.away],
        )
        record(owner)
    answer = sent(client, staff, decided_alert(client, staff, owner, lon=0.5), field.country.unit)
    officer = staff.client(Role.SECTOR_OPS)
    path = f"/patrols/{answer}/rest-of-day"
    page = officer.get(path).get_data(as_text=True)
    assert "The rest of the day of HAWK-1" in page
    said = [part.split('"')[0] for part in page.split('name="stop" value="')[1:]]
    assert len(said) == 3
    assert any(each.endswith(f"-{field.other}") for each in said), "the other patrol takes something over"
    assert owner.execute("SELECT count(*) FROM patrol_stops WHERE called_off_at IS NOT NULL").fetchone() == (
        0,
    )
    token = {"X-CSRFToken": csrf_of(officer, "/account")}
    # Each person has one such page computed at a time: they hold the site's few threads.
    with psycopg.connect(staff.clone.plain_url("vigil_app")) as computing:
        computing.execute(
            "SELECT pg_advisory_lock(%s, %s::int)", [Lock.COMPUTING, staff.person(Role.SECTOR_OPS)]
        )
        busy = [officer.get(path), officer.post(path, data={"stop": said}, headers=token)]
        assert [(each.status_code, each.headers["Retry-After"]) for each in busy] == [(429, "5")] * 2
        assert "Another plan is being computed for you." in busy[0].get_data(as_text=True)
    assert officer.post(path, data={"stop": said[:2]}, headers=token).status_code == 409
    assert officer.post(path, data={"stop": ["x"]}, headers=token).status_code == 422
    assert staff.client(Role.SECTOR_OPS, EAST).get(path).status_code == 404
    assert officer.post(path, data={"stop": said}, headers=token).status_code == 303
    moved = [int(each.split("-")[0]) for each in said if each.endswith(f"-{field.other}")]
    taken = owner.execute(
        "SELECT s.name, n.sequence > 1, n.arrive_planned > now() FROM patrol_stops s JOIN patrol_stops n "
        "ON n.name = s.name AND n.patrol_id = %s WHERE s.id = ANY (%s) AND s.called_off_for_id = %s",
        [field.other, moved, answer],
    ).fetchall()
    assert len(taken) == len(moved)
    assert all(behind and later for _name, behind, later in taken), "behind what that patrol has to do itself"
    told = owner.execute("SELECT subject FROM ledger_events WHERE action = 'patrols.replanned'").fetchall()
    assert {row[0] for row in told} == {f"patrols:{field.away}", f"patrols:{field.other}"}
    assert officer.post(path, data={"stop": said}, headers=token).status_code == 409, "once"
    assert "called off for an alert" in officer.get(f"/patrols/{field.away}").get_data(as_text=True)


def routed(owner: psycopg.Connection, patrol_id: int, *lons: float) -> None:
    """The way along the road that a patrol was planned with."""
    line = ", ".join(f"{lon} 0.5" for lon in lons)
    with owner.transaction():
        owner.execute(
            "UPDATE patrols SET route = ST_GeomFromText(%s, 4326) WHERE id = %s",
            [f"LINESTRING({line})", patrol_id],
        )
        record(owner)


def test_a_patrol_that_sleeps_at_a_post_has_its_way_there_and_not_to_its_base(
    client: FlaskClient, staff: Staff, field: Field, owner: psycopg.Connection
) -> None:
    """80 minutes to the alert and 60 there: whoever must be at the base after 215 minutes comes 5 too late; whoever
    sleeps beside the alert visits the village before it, 20 minutes away, for half an hour."""
    with owner.transaction():
        owner.execute(
            "UPDATE patrols SET planned_end = now() + interval '215 minutes' WHERE id = %s", [field.away]
        )
        record(owner)
    answer = sent(client, staff, decided_alert(client, staff, owner, lon=0.5), field.country.unit)
    with staff.acting(Role.SECTOR_OPS):
        day = day_of(answer)
        assert day is not None
        assert proposed(day) is None
    routed(owner, field.away, 0.1, 0.3, 0.5)
    with staff.acting(Role.SECTOR_OPS):
        day = day_of(answer)
        assert day is not None
        found = proposed(day)
        assert found is not None
        kept = [each.stop.name for each in found.changes if each.patrol is not None and not each.moved]
        assert kept == ["EXERCISE village 3"]
    page = staff.client(Role.SECTOR_OPS).get(f"/patrols/{answer}/rest-of-day").get_data(as_text=True)
    assert "The rest of the day of HAWK-1" in page


def test_a_patrol_sets_off_from_the_post_where_its_unit_slept(
    client: FlaskClient, staff: Staff, field: Field, owner: psycopg.Connection
) -> None:
    answer = sent(client, staff, decided_alert(client, staff, owner, lon=0.5), field.country.unit)

    def minutes_to_its_stop() -> float:
        with staff.acting(Role.SECTOR_OPS):
            day = day_of(answer)
            assert day is not None
            tour = [patrol.id for patrol in day.patrols].index(field.other)
            (task,) = day.orders[tour]
            problem = day.problem
            start, node = problem.tours.start[tour], problem.tasks.node[task]
            return float(problem.travel[problem.tours.mode[tour], start, node])

    assert minutes_to_its_stop() == pytest.approx(0, abs=1)
    routed(owner, field.other, 0.5, 0.3)
    assert minutes_to_its_stop() == pytest.approx(40, abs=1)


def test_driving_to_the_post_where_a_unit_sleeps_is_no_visit_that_another_makes(
    client: FlaskClient, staff: Staff, field: Field, owner: psycopg.Connection
) -> None:
    with owner.transaction():
        owner.execute(
            "UPDATE patrol_stops SET arrive_planned = now() + interval '6 hours', "
            "depart_planned = now() + interval '6 hours' WHERE name = 'EXERCISE village 3'"
        )
        record(owner)
    answer = sent(client, staff, decided_alert(client, staff, owner, lon=0.5), field.country.unit)
    with staff.acting(Role.SECTOR_OPS):
        day = day_of(answer)
        assert day is not None
        tour = [patrol.id for patrol in day.patrols].index(field.other)
        may = {stop.name: bool(day.problem.tasks.allowed[n, tour]) for n, stop in enumerate(day.stops)}
    assert (may["EXERCISE village 2"], may["EXERCISE village 3"]) == (True, False)


def test_a_unit_with_another_team_leaves_its_day_as_it_is(
    client: FlaskClient, staff: Staff, field: Field, owner: psycopg.Connection
) -> None:
    with owner.transaction():
        owner.execute("UPDATE unit_means SET tours_a_day = 2")
        record(owner)
    answer = sent(client, staff, decided_alert(client, staff, owner, lon=0.5), field.country.unit)
    assert "No stop has to change" in staff.client(Role.SECTOR_OPS).get(
        f"/patrols/{answer}/rest-of-day"
    ).get_data(as_text=True)


def test_the_database_lets_nobody_but_those_who_send_call_a_stop_off(
    staff: Staff, field: Field, owner: psycopg.Connection
) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import ProgrammingError

    from app.db import db

    with owner.transaction():
        owner.execute("UPDATE patrols SET leader_id = %s", [staff.person(Role.PATROL_CDR)])
        owner.execute("UPDATE patrol_stops SET arrived_at = now() WHERE name = 'EXERCISE market'")
        record(owner)
    off = text(
        "UPDATE patrol_stops SET called_off_at = now(), called_off_for_id = patrol_id WHERE patrol_id = :patrol"
    )
    for role, patrol_id in ((Role.PATROL_CDR, field.away), (Role.SECTOR_OPS, field.other)):
        with staff.acting(role), pytest.raises(ProgrammingError, match=r"planned by those|its plan stands"):
            db.session.execute(off, {"patrol": patrol_id})
