"""Joint patrols as an input of a plan: where State forces don't come along, and the gate of due diligence behind it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.errors import IntegrityConstraintViolation
from sqlalchemy import insert
from sqlalchemy.exc import ProgrammingError

from app.db import db
from app.due_diligence.places import shut_spots
from app.patrol_orders.models import PatrolOrder
from app.patrol_orders.queries import planned_jointly
from app.permissions import Role
from app.plans.frozen import problem_of
from app.plans.joint import near_cells
from app.plans.models import PlanPatrol
from app.plans.results import plan_of
from app.plans.wishes import Wishes
from geo.patrols.check import faults
from tests.app.patrol_orders.world import SAID, an_order, decision, issued, written
from tests.app.plans.test_plans import asked, searched, stored
from tests.people import EAST, WEST, Staff, record
from tests.planning_ground import Country, one, small_country
from tests.planning_officer import SITE, means, post, read, site
from tests.reports import defender_near

FORCES = "8"


@pytest.fixture
def country(owner: psycopg.Connection, staff: Staff) -> Country:
    return small_country(owner, staff)


@pytest.fixture
def officer(staff: Staff) -> FlaskClient:
    return staff.client(Role.SECTOR_OPS)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few sites need no seconds."""
    monkeypatch.setattr("app.plans.forms.SECONDS", [("0.3", "soon")])


def with_forces(country: Country, clearance: int, **changes: str) -> dict[str, str]:
    return {
        "joint_unit_1": str(country.unit), "joint_clearance_1": str(clearance), "joint_people_1": FORCES,
    } | changes  # fmt: skip


def planned(
    staff: Staff, officer: FlaskClient, worker: Flask, owner: psycopg.Connection, country: Country, clearance: int
) -> int:  # fmt: skip
    """A plan in which the country's only unit goes jointly."""
    return searched(worker, owner, asked(staff, officer, **with_forces(country, clearance)))


def sent_out(
    staff: Staff,
    officer: FlaskClient,
    client: FlaskClient,
    worker: Flask,
    owner: psycopg.Connection,
    country: Country,
) -> tuple[int, int, int]:
    """A decision of due diligence, a plan of one joint tour that was issued, and its patrol."""
    site(officer, "V2")
    means(officer, country)
    clearance = decision(client, staff)
    plan = planned(staff, officer, worker, owner, country, clearance)
    assert post(officer, f"/plans/{plan}/issue", {}).status_code == 303
    row = owner.execute("SELECT patrol_id FROM plan_patrols WHERE plan_id = %s", [plan]).fetchone()
    assert row
    patrol = int(row[0])
    return clearance, plan, patrol


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def state_threat(owner: psycopg.Connection, staff: Staff, lon: float) -> None:
    """An active threat by the State's army around a point on the road."""
    with owner.transaction():
        actor = one(
            owner, "INSERT INTO actors (code, name, kind) VALUES ('ARMY', 'EXERCISE army', 'state_military')", []
        )  # fmt: skip
        owner.execute(
            "INSERT INTO threats (name, actor_id, target, kind, area, sector_id, intent, capability, likelihood, impact, "
            "review_on) VALUES ('EXERCISE cordon', %s, 'villagers', 'imminent_attack', "
            "ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(%s, 0.5), 4326), 0.02)), %s, 3, 3, 4, 4, "
            "now() + interval '9 days')",
            [actor, lon, staff.sectors[WEST]],
        )
        record(owner)


def test_a_joint_patrol_is_asked_for_whole_and_under_a_decision_that_holds(
    staff: Staff, officer: FlaskClient, country: Country, client: FlaskClient, owner: psycopg.Connection
) -> None:
    site(officer, "V2")
    means(officer, country)
    refused = decision(client, staff, decision="refuse")
    today = datetime.now(UTC).date().isoformat()
    ends = decision(client, staff, review_on=today)
    sound = decision(client, staff)
    for entry in (
        with_forces(country, refused), with_forces(country, ends), with_forces(country, sound, joint_people_1=""),
        with_forces(country, sound, joint_people_1="0"), with_forces(country, sound, joint_unit_1=""),
        with_forces(country, sound) | {"joint_unit_2": str(country.unit), "joint_clearance_2": str(sound),
                                       "joint_people_2": "2"},
    ):  # fmt: skip
        assert asked(staff, officer, **entry).status_code == 422, entry
    assert owner.execute("SELECT count(*) FROM plans").fetchone() == (0,)
    assert asked(staff, officer, **with_forces(country, sound)).status_code == 303


