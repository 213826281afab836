"""An order with State forces: where they don't come along, what they don't read, and no way around it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from app.db import db
from app.patrol_orders.models import PatrolOrder
from app.patrols import actions
from app.patrols.planning import Plan, Stop
from app.permissions import Permission, Role
from tests.app.patrol_orders.world import an_order, decision, flat, issued, written
from tests.app.patrols.world import decided_alert
from tests.app.plans.test_joint import state_threat
from tests.people import Staff, csrf_of, record
from tests.planning_ground import Country, small_country
from tests.planning_officer import SITE, post, read, site
from tests.reports import body, put

JOINT: dict[str, Any] = {"composition": {"strength": 10, "state_forces": 8}}
WHY = "EXERCISE: planned because of an alert near it"


@pytest.fixture
def country(owner: psycopg.Connection, staff: Staff) -> Country:
    return small_country(owner, staff)


@pytest.fixture
def patrol(staff: Staff, country: Country) -> int:
    """To villages 1 and 2."""
    start = datetime.now(UTC)
    stops = (Stop("EXERCISE village 1", 0.2, 0.5), Stop("EXERCISE village 2", 0.3, 0.5))
    with staff.acting(Role.SECTOR_OPS):
        made = actions.plan_patrol(
            Plan(country.unit, actions.PatrolMode.VEHICLE, "presence", "EXERCISE", start, start + timedelta(hours=4),
                 stops)
        ).id  # fmt: skip
        db.session.commit()
    return made


def approved(client: FlaskClient, staff: Staff, patrol: int, version: int) -> Any:
    path = f"/api/v1/patrols/{patrol}/order/{version}/approve"
    return client.post(path, json={}, headers=staff.bearer(Role.FC_STAFF))


def by_hand(owner: psycopg.Connection, statement: str, *values: Any) -> None:
    with owner.transaction():
        owner.execute(statement, values)  # type: ignore[arg-type]
        record(owner)


def test_an_order_brings_state_forces_to_no_place_that_is_shut_to_them_when_written_nor_when_approved(
    client: FlaskClient, staff: Staff, patrol: int, owner: psycopg.Connection
) -> None:
    officer, author = staff.client(Role.SECTOR_OPS), staff.bearer(Role.SECTOR_OPS)
    order = {**JOINT, "clearance_id": decision(client, staff)}
    site(officer, "V1", needs=["alone"])
    refused = written(client, author, patrol, **order)
    assert refused.status_code == 422 and set(refused.json["fields"]) == {"composition.state_forces"}
    assert "to EXERCISE village 1." in refused.json["detail"]
    number = read(officer, "/api/v1/sites")["sites"][0]["id"]
    assert post(officer, f"/sites/{number}", SITE).status_code == 303
    assert written(client, author, patrol, **order).status_code == 201

    state_threat(owner, staff, 0.3)
    refused = approved(client, staff, patrol, 1)
    assert refused.status_code == 422 and "to EXERCISE village 2." in refused.json["detail"]
    by_hand(owner, "UPDATE threats SET ended_at = now()")
    assert put(client, author, body(place={"lon": 0.2, "lat": 0.5})).status_code == 201
    refused = approved(client, staff, patrol, 1)
    assert refused.status_code == 422 and "to EXERCISE village 1." in refused.json["detail"]
    by_hand(
        owner, "UPDATE patrol_stops SET called_off_at = now(), called_off_for_id = patrol_id "
        "WHERE patrol_id = %s AND sequence = 1", patrol,
    )  # fmt: skip
    assert approved(client, staff, patrol, 1).status_code == 200


def test_a_patrol_that_answers_an_alert_takes_state_forces_along_once_it_is_verified(
    client: FlaskClient, staff: Staff, patrol: int, owner: psycopg.Connection
) -> None:
    alert = decided_alert(client, staff, owner, lon=0.3)
    by_hand(owner, "UPDATE patrols SET alert_id = %s WHERE id = %s", alert, patrol)
    author, order = staff.bearer(Role.SECTOR_OPS), {**JOINT, "clearance_id": decision(client, staff)}
    refused = written(client, author, patrol, **order)
    assert refused.status_code == 422 and "an alert that is not verified" in refused.json["detail"]
    by_hand(owner, "UPDATE alerts SET verification = 'verified' WHERE id = %s", alert)
    assert written(client, author, patrol, **order).status_code == 201


def test_a_token_that_reads_no_threats_and_alerts_finds_no_place_open_to_state_forces(
    client: FlaskClient, staff: Staff, patrol: int
) -> None:
    narrow = staff.bearer(Role.SECTOR_OPS, scopes=[Permission.READ_PATROLS, Permission.SEND_PATROLS])
    order = {**JOINT, "clearance_id": decision(client, staff)}
    assert written(client, narrow, patrol, **order).status_code == 403
    assert written(client, narrow, patrol).status_code == 201


def test_an_order_that_becomes_a_joint_one_keeps_no_task_that_was_written_for_the_mission_alone(
    client: FlaskClient, staff: Staff, patrol: int
) -> None:
    officer, clearance = staff.client(Role.SECTOR_OPS), decision(client, staff)
    tasks = {"tasks": [{"stop": 2, "task": WHY, "meet": []}]}
    issued(client, staff, patrol, **tasks)
    headers = staff.bearer(Role.SECTOR_OPS)
    refused = written(client, headers, patrol, **tasks, **JOINT, clearance_id=clearance)
    assert refused.status_code == 422 and set(refused.json["fields"]) == {"tasks.0.task"}
    # The form says there what a joint draft says, and to read it; what the officer then says is kept.
    path = f"/patrols/{patrol}/order/new"
    fields = flat(an_order(**tasks, **JOINT)) | {
        "clearance_id": str(clearance),
        "csrf_token": csrf_of(officer, path),
    }
    page = officer.post(path, data=fields)
    text = page.get_data(as_text=True)
    assert page.status_code == 422 and WHY not in text
    assert "Be seen, and talk to people.</textarea>" in text and "State forces will read this order." in text
    assert officer.post(path, data=fields | {"task_2": "Be seen, and talk to people."}).status_code == 303
    # A joint one that is amended was read already.
    again = written(
        client, headers, patrol, tasks=[{"stop": 2, "task": WHY}], **JOINT, clearance_id=clearance
    )
    assert again.status_code == 201
    assert written(client, headers, patrol, **tasks, **JOINT, clearance_id=clearance).status_code == 201


@pytest.mark.parametrize(("joint", "forces"), [(False, 20), (True, 0)])
def test_no_hand_on_the_database_writes_state_forces_past_the_gate(
    client: FlaskClient, staff: Staff, patrol: int, joint: bool, forces: int
) -> None:
    clearance = decision(client, staff)
    with staff.acting(Role.SECTOR_OPS) as who, pytest.raises(IntegrityError, match="joint_as_composed"):
        db.session.execute(insert(PatrolOrder).inline(), {
            "patrol_id": patrol, "version": 1, "route": "SRID=4326;LINESTRING(0 0, 1 1)", "straight": True,
            "content": an_order(composition={"strength": 10, "state_forces": forces}), "joint": joint,
            "clearance_id": clearance, "written_by_id": who.person_id, "written_by_role": "sector_ops",
        })  # fmt: skip
