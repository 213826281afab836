"""Incidents on the picture: the sums of all time say what counting one by one says, and each finder asks who looks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import shape
from sqlalchemy import text

from app.db import db
from app.maps.queries import View, layer
from app.permissions import Permission, Role
from tests.app.exchange import ground
from tests.people import Staff, record

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
TOMORROW = datetime(2100, 1, 1, tzinfo=UTC)
EVERYWHERE = "ST_MakeEnvelope(-180, -90, 180, 90, 4326), NULL, NULL"
FINDERS = (
    f"SELECT count(*) FROM vigil.incidents_seen({EVERYWHERE}, 0)",
    f"SELECT count(*) FROM vigil.incidents_known({EVERYWHERE}, now() + interval '1 day')",
)
# As fine as places are stored: PostgreSQL refuses to divide what is next to nothing.
DEGREES = st.floats(-0.9, 0.9).map(lambda degrees: round(degrees, 6))
HAPPENED = st.lists(
    st.tuples(
        DEGREES, DEGREES, st.sampled_from(["WEST", "EAST"]),
        st.sampled_from(["killing", "abduction"]), st.integers(0, 60), st.sampled_from([1, 2, 3, 4, 6]),
    ),
    min_size=1, max_size=25,
)  # fmt: skip


def write(owner: psycopg.Connection, staff: Staff, happened: list[Any]) -> None:
    with owner.transaction():
        owner.execute("DELETE FROM incidents")
        for lon, lat, sector, kind, killed, precision in happened:
            owner.execute(
                "INSERT INTO incidents (kind, occurred_from, occurred_to, place, sector_id, killed_low, killed_best, "
                "killed_high, place_precision) VALUES (%s, now(), now(), ST_SetSRID(ST_MakePoint(%s, %s), 4326), %s, "
                "%s, %s, %s, %s)",
                [kind, lon, lat, staff.sectors[sector], killed, killed, killed, precision],
            )
        record(owner)


def shown(view: View) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(layer("incidents", view))
    return found


def figures(found: dict[str, Any]) -> tuple[int, int, int, int]:
    """(all, known too roughly to draw, in pins and areas, killed in these)."""
    told = [f["properties"] for f in found["features"]]
    return found["total"], found["coarse"], sum(p["count"] for p in told), sum(p["killed_best"] for p in told)


@given(HAPPENED, st.integers(5, 11), st.booleans(), st.sampled_from(["", "killing"]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_sums_of_all_time_are_those_of_counting_one_by_one(
    staff: Staff, owner: psycopg.Connection, happened: list[Any], zoom: int, folded: bool, kind: str
) -> None:
    write(owner, staff, happened)
    if folded:
        owner.execute("SELECT vigil.fold_incident_cells()")
    for role in (Role.HOM, Role.SECTOR_OPS):
        with staff.acting(role):
            summed = View(zoom=zoom, kind=kind)
            counted = View(zoom=zoom, kind=kind, since=LONG_AGO)
            assert summed.sums() and not counted.sums()
            assert figures(shown(summed)) == figures(shown(counted))


def test_an_incident_alone_in_its_cell_is_that_incident_with_its_panel(
    staff: Staff, owner: psycopg.Connection
) -> None:
    write(owner, staff, [(0.5, 0.5, "WEST", "killing", 3, 1)])
    with staff.acting(Role.SECTOR_OPS):
        (feature,) = shown(View(zoom=8))["features"]
        (again,) = shown(View(zoom=8, since=LONG_AGO))["features"]
    assert feature == again
    assert feature["properties"]["url"].startswith("/incidents/")


def test_what_is_known_to_a_district_only_is_drawn_as_that_district(
    staff: Staff, owner: psycopg.Connection
) -> None:
    owner.execute(
        "INSERT INTO admin_areas (code, name, level, parent_code, area) VALUES "
        "('P', 'EXERCISE province', 1, NULL, ST_Multi(ST_MakeEnvelope(0, 0, 1, 1, 4326))), "
        "('P1', 'EXERCISE district', 2, 'P', ST_Multi(ST_MakeEnvelope(0, 0, 0.5, 1, 4326)))"
    )
    write(owner, staff, [(0.2, 0.2, "WEST", "killing", 1, 3), (0.3, 0.9, "WEST", "killing", 1, 3),
                         (0.9, 0.9, "WEST", "killing", 1, 4)])  # fmt: skip
    with owner.transaction():
        owner.execute("UPDATE incidents SET admin_code = 'P1' WHERE ST_X(place) < 0.25")
        record(owner)
    with staff.acting(Role.HOM):
        drawn = shown(View(zoom=8))["features"]
    edges = {(f["properties"]["count"], shape(f["geometry"]).bounds) for f in drawn}
    assert edges == {(2, (0, 0, 0.5, 1)), (1, (0, 0, 1, 1))}


@pytest.mark.parametrize("asked", FINDERS)
def test_a_finder_asks_who_looks_even_of_one_who_calls_it_by_hand(
    staff: Staff, owner: psycopg.Connection, asked: str
) -> None:
    ground.incidents(owner, staff, 3)
    ground.incidents(owner, staff, 2, "EAST")
    found = []
    for role in (Role.HOM, Role.SECTOR_OPS, Role.PARTNER_NGO):
        with staff.acting(role) as viewer:
            found.append(db.session.execute(text(asked)).scalar_one())
            assert bool(found[-1]) == viewer.holds(Permission.READ_INCIDENTS)
    assert found == [5, 3, 0]
    with psycopg.connect(staff.clone.plain_url("vigil_app")) as nobody:
        assert nobody.execute(asked).fetchone() == (0,)
