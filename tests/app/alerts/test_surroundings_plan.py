"""What a report is weighed against is found through indexes, however much the mission has come to know.

The plans are those that PostgreSQL really uses inside the functions, under their own role and its policies: a policy's
condition may forbid an index without any error, and each report would then read whole tables.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.errors import Diagnostic

from tests.servers import Clone, superuser_url

# A mission in its third year: a square of ten degrees, all over it. Triggers and foreign keys are off while it is
# filled, since only the numbers matter here.
MISSION = """
SET session_replication_role = replica;
SELECT setseed(0.5);
CREATE FUNCTION pg_temp.somewhere() RETURNS geometry LANGUAGE sql AS
    'SELECT ST_SetSRID(ST_MakePoint(random() * 10, random() * 10), 4326)';
CREATE FUNCTION pg_temp.around(point geometry, side float) RETURNS geometry LANGUAGE sql AS
    'SELECT ST_SetSRID(ST_Envelope(ST_Expand(point, side / 2)), 4326)';
INSERT INTO sectors (code, name, echelon, area) SELECT 'S' || n, 'S', 'company', ST_Multi(pg_temp.around(
    ST_SetSRID(ST_MakePoint(n / 20 + 0.25, n % 20 + 0.25), 4326), 0.5)) FROM generate_series(0, 399) n;
INSERT INTO admin_areas (code, name, level, area) SELECT 'A' || n, 'A', 3, ST_Multi(pg_temp.around(
    ST_SetSRID(ST_MakePoint(n / 50 * 0.2 + 0.1, n % 50 * 0.2 + 0.1), 4326), 0.2)) FROM generate_series(0, 2499) n;
INSERT INTO incidents (source, source_id, kind, occurred_from, occurred_to, place)
    SELECT 'exercise', n, 'armed_clash', now() - n * interval '1 hour', now(), pg_temp.somewhere()
    FROM generate_series(1, 20000) n;
INSERT INTO places (code, name, kind, place) SELECT 'P' || n, 'P', 'village', pg_temp.somewhere()
    FROM generate_series(1, 5000) n;
INSERT INTO defender_cells (defender_id, tier, cell, compartment, sector_id, risk_band, shared_until)
    SELECT n, tier, CASE WHEN tier = 'coarse' AND n % 100 = 0 THEN 'SRID=4326;POLYGON EMPTY' ELSE
                    pg_temp.around(pg_temp.somewhere(), CASE tier WHEN 'fine' THEN 0.01 ELSE 0.1 END) END,
           'north', 1, 'high', 'infinity'
    FROM generate_series(1, 2000) n, unnest(ARRAY['fine', 'coarse']) AS tier;
SELECT vigil.count_presences(
    ARRAY(SELECT DISTINCT cell FROM defender_cells WHERE tier = 'coarse' AND NOT ST_IsEmpty(cell)),
    ARRAY(SELECT DISTINCT vigil.degree_of(cell) FROM defender_cells WHERE tier = 'fine'));
INSERT INTO havens (code, name, kind, place, capacity_day, capacity_night, state, exposure)
    SELECT 'H' || n, 'EXERCISE H', 'poc_site', pg_temp.somewhere(), 10, 10, 'open', 'mission'
    FROM generate_series(1, 1000) n;
INSERT INTO threats (name, actor_id, target, kind, area, intent, capability, likelihood, impact, review_on)
    SELECT 'T', 1, 'T', 'imminent_attack', ST_Multi(ST_Buffer(pg_temp.somewhere(), 0.2)), 3, 3, 3, 3, now()
    FROM generate_series(1, 500) n;
INSERT INTO bases (code, name, kind, place) SELECT 'B' || n, 'B', 'company', pg_temp.somewhere()
    FROM generate_series(1, 500) n;
INSERT INTO patrols (call_sign, unit_id, purpose, planned_start, planned_end, state)
    SELECT 'C' || n, 1, 'patrol', now(), now(), 'under_way' FROM generate_series(1, 500) n;
