"""Our patrol solver on team orienteering with time windows beside PyVRP and VROOM, every plan replayed by the
checker."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.load import toptw_others as others
from bench.load.machine import description, keep
from bench.load.toptw_instances import Instance, best_known, read
from geo.patrols.check import faults
from geo.patrols.plan import Infeasible, Plan, timed
from geo.patrols.search import solve

Gaps = dict[tuple[str, str, int], list[float]]  # (who, set, teams) → % below the best known
Solver = Callable[[Instance, int, float, int], list[list[int]]]


def ours(instance: Instance, teams: int, seconds: float, seed: int) -> list[list[int]]:
    plan = solve(instance.problem(teams), seconds=seconds, seed=seed)
    return [list(order) for order in plan.orders()]


def replayed(instance: Instance, teams: int, orders: list[list[int]]) -> tuple[Plan | None, str]:
    """The plan if the checker finds nothing wrong with it, else what is wrong."""
    problem = instance.problem(teams)
    try:
        plan = timed(problem, [*orders, *([[]] * (teams - len(orders)))])
    except Infeasible as wrong:
        return None, str(wrong)
    wrongs = faults(problem, plan)
    return (None, str(wrongs[0])) if wrongs else (plan, "")


def set_of(name: str) -> str:
    """The set's name: c1 of c101, rc2 of rc208, pr of pr07."""
    letters = name.rstrip("0123456789")
    return letters + (name[len(letters)] if letters in ("c", "r", "rc") else "")


def sampled(cases: list, count: int | None) -> list:
    """So many of the cases, spread evenly over the list."""
    if count is None or count >= len(cases):
        return cases
    return [cases[int(each)] for each in np.linspace(0, len(cases) - 1, count)]


def measured(
    cases: list, folder: Path, solvers: dict[str, tuple[Solver, float]], seed: int
) -> tuple[Gaps, dict, list]:
    gaps: Gaps = defaultdict(list)
    took: dict[str, list[float]] = defaultdict(list)
    refused = []
    for at, ((name, teams), (_, best)) in enumerate(cases):
        instance = read(folder / f"{name}.txt")
        for who, (solver, seconds) in solvers.items():
            began = time.process_time()
            orders = solver(instance, teams, seconds, seed)
            took[who].append(time.process_time() - began)
            plan, wrong = replayed(instance, teams, orders)
            value = 0.0 if plan is None else sum(plan.reward)
            if plan is None:
                refused.append(f"{who} {name} m={teams}: {wrong}")
            gap = 100 * (best - value) / best
            gaps[who, set_of(name), teams].append(gap)
            print(
                f"{at + 1}/{len(cases)} {name} m={teams} {who}: {value:.0f} of {best:.0f}, {gap:.2f} %",
                flush=True,
            )
    return gaps, took, refused


def table(gaps: Gaps, took: dict, solvers: list[str]) -> list[str]:
    sets = sorted({group for _, group, _ in gaps})
    counts = sorted({teams for _, _, teams in gaps})
    rows = [(f"{group}, m = {teams}", [(group, teams)]) for group in sets for teams in counts]
    rows += [(f"**{group}**", [(group, teams) for teams in counts]) for group in sets]
    rows += [(f"**m = {teams}**", [(group, teams) for group in sets]) for teams in counts]
    rows += [("**all**", [(group, teams) for group in sets for teams in counts])]

    rows = [
        (words, kinds)
        for words, kinds in rows
        if any((who, *kind) in gaps for who in solvers for kind in kinds)
    ]

    def mean(who: str, kinds: list[tuple[str, int]]) -> str:
        found = [gap for kind in kinds for gap in gaps.get((who, *kind), [])]
        return f"{np.mean(found):.2f}" if found else "–"

    return [
        "| mean gap, % | " + " | ".join(solvers) + " |",
        "|---|" + "--:|" * len(solvers),
        *(f"| {words} | " + " | ".join(mean(who, kinds) for who in solvers) + " |" for words, kinds in rows),
        "| mean CPU, s | " + " | ".join(f"{np.mean(took[who]):.2f}" for who in solvers) + " |",
    ]


def main() -> int:
    ask = argparse.ArgumentParser(prog="bench/toptw")
    ask.add_argument("folder", type=Path, nargs="?", default=Path("../shared/data/toptw"))
    ask.add_argument("--seconds", default="2,10", help="processor time of ours, and PyVRP's time")
    ask.add_argument("--teams", default="1-4")
    ask.add_argument("--sample", type=int, help="so many cases, evenly spread")
    ask.add_argument("--only", choices=["ours", "pyvrp", "vroom"])
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--table", type=Path)
    given = ask.parse_args()
    low, _, high = given.teams.partition("-")
    wanted = range(int(low), int(high or low) + 1)
    known = best_known(given.folder)
    cases = [
        each for each in known.items() if each[0][1] in wanted and (given.folder / f"{each[0][0]}.txt").exists()
    ]  # fmt: skip
    cases = sampled(cases, given.sample)
    if not cases:
        raise SystemExit(f"No instance of best_known.csv lies in {given.folder}.")
    times = [float(each) for each in given.seconds.split(",")]
    solvers: dict[str, tuple[Solver, float]] = {}
    for who, solver in (("ours", ours), ("pyvrp", others.pyvrp)):
        if given.only in (None, who):
            solvers |= {f"{who} {seconds:g} s": (solver, seconds) for seconds in times}
    if given.only in (None, "vroom"):
        solvers["vroom"] = (others.vroom, 0.0)
    # Compiling is done once for a machine, and no part of what is measured.
    ours(read(given.folder / f"{cases[0][0][0]}.txt"), 1, 0.05, 1)
    busy = os.getloadavg()[0]
    gaps, took, refused = measured(cases, given.folder, solvers, given.seed)
    lines = [
        "## bench/toptw",
        "",
        f"{time.strftime('%Y-%m-%d')}, {description()}; load {busy:.0f} before, {os.getloadavg()[0]:.0f} after.",
        f"{len(cases)} cases (instance × teams) of {given.folder.name}, one thread, seed {given.seed}; "
        f"plans that the checker refused: {len(refused)}.",
        "",
        *table(gaps, took, list(solvers)),
        *(["", *refused] if refused else []),
    ]
    print("\n".join(lines))
    keep(lines, given.table)
    return 1 if any(each.startswith("ours") for each in refused) else 0


if __name__ == "__main__":
    sys.exit(main())
