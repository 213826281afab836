"""Siting with proofs beside scipy.optimize.milp: value, proven gap and processor time, every answer replayed."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.load import siting_solver as solver
from bench.load.machine import description, keep
from bench.load.siting_instances import Instance, generated, of_folder, read
from geo.siting.capacitated import least_total_filled
from geo.siting.centre import least_longest
from geo.siting.check import Aim, Question, faults
from geo.siting.covering import most_within
from geo.siting.median import least_total
from geo.siting.placement import Placement

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
MODELS = ("median", "centre", "covering", "capacitated", "generated")


@dataclass(frozen=True)
class Asked:
    """One model of one instance: how we answer, how the solver does, what the checker is asked, the known optimum."""

    model: str
    name: str
    ours: Callable[[], Placement]
    theirs: Callable[[], solver.Solved]
    check: Question
    known: float | None


def asked_of(instance: Instance, models: set[str], seed: int, limit: float) -> Iterator[Asked]:
    distance, count = instance.distance, instance.count
    ways, ones = distance.tolist(), [1.0] * len(distance)
    weight = np.ones(len(distance))
    size, room = instance.size, instance.room
    if size is not None and room is not None:
        if "capacitated" in models:
            question = Question(Aim.TOTAL, ways, ones, count, size=size.tolist(), room=room.tolist())
            yield Asked(
                "capacitated", instance.name,
                lambda: least_total_filled(distance, weight, size, room, count, seconds=min(2.0, limit / 10)),
                lambda: solver.assigned(distance, size, room, count, limit), question, instance.median,
            )  # fmt: skip
        return
    if "median" in models:
        yield Asked(
            "p-median", instance.name, lambda: least_total(distance, weight, count, seconds=limit / 10),
            lambda: solver.assigned(distance, None, None, count, limit),
            Question(Aim.TOTAL, ways, ones, count), instance.median,
        )  # fmt: skip
    if "centre" in models:
        yield Asked(
            "p-centre", instance.name, lambda: least_longest(distance, count, seconds=limit / 10),
            lambda: solver.centred(distance, count, limit),
            Question(Aim.LONGEST, ways, ones, count), instance.centre,
        )  # fmt: skip
    if "covering" in models:
        yield from coverings(instance, seed, limit)


def coverings(instance: Instance, seed: int, limit: float) -> Iterator[Asked]:
    """Weights of 1 to 100, within half and three quarters of the p-centre's distance, beyond which nobody is left out."""
    distance, count = instance.distance, instance.count
    weight = np.random.default_rng(seed).integers(1, 101, len(distance)).astype(float)
    centre = least_longest(distance, count, seconds=limit / 10).certificate.value
    for share in (0.5, 0.75):
        radius = float(np.floor(centre * share))
        yield Asked(
            "covering", f"{instance.name}, {radius:.0f}",
            lambda radius=radius: most_within(distance, weight, radius, count, seconds=limit / 10),
            lambda radius=radius: solver.covered(distance, weight, radius, count, limit),
            Question(Aim.WITHIN, distance.tolist(), weight.tolist(), count, radius), None,
        )  # fmt: skip


@dataclass
class Result:
    line: str
    model: str
    ours: float
    theirs: float
    gap: float
    faults: list[str]


def result_of(asked: Asked, places: int, count: int, alone: bool) -> Result:
    began = time.process_time()
    answer = asked.ours()
    ours = time.process_time() - began
    proof = answer.certificate
    wrong = faults(asked.check, answer.sites.tolist(), answer.serves.tolist(), proof.value, proof.bound)
    if asked.known is not None and proof.value != asked.known:
        wrong.append(f"The known optimum is {asked.known:.0f}.")
    told, theirs = "–", 0.0
    if not alone:
        given = asked.theirs()
        theirs = given.seconds
        value = "none" if given.value is None else f"{given.value:.0f}"
        told = (
            f"{value}{'' if given.proven else ' (limit)'} | {theirs:.2f} | {theirs / max(ours, 1e-9):.0f} ×"
        )
        if given.proven and given.value is not None and abs(given.value - proof.value) > 1e-6 * given.value:
            wrong.append(f"The solver proves {given.value:.0f}.")
    else:
        told = "– | – | –"
    known = "" if asked.known is None else f"{asked.known:.0f}"
    line = (
        f"| {asked.model} | {asked.name} | {places} | {count} | {known} | {proof.value:.0f} | "
        f"{100 * proof.gap:.3f} | {proof.proof} | {ours:.3f} | {told} |"
    )
    return Result(
        line, asked.model, ours, theirs, proof.gap, [f"{asked.model} {asked.name}: {each}" for each in wrong]
    )


