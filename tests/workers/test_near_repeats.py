"""With each surface it is said, sector by sector, whether incidents made others nearby and soon more likely."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest
from flask import Flask

from app.permissions import Role
from app.surfaces import making
from app.surfaces.repeating import DEALINGS
from tests.app.surfaces.world import Past, in_worker
from tests.people import EAST, WEST, Staff, record

NOW = datetime.now(UTC)
FOLLOWED = 24
KILOMETRE = 1 / 111  # in degrees


@pytest.fixture
def past(owner: psycopg.Connection, staff: Staff, monkeypatch: pytest.MonkeyPatch) -> Past:
    # What looking back adds is told by tests/workers/test_surfaces.py.
    monkeypatch.setattr(making, "LOOK_BACK", 1)
    return Past(owner, staff)


def history(past: Past, *, shuffled: bool = False) -> None:
    """In the west incidents each of which is followed within a kilometre two days later, or the same places and times
    without that tie; in the east as many, of which only the settlement nearby is known."""
    drawn = np.random.default_rng(4)
    places, days = drawn.uniform(0.1, 0.9, (FOLLOWED, 2)), drawn.uniform(3, 80, FOLLOWED)
    places = np.vstack([places, places + drawn.uniform(-0.5, 0.5, (FOLLOWED, 2)) * KILOMETRE])
    days = np.concatenate([days, days - 2])
    if shuffled:
        days = drawn.permutation(days)
    with past.owner.transaction():
        for (lon, lat), ago in zip(places.tolist(), days.tolist(), strict=True):
            at = NOW - timedelta(days=ago)
            past.incident((lon, lat), at)
            past.incident((lon + 1, lat), at, place_precision=2)
            past.incident((lon + 1, lat), at, date_precision=3)


def near_repeats(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200
    return list(answer.get_json()["surface"]["near_repeats"])


def section(page: str) -> str:
    assert 'id="near-repeats"' in page
    return page.split('id="near-repeats"')[1]


def test_incidents_that_are_followed_are_found_in_their_own_sector_and_told_there_alone(
    past: Past, worker: Flask, staff: Staff
) -> None:
    history(past)
    made = in_worker(worker, making.make, NOW)
    west, east = staff.client(Role.SECTOR_OPS, WEST), staff.client(Role.SECTOR_OPS, EAST)
    told = section(west.get(f"/forecast/{made}").get_data(as_text=True))
    assert "After an incident, another within 2 km in the next 7 days was" in told
    assert "fewer than 1 of 100 cases" in told or "at most 2 of 100 cases" in told
    assert f"{2 * FOLLOWED} incidents since" in told
    assert "▲" in told
    assert "a human decides" in told
    assert "Sector East" not in told
    (found,) = near_repeats(west.get(f"/api/v1/forecast/{made}"))
    nearest = found["bands"][0]
    assert found["sector_id"] == staff.sectors[WEST]
    assert nearest["pairs"] >= FOLLOWED
    assert nearest["times_as_frequent"] > 3
    assert nearest["probability"] <= 0.05
    assert all(band["pairs"] is None or not 0 < band["pairs"] < 5 for band in found["bands"])
    # Whose place is known to some 25 km, or whose day to a week, is near nothing.
    other = section(east.get(f"/forecast/{made}").get_data(as_text=True))
    assert "Too few incidents to tell, fewer than 20" in other
    assert "Sector East" in other
    assert "After an incident" not in other
    assert "Sector West" not in other
    (few,) = near_repeats(east.get("/api/v1/forecast"))
    assert (few["sector_id"], few["fewer_than"], few["bands"]) == (staff.sectors[EAST], 20, [])
    # Both sectors for who reads both; nothing for who reads no incident, though the surface is his to read.
    officer = near_repeats(staff.client(Role.POC_OFFICER).get(f"/api/v1/forecast/{made}"))
    assert {each["sector_id"] for each in officer} >= {staff.sectors[WEST], staff.sectors[EAST]}
    auditor = staff.client(Role.AUDITOR)
    assert "near-repeats" not in auditor.get(f"/forecast/{made}").get_data(as_text=True)
    assert near_repeats(auditor.get(f"/api/v1/forecast/{made}")) == []


def test_the_same_places_and_times_without_the_tie_are_no_near_repeats(
    past: Past, worker: Flask, staff: Staff
) -> None:
    history(past, shuffled=True)
    made = in_worker(worker, making.make, NOW)
    officer = staff.client(Role.SECTOR_OPS, WEST)
    told = section(officer.get(f"/forecast/{made}").get_data(as_text=True))
    assert "None were found" in told
    assert "▲ " not in told
    (found,) = near_repeats(officer.get(f"/api/v1/forecast/{made}"))
    assert found["dealings"] == DEALINGS
    assert min(band["probability"] or 1 for band in found["bands"]) > 0.05


def test_the_database_itself_tells_them_by_sector_and_lets_nobody_change_them(
    past: Past, worker: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    history(past)
    made = in_worker(worker, making.make, NOW)
    kept = owner.execute(
        "SELECT f.kind, count(p.near_repeats) > 0, max((p.near_repeats ->> 'seed')::bigint) FROM surfaces f "
        "JOIN surface_parts p ON p.surface_id = f.id GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert kept == [("afterwards", False, None), ("issued", True, made)], (
        "what nobody could read then has none"
    )
    asked = "SELECT sector_id FROM surface_parts WHERE near_repeats IS NOT NULL AND surface_id = %s"
    for role, sector, sees in (
        (Role.SECTOR_OPS, EAST, [(staff.sectors[EAST],)]),
        (Role.SECTOR_OPS, WEST, [(staff.sectors[WEST],)]),
        (Role.AUDITOR, WEST, []),
    ):
        with staff.acting(role, sector) as viewer, psycopg.connect(staff.clone.plain_url("vigil_app")) as c:
            c.execute("SELECT vigil.enter(%s, %s, %s, %s, %s)", viewer.as_database_context())
            assert c.execute(asked, [made]).fetchall() == sees
    for process in ("vigil_app", "vigil_worker"):
        with (
            psycopg.connect(staff.clone.plain_url(process)) as c,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            c.execute("UPDATE surface_parts SET near_repeats = NULL")


def test_a_surface_from_before_they_were_asked_for_is_shown_as_ever(
    past: Past, worker: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    past.weeks(NOW)
    made = in_worker(worker, making.make, NOW)
    with owner.transaction():
        owner.execute("UPDATE surface_parts SET near_repeats = NULL")
        record(owner)
    officer = staff.client(Role.POC_OFFICER)
    for address in ("/forecast", f"/forecast/{made}"):
        page = officer.get(address)
        assert page.status_code == 200
        assert "Near repeats" not in page.get_data(as_text=True)
    assert near_repeats(officer.get(f"/api/v1/forecast/{made}")) == []