def test_state_forces_come_to_no_place_that_they_threaten_or_that_an_officer_shut_to_them(
    staff: Staff, officer: FlaskClient, country: Country, client: FlaskClient, worker: Flask,
    owner: psycopg.Connection,
) -> None:  # fmt: skip
    site(officer, "V1")
    site(officer, "V2", needs=["alone"])
    site(officer, "V4")
    state_threat(owner, staff, 0.5)
    means(officer, country)
    clearance = decision(client, staff)
    plan = planned(staff, officer, worker, owner, country, clearance)
    _state, wishes, ground, result = stored(owner, plan)
    went = {ground["about"][stop[0]]["code"] for each in result["rounds"] for stop in each["stops"]}
    assert went == {"V1"}
    page = text_of(officer, f"/plans/{plan}")
    assert page.count("HAWK may not go there together with State forces") == 2
    assert f"with State forces: EXERCISE 4th company of the State army, decision {clearance}" in page
    # What was frozen is enough to say that another plan would be wrong.
    problem = problem_of(ground)
    sound = plan_of(result)
    assert not faults(Wishes.read(wishes).on(problem), sound)
    shut = next(n for n, about in enumerate(ground["about"]) if about["code"] == "V2")
    assert not problem.tasks.allowed[shut].any()
    # The same days without State forces visit all three, and the two plans say which is which.
    other = searched(worker, owner, asked(staff, officer))
    _state, _wishes, ground, result = stored(owner, other)
    assert sum(len(each["stops"]) for each in result["rounds"]) == 3
    assert "Together with State forces: HAWK" in text_of(officer, f"/plans/compare?a={plan}&b={other}")
    # A plan from this one keeps its partner.
    again = searched(worker, owner, post(officer, f"/plans/{plan}/again", {}))
    _state, wishes, ground, _result = stored(owner, again)
    assert ground["units"][0]["joint"] == wishes["joint"][str(country.unit)] == [clearance, int(FORCES)]


def test_a_joint_plan_drafts_joint_orders_or_begins_their_form_so(
    staff: Staff, officer: FlaskClient, country: Country, client: FlaskClient, worker: Flask,
    owner: psycopg.Connection,
) -> None:  # fmt: skip
    clearance, _plan, patrol = sent_out(staff, officer, client, worker, owner, country)
    # Nothing to draft from: the page says it, and the form begins with it.
    said = f"together with {FORCES} of the State’s forces, under decision {clearance}"
    assert said in text_of(officer, f"/patrols/{patrol}/order")
    form = text_of(officer, f"/patrols/{patrol}/order/new")
    assert said in form and f'<option selected value="{clearance}">' in form
    assert 'name="composition_state_forces" type="number" value="8"' in form
    # Only those who write orders there are told by the database.
    for role, sector, told in ((Role.SECTOR_OPS, WEST, (clearance, int(FORCES))), (Role.SECTOR_OPS, EAST, None),
                               (Role.POC_OFFICER, WEST, None)):  # fmt: skip
        with staff.acting(role, sector):
            assert planned_jointly(patrol) == told
    issued(client, staff, patrol)
    site(officer, "V1")
    second = planned(staff, officer, worker, owner, country, clearance)
    assert post(officer, f"/plans/{second}/issue", {}).status_code == 303
    draft = owner.execute(
        "SELECT o.joint, o.clearance_id, o.approved_at, o.content -> 'composition' -> 'state_forces', "
        # State forces read it: not a word of why the mission goes there.
        "o.content -> 'tasks' -> 0 ->> 'task' "
        "FROM patrol_orders o JOIN plan_patrols p USING (patrol_id) WHERE p.plan_id = %s",
        [second],
    ).fetchone()
    assert draft == (True, clearance, None, int(FORCES), "Be seen, and talk to people.")


