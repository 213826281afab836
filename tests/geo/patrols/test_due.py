"""The longest gap between two visits: the days on which visits are due, and plans that keep to them or say so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.patrols.check import Wrong, faults
from geo.patrols.due import due_days, let_in, missed, solve_due
from geo.patrols.plan import LeftOut, Plan, timed
from geo.patrols.problem import Due, Problem
from tests.geo.patrols.asked import by_hand, problems


def gaps(visits: list[int], longest: int, days: int) -> bool:
    """Whether no gap that begins after the first visit and ends within the plan is longer."""
    rows = sorted(visits)
    return all(b - a <= longest for a, b in zip(rows, [*rows[1:], days], strict=True))


@given(st.lists(st.integers(-20, 6), max_size=5), st.integers(1, 9), st.integers(1, 7), st.data())
def test_whichever_of_its_days_each_visit_takes_no_gap_is_longer_and_no_fewer_visits_would_do(
    known, longest, days, data
):
    spans = due_days(known, longest, days)
    last = max([day for day in known if day < 0], default=-longest)
    begun = max(last, -longest)  # what has passed already can't be mended
    ahead = [day for day in known if 0 <= day < days]
    taken = [data.draw(st.integers(first, until)) for first, until in spans]
    assert all(0 <= first <= until < days for first, until in spans)
    assert gaps([begun, *ahead, *taken], longest, days)
    if len(spans) == 1:
        assert not gaps([begun, *ahead], longest, days)


def test_the_days_are_told_as_an_officer_would_say_them():
    # Last visited nine days ago and to be visited every seven: on the first day.
    assert due_days([-9], 7, 1) == [(0, 0)]
    # Three days ago: within the first five days; with a visit ordered on the fourth, none is missing.
    assert due_days([-3], 7, 7) == [(0, 4)]
    assert due_days([-3, 3], 7, 7) == []
    assert due_days([], 3, 7) == [(0, 0), (3, 3), (6, 6)]
    assert due_days([-1], 3, 7) == [(2, 2), (5, 5)]


@settings(max_examples=12, deadline=None)
@given(problems(), st.integers(0, 2**32 - 1))
def test_the_checker_refuses_no_plan_with_visits_that_are_due(problem, seed):
    drawn = np.random.default_rng(seed)
    chosen = drawn.permutation(len(problem.tasks))[: drawn.integers(1, 4)]
    begin = drawn.uniform(0, 400, len(chosen))
    asked = replace(
        problem,
        due=tuple(Due(int(t), float(b), float(b) + 150) for t, b in zip(chosen, begin, strict=True)),
    )
    plan = solve_due(asked, seconds=0.02, seed=1)
    assert faults(asked, plan) == []
    # The facts of it are asked of the problem as the plan was found in it.
    assert timed(let_in(asked, plan), plan.orders()).rounds == plan.rounds


@pytest.fixture
def asked() -> Problem:
    """Task 1 is due in the first hour; both units stand idle otherwise."""
    return replace(by_hand(), due=(Due(1, 0.0, 60.0),))


def test_a_visit_that_is_due_is_made_in_time_or_on_another_day_which_the_plan_then_says(asked):
    found = solve_due(asked, seconds=0.05)
    begins = {stop.task: stop.begin for each in found.rounds for stop in each.stops}
    assert begins[1] <= 60 and found.missed == ()
    tours = replace(asked.tours, earliest=np.array([100.0, 100.0]))
    late = replace(asked, tours=tours)
    found = solve_due(late, seconds=0.05)
    assert found.missed == (1,) and faults(late, found) == []
    assert missed(late, found) == (1,)


def test_a_visit_that_no_unit_can_make_says_why_and_not_that_its_days_forbid_it(asked):
    allowed = asked.tasks.allowed.copy()
    allowed[1] = False
    none = replace(asked, tasks=replace(asked.tasks, allowed=allowed))
    found = solve_due(none, seconds=0.05)
    assert dict(found.left_out)[1] == LeftOut.NO_TOUR_ALLOWED and found.missed == ()


def test_what_a_plan_says_of_its_due_visits_is_checked(asked):
    kept: Plan = timed(asked, [[1], []])
    wrong = {fault.wrong for fault in faults(asked, replace(kept, missed=(1,)))}
    assert wrong == {Wrong.DUE}
    other = replace(asked, due=(Due(1, 300.0, 390.0),))
    assert [fault.task for fault in faults(other, kept)] == [1]
    assert faults(other, replace(kept, missed=(1,))) == []


def test_where_an_officer_put_it_counts_more_than_when_it_is_due(asked):
    locked = asked.tasks.locked.copy()
    locked[1] = 1
    tours = replace(asked.tours, earliest=np.array([0.0, 200.0]))
    put = replace(asked, tours=tours, tasks=replace(asked.tasks, locked=locked))
    found = solve_due(put, seconds=0.05)
    assert 1 in found.orders()[1] and found.missed == (1,)


@pytest.mark.parametrize("due", [(Due(9, 0.0, 1.0),), (Due(1, 5.0, 1.0),), (Due(1, 0.0, 1.0),) * 2])
def test_a_due_visit_that_is_none_is_refused(due):
    with pytest.raises(ValueError, match="due once"):
        replace(by_hand(), due=due)
