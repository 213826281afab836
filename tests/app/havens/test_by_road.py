"""Where people could go from an alert or an incident: havens with places by road as it is now, each viewer's own."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from flask.testing import FlaskClient

from app.havens import by_road
from app.permissions import Role
from tests.app.alerts.entries import entered
from tests.app.havens.conftest import Build
from tests.people import WEST, Staff, csrf_of, record
from tests.planning_ground import Country, small_country

NOW = datetime.now(UTC).isoformat()


@pytest.fixture
def country(owner: psycopg.Connection, staff: Staff) -> Country:
    return small_country(owner, staff)


def test_the_soonest_are_told_by_vehicle_and_on_foot_and_hidden_ones_to_those_alone_who_may_know(
    client: FlaskClient, staff: Staff, country: Country, build: Build, owner: psycopg.Connection
) -> None:
    near, far = build("NEAR", lon=0.2), build("FAR", lon=0.5, state="standby")
    build("FULL", lon=0.3, occupancy=10)
    build("HIDDEN", lon=0.4, exposure="secret")
    with staff.acting(Role.SECTOR_OPS):
        found = by_road.soonest_havens(0.3, 0.5)
        assert [w.haven.id for w in found] == [near, far]
        assert [w.minutes for w in found] == pytest.approx([20, 40], abs=0.1)
        # Eleven kilometres a link, at four an hour.
        assert [w.on_foot for w in found] == pytest.approx([166.5, 333], abs=1)
    with staff.acting(Role.POC_OFFICER):
        assert [w.haven.code for w in by_road.soonest_havens(0.3, 0.5)] == ["NEAR", "HIDDEN", "FAR"]
    alert = entered(client, staff.bearer(Role.WATCHKEEPER_JOC), place={"lon": 0.3, "lat": 0.5})
    ops, cleared = staff.client(Role.SECTOR_OPS), staff.client(Role.POC_OFFICER)
    for where in (f"/alerts/{alert}", f"/alerts/{alert}/panel"):
        shown = ops.get(where).get_data(as_text=True)
        assert "Where people could go" in shown and "2 h 46 min" in shown and "HIDDEN" not in shown
        assert "EXERCISE haven HIDDEN" in cleared.get(where).get_data(as_text=True)
    # The road to the nearer one is closed: it stands behind the other, and why is said.
    said = {"condition": "closed", "cause": "bridge", "reason": "EXERCISE: the bridge is down", "factor": ""}
    token = {"csrf_token": csrf_of(ops, f"/roads/links/{country.links[1]}")}
    assert ops.post(f"/roads/links/{country.links[1]}", data=token | said).status_code == 303
    actor = owner.execute(
        "INSERT INTO actors (code, name, kind) VALUES ('A1', 'EXERCISE actor', 'armed_group') RETURNING id"
    ).fetchone()
    assert actor
    with owner.transaction():
        owner.execute(
            "INSERT INTO threats (name, actor_id, target, kind, area, sector_id, intent, capability, likelihood, impact, "
            "most_likely_course, review_on) VALUES ('EXERCISE', %s, 'x', 'mob_risk', ST_Multi(ST_Buffer("
            "'SRID=4326;POINT(0.5 0.5)'::geometry, 0.01)), %s, 3, 3, 4, 4, 'x', now() + interval '9 days')",
            [actor[0], staff.sectors[WEST]],
        )
        record(owner)
    with staff.acting(Role.SECTOR_OPS):
        found = by_road.soonest_havens(0.3, 0.5)
        assert [(w.haven.id, w.minutes is None, w.exposed) for w in found] == [
            (far, False, True),
            (near, True, False),
        ]
    shown = ops.get(f"/alerts/{alert}").get_data(as_text=True)
    assert "no open road" in shown and "in a threat’s area" in shown
    told = client.get("/api/v1/havens/nearest?place=0.5, 0.3", headers=staff.bearer(Role.SECTOR_OPS)).json[
        "havens"
    ]
    assert {h["id"]: (h["minutes"], h["minutes_on_foot"]) for h in told}[near] == (None, None)
    listed = ops.get("/havens/nearest?place=0.5, 0.3&states=open,standby,closed").get_data(as_text=True)
    assert "h " in listed and "no open road" in listed


def test_what_is_over_asks_for_no_haven(
    client: FlaskClient, staff: Staff, country: Country, build: Build, owner: psycopg.Connection
) -> None:
    build("NEAR", lon=0.2)
    watch = staff.bearer(Role.WATCHKEEPER_JOC)
    incident = {
        "kind": "killing", "occurred_from": "2026-01-01T00:00:00Z", "place": {"lon": 0.3, "lat": 0.5}, "killed_best": 1,
        "summary": "EXERCISE: told by two", "source_reliability": "C", "credibility": 3,
    }  # fmt: skip
    made = client.post("/api/v1/incidents", json=incident, headers=watch)
    assert made.status_code == 201, made.json
    reader = staff.client(Role.WATCHKEEPER_JOC)
    address = f"/incidents/{made.json['id']}"
    assert "Where people could go" not in reader.get(address).get_data(as_text=True)
    fresh = client.post("/api/v1/incidents", json=incident | {"occurred_from": NOW}, headers=watch)
    shown = reader.get(f"/incidents/{fresh.json['id']}").get_data(as_text=True)
    assert "Where people could go" in shown and "EXERCISE haven NEAR" in shown
