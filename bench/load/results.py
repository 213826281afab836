"""The table of a run of the bench, and its place in bench/RESULTS.md."""

from __future__ import annotations

import math
from dataclasses import dataclass

from arrivals import Answers
from counting import Count

AIM_RATE = 200  # reports/s
AIM = 0.050  # s, 99th percentile
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

    @property
    def faults(self) -> dict[str, int]:
        own = {
            "given_up": len(self.answers.given_up),
            "refused": sum(self.answers.refused.values()),
            "answered_before_the_commit": self.missing,
        }
        return self.count.faults | {name: n for name, n in own.items() if n}

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
        return self.count.faults

    def in_words(self) -> str:
        p50, p95, p99, most = spread(self.took)
        return f"  p50 {p50} ms, p95 {p95}, p99 {p99}, max {most}; faults: {self.faults or 'none'}"


def page(conditions: list[str], runs: list[Run], queue_runs: list[QueueRun]) -> str:
    """The section of bench/RESULTS.md."""
    lines = [HEADING, "", *(f"- {each}" for each in conditions), ""]
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
        if run.rate == AIM_RATE and not run.disturb:
            p99 = percentile(sorted(run.took()), 99)
            met = "met" if p99 <= AIM else "missed"
            lines += ["", f"Aim: p99 at most {AIM * 1000:.0f} ms at {AIM_RATE} reports/s: {met}."]
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
