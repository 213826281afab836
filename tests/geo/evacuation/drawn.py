"""Small evacuations for hypothesis: every rule at once, on a network of a few nodes."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from geo.evacuation.problem import Escort, Group, Haven, Problem
from geo.roads import Network

KINDS = ("", "A", "B", "C")
PAIRS = (frozenset("AB"), frozenset("BC"), frozenset("AC"))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    nodes = draw(st.integers(3, 7))
    pair = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1)).filter(
        lambda each: each[0] != each[1]
    )
    ends = draw(st.lists(pair, min_size=nodes, max_size=14))

    def many(values: st.SearchStrategy) -> list:
        return draw(st.lists(values, min_size=len(ends), max_size=len(ends)))

    network = Network.of(
        np.column_stack([np.arange(nodes), np.zeros(nodes)]), ends, [1000.0] * len(ends),
        many(st.integers(1, 90)), state=many(st.sampled_from(["open", "open", "open", "closed"])),
    )  # fmt: skip
    somewhere = st.integers(0, nodes - 1)
    groups = []
    for row in range(draw(st.integers(1, 5))):
        people = draw(st.integers(1, 30))
        part = st.integers(0, people)
        wounded = draw(part) // 3
        groups.append(
            Group(f"G{row}", draw(somewhere), people, draw(st.integers(1, 3)), wounded, draw(part),
                  draw(part), draw(st.sampled_from(KINDS)), draw(st.integers(0, people - wounded)))
        )  # fmt: skip
    havens = [
        Haven(f"H{row}", draw(somewhere), draw(st.integers(0, 40)), draw(st.integers(0, 1)),
              frozenset(draw(st.sampled_from(KINDS)) or ()), draw(st.booleans()))
        for row in range(draw(st.integers(1, 4)))
    ]  # fmt: skip
    escorts = [
        Escort(f"E{row}", draw(somewhere), draw(st.integers(0, 20)), draw(st.integers(0, 12)), draw(st.integers(0, 3)),
               draw(st.integers(0, 6)), draw(st.integers(0, 60)))
        for row in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    return Problem(
        network, tuple(groups), tuple(havens), tuple(escorts),
        np.array(many(st.integers(0, 8)), dtype=np.int64),
        avoid=np.array(many(st.sampled_from([1.0, 1.0, 2.5]))),
        apart=frozenset(draw(st.sets(st.sampled_from(PAIRS)))),
        horizon=float(draw(st.integers(30, 600))),
    )  # fmt: skip
