"""bench/picture: the viewport of a million incidents as GeoJSON and tiles, beside tipg and pygeoapi."""

from __future__ import annotations

import argparse
import json
import math
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import machine
import psycopg
from client import Look, fetch, look
from ground import COMMANDS, ROOT, Ground, Interrupted, Refused, say, stop_on_signals
from others import ATTRIBUTES, THREADS, WORKERS, Others

CLIENTS = (1, 4, 16)
LIMIT = 1_000
BOXES, TILES = 400, 600
GEOJSON_AIM, TILES_AIM = 0.15, 0.25  # of the others' p95
PYRAMID_AIM = 1.0  # milliseconds an insert

# Around the exercise's settlements, denser where more people live, over five years; every twentieth known to its
# district alone. The log's trigger is off: it would write as many events, and none of the three reads them.
FILL = """
ALTER TABLE incidents DISABLE TRIGGER note_insert;
DELETE FROM incidents;
INSERT INTO incidents (kind, occurred_from, occurred_to, place, place_name, admin_code, sector_id, side_a, side_b,
    killed_low, killed_best, killed_high, injured, verification, source_reliability, credibility, place_precision, source)
SELECT (ARRAY['killing', 'abduction', 'armed_clash', 'looting_burning', 'cattle_raid', 'roadblock'])[1 + n %% 6],
    at, at + interval '2 hours', ST_SetSRID(ST_MakePoint(x, y), 4326), p.name, p.admin_code, p.sector_id,
    'EXERCISE group ' || n %% 12, 'EXERCISE group ' || n %% 7, n %% 3, n %% 3, n %% 3, n %% 5,
    (ARRAY['reported', 'verified', 'corroborated'])[1 + n %% 3], 'B', 2, CASE WHEN n %% 20 = 0 THEN 3 ELSE 1 END, 'vigil'
FROM (SELECT n, 1 + floor(count * random() * random()) AS rank,
          timestamptz '2021-11-21' + random() * interval '5 years' AS at,
          (random() - 0.5) * exp(random() * 4) / 40 AS dx, (random() - 0.5) * exp(random() * 4) / 40 AS dy
      FROM generate_series(1, %(rows)s) n, (SELECT count(*) FROM places) AS c(count)) AS drawn
JOIN (SELECT row_number() OVER (ORDER BY population DESC NULLS LAST) AS rank, name, admin_code, place,
          (SELECT id FROM sectors s WHERE echelon = 'sector' AND ST_Intersects(s.area, places.place) LIMIT 1) AS sector_id
      FROM places) AS p USING (rank)
CROSS JOIN LATERAL (SELECT ST_X(p.place) + dx AS x, ST_Y(p.place) + dy AS y) AS place;
ALTER TABLE incidents ENABLE TRIGGER note_insert;
INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 'bench.filled', 'incidents:all',
    convert_to('{"action":"bench.filled","v":1}', 'UTF8'));
SELECT vigil.fold_incident_cells(), vigil.fold_layer_changes();
"""


@dataclass(frozen=True)
class Server:
    """One of those compared: where it answers, and how it is asked for a box and for a tile."""

    name: str
    port: int
    headers: dict[str, str]
    items: Callable[[str], str]
    tile: Callable[[int, int, int], str] | None
    running: Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Measured:
    server: str
    what: str  # "GeoJSON" or "tiles"
    look: Look


def servers(ground: Ground, token: str) -> list[Server]:
    others = Others(ground)
    told = ",".join(ATTRIBUTES)

    @contextmanager
    def running(name: str, start: Callable[[], None]) -> Any:
        start()
        try:
            yield
        finally:
            ground.stop([name])

    return [
        Server(
            "Vigil", ground.port, {"Authorization": f"Bearer {token}"},
            lambda box: f"/ogc/collections/incidents/items?bbox={box}&limit={LIMIT}",
            lambda z, x, y: f"/tiles/incidents/{z}/{x}/{y}.mvt", ground.vigil,
        ),
        Server(
            "tipg", others.tipg_port, {"Accept": "application/geo+json"},
            lambda box: f"/collections/public.incidents/items?bbox={box}&limit={LIMIT}&properties={told}&f=geojson",
            lambda z, x, y: f"/collections/public.incidents/tiles/WebMercatorQuad/{z}/{x}/{y}?properties={told}",
            lambda: running("tipg", others.start_tipg),
        ),
        Server(
            "pygeoapi", others.pygeoapi_port, {},
            lambda box: f"/collections/incidents/items?bbox={box}&limit={LIMIT}&properties={told}&f=json",
            None, lambda: running("pygeoapi", others.start_pygeoapi),
        ),
    ]  # fmt: skip


