"""The security game on invented ground: what a mix of plans leaves to the attacker beside the best fixed plan, over time,
and what a learner guesses of the next visit after ninety days drawn from the mix."""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.load.machine import description, keep
from geo.patrols.drawing import Terms, drawn
from geo.patrols.game import Game, Mix, best_fixed, minimax
from geo.patrols.predictability import guessed

SITES, UNITS, TRAINED, JUDGED = 100, 2, 90, 270
DETOUR, SPEED = 1.3, 40.0  # of roads against the straight line; km/h
FIRST_DAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Kind:
    """Sites lie evenly in a square of so many km; shift and stay in minutes; steep: few sites of great value."""

    name: str
    side: float
    shift: int
    stay: int
    steep: bool = False


KINDS = (
    Kind("near: 40 km, 10 h, stays of 10 min", 40.0, 600, 10),
    Kind("wide: 60 km, 8 h, stays of 15 min", 60.0, 480, 15),
    Kind("steep: as wide, few of great value", 60.0, 480, 15, steep=True),
)


def ground(kind: Kind, seed: int) -> Game:
    """Values are whole numbers from 1 to 20, or of a lognormal law; each unit has a base of its own; a visit protects."""
    told = np.random.default_rng(seed)
    sites = told.uniform(0, kind.side, (SITES, 2))
    values = told.lognormal(0, 1, SITES) if kind.steep else told.integers(1, 21, SITES).astype(np.float64)
    travel = []
    for _ in range(UNITS):
        nodes = np.vstack([told.uniform(0, kind.side, (1, 2)), sites])
        km = np.hypot(*(nodes[:, None] - nodes[None]).transpose(2, 0, 1))
        travel.append(np.ceil(DETOUR * km / SPEED * 60).astype(np.int64))
    return Game(
        values,
        np.ones(SITES),
        np.full(SITES, kind.stay, dtype=np.int64),
        np.array(travel),
        np.full(UNITS, kind.shift, dtype=np.int64),
    )


def areas(mix: Mix) -> tuple[float | None, float | None]:
    """Of a learner trained on 90 days drawn from the mix and judged on 270 more."""
    terms = Terms(mix.plans, mix.probabilities, (0,) * UNITS, (60,) * UNITS)
    seed = bytes(range(32))
    visited = np.zeros((TRAINED + JUDGED, SITES), dtype=np.bool_)
    for day in range(len(visited)):
        plan = mix.plans[drawn(terms, seed, FIRST_DAY + timedelta(days=day)).plan]
        visited[day, [site for route in plan for site in route]] = True
    told = guessed(visited, TRAINED, first_weekday=FIRST_DAY.weekday())
    return told.within_sites, told.over_all


def warmed() -> None:
    """Compiling is not searching: it happens once on a machine and is kept."""
    one = np.array([[[0, 1], [1, 0]]])
    minimax(Game(np.ones(1), np.ones(1), np.ones(1, dtype=int), one, np.array([9])), turns=2, bound_rounds=1)


def main() -> int:
    ask = argparse.ArgumentParser(prog="bench/game")
    ask.add_argument("--seconds", default="2,5,10,30", help="of processor time, with commas")
    ask.add_argument("--seeds", type=int, default=2, help="grounds of each kind")
    ask.add_argument("--bound-rounds", type=int, default=60, help="of the proof, for the last of the times")
    ask.add_argument("--only", default="", help="kinds of ground, by their first words, with commas")
    ask.add_argument("--table", type=Path)
    given = ask.parse_args()
    warmed()
    times = [float(each) for each in given.seconds.split(",")]
    rows: list[str] = []
    ratios: dict[float, list[float]] = {each: [] for each in times}
    shares: list[float] = []
    faults = 0
    for kind in (
        each for each in KINDS if not given.only or each.name.split(":")[0] in given.only.split(",")
    ):
        for seed in range(given.seeds):
            game = ground(kind, seed)
            plan, fixed = best_fixed(game, tries=40)
            faults += not game.allows(plan)
            for seconds in times:
                rounds = given.bound_rounds if seconds == times[-1] else 0
                mix = minimax(game, seconds=seconds, seed=seed, bound_rounds=rounds, clock=time.process_time)
                faults += sum(not game.allows(each) for each in mix.plans)
                ratios[seconds].append(mix.value / fixed)
                line = (
                    f"| {kind.name} | {seed} | {fixed:.2f} | {seconds:g} | {mix.value:.3f} "
                    f"| {mix.value / fixed:.3f} | {f'{mix.floor / fixed:.3f}' if rounds else ''} "
                    f"| {mix.support} | {mix.entropy:.2f} |"
                )
                if seconds == times[-1]:
                    within, over_all = areas(mix)
                    shares += [within] if within is not None else []
                    # None: every day is the same, as when one plan is all that the mix holds.
                    line += "".join(
                        " - |" if each is None else f" {each:.3f} |" for each in (within, over_all)
                    )
                else:
                    line += " | |"
                rows.append(line)
                print(line, flush=True)
    lines = [
        "## bench/game",
        "",
        f"{time.strftime('%Y-%m-%d')}, {description()}, load of {os.getloadavg()[1]:.1f} over five minutes at the end; "
        f"{SITES} sites, {UNITS} units, one thread, processor time. Mean ratio to the best fixed plan: "
        + ", ".join(f"{np.mean(found):.3f} after {each:g} s" for each, found in ratios.items())
        + (
            f". Area within sites: {np.mean(shares):.3f} on average, at most {max(shares):.3f}. "
            if shares
            else ". "
        )
        + f"Plans that pass a shift or name a site twice: {faults}.",
        "",
        "| ground | seed | best fixed plan leaves | s | the mix leaves | ratio | proven: no mix below | plans | bits "
        "| area within sites | over all |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        *rows,
    ]
    print("\n".join(lines))
    keep(lines, given.table)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
