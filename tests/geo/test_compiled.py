"""What was compiled ahead serves problems of any size: nobody waits for compiling in an emergency."""

from __future__ import annotations

import sys

import numpy as np

from geo import compiled
from geo.evacuation.transport import FORBIDDEN, shares
from geo.patrols.game import Game, minimax
from geo.patrols.problem import orienteering
from geo.patrols.search import solve
from geo.siting.capacitated import least_total_filled
from geo.siting.centre import least_longest
from geo.siting.covering import most_within
from geo.siting.median import least_total


def ways_compiled() -> dict[str, int]:
    """By name of each compiled function of `geo`, for how many kinds of arguments it stands compiled."""
    return {
        f"{name}.{each}": len(found.overloads)
        for name, module in list(sys.modules.items())
        if name.startswith("geo.")
        for each, found in vars(module).items()
        if hasattr(found, "overloads")
    }


def test_problems_of_another_size_need_nothing_that_was_not_compiled_ahead() -> None:
    compiled.warm()
    before = ways_compiled()
    assert sum(before.values()) > 20
    drawn = np.random.default_rng(3)
    ends = drawn.uniform(0, 100, (40, 2))
    road = np.hypot(*(ends[:, None] - ends[None]).T)
    road[3, 5] = np.inf
    people = drawn.integers(1, 20, 40)
    weight = people.astype(np.float64)
    least_total(road, weight, 4, keep=(1,), forbidden=np.arange(40) == 7, seconds=1)
    least_longest(road, 4, seconds=1)
    most_within(road, weight, 20.0, 2, seconds=1)
    least_total_filled(road, weight, people, np.full(40, int(people.sum()) // 4), 5, seconds=1)
    minimax(
        Game(weight, np.full(40, 0.9), np.full(40, 7), np.full((2, 41, 41), 12), np.array([200, 150])),
        turns=3,
        bound_rounds=2,
    )
    windows = np.stack([np.zeros(40), np.full(40, 400.0)], axis=1)
    problem = orienteering(np.nan_to_num(road, posinf=999.0), np.full(40, 5.0), weight, windows, 3)
    solve(problem, iterations=50)
    cost = drawn.integers(0, 50, (6, 4))
    cost[2, 0], cost[:, 3] = FORBIDDEN, 99
    held = shares(cost, drawn.integers(1, 9, 6), np.array([5, 9, 9, -1]))
    assert held.held.sum() > 0
    assert ways_compiled() == before
