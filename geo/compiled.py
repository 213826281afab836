"""Compiles ahead all searches that numba compiles, so that nobody waits for that in an emergency.

Half a minute's work once for a machine, which numba keeps in NUMBA_CACHE_DIR until the sources change; a process that
calls `warm` afterwards loads what is kept within a second. Each search runs on a problem of a few places: what is
compiled depends on the kinds of arrays, never on their size.
"""

from __future__ import annotations

import numpy as np

from geo.evacuation.transport import shares
from geo.patrols.game import Game, minimax
from geo.patrols.problem import orienteering
from geo.patrols.search import solve
from geo.siting.capacitated import least_total_filled, most_within_filled
from geo.siting.centre import least_longest
from geo.siting.covering import most_within
from geo.siting.median import least_total

FEW = 16  # places


def warm() -> None:
    """Compiles every search, or loads it compiled; first those that somebody may wait for in an emergency."""
    warm_evacuation()
    warm_patrols()
    warm_siting()
    warm_game()


def warm_patrols() -> None:
    road = np.array([[0.0, 1.0], [1.0, 0.0]])
    problem = orienteering(road, np.zeros(2), np.ones(2), np.array([[0.0, 9.0], [0.0, 9.0]]), 1)
    solve(problem, iterations=1, start=solve(problem, iterations=1))


def warm_game() -> None:
    road = np.full((1, FEW + 1, FEW + 1), 10)
    stay, shift = np.full(FEW, 10), np.array([60])
    minimax(Game(np.arange(1.0, FEW + 1), np.ones(FEW), stay, road, shift), turns=2, bound_rounds=1)


def warm_siting() -> None:
    # So tight that the sites with limits are not decided by the first bound, and every part of their search runs.
    drawn = np.random.default_rng(2)
    ends = drawn.uniform(0, 100, (FEW, 2))
    road = np.hypot(*(ends[:, None] - ends[None]).T)
    people = drawn.integers(1, 20, FEW)
    weight, room = people.astype(np.float64), np.full(FEW, int(people.sum() / 4.5) + 1)
    least_total(road, weight, 3)
    least_longest(road, 3)
    most_within(road, weight, 30.0, 3)
    least_total_filled(road, weight, people, room, 5)
    most_within_filled(road, weight, people, room, 30.0, 4)


def warm_evacuation() -> None:
    cost = np.array([[1, 2, 9], [2, 1, 9]])
    shares(cost, np.array([4, 4]), np.array([3, 3, -1]))


if __name__ == "__main__":
    warm()
