"""A haven's states: from closed over standby to open and full and back; compromised needs an inspection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db import db
from app.errors import Conflict, Invalid
from app.havens import actions, correcting
from app.havens.acts import ACTS
from app.havens.body import Correction
from app.havens.models import Haven, HavenChange, HavenState
from app.havens.states import EMPTY, MOVES, allowed, way_to_open
from app.havens.wording import NEEDS, STATES, SUPPLIES
from app.permissions import Role
from tests.app.havens.conftest import Build
from tests.app.patrols.world import decided_alert
from tests.people import EAST, Staff

WHY = "EXERCISE: said in a sentence why."


def act(client: FlaskClient, headers: dict[str, str], haven: int, name: str, **fields: Any) -> Any:
    return client.post(f"/api/v1/havens/{haven}/{name}", json=fields, headers=headers)


def test_the_table_is_whole_and_every_state_has_words() -> None:
    assert set(MOVES) == set(HavenState) == set(STATES)
    assert all(allowed(s, "compromised") for s in HavenState if s != "compromised")
    assert MOVES[HavenState.COMPROMISED] == {HavenState.CLOSED}
    for state in HavenState:
        steps = (state, *way_to_open(state))
        assert all(allowed(a, b) for a, b in pairwise(steps))
    assert set(actions.NEEDS) == set(NEEDS) and set(actions.SUPPLIES) == set(SUPPLIES)
    assert set(ACTS) == {
        "state", "headcount", "needs", "stocks", "gate", "record", "inspection", "compromise", "correction",
    }  # fmt: skip


def test_it_opens_fills_and_empties_with_a_row_and_an_event_for_each_change(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    keeper, haven = staff.bearer(Role.SECTOR_OPS), build("A", state="closed")
    for name, fields, status, state in (
        ("state", {"to_state": "open", "reason": WHY}, 409, "closed"),
        ("state", {"to_state": "standby", "reason": "no"}, 422, "closed"),
        ("state", {"to_state": "standby", "reason": WHY}, 200, "standby"),
        ("headcount", {"people": 3}, 409, "standby"),
        ("state", {"to_state": "open", "reason": WHY}, 200, "open"),
        ("headcount", {"people": 9}, 200, "open"),
        ("headcount", {"people": 10}, 200, "full"),
        ("state", {"to_state": "open", "reason": WHY}, 409, "full"),
        ("headcount", {"people": 14}, 200, "full"),
        ("headcount", {"people": 4}, 200, "open"),
        ("headcount", {"people": -1}, 422, "open"),
        ("state", {"to_state": "standby", "reason": WHY}, 409, "open"),
        ("headcount", {"people": 0}, 200, "open"),
        ("state", {"to_state": "standby", "reason": WHY}, 200, "standby"),
    ):
        answer = act(client, keeper, haven, name, **fields)
        assert answer.status_code == status, (name, fields, answer.json)
        seen = client.get(f"/api/v1/havens/{haven}", headers=keeper).json
        assert seen["state"] == state
        assert seen["free"] == max(0, 10 - seen["occupancy"])
    done = owner.execute("SELECT count(*) FROM haven_changes").fetchone()
    told = owner.execute(
        "SELECT count(*) FROM ledger_events WHERE action = 'havens.changed' AND subject = %s",
        [f"havens:{haven}"],
    ).fetchone()
    assert done == told == (8,)


def test_a_compromised_haven_closes_only_after_an_inspection_since_then(
    client: FlaskClient, staff: Staff, build: Build
) -> None:
    keeper, haven = staff.bearer(Role.HEAD_OF_OFFICE), build("A", occupancy=2)
    assert act(client, keeper, haven, "state", to_state="compromised", reason=WHY).status_code == 200
    today = datetime.now(UTC).date()
    close = {"to_state": "closed", "reason": WHY}
    assert act(client, keeper, haven, "state", **close).json["code"] == "people_inside"
    assert act(client, keeper, haven, "headcount", people=0).json["state"] == "compromised"
    assert act(client, keeper, haven, "state", to_state="open", reason=WHY).status_code == 409
    for day in (None, today - timedelta(days=1), today + timedelta(days=1)):
        answer = act(client, keeper, haven, "state", **close, inspected_on=day and day.isoformat())
        assert (answer.status_code, answer.json["code"]) == (409, "inspect_first")
    answer = act(client, keeper, haven, "state", **close, inspected_on=today.isoformat())
    assert (answer.json["state"], answer.json["inspected_on"]) == ("closed", today.isoformat())


moves = st.lists(
    st.tuples(st.just("state"), st.sampled_from(list(HavenState)))
    | st.tuples(st.just("people"), st.integers(0, 15))
    | st.tuples(st.just("name"), st.sampled_from(["EXERCISE chapel", "EXERCISE school"])),
    max_size=25,
)


@given(moves=moves)
@settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_sequence_of_acts_leaves_the_table(
    staff: Staff, build: Build, moves: list[tuple[str, Any]]
) -> None:
    haven_id = HAVENS.get(id(staff)) or HAVENS.setdefault(id(staff), build("P", state="closed"))
    with staff.acting(Role.SECTOR_OPS):
        for kind, value in moves:
            before = db.session.get_one(Haven, haven_id).state
            try:
                if kind == "people":
                    actions.set_occupancy(haven_id, value)
                elif kind == "name":
                    correcting.correct(haven_id, Correction(name=value, why=WHY))
                    assert before != "compromised"
                    assert db.session.get_one(Haven, haven_id).state == before
                else:
                    actions.change_state(haven_id, value, WHY, inspected_on=datetime.now(UTC).date())
            except (Conflict, Invalid):
                assert db.session.get_one(Haven, haven_id).state == before
            haven = db.session.get_one(Haven, haven_id)
            assert haven.state == before or allowed(before, haven.state)
            assert haven.state != "open" or haven.occupancy < haven.capacity_night
            assert haven.state not in EMPTY or haven.occupancy == 0
        rows = db.session.scalars(db.select(HavenChange).order_by(HavenChange.id)).all()
        states = [rows[0].from_state] if rows else []
        for row in rows:
            assert row.from_state == states[-1]
            states.append(row.to_state)
        db.session.rollback()


HAVENS: dict[int, int] = {}


def test_opened_for_an_alert_it_stands_on_the_chain(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    alert, haven = decided_alert(client, staff, owner), build("A", state="closed")
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    answer = client.post(
        f"/api/v1/alerts/{alert}/open-haven", json={"haven_id": haven, "reason": WHY}, headers=duty
    )
    assert answer.status_code == 200, answer.json
    [tasking] = answer.json["taskings"]
    assert (tasking["response"], tasking["haven_id"]) == ("shelter", haven)
    changes = owner.execute("SELECT from_state, to_state, alert_id FROM haven_changes ORDER BY id").fetchall()
    assert changes == [("closed", "standby", alert), ("standby", "open", alert)]
    again = client.post(
        f"/api/v1/alerts/{alert}/open-haven", json={"haven_id": haven, "reason": WHY}, headers=duty
    )
    assert again.status_code == 200  # it is open already: only the tasking is new
    assert owner.execute("SELECT count(*) FROM haven_changes").fetchone() == (2,)


@pytest.mark.parametrize(("state", "exposure", "status"), [
    ("full", "mission", 409), ("compromised", "mission", 409), ("closed", "secret", 404),
])  # fmt: skip
def test_what_can_t_be_opened_for_an_alert_leaves_no_trace(
    client: FlaskClient,
    staff: Staff,
    build: Build,
    owner: psycopg.Connection,
    state: str,
    exposure: str,
    status: int,
) -> None:
    alert, haven = decided_alert(client, staff, owner), build("A", state=state, exposure=exposure)
    answer = client.post(
        f"/api/v1/alerts/{alert}/open-haven", json={"haven_id": haven, "reason": WHY},
        headers=staff.bearer(Role.WATCHKEEPER_JOC),
    )  # fmt: skip
    assert answer.status_code == status
    assert owner.execute("SELECT count(*) FROM taskings").fetchone() == (0,)
    assert owner.execute("SELECT count(*) FROM haven_changes").fetchone() == (0,)


@pytest.mark.parametrize(("role", "sector", "status"), [
    (Role.SECTOR_OPS, "WEST", 200), (Role.WATCHKEEPER_JOC, "WEST", 200), (Role.POC_OFFICER, "WEST", 200),
    (Role.SECTOR_OPS, EAST, 404), (Role.CLA, "WEST", 403), (Role.HR_OFFICER, "WEST", 403), (Role.PATROL_CDR, "WEST", 403),
])  # fmt: skip
def test_who_keeps_havens(
    client: FlaskClient, staff: Staff, build: Build, role: Role, sector: str, status: int
) -> None:
    haven = build("A")
    assert act(client, staff.bearer(role, sector), haven, "headcount", people=1).status_code == status


def test_needs_and_supplies_are_codes_and_numbers(client: FlaskClient, staff: Staff, build: Build) -> None:
    keeper, haven = staff.bearer(Role.SECTOR_OPS), build("A")
    answer = act(client, keeper, haven, "needs", needs=["water", "beds"], supplies={"food_days": 3})
    assert (answer.json["needs"], answer.json["supplies"]) == (["beds", "water"], {"food_days": 3.0})
    for wrong in (
        {"needs": ["gold"]},
        {"supplies": {"food_days": -1}},
        {"supplies": {"gold": 1}},
        {"needs": "water"},
    ):
        assert act(client, keeper, haven, "needs", **wrong).status_code == 422