def test_a_plan_is_not_issued_with_joint_tours_whose_support_ended_nor_to_a_site_that_was_shut_since(
    staff: Staff, officer: FlaskClient, country: Country, client: FlaskClient, worker: Flask,
    owner: psycopg.Connection,
) -> None:  # fmt: skip
    site(officer, "V2")
    means(officer, country)
    clearance = decision(client, staff)
    plan = planned(staff, officer, worker, owner, country, clearance)
    number = read(officer, "/api/v1/sites")["sites"][0]["id"]
    assert post(officer, f"/sites/{number}", {**SITE, "needs": ["alone"]}).status_code == 303
    shut = post(officer, f"/plans/{plan}/issue", {})
    assert shut.status_code == 409 and "EXERCISE village 2" in shut.get_data(as_text=True)
    assert post(officer, f"/sites/{number}", SITE).status_code == 303
    suspended = client.post(
        f"/api/v1/due-diligence/{clearance}/suspend", json={"reason": SAID},
        headers=staff.bearer(Role.HR_CASE_SUPERVISOR),
    )  # fmt: skip
    assert suspended.status_code == 200, suspended.json
    late = post(officer, f"/plans/{plan}/issue", {})
    assert late.status_code == 409 and f"HAWK (decision {clearance})" in late.get_data(as_text=True)
    assert owner.execute("SELECT count(*) FROM patrols").fetchone() == (0,)


def test_a_planned_joint_patrol_does_not_set_off_without_support_though_nobody_approved_an_order(
    staff: Staff, officer: FlaskClient, country: Country, client: FlaskClient, worker: Flask,
    owner: psycopg.Connection,
) -> None:  # fmt: skip
    clearance, plan, patrol = sent_out(staff, officer, client, worker, owner, country)
    with owner.transaction():
        owner.execute(
            "UPDATE patrols SET leader_id = %s WHERE id = %s", [staff.person(Role.PATROL_CDR), patrol]
        )
        # As a plan of a sector above, which those who move the patrol do not read.
        owner.execute("UPDATE plans SET sector_id = %s WHERE id = %s", [staff.sectors[EAST], plan])
        record(owner)
    client.post(
        f"/api/v1/due-diligence/{clearance}/suspend", json={"reason": SAID},
        headers=staff.bearer(Role.HR_CASE_SUPERVISOR),
    )  # fmt: skip
    for role in (Role.PATROL_CDR, Role.SECTOR_OPS):
        refused = client.post(f"/api/v1/patrols/{patrol}/set-off", json={}, headers=staff.bearer(role))
        assert refused.status_code == 409 and refused.json["code"] == "support_ended", role
    assert "support to them was suspended" in text_of(officer, f"/patrols/{patrol}")
    with pytest.raises(IntegrityConstraintViolation), owner.transaction():
        owner.execute("UPDATE patrols SET state = 'under_way', started_at = now() WHERE id = %s", [patrol])
    # An officer who orders it without them has answered for it.
    issued(client, staff, patrol, composition={"strength": 10, "state_forces": 0})
    sent = client.post(f"/api/v1/patrols/{patrol}/set-off", json={}, headers=staff.bearer(Role.SECTOR_OPS))
    assert sent.status_code == 200, sent.json