def boxes(ground: Ground, seed: int = 86) -> list[str]:
    """Boxes of 0.25 to 2 degrees around incidents."""
    rng = random.Random(seed)
    found = []
    for x, y in somewhere(ground, BOXES):
        side = rng.uniform(0.25, 2.0)
        west, south = x - rng.random() * side, y - rng.random() * side
        found.append(f"{west:.5f},{south:.5f},{west + side:.5f},{south + side:.5f}")
    return found


def tiles(ground: Ground) -> list[tuple[int, int, int]]:
    """Tiles with something in them, as many of each zoom from 3 to 14."""
    found = []
    for number, (x, y) in enumerate(somewhere(ground, TILES)):
        z = 3 + number % 12
        n = 2**z
        row = int((1 - math.asinh(math.tan(math.radians(y))) / math.pi) / 2 * n)
        found.append((z, int((x + 180) / 360 * n), row))
    return found


def somewhere(ground: Ground, count: int) -> list[tuple[float, float]]:
    with psycopg.connect(ground.url("postgres")) as connection:
        rows = connection.execute(
            "SELECT ST_X(place), ST_Y(place) FROM incidents ORDER BY md5(id::text) LIMIT %s", [count]
        ).fetchall()
    return rows


def fill(ground: Ground, rows: int) -> None:
    say(f"filling in {rows:,} incidents …")
    with psycopg.connect(ground.url("postgres"), autocommit=True) as connection:
        with connection.transaction():
            # As text: several statements at once take no parameters.
            connection.execute((FILL % {"rows": int(rows)}).encode())
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def pyramid_cost(ground: Ground, inserts: int = 500) -> float:
    """Milliseconds that the triggers behind tiles and tags take for an insert, by PostgreSQL's own clock."""
    took = 0.0
    with psycopg.connect(ground.url("postgres")) as connection:
        for _n in range(inserts):
            row = connection.execute(
                "EXPLAIN (ANALYZE, FORMAT JSON) "
                "INSERT INTO incidents (kind, occurred_from, occurred_to, place, sector_id) "
                "SELECT kind, now(), now(), place, sector_id FROM incidents ORDER BY id LIMIT 1"
            ).fetchone()
            assert row is not None
            triggers = {t["Trigger Name"]: t["Time"] for t in row[0][0]["Triggers"]}
            took += triggers["cells_insert"] + triggers["count_insert"]
        connection.rollback()
    return took / inserts


def agree(found: dict[str, list[int]]) -> None:
    """All three gave as many features for each box: otherwise they would not have done the same work."""
    first, *rest = found.values()
    if any(each != first for each in rest):
        raise Refused(f"The servers do not answer alike: {found}.")


def token(ground: Ground) -> str:
    command = [COMMANDS / "flask", "tokens", "create", "--user", "watchkeeper_joc", "--scope", "mission:see_map",
               "--scope", "incidents:read"]  # fmt: skip
    made = subprocess.run(
        command, cwd=ROOT, env=ground.environment(), check=True, capture_output=True, text=True
    )
    return made.stdout.strip().splitlines()[-1]


def measure(ground: Ground, asked: argparse.Namespace) -> list[Measured]:
    where, drawn, measured, counts = boxes(ground), tiles(ground), [], {}
    for server in servers(ground, token(ground)):
        if asked.only and server.name.lower() not in asked.only.split(","):
            continue
        with server.running():
            sample = [json.loads(fetch(server.port, server.items(b), server.headers)) for b in where[:20]]
            counts[server.name] = [len(s["features"]) for s in sample]
            works = {"GeoJSON": [server.items(b) for b in where]}
            if server.tile:
                works["tiles"] = [server.tile(*t) for t in drawn]
            for what, paths in works.items():
                look(server.port, paths, server.headers, 4, asked.seconds / 4)  # warm
                for clients in CLIENTS:
                    found = look(server.port, paths, server.headers, clients, asked.seconds)
                    measured.append(Measured(server.name, what, found))
                    say(in_words(measured[-1]))
    agree(counts)
    return measured


