"""Geofenced fixes a second: the pure engine of the rules, from fixes to lapses, many areas and routes at once.
bench/README.md says how it measures."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from pathlib import Path

import numpy as np
import shapely
from shapely import LineString, Polygon

from geo.shapes import buffer_metres
from geo.watching.fences import Fences, Track, into_fences
from geo.watching.lapses import Bands, Known, Reading, judge

HEADING = "## bench/rules"
AIM = 20_000
# Some 300 by 300 km in the open sea.
SIDE = 2.7
BANDS = Bands(red=0.0, clear=-350.0, amber=-300.0, dwell=300.0, recover=300.0)
CORRIDOR_METRES = 500.0


def areas(rng: np.random.Generator, number: int) -> list[Polygon]:
    """Areas of 40 corners, 2 to 8 km across, anywhere."""
    found = []
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    for x, y in rng.uniform(0, SIDE, (number, 2)):
        radius = rng.uniform(0.01, 0.04) * rng.uniform(0.8, 1.2, 40)
        found.append(Polygon(np.column_stack([x + radius * np.cos(angles), y + radius * np.sin(angles)])))
    return found


def routes(rng: np.random.Generator, number: int) -> list[LineString]:
    """Routes of 60 legs of some 700 m: the ways of the carriers."""
    found = []
    for x, y in rng.uniform(0.3, SIDE - 0.3, (number, 2)):
        turns = rng.normal(0, 0.3, 60).cumsum() + rng.uniform(0, 2 * np.pi)
        steps = 0.0063 * np.column_stack([np.cos(turns), np.sin(turns)])
        found.append(LineString(np.array([x, y]) + steps.cumsum(axis=0)))
    return found


def drive(rng: np.random.Generator, ways: list[LineString], carriers: int, fixes: int) -> list[Track]:
    """Each carrier along a route, a fix every ten seconds at 40 km/h, 5 to 60 m off; one in five leaves its route."""
    found = []
    for n in range(carriers):
        way = ways[n % len(ways)]
        along = rng.uniform(0, way.length) + np.arange(fixes) * 0.001
        points = shapely.get_coordinates(shapely.line_interpolate_point(way, along % way.length))
        error = rng.uniform(5, 60, fixes)
        astray = (n % 5 == 0) * np.linspace(0, 0.02, fixes)
        points += rng.normal(0, 1, (fixes, 2)) * error[:, None] / 250_000 + astray[:, None]
        found.append(Track(np.arange(fixes) * 10.0 + n, points[:, 0], points[:, 1], error))
    return found


def watch(
    fences: Fences, leaving: int, tracks: list[Track], record: dict[tuple[int, int], list[Known]]
) -> int:
    """What the worker does with what has come in: every fix against every fence, and what the record lacks."""
    now, changes = max(float(t.at[-1]) for t in tracks), 0
    for fence, which, readings in into_fences(fences, tracks, 400.0):
        told = (
            [Reading(r.at, -r.high, -r.low, r.lon, r.lat) for r in readings] if fence >= leaving else readings
        )
        known = record.setdefault((fence, which), [])
        for change in judge(told, BANDS, known, now, 1800.0):
            changes += 1
            if change.id is None and change.lapse is not None:
                known.append(Known(len(known) + 1, change.lapse, paged=change.page))
    return changes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--areas", type=int, default=1_000)
    parser.add_argument("--routes", type=int, default=300)
    parser.add_argument("--carriers", type=int, default=600)
    parser.add_argument("--fixes", type=int, default=240, help="of each carrier, in all")
    parser.add_argument("--batch", type=int, default=60, help="of each carrier, judged at once")
    parser.add_argument("--table", type=Path)
    asked = parser.parse_args()
    rng = np.random.default_rng(4)
    ways = routes(rng, asked.routes)
    began = time.perf_counter()
    fences = Fences([*areas(rng, asked.areas), *(buffer_metres(w, CORRIDOR_METRES) for w in ways)])
    prepared = time.perf_counter() - began
    tracks = drive(rng, ways, asked.carriers, asked.fixes)
    record: dict[tuple[int, int], list[Known]] = {}
    rates, worked, changes = [], [], 0
    for start in range(0, asked.fixes, asked.batch):
        batch = [Track(*(column[start : start + asked.batch] for column in t)) for t in tracks]
        fixes = len(batch) * len(batch[0].at)
        began, work = time.perf_counter(), time.process_time()
        changes += watch(fences, asked.areas, batch, record)
        rates.append(fixes / (time.perf_counter() - began))
        worked.append(fixes / (time.process_time() - work))
    slowest, middle = min(rates), statistics.median(rates)
    lines = [
        HEADING, "",
        f"- {time.strftime('%Y-%m-%d')}, {os.cpu_count()} processors, one used, Python {platform.python_version()}, "
        f"Shapely {shapely.__version__} (GEOS {shapely.geos_version_string})",
        f"- {asked.areas} areas of 40 corners, {asked.routes} routes with {CORRIDOR_METRES:.0f} m to either side; "
        f"{asked.carriers} carriers, {asked.batch} fixes of each at once; fences made ready in {prepared:.2f} s",
        "",
        "| fixes | batches | fixes/s, median | fixes/s, slowest batch | fixes a second of its processor, median "
        "| pairs near | changes | aim |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|",
        f"| {asked.carriers * asked.fixes} | {len(rates)} | {middle:.0f} | {slowest:.0f} "
        f"| {statistics.median(worked):.0f} | {len(record)} | {changes} | {AIM} |",
    ]  # fmt: skip
    print("\n".join(lines))
    if asked.table:
        asked.table.write_text("\n".join(lines) + "\n")
    if asked.areas >= 1_000 and middle < AIM:
        raise SystemExit(f"{middle:.0f} fixes/s, below the aim of {AIM}")


if __name__ == "__main__":
    main()