def totals(results: list[Result]) -> Iterator[str]:
    yield "| model | models | proven optimal | largest gap, % | Vigil, s | longest, s | HiGHS, s | Vigil's share |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for model in [*dict.fromkeys(each.model for each in results), "all"]:
        these = [each for each in results if model in (each.model, "all")]
        ours, theirs = sum(each.ours for each in these), sum(each.theirs for each in these)
        best = sum(each.gap <= 2e-9 for each in these)
        share = f"1/{theirs / ours:.0f}" if theirs else "–"
        yield (
            f"| {model} | {len(these)} | {best} | {100 * max(each.gap for each in these):.3f} | {ours:.2f} | "
            f"{max(each.ours for each in these):.2f} | {theirs:.1f} | {share} |"
        )


def compiled() -> None:
    """Each search once on a small question, so that no instance pays for compiling."""
    drawn = np.random.default_rng(0)
    distance = drawn.integers(1, 50, (12, 12)).astype(float)
    one, size = np.ones(12), np.ones(12, np.int64)
    least_total(distance, one, 3)
    least_longest(distance, 3)
    most_within(distance, one, 10.0, 3)
    least_total_filled(distance, one, size, np.full(12, 5), 3)


def main() -> int:
    ask = argparse.ArgumentParser(prog="bench/siting")
    ask.add_argument("folders", type=Path, nargs="*")
    ask.add_argument("--limit", type=float, default=60.0, help="the solver's seconds for each model")
    ask.add_argument("--only", default="")
    ask.add_argument("--models", default=",".join(MODELS))
    ask.add_argument("--alone", action="store_true", help="without the solver")
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--table", type=Path)
    given = ask.parse_args()
    models = set(given.models.split(","))
    if models - set(MODELS):
        ask.error(f"models are {', '.join(MODELS)}")
    folders = given.folders or [DATA / "orlib-pmed", DATA / "orlib-pmedcap"]
    wanted = [each for each in given.only.split(",") if each]
    paths = [
        path for folder in folders for path in of_folder(folder)
        if not wanted or any(path.stem == each[1:] if each[0] == "=" else each in path.stem for each in wanted)
    ]  # fmt: skip
    compiled()
    results: list[Result] = []
    head = (
        "| model | instance, radius | places | sites | known | value | gap, % | proof | CPU, s "
        "| HiGHS | CPU, s | quicker |\n"
        "|---|---|--:|--:|--:|--:|--:|---|--:|--:|--:|--:|"
    )
    print(head, flush=True)
    for instance in instances(paths, models, given.seed):
        within = models | ({"covering"} if instance.name.startswith("invented") else set())
        if instance.name.startswith("invented"):
            within = {"covering"}
        for asked in asked_of(instance, within, given.seed, given.limit):
            results.append(result_of(asked, len(instance.distance), instance.count, given.alone))
            print(results[-1].line, flush=True)
    if not results:
        raise SystemExit("No instance was found: name a folder with pmed*.txt or pmedcap*.txt.")
    wrong = [each for result in results for each in result.faults]
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    lines = [
        "## bench/siting",
        "",
        f"{time.strftime('%Y-%m-%d')}, {description()}; load at the end {load}. scipy.optimize.milp with a limit of "
        f"{given.limit:.0f} s a model, beside; processor time of one process. The checker found {len(wrong)} faults.",
        "",
        *totals(results),
        "",
        head,
        *(each.line for each in results),
    ]
    print("\n".join(lines[3 : len(lines) - len(results) - 1]))
    print("\n".join(wrong))
    keep(lines, given.table)
    return 1 if wrong else 0


def instances(paths: list[Path], models: set[str], seed: int) -> Iterator[Instance]:
    for path in paths:
        yield read(path)
    if "generated" in models:
        for count in (5, 10, 90):
            yield generated(count, seed + count)


if __name__ == "__main__":
    sys.exit(main())
