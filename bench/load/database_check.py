"""The check of a report's place alone, inside the database: under the reporter's own role, with row level security on.

PostgreSQL's own clock before and after each call, read by a function that loops over the places in one session: no
driver, no network, no planning that a session does once.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import psycopg
from ground import Ground

CHECKS = 6_000
WARM = 300  # of them not counted: the session's plans and caches
# vigil.surroundings as `app/alerts/raising.py: LOOK_AROUND` asks it.
LOOP = """
CREATE FUNCTION public.bench_check(lons float8[], lats float8[]) RETURNS SETOF float8 LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz;
    found jsonb;
BEGIN
    FOR n IN 1..cardinality(lons) LOOP
        began := clock_timestamp();
        SELECT jsonb_agg(jsonb_build_array(s.kind, s.distance, s.band, s.count, s.label)) INTO found
        FROM vigil.surroundings(lons[n], lats[n], 25000, now() - interval '14 days') AS s;
        RETURN NEXT extract(epoch FROM clock_timestamp() - began);
    END LOOP;
END $$
"""
AS_REPORTER = "SELECT vigil.enter(%s, 'reports:file,people:own_account', '', '', '')"
FACTS = """
SELECT (SELECT count(*) FROM defender_cells WHERE tier = 'coarse'), (SELECT count(*) FROM havens),
       (SELECT count(*) FROM threats WHERE ended_at IS NULL), (SELECT count(*) FROM latest_positions),
       (SELECT count(*) FROM rules WHERE enabled_at IS NOT NULL)
"""


@dataclass(frozen=True)
class Checked:
    """Seconds of each check near where people live, and anywhere in the mission; what they were held against."""

    near: list[float]
    anywhere: list[float]
    cells: int
    havens: int
    threats: int
    patrols: int
    rules: int


def measure(ground: Ground, places: list[tuple[float, float]]) -> Checked:
    """With nothing else at work."""
    chance = random.Random(5)
    spots = [
        (lon + chance.gauss(0, 0.03), lat + chance.gauss(0, 0.03))
        for lon, lat in chance.choices(places, k=CHECKS)
    ]
    west, east = min(p[0] for p in places), max(p[0] for p in places)
    south, north = min(p[1] for p in places), max(p[1] for p in places)
    wide = [(chance.uniform(west, east), chance.uniform(south, north)) for _ in range(CHECKS)]
    with psycopg.connect(ground.url("postgres"), autocommit=True) as owner:
        owner.execute("ANALYZE")
        owner.execute(LOOP)
        found = owner.execute(FACTS).fetchone()
        reporter = owner.execute("SELECT id FROM people WHERE username = 'patrol_cdr'").fetchone()
    assert found is not None and reporter is not None
    with psycopg.connect(ground.url("app")) as database:
        database.execute(AS_REPORTER, [str(reporter[0])])
        near, anywhere = (timed(database, some)[WARM:] for some in (spots, wide))
    return Checked(near, anywhere, *found)


def timed(database: psycopg.Connection, spots: list[tuple[float, float]]) -> list[float]:
    lons, lats = [lon for lon, _ in spots], [lat for _, lat in spots]
    return [row[0] for row in database.execute("SELECT * FROM public.bench_check(%s, %s)", [lons, lats])]
