"""Support to State forces that is suspended after a joint patrol was ordered: it does not set off with them."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.errors import IntegrityConstraintViolation

from app.permissions import Role
from tests.app.patrol_orders.world import decision, issued
from tests.attacks.test_hand_on_the_database import acting
from tests.people import Staff, csrf_of, record

JOINT = {"strength": 10, "state_forces": 8}
ENDED = "support to them was suspended or ends before it is back"
MARK = "support to State forces ended"


def suspended(client: FlaskClient, staff: Staff, clearance: int) -> None:
    body = {"reason": "EXERCISE: its men burnt a village"}
    answer = client.post(
        f"/api/v1/due-diligence/{clearance}/suspend", json=body, headers=staff.bearer(Role.HOM)
    )
    assert answer.status_code == 200


def text_of(page: FlaskClient, address: str) -> str:
    answer = page.get(address)
    assert answer.status_code == 200, address
    return str(answer.get_data(as_text=True))


def set_off(client: FlaskClient, staff: Staff, patrol: int) -> Any:
    return client.post(f"/api/v1/patrols/{patrol}/set-off", json={}, headers=staff.bearer(Role.SECTOR_OPS))


def test_a_joint_patrol_does_not_set_off_once_support_is_suspended_until_it_is_ordered_without_them(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, patrol: int
) -> None:
    clearance = decision(client, staff)
    issued(client, staff, patrol, composition=JOINT, clearance_id=clearance)
    officer = staff.client(Role.SECTOR_OPS)
    pages = (f"/patrols/{patrol}", f"/patrols/{patrol}/panel", f"/patrols/{patrol}/order")
    assert all(ENDED not in text_of(officer, address) for address in pages)
    assert "Set off" in text_of(officer, pages[0]) and MARK not in text_of(officer, "/patrols")

    suspended(client, staff, clearance)
    assert all(ENDED in text_of(officer, address) for address in pages)
    assert "Set off" not in text_of(officer, pages[0])
    listed = client.get("/api/v1/patrols", headers=staff.bearer(Role.SECTOR_OPS)).json
    assert listed and listed["patrols"][0]["id"] == patrol and listed["patrols"][0]["support_ended"]
    assert MARK in text_of(officer, "/patrols")
    refused = set_off(client, staff, patrol)
    assert refused.status_code == 409 and refused.json["code"] == "support_ended"
    assert "an officer issues its order anew without them, or calls it off" in refused.json["detail"]
    # Nor by a hand on the database.
    with pytest.raises(IntegrityConstraintViolation), owner.transaction():
        owner.execute("UPDATE patrols SET state = 'under_way', started_at = now() WHERE id = %s", [patrol])

    issued(client, staff, patrol, composition={"strength": 10, "state_forces": 0})
    assert all(ENDED not in text_of(officer, address) for address in pages)
    assert set_off(client, staff, patrol).status_code == 200


def test_its_leader_is_told_on_the_phone_and_can_t_set_off(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, patrol: int
) -> None:
    clearance = decision(client, staff)
    issued(client, staff, patrol, composition=JOINT, clearance_id=clearance)
    suspended(client, staff, clearance)
    leader = staff.client(Role.PATROL_CDR)
    with owner.transaction():
        owner.execute(
            "UPDATE patrols SET leader_id = %s WHERE id = %s", [staff.person(Role.PATROL_CDR), patrol]
        )
        record(owner)
    text = text_of(leader, "/patrols/mine")
    assert ENDED in text and "/set-off" not in text
    token = {"csrf_token": csrf_of(leader, "/account")}
    assert leader.post(f"/patrols/{patrol}/set-off", data=token).status_code == 409
    # Called off it may be, by whoever may otherwise.
    assert (
        leader.post(f"/patrols/{patrol}/abandon", data=token | {"reason": "EXERCISE: no support"}).status_code
        == 303
    )


def walk(connection: psycopg.Connection, patrol: int, *states: str) -> None:
    for state in states:
        connection.execute("UPDATE patrols SET state = %s WHERE id = %s", [state, patrol])


def test_its_leader_does_not_lead_it_out_by_other_states(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, patrol: int
) -> None:
    clearance = decision(client, staff)
    issued(client, staff, patrol, composition=JOINT, clearance_id=clearance)
    suspended(client, staff, clearance)
    with owner.transaction():
        owner.execute(
            "UPDATE patrols SET leader_id = %s WHERE id = %s", [staff.person(Role.PATROL_CDR), patrol]
        )
        record(owner)
    with acting(staff, Role.PATROL_CDR) as (c, _person):
        for first, last in (
            ("under_way", "done"), ("paused", "under_way"), ("abandoned", "under_way"), ("abandoned", "done"),
        ):  # fmt: skip
            with pytest.raises(IntegrityConstraintViolation, match="does not hold"), c.transaction():
                walk(c, patrol, first, last)


def test_a_patrol_that_came_back_does_not_set_off_again_without_support(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, patrol: int
) -> None:
    clearance = decision(client, staff)
    issued(client, staff, patrol, composition=JOINT, clearance_id=clearance)
    for act in ("set-off", "finish"):
        path = f"/api/v1/patrols/{patrol}/{act}"
        assert client.post(path, json={}, headers=staff.bearer(Role.SECTOR_OPS)).status_code == 200
    suspended(client, staff, clearance)
    with pytest.raises(IntegrityConstraintViolation, match="does not hold"), owner.transaction():
        owner.execute("UPDATE patrols SET state = 'under_way' WHERE id = %s", [patrol])


def test_a_patrol_that_is_out_is_told_to_part_from_them(
    client: FlaskClient, staff: Staff, patrol: int
) -> None:
    clearance = decision(client, staff)
    issued(client, staff, patrol, composition=JOINT, clearance_id=clearance)
    assert set_off(client, staff, patrol).status_code == 200
    suspended(client, staff, clearance)
    assert "Part from them, or break it off" in text_of(staff.client(Role.SECTOR_OPS), f"/patrols/{patrol}")
    done = client.post(f"/api/v1/patrols/{patrol}/finish", json={}, headers=staff.bearer(Role.SECTOR_OPS))
    assert done.status_code == 200 and done.json["support_ended"] is False