def in_words(m: Measured) -> str:
    p50, p95, p99 = (m.look.percentile(s) * 1000 for s in (0.5, 0.95, 0.99))
    size = m.look.size / max(len(m.look.took), 1) / 1024
    return (
        f"{m.what} · {m.server} · {m.look.clients} at once: p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f} ms, "
        f"{m.look.rate:.1f}/s, {size:.0f} kB, {m.look.faults} faults"
    )


def ratios(measured: list[Measured]) -> list[tuple[str, float, float]]:
    """(in words, our p95 as a share of the other's, the aim)."""
    p95 = {(m.server, m.what, m.look.clients): m.look.percentile(0.95) for m in measured}
    return [
        (f"{what}, {clients} at once, beside {server}", p95["Vigil", what, clients] / theirs, aim)
        for (server, what, clients), theirs in p95.items()
        for aim in (GEOJSON_AIM if what == "GeoJSON" else TILES_AIM,)
        if server != "Vigil" and ("Vigil", what, clients) in p95
    ]


def page(ground: Ground, rows: int, seconds: float, measured: list[Measured], cost: float) -> str:
    lines = [
        "## bench/picture", "",
        f"{date.today().isoformat()}, {machine.description()}. {rows:,} incidents, {WORKERS} workers each"
        f" ({THREADS} threads; tipg asynchronous), {seconds:g} s for each line.", "",
        "| question | server | clients | p50 ms | p95 ms | p99 ms | requests/s | kB | faults |",
        "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for m in measured:
        p50, p95, p99 = (m.look.percentile(s) * 1000 for s in (0.5, 0.95, 0.99))
        size = m.look.size / max(len(m.look.took), 1) / 1024
        lines.append(f"| {m.what} | {m.server} | {m.look.clients} | {p50:.1f} | {p95:.1f} | {p99:.1f} | "
                     f"{m.look.rate:.1f} | {size:.0f} | {m.look.faults} |")  # fmt: skip
    lines += ["", "| p95 of Vigil as a share of theirs | share | aim | |", "|---|---|---|---|"]
    lines += [f"| {words} | {share:.3f} | ≤ {aim} | {'met' if share <= aim else 'missed'} |"
              for words, share, aim in ratios(measured)]  # fmt: skip
    verdict = "met" if cost <= PYRAMID_AIM else "missed"
    lines += [
        "",
        f"Pyramid and versions, triggers together: {cost:.3f} ms an insert (aim ≤ {PYRAMID_AIM:g} ms: {verdict}).",
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/picture", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="incidents (1000000)")
    parser.add_argument("--seconds", type=float, default=20.0, help="length of each line's run (20)")
    parser.add_argument("--only", help="of vigil,tipg,pygeoapi these alone, by commas")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "var", help="on a disk; bench-picture/ is made in it"
    )
    parser.add_argument("--port", type=int, default=8775)
    parser.add_argument(
        "--keep", action="store_true", help="keep the folder: the next start need not load anew"
    )
    parser.add_argument("--table", type=Path, help="write the table into this file, too")
    asked = parser.parse_args()
    stop_on_signals()
    ground, sound = None, False
    place = asked.folder.absolute() / "bench-picture"
    try:
        ground = Ground(place, asked.port)
        ground.start_servers()
        ground.fresh_database()
        fill(ground, asked.rows)
        measured = measure(ground, asked)
        cost = pyramid_cost(ground)
        written = page(ground, asked.rows, asked.seconds, measured, cost)
        sound = not any(m.look.faults for m in measured)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    except Interrupted:
        return 130
    finally:
        if ground:
            ground.stop_all()
            if not asked.keep and sound:
                shutil.rmtree(place, ignore_errors=True)
    print("\n" + written)
    if asked.table:
        asked.table.write_text(written)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
