"""A patrol's states and times: no path leaves the table, and no time runs backwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.db import db
from app.errors import Conflict, Invalid
from app.patrols import actions
from app.patrols.models import Patrol, PatrolState
from app.patrols.movement import ENDED, MOVES, Move, after, possible
from app.patrols.planning import PURPOSES
from app.patrols.wording import PURPOSES as PURPOSE_WORDS
from app.patrols.wording import STATES
from app.permissions import MAP, Permission, Role
from tests.app.patrols.conftest import Units, a_plan
from tests.app.patrols.world import move
from tests.people import EAST, Staff


def test_every_move_stands_in_the_table_and_the_end_is_the_end() -> None:
    assert set(MOVES) == set(Move)
    assert all(possible(state) == [] for state in ENDED)
    assert all(possible(state) for state in PatrolState if state not in ENDED)
    assert after(Move.SET_OFF, "planned") is PatrolState.UNDER_WAY
    assert after(Move.SET_OFF, "paused") is None
    assert set(STATES) == set(PatrolState) and tuple(PURPOSE_WORDS) == PURPOSES


def test_whoever_may_move_patrols_gets_through_the_door_of_the_route() -> None:
    movers = frozenset().union(
        *(
            MAP[p].anywhere | MAP[p].in_sector
            for p in (Permission.LEAD_PATROLS, Permission.PLAN_PATROLS, Permission.SEND_PATROLS)
        )
    )
    door = MAP[Permission.FILE_REPORTS]
    assert movers <= door.anywhere | door.in_sector


class PatrolMachine(RuleBasedStateMachine):
    """One patrol with two stops, moved at random, with times told that may lie in the past."""

    unit: int

    @initialize()
    def plan(self) -> None:
        self.patrol = actions.plan_patrol(a_plan(self.unit))
        self.stops = [s.id for s in actions.stops_of(self.patrol.id)]
        self.before = self.patrol.state

    @rule(
        kind=st.sampled_from(list(Move)),
        stop=st.sampled_from([0, 1]),
        minutes=st.none() | st.integers(-90, 20),
    )
    def try_to_move(self, kind: Move, stop: int, minutes: int | None) -> None:
        at = None if minutes is None else datetime.now(UTC) + timedelta(minutes=minutes)
        one, stop_id = self.patrol.id, self.stops[stop]
        self.before = self.patrol.state
        calls = {
            Move.SET_OFF: lambda: actions.set_off(one, at),
            Move.PAUSE: lambda: actions.pause(one),
            Move.RESUME: lambda: actions.resume(one),
            Move.ARRIVE: lambda: actions.arrive_at_stop(one, stop_id, at),
            Move.LEAVE: lambda: actions.leave_stop(one, stop_id, at),
            Move.FINISH: lambda: actions.finish(one, at),
            Move.ABANDON: lambda: actions.abandon(one, "EXERCISE: the ford is impassable"),
        }
        point = db.session.begin_nested()
        try:
            calls[kind]()
        except (Conflict, Invalid):
            point.rollback()
            assert self.patrol.state == self.before
        else:
            point.commit()
            assert self.patrol.state == after(kind, self.before)

    @invariant()
    def times_run_forwards(self) -> None:
        if not hasattr(self, "patrol"):
            return
        stops = actions.stops_of(self.patrol.id)
        visited = sorted(
            ((s.arrived_at, s.departed_at) for s in stops if s.arrived_at), key=lambda pair: pair[0]
        )
        told = [self.patrol.started_at, *(t for pair in visited for t in pair), self.patrol.ended_at]
        known = [t for t in told if t is not None]
        assert known == sorted(known)
        assert all(s.arrived_at for s in stops if s.departed_at)
        assert (self.patrol.started_at is None) <= (not visited)
        assert (self.patrol.ended_at is not None) == (self.patrol.state in ENDED)


def test_no_path_leaves_the_table_and_no_time_runs_backwards(staff: Staff, units: Units) -> None:
    PatrolMachine.unit = units.near
    with staff.acting(Role.SECTOR_OPS):
        run_state_machine_as_test(
            PatrolMachine,
            settings=settings(
                max_examples=25, stateful_step_count=20, deadline=None, database=None,
                suppress_health_check=[HealthCheck.function_scoped_fixture],
            ),
        )  # fmt: skip


def test_who_may_not_see_a_patrol_gets_no_other_answer_than_for_none(
    client: FlaskClient, staff: Staff, patrol: int
) -> None:
    other = staff.bearer(Role.SECTOR_OPS, EAST)
    gone, hidden = move(client, other, 10**9, "set-off"), move(client, other, patrol, "set-off")
    assert gone.status_code == hidden.status_code == 404
    assert gone.data == hidden.data
    assert client.get(f"/api/v1/patrols/{patrol}", headers=other).status_code == 404
    assert client.get("/api/v1/patrols", headers=other).json["total"] == 0
    assert move(client, staff.bearer(Role.PATROL_CDR, EAST), patrol, "set-off").status_code == 404


def test_reading_is_not_moving(client: FlaskClient, staff: Staff, patrol: int) -> None:
    assert move(client, staff.bearer(Role.POC_OFFICER), patrol, "set-off").status_code == 403
    assert move(client, staff.bearer(Role.ANALYST_JMAC), patrol, "set-off").status_code == 403
    assert move(client, staff.bearer(Role.SECTOR_OPS), patrol, "fly").status_code == 404


def test_a_patrol_is_broken_off_with_a_reason(
    client: FlaskClient, staff: Staff, patrol: int, owner: psycopg.Connection
) -> None:
    ops = staff.bearer(Role.SECTOR_OPS)
    assert move(client, ops, patrol, "abandon", reason="no").status_code == 422
    assert move(client, ops, patrol, "abandon", reason="EXERCISE: the bridge is down").status_code == 200
    assert move(client, ops, patrol, "resume").status_code == 409
    row = owner.execute("SELECT state, abandoned_reason FROM patrols").fetchone()
    assert row == ("abandoned", "EXERCISE: the bridge is down")


def test_one_stop_after_the_other(client: FlaskClient, staff: Staff, patrol: int) -> None:
    ops = staff.bearer(Role.SECTOR_OPS)
    first, second = (s["id"] for s in client.get(f"/api/v1/patrols/{patrol}", headers=ops).json["stops"])
    assert move(client, ops, patrol, "arrive", stop_id=first).status_code == 409  # not set off
    move(client, ops, patrol, "set-off")
    assert move(client, ops, patrol, "leave", stop_id=first).status_code == 409
    assert move(client, ops, patrol, "arrive", stop_id=first).status_code == 200
    assert move(client, ops, patrol, "arrive", stop_id=first).status_code == 409
    assert move(client, ops, patrol, "arrive", stop_id=second).status_code == 409  # stands at the first
    assert move(client, ops, patrol, "leave", stop_id=first).status_code == 200
    assert move(client, ops, patrol, "arrive", stop_id=second).status_code == 200
    assert move(client, ops, patrol, "arrive", stop_id=10**9).status_code == 404
    early = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    late = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    for at in (early, late, "yesterday"):
        assert move(client, ops, patrol, "finish", at=at).status_code == 422


def test_a_foreign_stop_is_no_stop_of_this_patrol(staff: Staff, units: Units, patrol: int) -> None:
    with staff.acting(Role.SECTOR_OPS):
        other = actions.plan_patrol(a_plan(units.far))
        actions.set_off(other.id)
        foreign = actions.stops_of(patrol)[0].id
        with pytest.raises(Exception, match="not_found"):
            actions.arrive_at_stop(other.id, foreign)
        assert db.session.get(Patrol, patrol).state == "planned"
