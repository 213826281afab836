"""Where units sleep: what the checker refuses, and that a post only ever helps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.compiled import warm_patrols
from geo.patrols.check import Wrong, faults
from geo.patrols.overnight import slept, solve_nights
from geo.patrols.plan import timed
from geo.patrols.problem import FREE, Night, Problem, Tasks, Tours, level
from tests.geo.patrols.asked import problems


def far_away() -> Problem:
    """Home (node 0), a village five hours away (1), a post twenty minutes from it (2): no day is long enough to go to
    the village and back, three are with two nights at the post."""
    road = np.array([[0.0, 300.0, 280.0], [300.0, 0.0, 20.0], [280.0, 20.0, 0.0]])
    days = np.arange(3)
    zeros = np.zeros(3, dtype=np.int64)
    windows = np.array([[[1440.0, 2880.0]], [[2880.0, 4320.0]]])
    return Problem(
        travel=road[None],
        tours=Tours(zeros, zeros, days * 1440.0 + 420, days * 1440.0 + 900, np.full(3, np.inf), zeros, days, zeros),
        tasks=Tasks(
            node=np.array([1, 1]), end=np.array([1, 1]), service=np.full(2, 60.0), reward=np.ones(2),
            tier=np.zeros(2, dtype=np.int64), windows=windows, allowed=np.ones((2, 3), dtype=bool),
            site=np.zeros(2, dtype=np.int64), gap=np.ones(2, dtype=np.int64), locked=np.full(2, FREE),
        ),
        nights=(Night(0, 1, (0, 2)), Night(1, 2, (0, 2))),
    )  # fmt: skip


def test_a_village_that_no_day_reaches_is_visited_from_a_post() -> None:
    problem = far_away()
    warm_patrols()  # what is compiled at its first call would take the time that is given to the search
    plan = solve_nights(problem, seconds=1.0, seed=1)
    assert plan.nights == (2, 2) and plan.orders() == ((), (0,), (1,))
    assert faults(problem, plan) == []
    # On the first day it drives to the post without a stop.
    assert (plan.rounds[0].depart, plan.rounds[0].back, plan.rounds[0].travel) == (420.0, 700.0, 280.0)
    assert plan.rounds[2].back == 2 * 1440 + 420 + 20 + 60 + 300


def test_nights_that_no_unit_could_sleep_are_found() -> None:
    problem = far_away()
    plan = replace(timed(slept(problem, (2, 2)), [[], [0], [1]]), nights=(2, 2))
    assert faults(problem, plan) == []

    def kinds(**changes: object) -> set[Wrong]:
        return {fault.wrong for fault in faults(problem, replace(plan, **changes))}  # type: ignore[arg-type]

    assert kinds(nights=(2,)) == {Wrong.NIGHT}
    assert Wrong.NIGHT in kinds(nights=(1, 2))  # the village is no post
    assert kinds(nights=()) >= {Wrong.LEG, Wrong.TRAVEL}  # from home it would have to drive
    assert kinds(nights=(2, 0)) >= {Wrong.LEG}
    stays = replace(plan.rounds[0], back=420.0, travel=0.0)
    assert kinds(rounds=(stays, *plan.rounds[1:])) >= {Wrong.LEG}  # it sleeps where it never went
    with pytest.raises(ValueError, match="home"):
        replace(problem, nights=(Night(0, 1, (2, 0)),))


@settings(max_examples=12, deadline=None)
@given(problems(), st.integers(0, 2**32 - 1))
def test_the_checker_refuses_no_plan_with_nights_and_a_post_makes_none_worse(
    problem: Problem, seed: int
) -> None:
    drawn = np.random.default_rng(seed)
    tours = replace(problem.tours, start=problem.tours.start[:1].repeat(len(problem.tours)))
    tours = replace(tours, end=tours.start)
    home = replace(problem, tours=tours)
    posts = tuple(int(node) for node in drawn.integers(0, problem.travel.shape[1], 2))
    nights = tuple(Night(n, n + 1, (int(tours.start[0]), *posts)) for n in range(len(tours) - 1))
    worth = level(home)
    alone = solve_nights(home, seconds=0.02, seed=2)
    assert alone.nights == () and faults(home, alone) == []
    more = replace(home, nights=nights)
    plan = solve_nights(more, seconds=0.05, seed=3, start=alone)
    assert faults(more, plan) == []
    assert all(node in night.nodes for night, node in zip(nights, plan.nights, strict=True))
    done = [sum(worth[task] for order in each.orders() for task in order) for each in (alone, plan)]
    assert done[1] >= done[0] - 1e-6
