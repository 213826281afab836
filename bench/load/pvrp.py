"""Periodic routing on Cordeau's instances: the gap to the best known lengths, every plan replayed by the checker."""

from __future__ import annotations

import argparse
import csv
import math
import os
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.load.machine import description, keep
from geo.patrols.periodic import PeriodicProblem, planned
from geo.patrols.periodic_check import faults

PERIODIC = 1  # the kind of problem in the first line of an instance


def read(path: Path) -> PeriodicProblem:
    """An instance: `type m n t`, t lines `D Q`, then `i x y d q f a list`; a bit string's first bit is the first day."""
    rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
    kind, vehicles, count, days = (int(each) for each in rows[0])
    if kind != PERIODIC:
        raise SystemExit(f"{path} is of type {kind}, not a periodic problem.")
    limits = [[float(each) or math.inf for each in row] for row in rows[1 : days + 1]]
    nodes = rows[days + 1 :]
    # Some files count the base among the places and some don't: what is there counts.
    if len(nodes) not in (count, count + 1):
        raise SystemExit(f"{path} has {len(nodes)} lines of places instead of {count}.")
    places = np.array([[float(node[1]), float(node[2])] for node in nodes])
    allowed = []
    for node in nodes[1:]:
        codes = [int(each) for each in node[7 : 7 + int(node[6])]]
        allowed.append(tuple(tuple(d for d in range(days) if code >> (days - 1 - d) & 1) for code in codes))
    return PeriodicProblem(
        np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2)),
        np.array([float(node[4]) for node in nodes[1:]]),
        np.array([float(node[3]) for node in nodes[1:]]),
        tuple(allowed),
        vehicles,
        tuple(limit[1] for limit in limits),
        tuple(limit[0] for limit in limits),
    )


def warmed() -> None:
    """Compiling is not searching: it happens once on a machine and is kept."""
    one = np.array([[0.0, 1.0], [1.0, 0.0]])
    problem = PeriodicProblem(one, np.ones(1), np.zeros(1), (((0,),),), 1, (1.0,), (9.0,))
    planned(problem, changes=10)


def solved(path: Path, best: float | None, seconds: float, seed: int) -> tuple[str, float | None, list[str]]:
    problem = read(path)
    plan = planned(problem, seconds=seconds, seed=seed, clock=time.process_time)
    if plan is None:
        return f"| {path.name} | no plan found | | | |", None, [f"{path.name}: no plan within the limits."]
    wrong = faults(
        problem.travel.tolist(),
        problem.demand.tolist(),
        problem.stay.tolist(),
        problem.allowed,
        problem.vehicles,
        problem.capacity,
        problem.longest,
        plan.week,
        plan.length,
    )
    gap = None if best is None else 100 * (plan.length / best - 1)
    told = ("-", "-") if best is None else (f"{best:.2f}", f"{gap:.2f} %")
    line = f"| {path.name} | {plan.length:.2f} | {told[0]} | {told[1]} | {plan.changes:,} |"
    return line, gap, [f"{path.name}: {each}" for each in wrong]


def main() -> int:
    ask = argparse.ArgumentParser(prog="bench/pvrp")
    ask.add_argument("folder", type=Path, nargs="?", default=Path("../shared/data/pvrp"))
    ask.add_argument("--seconds", type=float, default=60.0, help="of search for each instance, one thread")
    ask.add_argument("--sample", type=int, default=0, help="only so many instances, spread over all")
    ask.add_argument("--only", default="", help="names of instances, with commas")
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--table", type=Path)
    given = ask.parse_args()
    known = given.folder / "best_known.csv"
    best = (
        {row["instance"]: float(row["best_known"]) for row in csv.DictReader(known.read_text().splitlines())}
        if known.exists()
        else {}
    )
    paths = sorted(each for each in given.folder.iterdir() if each.is_file() and each.suffix != ".csv")
    if given.only:
        paths = [each for each in paths if each.name in given.only.split(",")]
    if given.sample:
        paths = [paths[k] for k in sorted({round(k) for k in np.linspace(0, len(paths) - 1, given.sample)})]
    warmed()
    found = []
    for path in paths:
        found.append(solved(path, best.get(path.name), given.seconds, given.seed))
        print(found[-1][0], flush=True)
    gaps = [gap for _, gap, _ in found if gap is not None]
    wrong = [each for _, _, faulty in found for each in faulty]
    mean = f"Mean gap {np.mean(gaps):.2f} %, greatest {max(gaps):.2f} %" if gaps else "No gap is known"
    lines = [
        "## bench/pvrp",
        "",
        f"{time.strftime('%Y-%m-%d')}, {description()}, load of {os.getloadavg()[1]:.1f} over five minutes at the end; "
        f"one thread, {given.seconds:g} s of processor time each, seed {given.seed}. {len(found)} instances. {mean}. "
        f"The checker found {len(wrong)} faults.",
        "",
        "| instance | length | best known | gap | changes tried |",
        "|---|--:|--:|--:|--:|",
        *(line for line, _, _ in found),
        *(f"\n**{each}**" for each in wrong),
    ]
    print("\n".join(lines))
    keep(lines, given.table)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
