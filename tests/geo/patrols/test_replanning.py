"""An alert while patrols are out: the rest of the day repaired with few changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.patrols.changed import NewTask, Whereabouts, remaining, whereabouts
from geo.patrols.check import faults
from geo.patrols.plan import timed
from geo.patrols.problem import Tier
from geo.patrols.replanning import repaired
from geo.patrols.search import solve
from tests.geo.patrols.asked import by_hand, problems

ALERT = NewTask(node=3, service=10, reward=9, windows=[(40, 90)], allowed=[0, 1])


def test_a_unit_is_where_its_plan_has_it_and_on_the_road_it_is_free_at_the_next_stop():
    problem = by_hand()
    plan = timed(problem, [[0, 3], [1]])
    assert whereabouts(problem, plan, 5)[0] == Whereabouts(1, 10.0)  # on the way to its first stop
    assert whereabouts(problem, plan, 15)[0] == Whereabouts(1, 30.0)  # at it
    assert whereabouts(problem, plan, 40)[0] == Whereabouts(4, 60.0)  # on the way to the second
    assert whereabouts(problem, plan, 70)[0] == Whereabouts(1, 95.0)  # with the escort, which ends at node 1
    assert whereabouts(problem, plan, 99)[0] == Whereabouts(0, 105.0)  # on the way home
    assert whereabouts(problem, plan, 20)[1] == Whereabouts(0, 30.0)  # before its shift


def test_the_repaired_day_takes_the_alert_in_and_leaves_the_rest_as_it_was():
    problem = by_hand()
    plan = timed(problem, [[0, 1], [2]])
    repair = repaired(problem, plan, 35, ALERT, done={0}, seconds=0.05)
    assert faults(repair.problem, repair.plan) == []
    assert repair.tour == 0 and repair.moved == () and repair.dropped == () and repair.stops == 2
    assert set(repair.plan.orders()[0]) >= {1, 4} and 2 in repair.plan.orders()[1]
    assert 0 not in {task for order in repair.plan.orders() for task in order}


def test_an_alert_that_must_be_visited_is_not_left_out_so_that_the_rest_may_stay():
    problem = by_hand()
    problem = replace(problem, tours=replace(problem.tours, latest=np.array([150.0, 30.0])))
    plan = timed(problem, [[0, 1, 2], []])
    # There and back with an hour at the place, all that unit 0 has: the two stops left, more than a fifth, are given up.
    alert = replace_of(ALERT, service=60, windows=[(35, 65)], allowed=[0])
    repair = repaired(problem, plan, 15, alert, done={0}, seconds=0.05)
    assert faults(repair.problem, repair.plan) == []
    assert repair.tour == 0 and repair.stops == 2 and set(repair.dropped) == {1, 2}
    lesser = replace_of(alert, tier=Tier.COULD)
    kept = repaired(problem, plan, 15, lesser, done={0}, seconds=0.05)
    assert kept.tour is None and kept.dropped == kept.moved == ()


@settings(max_examples=25, deadline=None)
@given(problems(), st.floats(0, 400), st.integers(0, 2**16))
def test_the_checker_refuses_no_repair_and_what_is_done_is_not_done_again(problem, now, seed):
    plan = solve(problem, iterations=30)
    done = {stop.task for each in plan.rounds for stop in each.stops if stop.begin <= now}
    drawn = np.random.default_rng(seed)
    node = int(drawn.integers(problem.travel.shape[1]))
    new = NewTask(
        node, 10, 5, [(now, now + 200)], range(len(problem.tours)), tier=Tier(int(drawn.integers(3)))
    )
    repair = repaired(problem, plan, now, new, done=done, seconds=0.004)
    assert faults(repair.problem, repair.plan) == []
    assert not done & {task for order in repair.plan.orders() for task in order}
    left = remaining(problem, plan, now, done)
    # What was left of the plan can be kept as it was: nothing is lost only because the clock went on.
    rest = [[task for task in order if task not in done] for order in plan.orders()]
    assert faults(left, timed(left, rest)) == []


def replace_of(new: NewTask, **changes: object) -> NewTask:
    return replace(new, **changes)
