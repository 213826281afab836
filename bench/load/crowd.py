"""A mission grown large, on the exercise's land: what each report is weighed against, and the rules that watch beside it.

50,000 defenders, each with the two cells that the product's own function gives; 2,000 havens; 1,000 threats whose areas
are watched by as many rules of every kind; 300 patrols on their routes, each watched by a rule. Invented, from a seed.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from ground import COMMANDS, ROOT, Ground, say

sys.path.insert(0, str(ROOT))

from checkout import Stamp
from steps import run

from app.defenders.cells import around, fine_and_coarse
from app.mission.queries import SEEDED
from geo import coarsen

CROWD = "vigil_crowd"
DEFENDERS, HAVENS, AREAS, ROUTES = 50_000, 2_000, 1_000, 300
BANDS = ("ordinary", "ordinary", "ordinary", "elevated", "elevated", "high", "extreme")
# How many of the watched areas have a rule of each kind; the other kinds watch whole sectors.
OF_AREAS = {"area": 800, "absence": 60, "indicator": 80, "gathering": 60}
FACTS = Path(__file__).with_name("crowd.sql")

PARAMETERS: dict[str, dict[str, Any]] = {
    "area": {"carriers": ["patrol", "vehicle"], "amber_metres": 500, "dwell_minutes": 5},
    "absence": {"carriers": ["patrol"], "red": 2000, "amber": 1000},
    "indicator": {"kinds": [], "period_hours": 24, "red": 1000, "amber": 900},
    "gathering": {"within_km": 5.0, "period_hours": 72, "red": 500, "amber": 400},
    "distance": {"carriers": ["patrol"], "to": "threat", "red_km": 0.5, "amber_km": 2.0},
    "overdue": {"red": 10_000, "amber": 5_000},
    "check_in": {"red": 10_000, "amber": 9_000},
    "immobility": {"within_metres": 100, "red": 10_000, "amber": 9_000},
    "stale_threat": {"red": 300, "amber": 200},
}


def parameters(kind: str, n: int) -> str:
    own: dict[str, Any] = {"kind": kind, **PARAMETERS[kind]}
    if kind == "area":
        own["mode"] = ("entering", "leaving")[n % 2]
    if kind == "indicator":
        own["source"] = ("reports", "incidents")[n % 2]
    return json.dumps(own)


def rules() -> Iterator[tuple[str, str, str, int | None]]:
    """Kind, name, parameters and the number of the area, or none where a sector is watched."""
    kinds = [kind for kind, number in OF_AREAS.items() for _ in range(number)]
    for n, kind in enumerate(kinds, 1):
        yield kind, f"EXERCISE bench {kind} {n}", parameters(kind, n), n
    for kind in PARAMETERS.keys() - OF_AREAS.keys():
        yield kind, f"EXERCISE bench {kind}", parameters(kind, 0), None


def defenders(chance: random.Random, places: list[tuple[float, float, int]]) -> Iterator[tuple[Any, ...]]:
    """Number, lon, lat, both cells as WKB, band, end of consent: most near where people live, some anywhere around."""
    now = datetime.now(UTC)
    known: dict[bytes, bytes] = {}
    for n in range(1, DEFENDERS + 1):
        lon, lat, _people = chance.choice(places)
        wide = 0.05 if chance.random() < 0.7 else 0.3
        lon, lat = lon + chance.gauss(0, wide), lat + chance.gauss(0, wide)
        # All in one square of the coarse grid have one coarse cell: asked once for each.
        square = coarsen.cell(lon, lat, SEEDED["coarse_cell_metres"]).wkb
        if square not in known:
            west, south, east, north = around(lon, lat, SEEDED).bounds
            people = [p for p in places if west <= p[0] <= east and south <= p[1] <= north]
            known[square] = fine_and_coarse(lon, lat, people, SEEDED)["coarse"].wkb  # type: ignore[index]
        until = now + timedelta(days=chance.uniform(10, 300)) if chance.random() < 0.9 else None
        fine = coarsen.cell(lon, lat, SEEDED["fine_cell_metres"]).wkb
        yield n, lon, lat, fine.hex(), known[square].hex(), chance.choice(BANDS), until


def grow(ground: Ground) -> None:
    """Let each run begin with a copy of the large mission. Made once, as long as what it is made of stays."""
    inputs = [FACTS, Path(__file__), ground.checkout.var / "stamps/exercise"]
    stamp = Stamp(ground.checkout.var / "stamps/crowd", *inputs)
    if not stamp.holds():
        ground.cluster.execute(f"DROP DATABASE IF EXISTS {CROWD} WITH (FORCE)")
        ground.fresh_database()
        log = ground.checkout.log / "bench.log"
        say(f"Filling in {DEFENDERS} defenders, {HAVENS} havens, {AREAS} areas, {ROUTES} routes")
        with psycopg.connect(ground.url("postgres")) as connection:
            fill(connection)
        ground.cluster.execute("VACUUM ANALYZE", "vigil")
        # Recorded facts go into the log, and each rule has looked once, as in a mission that has grown day by day.
        look = (
            "from workers.runtime import worker_app; from workers.rules import watch; from app.db import db\n"
        )
        look += "with worker_app().app_context(): watch(); db.session.commit()"
        run("Letting every rule look once", [COMMANDS / "python", "-c", look], log, cwd=ROOT,
            environment=ground.environment())  # fmt: skip
        number_all(ground)
        ground.cluster.execute("VACUUM ANALYZE", "vigil")
        ground.cluster.execute(f"ALTER DATABASE vigil RENAME TO {CROWD}")
        stamp.renew()
    ground.template = CROWD


def fill(connection: psycopg.Connection[Any]) -> None:
    chance = random.Random(4)
    places = connection.execute(
        "SELECT ST_X(place), ST_Y(place), coalesce(population, 0) FROM places ORDER BY id"
    ).fetchall()
    connection.execute("SELECT setseed(0.4)")
    connection.execute(
        "CREATE TEMP TABLE crowd (n int, lon float8, lat float8, fine geometry, coarse geometry, band text, "
        "until timestamptz)"
    )
    connection.execute("CREATE TEMP TABLE watching (kind text, name text, parameters jsonb, area int)")
    with connection.cursor() as cursor:
        with cursor.copy("COPY crowd FROM STDIN") as copy:
            for defender in defenders(chance, places):
                copy.write_row(defender)
        with cursor.copy("COPY watching FROM STDIN") as copy:
            for rule in rules():
                copy.write_row(rule)
        cursor.execute(FACTS.read_text().format(havens=HAVENS, areas=AREAS, routes=ROUTES))
    connection.commit()


def number_all(ground: Ground) -> None:
    """Let the sequencer take all that was recorded into the log."""
    ground.launch("sequencer", [str(COMMANDS / "python"), "-m", "workers.sequencer"])
    with psycopg.connect(ground.url("postgres"), autocommit=True) as connection:
        while connection.execute("SELECT 1 FROM ledger_events WHERE leaf_index IS NULL LIMIT 1").fetchone():
            time.sleep(0.2)
    ground.stop(["sequencer"])
