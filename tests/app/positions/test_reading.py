"""Where everything was last, and one carrier's day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.permissions import Role
from tests.app.patrols.conftest import Units
from tests.app.positions.test_batches import KILOMETRE, post, vehicle
from tests.people import EAST, Staff

NOON = (datetime.now(UTC) - timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)


def at(minutes: float, km: float, **more: Any) -> dict[str, Any]:
    moment = NOON + timedelta(minutes=minutes)
    return {
        "at": moment.isoformat(),
        "lon": 0.5,
        "lat": 0.1 + km * KILOMETRE,
        "call_sign": "EXERCISE TRUCK",
        **more,
    }


def get(client: FlaskClient, staff: Staff, path: str, role: Role = Role.SECTOR_OPS, **more: Any) -> Any:
    return client.get(path, headers=staff.bearer(role, **more))


def test_a_day_is_a_line_with_its_times_and_what_is_doubted_stands_apart(
    client: FlaskClient, staff: Staff, units: Units
) -> None:
    truck = vehicle(client, staff, units.near, "EXERCISE TRUCK")
    post(client, staff, at(20, 20), at(0, 0), at(10, 10), at(15, 400), at(24 * 60, 30), at(-13 * 60, 0))
    answer = get(client, staff, f"/api/v1/tracks/{truck}?day={NOON.date()}")
    assert answer.mimetype == "application/geo+json"
    told = answer.json
    assert told["geometry"]["type"] == "LineString"
    assert [round((lat - 0.1) / KILOMETRE) for _lon, lat in told["geometry"]["coordinates"]] == [0, 10, 20]
    facts = told["properties"]
    times = [datetime.fromisoformat(t) for t in facts["times"]]
    assert times == [NOON + timedelta(minutes=m) for m in (0, 10, 20)]
    assert len(facts["speeds_kph"]) == len(facts["courses"]) == len(facts["flags"]) == 3
    assert [d["flags"] for d in facts["doubted"]] == [["too_fast", "late", "reckoned"]]
    before = get(client, staff, f"/api/v1/tracks/{truck}?day={NOON.date() - timedelta(days=1)}").json
    assert before["geometry"]["type"] == "Point"
    empty = get(client, staff, f"/api/v1/tracks/{truck}?day=2001-01-01").json
    assert empty["geometry"] is None and empty["properties"]["times"] == []


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "2026-11-21x", "0000-00-00"])
def test_what_is_no_day_is_refused(client: FlaskClient, staff: Staff, units: Units, day: str) -> None:
    truck = vehicle(client, staff, units.near, "EXERCISE TRUCK")
    assert get(client, staff, f"/api/v1/tracks/{truck}?day={day}").status_code == 422


def test_where_everything_was_last_is_told_of_one_s_own_sectors(
    client: FlaskClient, staff: Staff, units: Units, patrol: int
) -> None:
    vehicle(client, staff, units.near, "EXERCISE TRUCK")
    vehicle(client, staff, units.eastern, "EXERCISE TRUCK E")
    post(client, staff, at(0, 0), at(10, 5), at(5, 1, call_sign="EXERCISE TRUCK E"))
    post(client, staff, {**at(1, 0), "patrol": patrol, "call_sign": None})
    seen = {
        sector: [
            (p["kind"], p["call_sign"])
            for p in get(client, staff, "/api/v1/positions", sector=sector).json["positions"]
        ]
        for sector in ("WEST", EAST)
    }
    assert seen[EAST] == [("vehicle", "EXERCISE TRUCK E")]
    assert [kind for kind, _sign in seen["WEST"]] == ["vehicle", "patrol"]
    west = get(client, staff, "/api/v1/positions?kind=vehicle").json["positions"]
    assert [datetime.fromisoformat(p["position"]["at"]) for p in west] == [NOON + timedelta(minutes=10)]
    since = (NOON + timedelta(minutes=7)).strftime("%Y-%m-%dT%H:%M:%SZ")
    everywhere = get(client, staff, f"/api/v1/positions?since={since}", Role.HOM).json["positions"]
    assert [p["call_sign"] for p in everywhere] == ["EXERCISE TRUCK"]
    assert get(client, staff, "/api/v1/positions?since=soon").status_code == 422
