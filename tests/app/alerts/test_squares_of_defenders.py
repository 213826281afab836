"""The squares that a report is weighed against tell what all defenders' cells would, whoever came, moved or withdrew."""

from __future__ import annotations

import random
from typing import Any

import psycopg
import pytest
import shapely
from psycopg.conninfo import make_conninfo

from tests.servers import Clone, superuser_url

DEFENDERS = 120
SOMEWHERE = "vigil.surroundings(%(lon)s, %(lat)s, 25000, now() - interval '14 days')"
# Row by row, with nothing kept: the nearest and how many, by band; by themselves those of whom only the degree is told.
ROW_BY_ROW = """
WITH told AS (
    SELECT c.risk_band, c.shared_until, ST_IsEmpty(c.cell) AS whole_degree,
           CASE WHEN ST_IsEmpty(c.cell) THEN ST_MakeEnvelope(floor(ST_XMin(f.cell)), floor(ST_YMin(f.cell)),
                floor(ST_XMin(f.cell)) + 1, floor(ST_YMin(f.cell)) + 1, 4326) ELSE c.cell END AS square
    FROM defender_cells c JOIN defender_cells f USING (defender_id) WHERE c.tier = 'coarse' AND f.tier = 'fine')
SELECT risk_band, whole_degree, min(ST_Distance(geography(square), here)) AS metres, least(count(*), 64)
FROM told, geography(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)) AS here
WHERE shared_until > now() AND ST_DWithin(geography(square), here, 25000) GROUP BY 1, 2 ORDER BY 1, 2, 3
"""


@pytest.fixture
def mission(clone: Clone) -> Any:
    with psycopg.connect(make_conninfo(superuser_url(), dbname=clone.name)) as connection:
        connection.execute(
            "INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 'x.y', 'x:1', '')"
        )
        connection.execute(
            "INSERT INTO sectors (code, name, echelon, area) "
            "VALUES ('T', 'EXERCISE', 'sector', ST_Multi(ST_MakeEnvelope(0, 0, 4, 4, 4326)))"
        )
        connection.execute(
            "INSERT INTO defenders (codename, profiles, work, compartment, sector_id, review_on) "
            "SELECT 'EXERCISE ' || n, '{}', 'EXERCISE', 'north', (SELECT max(id) FROM sectors), current_date "
            "FROM generate_series(1, %s) n",
            [DEFENDERS],
        )
        yield connection
        connection.rollback()


def place(chance: random.Random, connection: psycopg.Connection, defender: int, anew: bool) -> None:
    """Both cells, with some whose coarse cell is empty and some whose consent has ended."""
    lon, lat = chance.uniform(0, 3), chance.uniform(0, 3)
    west, south = lon // 0.25 * 0.25, lat // 0.25 * 0.25
    square = shapely.box(west, south, west + 0.25, south + 0.25).wkt
    said = {
        "defender": defender, "lon": lon, "lat": lat, "coarse": "POLYGON EMPTY" if chance.random() < 0.2 else square,
        "band": chance.choice(("ordinary", "elevated", "high", "extreme")), "days": chance.choice((-1, 5, 9, None)),
    }  # fmt: skip
    if anew:
        connection.execute("DELETE FROM defender_cells WHERE defender_id = %(defender)s", said)
    for tier in ("fine", "coarse"):
        shape = (
            "ST_Expand(ST_MakePoint(%(lon)s, %(lat)s), 0.004)"
            if tier == "fine"
            else "ST_GeomFromText(%(coarse)s)"
        )
        changed = connection.execute(
            f"UPDATE defender_cells SET cell = ST_SetSRID({shape}, 4326), risk_band = %(band)s, "
            f"shared_until = now() + %(days)s * interval '1 day' WHERE defender_id = %(defender)s AND tier = '{tier}'",
            said,
        ).rowcount
        if not changed:
            connection.execute(
                "INSERT INTO defender_cells (defender_id, tier, cell, compartment, sector_id, risk_band, shared_until) "
                f"SELECT %(defender)s, '{tier}', ST_SetSRID({shape}, 4326), 'north', max(id), %(band)s, "
                "now() + %(days)s * interval '1 day' FROM sectors",
                said,
            )


def test_the_squares_tell_what_all_cells_would(mission: psycopg.Connection) -> None:
    chance = random.Random(11)
    ids = [row[0] for row in mission.execute("SELECT id FROM defenders ORDER BY id")]
    for defender in ids:
        place(chance, mission, defender, anew=False)
    for defender in chance.choices(ids, k=40):
        place(chance, mission, defender, anew=chance.random() < 0.3)
    gone = chance.choices(ids, k=10)
    mission.execute("UPDATE defender_cells SET shared_until = NULL WHERE defender_id = ANY (%s)", [gone])
    bands = 0
    for _ in range(40):
        spot = {"lon": chance.uniform(-0.3, 3.3), "lat": chance.uniform(-0.3, 3.3)}
        expected = mission.execute(ROW_BY_ROW, spot).fetchall()
        told = mission.execute(
            f"SELECT band, distance, count FROM {SOMEWHERE} WHERE kind = 'defender_cell' ORDER BY band, distance",
            spot,
        ).fetchall()
        rows = sorted((band, count) for band, _metres, count in told)
        assert rows == sorted((band, count) for band, _degree, _metres, count in expected)
        for band, metres, _count in told:
            assert any(band == e[0] and abs(metres - e[2]) <= 100 for e in expected)
        bands += len(told)
    assert bands > 60, "the spots lie where somebody is"
