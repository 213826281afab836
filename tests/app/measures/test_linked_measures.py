"""Measures of the same alerts are told together: what one hides, the others less each other must not give back."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from app.measures.catalogue import measure_of
from app.measures.models import Figure
from app.measures.of_alerts import RESPONDERS
from app.measures.released import counts_of, parts_released
from geo.release import is_small

ATOMS = (*RESPONDERS, "not_actionable")


def told(counts: dict[str, int]) -> list[tuple[frozenset[str], int]]:
    """Every number that the rates and the division of one quarter publish, as a set of atoms and its sum."""
    rows = sum(counts.values())
    found: list[tuple[frozenset[str], int]] = []

    def of(*names: str) -> int:
        return sum(counts[name] for name in names)

    def tell(*names: str) -> None:
        found.append((frozenset(names), of(*names)))

    def share(code: str, among: tuple[str, ...], counted: tuple[str, ...], *also: int) -> None:
        figure = Figure(rows=rows, among=of(*among), counted=of(*counted), also=also)
        if not is_small(counts_of(measure_of(code), figure)):
            tell(*among)
            tell(*counted)

    others = ("state", "partner", "community")
    share("actionable", ATOMS, RESPONDERS)
    share("response_any", RESPONDERS, ("mission", "joint", *others))
    share("response_mission", RESPONDERS, ("mission", "joint"), of(*others))
    share("justified_non_response", ("nobody",), (), counts["open"])
    parts = Figure(rows=rows, among=of(*RESPONDERS), parts={part: counts[part] for part in RESPONDERS})
    if not is_small(counts_of(measure_of("responders"), parts)):
        tell(*RESPONDERS)
        for part, count in parts_released(parts).items():
            if count is not None:
                tell(part)
    return found


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([0, 0, 1, 2, 4, 5, 7, 20]), min_size=len(ATOMS), max_size=len(ATOMS)))
def test_no_difference_of_published_rates_gives_a_few_alerts_away(drawn: list[int]) -> None:
    counts = dict(zip(ATOMS, drawn, strict=True))
    published = told(counts)
    assert not any(0 < count < 5 for _, count in published)
    if not published:
        return
    rows = np.array([[name in names for name in ATOMS] for names, _ in published], float)
    sums = np.array([count for _, count in published], float)
    for name in (n for n in ATOMS if 0 < counts[n] < 5):
        cell = np.array([float(n == name) for n in ATOMS])
        least, most = (linprog(sign * cell, A_eq=rows, b_eq=sums, bounds=(0, None)) for sign in (1, -1))
        assert most.status == 3 or -most.fun - least.fun > 0.5, (name, counts, published)


def test_nobody_and_open_are_hidden_together() -> None:
    counts = dict.fromkeys(RESPONDERS, 0) | {"mission": 20, "joint": 7, "nobody": 9, "open": 2}
    parts = parts_released(Figure(parts=dict(counts)))
    assert {part for part, count in parts.items() if count is None} == {"nobody", "open"}
    few_jointly = dict.fromkeys(RESPONDERS, 0) | {"mission": 20, "joint": 2, "state": 9, "nobody": 9}
    parts = parts_released(Figure(parts=dict(few_jointly)))
    assert {part for part, count in parts.items() if count is None} == {"mission", "joint"}
