"""Repairs of a patrol day when an alert comes: how long, how much reward beside a plan from scratch, how much
moved."""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.load.machine import description, keep
from geo.patrols.changed import NewTask
from geo.patrols.check import faults
from geo.patrols.plan import Plan
from geo.patrols.problem import FREE, Problem, Tasks, Tier, Tours
from geo.patrols.replanning import Repair, repaired
from geo.patrols.search import solve

MORNING = 2.0  # s of processor time for the plan with which the day begins


@dataclass(frozen=True)
class Day:
    problem: Problem
    now: float
    new: NewTask


def day_of(sites: int, units: int, seed: int) -> Day:
    """A day on 120 × 120 km, all from the seed: three bases, vehicles of 40 km/h and every fifth unit of 5 km/h,
    shifts of 8 to 10 hours; a tenth of the tasks escorts to another site, a quarter with need of an interpreter
    (every second unit); half of the windows the whole day, some a morning or an afternoon, some two hours of a
    market or twice an hour. The alert comes in the first hours, somewhere else, and is to be looked at for an
    hour within three."""
    drawn = np.random.default_rng(seed)
    bases = 3
    places = drawn.uniform(0, 120, (bases + sites + 1, 2))
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    km = 1.3 * apart
    base = np.arange(units) % bases
    on_foot = np.arange(units) % 5 == 4
    earliest = drawn.choice([0.0, 60.0, 120.0], units)
    node = bases + np.arange(sites)
    escort = drawn.random(sites) < 0.1
    end = np.where(escort, drawn.choice(node, sites), node)
    windows = np.full((sites, 2, 2), np.nan)
    windows[:, 0] = [0, 720]
    kind = drawn.random(sites)
    begins = drawn.uniform(30, 480, sites)
    for lowest, opened in ((0.5, [0, 300]), (0.65, [300, 720])):
        windows[kind >= lowest, 0] = opened
    market = kind >= 0.8
    windows[market, 0] = np.stack([begins, begins + 120], axis=1)[market]
    twice = kind >= 0.9
    windows[twice, 0, 1] = begins[twice] + 60
    windows[twice, 1] = np.stack([begins + 150, begins + 210], axis=1)[twice]
    interpreter = drawn.random(sites) < 0.25
    allowed = ~interpreter[:, None] | (np.arange(units) % 2 == 0)[None, :]
    allowed = allowed & ~(escort[:, None] & on_foot[None, :])
    problem = Problem(
        travel=np.stack([60 * km / 40, 60 * km / 5]),
        tours=Tours(
            start=base, end=base, earliest=earliest, latest=earliest + drawn.uniform(480, 600, units),
            duty=np.full(units, 540.0), mode=on_foot.astype(np.int64), day=np.zeros(units, dtype=np.int64),
            unit=np.arange(units),
        ),
        tasks=Tasks(
            node=node, end=end, service=drawn.uniform(20, 60, sites), reward=drawn.integers(1, 21, sites).astype(float),
            tier=drawn.choice(len(Tier), sites, p=[0.15, 0.35, 0.5]), windows=windows, allowed=allowed,
            site=np.arange(sites), gap=np.ones(sites, dtype=np.int64), locked=np.full(sites, FREE),
        ),
    )  # fmt: skip
    now = float(drawn.uniform(60, 300))
    new = NewTask(
        node=bases + sites,
        service=60.0,
        reward=20.0,
        windows=[(now, now + 180)],
        allowed=np.flatnonzero(~on_foot),
    )
    return Day(problem, now, new)


@dataclass(frozen=True)
class Seen:
    took: float
    used: float
    reward: float
    musts: float
    moved: float
    answered: bool
    repair: Repair


def seen(day: Day, seconds: float, full: float, seed: int) -> Seen:
    morning = solve(day.problem, seconds=seconds, seed=seed)
    _demand(day.problem, morning)
    # What has begun is done: a unit at a stop finishes it.
    done = {stop.task for each in morning.rounds for stop in each.stops if stop.begin <= day.now}
    began, used = time.perf_counter(), time.thread_time()
    repair = repaired(day.problem, morning, day.now, day.new, done=done, seed=seed)
    took, used = time.perf_counter() - began, time.thread_time() - used
    _demand(repair.problem, repair.plan)
    scratch = solve(repair.problem, seconds=full, seed=seed)
    _demand(repair.problem, scratch)
    share = [told / best if best else 1.0 for told, best in (
        (sum(repair.plan.reward), sum(scratch.reward)), (repair.plan.reward[0], scratch.reward[0]),
    )]  # fmt: skip
    return Seen(took, used, share[0], share[1], repair.share_moved, repair.tour is not None, repair)


def _demand(problem: Problem, plan: Plan) -> None:
    wrong = faults(problem, plan)
    if wrong:
        raise SystemExit(f"The checker refuses a plan: {wrong[0]}")


def main() -> int:
    ask = argparse.ArgumentParser(prog="bench/replan")
    ask.add_argument("--cases", type=int, default=36)
    ask.add_argument("--sites", type=int, default=40)
    ask.add_argument("--units", type=int, default=6)
    ask.add_argument("--full", type=float, default=10.0, help="processor time of the plan from scratch")
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--table", type=Path)
    given = ask.parse_args()
    # Compiling is done once for a machine, and no part of what is measured.
    solve(day_of(given.sites, given.units, given.seed).problem, iterations=20)
    busy, found = os.getloadavg()[0], []
    for case in range(given.cases):
        day = day_of(given.sites, given.units, given.seed + case)
        each = seen(day, MORNING, given.full, given.seed + case)
        found.append(each)
        print(
            f"{case + 1}/{given.cases}: {1000 * each.took:.0f} ms, {100 * each.reward:.1f} % of the reward, "
            f"{100 * each.moved:.0f} % of {each.repair.stops} stops moved",
            flush=True,
        )
    took, used = (1000 * np.array([getattr(each, name) for each in found]) for name in ("took", "used"))
    reward, musts, moved = (
        100 * np.array([getattr(each, name) for each in found]) for name in ("reward", "musts", "moved")
    )
    lines = [
        "## bench/replan",
        "",
        f"{time.strftime('%Y-%m-%d')}, {description()}; load {busy:.0f} before, {os.getloadavg()[0]:.0f} after.",
        f"{given.cases} days of {given.sites} sites and {given.units} units, an alert in each; the remaining day "
        f"planned from scratch for {given.full:g} s. The checker refused none.",
        "",
        "| | mean | worst | aim |",
        "|---|--:|--:|--:|",
        f"| from the alert to the repaired plan, ms | {took.mean():.0f} | {took.max():.0f} | ≤ 300 |",
        f"| processor time of it, ms | {used.mean():.0f} | {used.max():.0f} | |",
        f"| reward beside the plan from scratch, % | {reward.mean():.1f} | {reward.min():.1f} | ≥ 98 |",
        f"| of it the first tier, % | {musts.mean():.1f} | {musts.min():.1f} | |",
        f"| remaining stops moved or dropped, % | {moved.mean():.1f} | {moved.max():.1f} | ≤ 20 |",
        f"| days below 98 % | {int((reward < 98).sum())} | | |",
        f"| alerts that a unit takes | {sum(each.answered for each in found)} | | |",
    ]
    print("\n".join(lines))
    keep(lines, given.table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
