"""An issued plan beside what was done: stops made and not, why, hours, kilometres, and the way on the map."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.permissions import Role
from tests.app.patrol_orders.world import issued
from tests.app.plans.test_plans import _soon, asked, searched
from tests.people import Staff, record
from tests.planning_ground import Country, small_country
from tests.planning_officer import means, post, site

__all__ = ["_soon"]


@pytest.fixture
def country(owner: psycopg.Connection, staff: Staff) -> Country:
    return small_country(owner, staff)


def text_of(page: FlaskClient, address: str) -> str:
    return " ".join(page.get(address).get_data(as_text=True).split())


def test_an_issued_plan_says_what_was_done_of_it_and_why_the_rest_was_not(
    staff: Staff, client: FlaskClient, country: Country, worker: Flask, owner: psycopg.Connection
) -> None:
    officer = staff.client(Role.SECTOR_OPS)
    for place in ("V1", "V2", "V3"):
        site(officer, place)
    means(officer, country)
    plan = searched(worker, owner, asked(staff, officer))
    address = f"/plans/{plan}"
    assert "Planned beside done" not in text_of(officer, address)
    assert post(officer, f"{address}/issue", {}).status_code == 303
    text = text_of(officer, address)
    assert "Stops made: 0 of 3" in text and "EXERCISE village 1: still to come" in text
    assert 'class="driven"' not in text

    row = owner.execute("SELECT patrol_id FROM plan_patrols").fetchone()
    assert row
    issued(client, staff, row[0])
    patrol = drives_to_the_first(owner)
    text = text_of(officer, address)
    assert "Stops made: 1 of 3" in text and "People at sites that were visited: 1,000 of 3,000" in text
    assert "1 of 3" in text and "EXERCISE village 1: still to come" not in text
    assert 'class="driven" d="M' in text and "11 of 67" in text

    why = "EXERCISE: the bridge is down"
    assert post(officer, f"/patrols/{patrol}/abandon", {"reason": why}).status_code == 303
    assert f"EXERCISE village 3: broken off: {why}" in text_of(officer, address)
    with owner.transaction():
        owner.execute(
            "INSERT INTO patrol_deviations (patrol_id, order_id, kind, stop_id, opened_at, fired_at, value, "
            "acknowledged_at, acknowledged_by_id, acknowledged_by_role, reason) "
            "SELECT s.patrol_id, o.id, 'stop_skipped', s.id, now(), now(), 0, now(), %s, 'sector_ops', 'road_closed' "
            "FROM patrol_stops s JOIN patrol_orders o USING (patrol_id) "
            "WHERE s.patrol_id = %s AND s.name = 'EXERCISE village 3'",
            [staff.person(Role.SECTOR_OPS), patrol],
        )  # fmt: skip
        record(owner)
    text = text_of(officer, address)
    assert "EXERCISE village 3: Road, bridge or ford closed" in text
    # Said once, where the stop is.
    assert text.count("Road, bridge or ford closed") == 1 and "It went on without" not in text


def drives_to_the_first(owner: psycopg.Connection) -> int:
    """The plan's patrol sets off an hour ago, and is at the first village after eleven kilometres; its number."""
    now = datetime.now(UTC)
    with owner.transaction():
        row = owner.execute(
            "UPDATE patrols SET state = 'under_way', started_at = %s RETURNING id", [now - timedelta(hours=1)]
        ).fetchone()
        assert row
        owner.execute(
            "UPDATE patrol_stops SET arrived_at = %s, arrived_by = 'hand' WHERE patrol_id = %s "
            "AND name = 'EXERCISE village 1'",
            [now - timedelta(minutes=30), row[0]],
        )
        for n in range(6):
            owner.execute(
                "INSERT INTO positions (tracked_id, at, place) SELECT id, %s, ST_SetSRID(ST_MakePoint(%s, 0.5), 4326) "
                "FROM tracked WHERE patrol_id = %s", [now - timedelta(minutes=50 - 5 * n), 0.1 + 0.02 * n, row[0]],
            )  # fmt: skip
        record(owner)
    return int(row[0])
