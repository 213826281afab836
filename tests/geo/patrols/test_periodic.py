"""Visits with frequencies: plans pass the checker, small ones are the best there are, and the checker finds faults."""

import math
from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.patrols.periodic import PeriodicPlan, PeriodicProblem, planned
from geo.patrols.periodic_check import faults

CHOICES = (((0,), (1,), (2,)), ((0, 1), (1, 2), (0, 2)), ((0, 1, 2),), ((0, 2),))


def invented(seed: int, places: int, vehicles: int = 1, load: float = 1.0, longest: float = math.inf):
    drawn = np.random.default_rng(seed)
    spots = drawn.uniform(0, 50, (places + 1, 2))
    demand = drawn.integers(1, 10, places).astype(float)
    return PeriodicProblem(
        np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1)),
        demand,
        drawn.integers(0, 5, places).astype(float),
        tuple(CHOICES[k] for k in drawn.integers(0, len(CHOICES), places)),
        vehicles,
        (max(load * demand.sum() / vehicles, demand.max()),) * 3,
        (longest,) * 3,
    )


def wrong(problem: PeriodicProblem, plan: PeriodicPlan) -> list[str]:
    return faults(
        problem.travel.tolist(),
        list(problem.demand),
        list(problem.stay),
        problem.allowed,
        problem.vehicles,
        problem.capacity,
        problem.longest,
        plan.week,
        plan.length,
    )


def shortest(problem: PeriodicProblem) -> float:
    """By trying every choice of days and every order, for one vehicle without limits."""
    tours = {}
    for mask in product([False, True], repeat=len(problem.allowed)):
        chosen = [k + 1 for k, there in enumerate(mask) if there]
        tours[mask] = min(
            sum(problem.travel[a, b] for a, b in zip((0, *order), (*order, 0), strict=True))
            for order in permutations(chosen)
        )
    return min(
        sum(tours[tuple(day in days for days in choice)] for day in range(3))
        for choice in product(*problem.allowed)
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_small_week_is_as_short_as_any(seed: int) -> None:
    problem = invented(seed, 5)
    plan = planned(problem, changes=1500, seed=seed)
    assert plan is not None and plan.length == pytest.approx(shortest(problem))


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 10**6),
    st.integers(1, 14),
    st.integers(1, 3),
    st.floats(0.5, 1.2),
    st.sampled_from([math.inf, 250.0, 120.0]),
)
def test_the_checker_passes_every_plan(
    seed: int, places: int, vehicles: int, load: float, longest: float
) -> None:
    problem = invented(seed, places, vehicles, load, longest)
    plan = planned(problem, changes=600, seed=seed)
    # Limits may be too tight for any plan; what is given keeps them.
    assert plan is None or wrong(problem, plan) == []
    if plan is None:
        assert load < 1.0 or longest < math.inf or vehicles > 1


def test_the_same_seed_gives_the_same_plan_and_more_vehicles_do_no_harm() -> None:
    problem = invented(4, 12, vehicles=2)
    plan = planned(problem, changes=2000, seed=1)
    assert plan == planned(problem, changes=2000, seed=1)
    more = planned(replace(problem, vehicles=3), changes=2000, seed=1)
    assert plan is not None and more is not None and more.length <= plan.length * 1.001


def test_who_watches_hears_of_the_best_and_can_stop() -> None:
    heard: list[tuple[float, float | None]] = []

    def told(share: float, best: float | None) -> bool:
        heard.append((share, best))
        return len(heard) < 3

    plan = planned(invented(5, 10), changes=100_000, told=told)
    assert plan is not None and plan.changes < 2000 and len(heard) == 3
    assert heard[-1][1] == plan.length and 0 < heard[0][0] < heard[2][0] < 1


def test_the_checker_names_each_fault() -> None:
    problem = invented(6, 6, vehicles=2)
    plan = planned(problem, changes=500)
    assert plan is not None
    tight = replace(problem, capacity=(0.5,) * 3, longest=(1.0,) * 3)
    assert any("load" in each for each in wrong(tight, plan))
    assert any("instead of 1" in each for each in wrong(tight, plan))
    assert any("not 1.0" in each for each in wrong(problem, replace(plan, length=1.0)))
    missed = replace(plan, week=(((),), *plan.week[1:]))
    assert any("does not allow" in each for each in wrong(problem, missed))
    crowded = replace(plan, week=(((0,), (1,), (2,)), *plan.week[1:]))
    assert any("More than 2 vehicles" in each for each in wrong(problem, crowded))
    assert any("no place 99" in each for each in wrong(problem, replace(plan, week=(((99,),),) * 3)))
    assert any("2 days instead of 3" in each for each in wrong(problem, replace(plan, week=plan.week[:2])))


@pytest.mark.parametrize(
    "change",
    [
        {"travel": np.ones((2, 2))},
        {"travel": np.full((4, 4), np.nan)},
        {"demand": np.array([1.0, -1.0, 1.0])},
        {"allowed": (((0,),), (), ((0,),))},
        {"allowed": (((0,),), ((3,),), ((0,),))},
        {"allowed": (((0,),), ((0, 0),), ((0,),))},
        {"vehicles": 0},
        {"longest": (1.0,)},
    ],
)
def test_a_problem_that_makes_no_sense_is_refused(change: dict) -> None:
    problem = invented(7, 3)
    with pytest.raises(ValueError):  # noqa: PT011  (each has words of its own)
        replace(problem, **change)
    with pytest.raises(ValueError, match="an end"):
        planned(problem)
