"""Whoever plans an evacuation writes its plan by SQL, so that nobody else can plan any."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.errors import CheckViolation, InsufficientPrivilege

from app.permissions import Role
from tests.app.evacuations.test_evacuations import haven, planned
from tests.attacks.test_hand_on_the_database import acting
from tests.people import Staff
from tests.planning_ground import small_country

INTO = (
    "INSERT INTO evacuation_plans (evacuation_id, version, asked, content, haven_ids, made_by_id, made_by_role) "
    "VALUES (%s, 2, '{}', %s, %s, %s, 'sector_ops')"
)


def content(haven_id: int, **leg: Any) -> dict[str, Any]:
    return {"havens": [{"id": haven_id}], "legs": [{"haven": 0, "people": 1} | leg]}


def test_a_plan_says_who_goes_where_and_nothing_by_which_others_could_not_plan(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    small_country(owner, staff)
    near = haven(owner, staff, "NEAR", 0.4, 1200)
    made = planned(client, staff.bearer(Role.SECTOR_OPS))["id"]
    with acting(staff, Role.SECTOR_OPS) as (c, person):

        def refused(said: dict[str, Any], haven_ids: list[int | None]) -> bool:
            try:
                with c.transaction(force_rollback=True):
                    c.execute(INTO, [made, json.dumps(said), haven_ids, person])
            except (CheckViolation, InsufficientPrivilege):
                return True
            return False

        assert not refused(content(near), [near])
        for said in (
            {"legs": 5}, {"legs": 5, "havens": []}, {"legs": []}, {"legs": {}, "havens": {}}, {"legs": [5], "havens": []},
            content(near, haven=1), content(near, haven=-1), content(near, haven="0"), content(near, haven=0.5),
            content(near, people=10**30), content(near, people=-5), content(near, people="5"),
            content(near, people=None),
        ):  # fmt: skip
            assert refused(said, [near]), said
        # A haven that it names nowhere would be promised, and nobody would find the promise.
        assert refused(content(near), []) and refused(content(near), [None])


def test_a_plan_promises_places_of_no_haven_that_its_maker_may_not_know_of(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    small_country(owner, staff)
    haven(owner, staff, "NEAR", 0.4, 1200)
    secret = haven(owner, staff, "SECRET", 0.5, 1200, exposure="secret")
    made = planned(client, staff.bearer(Role.SECTOR_OPS))["id"]
    with acting(staff, Role.SECTOR_OPS) as (c, person), pytest.raises(InsufficientPrivilege):
        c.execute(INTO, [made, json.dumps(content(secret)), [secret], person])
