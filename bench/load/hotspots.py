"""Gi* beside esda and Knox's statistic beside pointpats: the same numbers, and how long each takes."""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.surfaces.repeating import DAYS, DEALINGS, METRES, MOST_PAIRS
from bench.load.machine import description, keep
from geo.hotspots import gi_star, grid_neighbours
from geo.near_repeat import knox, latest_within, near_repeats

TIMES = 3
FOOT = 1200 / 3937  # metres in a US survey foot, the unit of State Plane coordinates


def quickest(work: Callable[[], Any], times: int = TIMES) -> tuple[Any, float]:
    """What the work gives, and the shortest of so many runs in seconds: what else the machine did is left out."""
    best, given = float("inf"), None
    for _ in range(times):
        began = time.perf_counter()
        given = work()
        best = min(best, time.perf_counter() - began)
    return given, best


def of_gi_star(side: int, seed: int) -> str:
    from esda.getisord import G_Local
    from libpysal.graph import Graph

    values = np.random.default_rng(seed).poisson(0.6, side * side).astype(float)
    neighbours = grid_neighbours(side, side)
    graph = Graph.from_sparse(neighbours.tocoo())
    ours, our_time = quickest(lambda: gi_star(values, neighbours))
    theirs, their_time = quickest(lambda: G_Local(values, graph, transform="B", permutations=0, star=True))
    apart = float(np.abs(ours - theirs.Zs).max())
    if not apart < 1e-9:
        raise SystemExit(f"Gi* and esda differ by {apart:.2e} on {side * side} cells.")
    return line("Gi*, cells", side * side, f"{apart:.1e}", our_time, their_time)


def of_knox(places: NDArray, times: NDArray, dealings: int, seed: int) -> str:
    from pointpats.spacetime import Knox

    def theirs_dealt() -> Any:
        np.random.seed(seed)
        return Knox(places, times[:, None], delta=400.0, tau=7.0, permutations=dealings)

    ours, our_time = quickest(
        lambda: knox(places, times, metres=400.0, days=7.0, dealings=dealings, seed=seed)
    )
    theirs, their_time = quickest(theirs_dealt, 1)
    if ours.near_both != theirs.nst or ours.probability != theirs.p_sim:
        raise SystemExit(f"Knox and pointpats differ: {ours} beside {theirs.nst}, p {theirs.p_sim}.")
    words = f"pairs {ours.near_both}, p {ours.probability:.3f}: the same"
    return line(f"Knox, {dealings} dealings, events", len(times), words, our_time, their_time)


def of_near_repeats(count: int, seed: int) -> str:
    """One sector's table as a surface asks for it, of incidents of three years that gather around 300 places. No other
    tool makes the same one."""
    drawn = np.random.default_rng(seed)
    middles = drawn.uniform(0, 300_000, (300, 2))
    places = middles[drawn.integers(0, len(middles), count)] + drawn.normal(0, 10_000, (count, 2))
    days = np.sort(drawn.uniform(0, 3 * 365, count))

    def table() -> int:
        latest = latest_within(places, METRES[-1], MOST_PAIRS)
        bands = {"distance_bands": list(METRES), "time_bands": list(DAYS)}
        near_repeats(places[-latest:], days[-latest:], **bands, dealings=DEALINGS, seed=seed)
        return latest

    latest, spent = quickest(table, 1)
    words = f"the latest {latest} are compared"
    return (
        f"| near repeats, {DEALINGS} dealings, incidents | {count} | {words} | {1000 * spent:.1f} | – | – |"
    )


def line(what: str, count: int, same: str, ours: float, theirs: float) -> str:
    return f"| {what} | {count} | {same} | {1000 * ours:.1f} | {1000 * theirs:.1f} | {theirs / ours:.0f} × |"


def events_of(path: Path | None, count: int, seed: int) -> tuple[NDArray, NDArray]:
    """`count` events of a CSV with X, Y in feet and date, or invented ones in a square."""
    if path is None:
        drawn = np.random.default_rng(seed)
        return drawn.uniform(0, 12_000, (count, 2)), drawn.integers(0, 365, count).astype(float)
    told = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    rows = list(csv.DictReader(told.splitlines()))[:count]
    places = np.array([[float(row["X"]) * FOOT, float(row["Y"]) * FOOT] for row in rows])
    return places, np.array([date.fromisoformat(row["date"]).toordinal() for row in rows], dtype=float)


def main() -> int:
    ask = argparse.ArgumentParser(prog="bench/hotspots")
    ask.add_argument("events", type=Path, nargs="?", help="X, Y (feet) and date; invented ones without it")
    ask.add_argument("--count", type=int, default=2000, help="events")
    ask.add_argument("--side", type=int, default=200, help="cells along the grid's side")
    ask.add_argument("--dealings", type=int, default=99)
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--table", type=Path)
    given = ask.parse_args()
    warnings.simplefilter("ignore")
    places, times = events_of(given.events, given.count, given.seed)
    lines = [
        "## bench/hotspots",
        "",
        f"{time.strftime('%Y-%m-%d')}, {description()}. The shortest of {TIMES} runs (pointpats: one).",
        "",
        "| | n | difference | Vigil, ms | esda, pointpats, ms | quicker |",
        "|---|--:|---|--:|--:|--:|",
        *(of_gi_star(side, given.seed) for side in (max(2, given.side // 4), given.side)),
        of_knox(places, times, given.dealings, given.seed),
        *(of_near_repeats(count, given.seed) for count in (5_000, 50_000)),
    ]
    print("\n".join(lines))
    keep(lines, given.table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
