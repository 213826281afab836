"""What an officer says of a plan's stops, as wishes that the search and the checker keep."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Invalid
from app.plans.wishes import Wishes, changed
from geo.patrols.check import faults
from geo.patrols.problem import Problem
from geo.patrols.search import kept, solve
from tests.geo.patrols.asked import by_hand, problems

NONE = Wishes({}, frozenset(), frozenset())


def test_a_stop_that_is_dragged_stands_where_it_was_put_and_the_order_is_kept() -> None:
    problem = by_hand()
    wishes = changed(NONE, problem, [[0, 3], [1, 2]], {1: "move:0"}, {0: "0,1,3", 1: "2"})
    assert wishes == Wishes({1: 0}, frozenset(), frozenset(), ((0, 1, 3),))
    assert wishes.arranged([[0, 3], [1, 2]]) == [[0, 1, 3], [2]]
    assert Wishes.read(wishes.stored()) == wishes
    # Left out it stands in no order; let go, the tour has none.
    assert changed(wishes, problem, [[0, 1, 3], [2]], {1: "out"}).orders == ((0, 3),)
    assert changed(wishes, problem, [[0, 1, 3], [2]], {}, {0: "free"}).orders == ()


def test_what_stands_elsewhere_in_its_tour_stays_with_it_so_that_no_search_undoes_the_order() -> None:
    problem = by_hand()
    dragged = changed(NONE, problem, [[0, 3, 1], [2]], {}, {0: "3,0,1"})
    assert (dragged.orders, dragged.kept) == (((3, 0, 1),), {3: 0, 0: 0})
    # An order that is kept as it was found holds nothing, and what may not go with the unit stays with none.
    assert changed(NONE, problem, [[0, 3, 1], [2]], {}, {0: "keep"}).kept == {}
    unit = int(problem.tours.unit[0])
    loath = changed(NONE, problem, [[0, 3, 1], [2]], {3: "not_with"}, {0: "3,0,1"})
    assert (loath.orders, loath.kept, loath.not_with) == (((0, 1),), {}, frozenset({(3, unit)}))


def test_without_a_hand_that_drags_a_stop_goes_earlier_or_later_by_one_place() -> None:
    problem = by_hand()
    sooner = changed(NONE, problem, [[0, 3, 1], [2]], {1: "earlier"})
    assert (sooner.orders, sooner.kept) == (((0, 1, 3),), {1: 0, 3: 0})
    assert changed(sooner, problem, [[0, 1, 3], [2]], {1: "later"}).orders == ((0, 3, 1),)
    assert changed(NONE, problem, [[0, 3], [2]], {0: "earlier"}, {1: "keep"}).orders == ((0, 3),)


@pytest.mark.parametrize("word", ["1;0", "0,0", "", "-1", "١"])
def test_an_order_that_is_none_is_refused(word: str) -> None:
    with pytest.raises(Invalid):
        changed(NONE, by_hand(), [[0, 3], [1]], {}, {0: word})
    with pytest.raises(Invalid):
        changed(NONE, by_hand(), [[0, 3], [1]], {}, {2: "keep"})


@settings(max_examples=25, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_whatever_an_officer_says_the_next_plan_keeps_it_and_the_checker_agrees(
    problem: Problem, drawn
) -> None:
    wishes, plan = NONE, solve(problem, iterations=20)
    for _round in range(2):
        orders = [list(order) for order in plan.orders()]
        said, arranged = {}, {}
        for tour, order in enumerate(orders):
            for task in order:
                word = drawn.choice(["", "", "keep", "out", "earlier", "later", "not_with", "move"])
                targets = [n for n in range(len(orders)) if problem.tasks.allowed[task, n]]
                if word:
                    said[task] = f"move:{drawn.choice(targets)}" if word == "move" else word
            if order and drawn.random() < 0.4:
                drawn.shuffle(order)
                arranged[tour] = ",".join(map(str, order))
        wishes = changed(wishes, problem, [list(order) for order in plan.orders()], said, arranged)
        asked = wishes.on(problem)
        plan = solve(asked, iterations=20, start=kept(asked, wishes.arranged(plan.orders())))
        assert faults(asked, plan) == []
        for tour, order in enumerate(plan.orders()):
            assert not wishes.out & set(order)
            assert all(wishes.kept.get(task, tour) == tour for task in order)
            for wanted in wishes.orders:
                here = [task for task in order if task in wanted]
                assert here == sorted(here, key=wanted.index)