INSERT INTO tracked (kind, patrol_id, unit_id, call_sign, top_speed_kph)
    SELECT 'patrol', id, unit_id, call_sign, 160 FROM patrols;
INSERT INTO latest_positions (tracked_id, patrol_id, at, place)
    SELECT id, patrol_id, now(), pg_temp.somewhere() FROM tracked;
SET session_replication_role = origin;
ANALYZE;
"""
TELL_PLANS = """
LOAD 'auto_explain';
SET auto_explain.log_min_duration = 0;
SET auto_explain.log_nested_statements = on;
SET auto_explain.log_format = json;
SET client_min_messages = log
"""
IN_METRES = tuple(f"ix_{table}_place_metres" for table in ("havens", "latest_positions", "bases", "places"))
ON_THE_PLANE = ("ix_cell_presences_cell", "ix_threats_area", "ix_incidents_place")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


@pytest.fixture
def mission(clone: Clone) -> Iterator[psycopg.Connection]:
    """The database's superuser, whom the server tells its plans, in a mission with a history."""
    with psycopg.connect(make_conninfo(superuser_url(), dbname=clone.name), autocommit=True) as connection:
        connection.execute(MISSION)
        yield connection


def plan_nodes(connection: psycopg.Connection, call: str) -> list[dict[str, Any]]:
    """All nodes of the plans of what runs inside the functions that `call` calls."""
    told: list[str] = []

    def note(diagnostic: Diagnostic) -> None:
        told.append((diagnostic.message_primary or "").partition("plan:")[2])

    connection.execute(TELL_PLANS)
    connection.add_notice_handler(note)
    connection.execute(call)
    plans = [json.loads(each) for each in told if each.strip()]
    inside = [
        p for p in plans if "vigil." not in p["Query Text"] and "spatial_ref_sys" not in p["Query Text"]
    ]
    assert inside, "the server told no plan"
    return [node for plan in inside for node in nodes(plan["Plan"])]


def test_surroundings_are_found_through_the_indexes_in_metres(mission: psycopg.Connection) -> None:
    found = plan_nodes(mission, "SELECT * FROM vigil.surroundings(5, 5, 25000, now() - interval '14 days')")
    scans = [(n["Relation Name"], n["Node Type"], n.get("Index Name")) for n in found if "Relation Name" in n]
    assert [s for s in scans if s[1] == "Seq Scan"] == []
    assert {*IN_METRES, *ON_THE_PLANE} <= {n.get("Index Name") for n in found}, scans


def test_an_index_in_metres_is_asked_for_the_place_and_does_not_only_give_the_order(
    mission: psycopg.Connection,
) -> None:
    found = plan_nodes(mission, "SELECT * FROM vigil.surroundings(5, 5, 25000, now() - interval '14 days')")
    asked = {n["Index Name"] for n in found if "&&" in n.get("Index Cond", "")}
    assert asked == {*IN_METRES, *ON_THE_PLANE} - {
        "ix_bases_place_metres"
    }  # the nearest one counts, however far


def test_no_defender_is_asked_for_but_the_squares_in_which_they_are(mission: psycopg.Connection) -> None:
    found = plan_nodes(mission, "SELECT * FROM vigil.surroundings(5, 5, 25000, now() - interval '14 days')")
    assert "defender_cells" not in {n.get("Relation Name") for n in found}


def test_who_answers_for_a_place_is_found_through_the_indexes_of_the_areas(
    mission: psycopg.Connection,
) -> None:
    found = plan_nodes(mission, "SELECT * FROM vigil.areas_of(ST_SetSRID(ST_MakePoint(5.1, 5.1), 4326))")
    scans = [(n["Relation Name"], n.get("Index Name")) for n in found if "Relation Name" in n]
    assert scans == [("sectors", "ix_sectors_area"), ("admin_areas", "ix_admin_areas_area")]
