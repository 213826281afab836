"""The table of a run of the bench, and its place in bench/RESULTS.md."""

from __future__ import annotations

import math
from dataclasses import dataclass

from arrivals import Answers
from counting import Count
from database_check import Checked
from ladders import Climbed

# Reports/s → s, 99th percentile.
AIMS = {200: 0.050, 500: 1.0}
CHECK_AIM = 0.001  # s, 99th percentile
HEADING = "## bench/alerts"


def percentile(sorted_values: list[float], share: float) -> float:
    """The least value that is not below `share` of all (nearest rank)."""
    return sorted_values[max(math.ceil(len(sorted_values) * share / 100) - 1, 0)]


def spread(took: list[float]) -> list[str]:
    """p50, p95, p99 and the greatest, in ms."""
    values = sorted(took)
    return [f"{v * 1000:.1f}" for v in (*(percentile(values, s) for s in (50, 95, 99)), values[-1])]


@dataclass(frozen=True)
class Run:
    rate: float
    seconds: float
    disturb: str
    answers: Answers
    count: Count
    looked: int
    missing: int
    shares: dict[str, float]
    left: dict[str, int]  # what was not done in time after the run
    climbed: Climbed | None

    @property
    def faults(self) -> dict[str, int]:
        own = {
            "given_up": len(self.answers.given_up),
            "refused": sum(self.answers.refused.values()),
            "answered_before_the_commit": self.missing,
            "steps_of_ladders_lost": self.climbed.lost if self.climbed else 0,
            "steps_of_ladders_doubled": self.climbed.doubled if self.climbed else 0,
        }
        return self.count.faults | self.left | {name: n for name, n in own.items() if n}

    def took(self) -> list[float]:
        return [seconds for _, seconds in self.answers.accepted]

    def in_words(self) -> str:
        p50, p95, p99, most = spread(self.took())
        shares = ", ".join(f"{name} {share:.0%}" for name, share in self.shares.items() if share >= 0.005)
        return (
            f"  p50 {p50} ms, p95 {p95}, p99 {p99}, max {most}; {self.count.alerts} alerts, sent again "
            f"{self.answers.retries}; faults: {self.faults or 'none'}\n  processors: {shares}; "
            f"client late by p99 {spread(self.answers.late)[2]} ms"
        )


@dataclass(frozen=True)
class QueueRun:
    rate: float
    seconds: float
    took: list[float]
    count: Count

    @property
    def faults(self) -> dict[str, int]:
        """Nobody is told here: the clocks' process is down with the rest of Vigil."""
        return {name: n for name, n in self.count.faults.items() if name != "untold_alerts"}

    def in_words(self) -> str:
        p50, p95, p99, most = spread(self.took)
        return f"  p50 {p50} ms, p95 {p95}, p99 {p99}, max {most}; faults: {self.faults or 'none'}"


def check_lines(checked: Checked) -> list[str]:
    lines = [
        "",
        "The check in the database, alone: vigil.surroundings under the reporter's role with row level security, held "
        f"against {checked.cells} defenders' cells, {checked.havens} havens, {checked.threats} areas of threats, "
        f"{checked.patrols} patrols on their routes ({checked.rules} rules watch beside it); PostgreSQL's own clock, ms.",
        "",
        "| places | checks | p50 | p95 | p99 | max |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for words, took in (("near settlements", checked.near), ("anywhere", checked.anywhere)):
        values = sorted(took)
        told = (*(percentile(values, share) for share in (50, 95, 99)), values[-1])
        lines.append(f"| {words} | {len(took)} | {' | '.join(f'{v * 1000:.2f}' for v in told)} |")
    met = all(percentile(sorted(took), 99) <= CHECK_AIM for took in (checked.near, checked.anywhere))
    return [*lines, "", f"Aim: p99 at most {CHECK_AIM * 1000:g} ms: {'met' if met else 'missed'}.", ""]


def page(conditions: list[str], checked: Checked | None, runs: list[Run], queue_runs: list[QueueRun]) -> str:
    """The section of bench/RESULTS.md."""
    lines = [HEADING, "", *(f"- {each}" for each in conditions), ""]
    lines += check_lines(checked) if checked else []
    lines += [
        "From the moment at which a report was to arrive to the answer, after which its alert is on disk (ms).",
        "",
        "| reports/s | s | killed meanwhile | reports | alerts | p50 | p95 | p99 | max | lost | doubled "
        "| sent again | of these stored already |",
        "|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {r.rate:g} | {r.seconds:g} | {r.disturb or '-'} | {r.count.accepted} | {r.count.alerts} "
        f"| {' | '.join(spread(r.took()))} | {r.count.lost_reports + r.count.lost_alerts} "
        f"| {r.count.doubled_alerts} | {r.answers.retries} | {r.answers.again} |"
        for r in runs
    ]
    for run in runs:
        aim = AIMS.get(round(run.rate))
        if aim and not run.disturb:
            p99 = percentile(sorted(run.took()), 99)
            met = "met" if p99 <= aim else "missed"
            lines += ["", f"Aim: p99 at most {aim * 1000:.0f} ms at {run.rate:g} reports/s: {met}."]
        if run.climbed:
            lines += [
                "",
                f"After “{run.disturb}”: {run.climbed.turns} turns of ladders ended while the clocks' process was killed "
                f"{run.climbed.kills} times: {run.climbed.lost} steps lost, {run.climbed.doubled} doubled.",
            ]
        if run.faults:
            lines += ["", f"**Faults** at {run.rate:g}/s: {run.faults}"]
    lines += ["", "Share of the machine's processors:", ""]
    lines += [
        "| reports/s | killed | site | PostgreSQL | sequencer | client | rest of Vigil | strangers |",
        "|--:|---|" + "--:|" * 6,
    ]
    for run in runs:
        s = dict(run.shares)
        named = [s.pop(name, 0.0) for name in ("web", "postgres", "sequencer", "client", "others")]
        order = (*named[:4], sum(s.values()), named[4])
        lines.append(f"| {run.rate:g} | {run.disturb or '-'} | {' | '.join(f'{x:.0%}' for x in order)} |")
    if queue_runs:
        lines += [
            "",
            "The same work handed to an RQ job each (enqueued → committed, no HTTP, nobody signs in; ms):",
            "",
        ]
        lines += [
            "| reports/s | s | reports | p50 | p95 | p99 | max | lost | doubled |",
            "|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        ]
        lines += [
            f"| {q.rate:g} | {q.seconds:g} | {q.count.accepted} | {' | '.join(spread(q.took))} "
            f"| {q.count.lost_reports + q.count.lost_alerts} | {q.count.doubled_alerts} |"
            for q in queue_runs
        ]
    return "\n".join(lines) + "\n"
