"""The patrol solver: what it never does, whatever it is asked, and what it finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings

from geo.patrols.changed import with_unit
from geo.patrols.check import faults
from geo.patrols.plan import LeftOut, Plan, timed
from geo.patrols.problem import FREE, Problem, level, orienteering
from geo.patrols.search import solve
from geo.patrols.why import one_more, why
from tests.geo.patrols.asked import by_hand, problems

SOME = settings(max_examples=40, deadline=None)


def worth(problem: Problem, plan: Plan) -> float:
    """In the unit of `level`: what counts when two plans of the same tasks are compared."""
    told = level(problem)
    return float(sum(told[task] for order in plan.orders() for task in order))


@SOME
@given(problems())
def test_the_checker_refuses_no_plan_and_locks_and_prohibitions_are_kept(problem):
    plan = solve(problem, iterations=60)
    assert faults(problem, plan) == []
    for tour, order in enumerate(plan.orders()):
        for task in order:
            assert problem.tasks.allowed[task, tour] and problem.tasks.locked[task] in (FREE, tour)


@SOME
@given(problems())
def test_more_units_longer_days_and_locks_of_what_stands_never_make_a_plan_worse(problem):
    plan = solve(problem, iterations=30, seed=1)
    tours, tasks = problem.tours, problem.tasks
    longer = replace(problem, tours=replace(tours, latest=tours.latest + 60, duty=tours.duty + 60))
    for more in (with_unit(problem, 0), longer):
        found = solve(more, iterations=20, start=plan)
        assert faults(more, found) == []
        assert worth(more, found) >= worth(problem, plan) - 1e-6
    stands = tasks.locked.copy()
    for tour, order in enumerate(plan.orders()):
        stands[list(order)[:1]] = tour
    locked = replace(problem, tasks=replace(tasks, locked=stands))
    found = solve(locked, iterations=20, start=plan)
    assert faults(locked, found) == []
    for tour, order in enumerate(plan.orders()):
        assert set(order[:1]) <= set(found.orders()[tour])


def test_the_same_seed_gives_the_same_plan_and_the_end_can_be_called_for():
    drawn = np.random.default_rng(5)
    places = drawn.uniform(0, 100, (40, 2))
    road = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    opens = drawn.uniform(0, 300, 40)
    windows = np.stack([opens, opens + 120], axis=1)
    windows[0] = [0, 400]
    problem = orienteering(road, np.full(40, 10.0), drawn.integers(1, 30, 40).astype(float), windows, 3)
    first, again = (solve(problem, iterations=600, seed=4) for _ in range(2))
    assert first == again and faults(problem, first) == []
    told: list[float] = []
    seen: list[Plan] = []
    stopped = solve(
        problem,
        seconds=60,
        told=lambda share, best: (told.append(share), seen.append(best)),
        stop=lambda: bool(told),
    )
    assert len(told) == 1 and 0 < told[0] < 1
    assert faults(problem, seen[0]) == faults(problem, stopped) == []


def test_a_must_is_not_given_up_for_any_number_of_lesser_visits():
    """Half an hour for one visit of the first tier, or four of the last with a greater reward each."""
    problem = by_hand()
    tasks, tours = problem.tasks, problem.tours
    windows = np.full((4, 1, 2), [0.0, 400.0])
    small = replace(
        problem,
        tours=replace(tours, latest=np.array([100.0, 0.0]), earliest=np.zeros(2)),
        tasks=replace(
            tasks, windows=windows, tier=np.array([2, 2, 2, 0]), reward=np.array([50.0, 50.0, 50.0, 1.0]),
            end=tasks.node, service=np.array([5.0, 5.0, 5.0, 20.0]),
        ),
    )  # fmt: skip
    plan = solve(small, iterations=100)
    assert plan.reward[0] == 1.0 and faults(small, plan) == []
    assert {reason for _, reason in plan.left_out} == {LeftOut.WORTH_LESS}


def test_it_finds_what_trying_all_orders_finds():
    """Six tasks, two units: every way to deal and order them, tried one by one."""
    from itertools import permutations, product

    drawn = np.random.default_rng(11)
    for _ in range(3):
        places = drawn.uniform(0, 60, (7, 2))
        road = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
        opens = drawn.uniform(0, 120, 7)
        windows = np.stack([opens, opens + 40], axis=1)
        windows[0] = [0, 180]
        problem = orienteering(road, np.full(7, 10.0), drawn.integers(1, 30, 7).astype(float), windows, 2)
        alone: dict[frozenset[int], bool] = {}
        for dealt in product([False, True], repeat=6):
            some = frozenset(task for task in range(6) if dealt[task])
            alone[some] = any(can(problem, order) for order in permutations(some))
        reward = problem.tasks.reward
        best = max(
            float(reward[list(one | two)].sum())
            for one in alone for two in alone
            if alone[one] and alone[two] and not one & two
        )  # fmt: skip
        assert sum(solve(problem, iterations=400).reward) == best


def can(problem: Problem, order: tuple[int, ...]) -> bool:
    try:
        timed(problem, [order, ()])
    except ValueError:
        return False
    return True


def test_why_says_what_a_stop_costs_what_was_left_out_and_what_one_more_unit_brings():
    problem = by_hand()
    short = replace(problem, tours=replace(problem.tours, latest=np.array([60.0, 20.0])))
    plan = timed(short, [[0], []])
    facts = why(short, plan)
    assert [(each.task, each.minutes, each.slack) for each in facts.stops] == [(0, 40.0, 5.0)]
    told = {each.task: (each.reason, each.instead) for each in facts.left_out}
    assert told[1] == (LeftOut.WORTH_LESS, (0, (0,)))
    assert told[2][0] == LeftOut.OUT_OF_REACH and told[3][0] == LeftOut.OUT_OF_REACH
    more = one_more(short, plan, seconds=0.1)
    assert more.unit == 0 and more.tasks == (1,) and more.reward == (0.0, 3.0, 0.0)
    assert faults(with_unit(short, 0), more.plan) == []