def test_a_plan_names_with_a_partner_no_patrol_of_another_sector_and_none_whose_support_does_not_hold(
    staff: Staff, officer: FlaskClient, country: Country, client: FlaskClient, worker: Flask,
    owner: psycopg.Connection,
) -> None:  # fmt: skip
    site(officer, "V2")
    means(officer, country)
    sound, refused = decision(client, staff), decision(client, staff, decision="refuse")
    plan = searched(worker, owner, asked(staff, officer))
    soon = datetime.now(UTC) + timedelta(hours=3)
    with owner.transaction():
        ours, theirs = (
            one(
                owner, "INSERT INTO patrols (call_sign, unit_id, sector_id, purpose, state, planned_start, planned_end) "
                "VALUES ('HAWK-7', %s, %s, 'presence', 'planned', %s, %s)",
                [country.unit, staff.sectors[sector], soon, soon + timedelta(hours=2)],
            )
            for sector in (WEST, EAST)
        )  # fmt: skip
        record(owner)
    new = insert(PlanPatrol).inline()
    for patrol, clearance in ((theirs, sound), (theirs, None), (ours, refused)):
        with staff.acting(Role.SECTOR_OPS), pytest.raises(ProgrammingError, match="own_patrols"):
            db.session.execute(new, joined(patrol, plan, clearance))
    with staff.acting(Role.SECTOR_OPS):
        db.session.execute(new, joined(ours, plan, sound))


def joined(patrol: int, plan: int, clearance: int | None) -> dict[str, int | None]:
    return {
        "patrol_id": patrol, "plan_id": plan, "tour": 0, "clearance_id": clearance,
        "state_forces": 8 if clearance else None,
    }  # fmt: skip


def test_state_forces_come_near_no_spot_that_is_shut(
    staff: Staff, officer: FlaskClient, country: Country, owner: psycopg.Connection
) -> None:
    site(officer, "V1", needs=["alone"])
    state_threat(owner, staff, 0.5)
    with staff.acting(Role.SECTOR_OPS):
        assert shut_spots([]) == []
        # Beside the marked site, farther off, and in the threat's area.
        assert shut_spots([(0.205, 0.5), (0.23, 0.5), (0.5, 0.51)]) == [True, False, True]


def test_whoever_sees_squares_of_defenders_is_told_of_a_joint_tour_s_stops_in_them_and_nobody_else(
    staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    defender_near(owner, staff.sectors[WEST], 0.3, 0.5)
    spots = [(0.1, 0.5), (0.3, 0.5)]
    with staff.acting(Role.SECTOR_OPS):
        assert near_cells(spots) == [False, False]
    with staff.acting(Role.POC_OFFICER):
        assert near_cells(spots)[1] and near_cells([]) == []


def test_a_visit_to_a_defender_is_never_a_joint_patrol(
    staff: Staff, country: Country, client: FlaskClient, owner: psycopg.Connection
) -> None:
    soon, by = datetime.now(UTC) + timedelta(hours=3), staff.person(Role.SECTOR_OPS)
    with owner.transaction():
        patrol = one(
            owner, "INSERT INTO patrols (call_sign, unit_id, sector_id, purpose, state, planned_start, planned_end, "
            "ordered_by_id) VALUES ('HAWK-7', %s, %s, 'defender_visit', 'planned', %s, %s, %s)",
            [country.unit, staff.sectors[WEST], soon, soon + timedelta(hours=2), by],
        )  # fmt: skip
        owner.execute(
            "INSERT INTO patrol_stops (patrol_id, sequence, name, place) VALUES (%s, 1, 'EXERCISE', "
            "'SRID=4326;POINT(0.3 0.5)')",
            [patrol],
        )
        record(owner)
    joint: dict[str, Any] = {
        "composition": {"strength": 10, "state_forces": 8},
        "sealed_sheet": True,
        "tasks": [],
    }
    clearance = decision(client, staff)
    answer = written(client, staff.bearer(Role.SECTOR_OPS), patrol, **joint, clearance_id=clearance)
    assert answer.status_code == 422 and set(answer.json["fields"]) == {"composition.state_forces"}
    new = insert(PatrolOrder).inline()
    with staff.acting(Role.SECTOR_OPS) as who, pytest.raises(ProgrammingError, match="visits_alone"):
        db.session.execute(new, {
            "patrol_id": patrol, "version": 1, "content": an_order(), "route": "SRID=4326;LINESTRING(0 0, 1 1)",
            "straight": True, "joint": True, "clearance_id": clearance, "written_by_id": who.person_id,
            "written_by_role": "sector_ops",
        })  # fmt: skip
