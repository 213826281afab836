"""Every plan stands the independent checker, and none could have been better."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from geo.evacuation.check import faults
from geo.evacuation.plan import Plan, Why
from geo.evacuation.planning import planned, went
from geo.evacuation.problem import Escort, Group, Haven, Problem
from geo.roads import Network, Season, minutes_between, slowed
from tests.geo.evacuation.drawn import problems

# The first call of a process compiles, which is no fault of the example that happens to be drawn then.
any_time = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def judged(plan: Plan) -> tuple[int, int]:
    return plan.left_weight, plan.total


@any_time
@given(problems())
def test_no_plan_is_one_that_the_checker_refuses(problem: Problem) -> None:
    plan = planned(problem)
    assert faults(problem, plan) == []
    assert plan.proven
    # Said once more without the checker: everybody has a place or is left, in a wave or waiting.
    assert sum(each.people for each in (*plan.legs, *plan.left)) == sum(
        each.people for each in problem.groups
    )
    assert sum(each.people for each in (*plan.waves, *plan.waiting)) == sum(each.people for each in plan.legs)


@any_time
@given(problems(), st.data())
def test_more_places_or_an_opened_road_never_make_it_worse(problem: Problem, data: st.DataObject) -> None:
    row = data.draw(st.integers(0, len(problem.havens) - 1))
    larger = list(problem.havens)
    larger[row] = replace(larger[row], places=larger[row].places + data.draw(st.integers(1, 20)))
    opened = replace(problem.network, state=("open",) * len(problem.network.dry))
    told = judged(planned(problem))
    assert judged(planned(replace(problem, havens=tuple(larger)))) <= told
    assert judged(planned(replace(problem, network=opened))) <= told


@any_time
@given(problems(), st.data())
def test_after_a_closed_road_and_a_full_haven_it_still_holds_and_the_road_is_not_used(
    problem: Problem, data: st.DataObject
) -> None:
    plan = planned(problem)
    link = data.draw(st.integers(0, len(problem.network.dry) - 1))
    full = data.draw(st.integers(0, len(problem.havens) - 1))
    after = replace(
        problem,
        network=slowed(problem.network, closed=np.arange(len(problem.network.dry)) == link),
        havens=tuple(replace(h, places=0) if row == full else h for row, h in enumerate(problem.havens)),
    )
    again = planned(after, went(problem, plan))
    assert faults(after, again) == []
    assert not any(link in each.links for each in again.legs)
    assert not any(link in each.approach for each in again.waves)
    fresh = planned(after)
    assert again.left_weight == fresh.left_weight
    assert again.total >= fresh.total
    assert planned(problem, went(problem, plan)).moved == 0


def brute_force(problem: Problem) -> tuple[int, int]:
    """Every way of giving each person a haven or none."""
    weight = problem.network.minutes() * problem.avoid
    flat = replace(problem.network, dry=weight, rainy=weight, state=("open",) * len(weight))
    minutes = minutes_between(flat, [g.node for g in problem.groups], [h.node for h in problem.havens])
    # By rank: the wounded first, then those who can't walk.
    persons = [
        (row, rank < g.wounded, g.wounded <= rank < g.wounded + g.cannot_walk)
        for row, g in enumerate(problem.groups)
        for rank in range(g.people)
    ]
    best = (10**9, 10**9)
    for choice in itertools.product(range(-1, len(problem.havens)), repeat=len(persons)):
        left = total = 0
        inside: list[set[str]] = [set(haven.holds) for haven in problem.havens]
        for (row, wounded, carried), haven in zip(persons, choice, strict=True):
            group = problem.groups[row]
            if haven < 0:
                left += group.danger
                total += group.danger * 2 * round(problem.over_steps * 100) if carried else 0
            elif np.isinf(minutes[row, haven]) or (wounded and not problem.havens[haven].medical_level):
                break
            else:
                steps = problem.over_steps if carried and not problem.havens[haven].step_free else 0.0
                total += group.danger * (round(minutes[row, haven] * 100) + round(steps * 100))
                inside[haven].add(group.community)
        else:
            fits = all(choice.count(row) <= haven.places for row, haven in enumerate(problem.havens))
            # Who was there before is not asked about one another.
            mixed = any(
                pair <= inside[row] and not pair <= haven.holds
                for row, haven in enumerate(problem.havens)
                for pair in problem.apart
            )
            if fits and not mixed:
                best = min(best, (left, total))
    return best


@any_time
@given(problems(), st.data())
def test_small_ones_are_as_good_as_trying_everything(problem: Problem, data: st.DataObject) -> None:
    groups = tuple(
        replace(
            g,
            people=few,
            wounded=min(g.wounded, few),
            children=0,
            without_transport=0,
            cannot_walk=min(g.cannot_walk, few - min(g.wounded, few)),
        )
        for g in problem.groups[:3]
        for few in [data.draw(st.integers(1, 2))]
    )
    havens = tuple(replace(h, places=data.draw(st.integers(0, 3))) for h in problem.havens[:3])
    # A haven in which two are together who should not be is there already, and no plan's doing.
    assume(not any(pair <= h.holds for h in havens for pair in problem.apart))
    small = replace(problem, groups=groups, havens=havens)
    assert judged(planned(small)) == brute_force(small)


@any_time
@given(problems(), st.data())
def test_a_ramp_never_makes_it_worse_and_nobody_is_left_behind_for_want_of_one(
    problem: Problem, data: st.DataObject
) -> None:
    row = data.draw(st.integers(0, len(problem.havens) - 1))
    ramp = tuple(replace(h, step_free=h.step_free or n == row) for n, h in enumerate(problem.havens))
    plan = planned(problem)
    assert judged(planned(replace(problem, havens=ramp))) <= judged(plan)
    none = tuple(replace(h, step_free=False) for h in problem.havens)
    assert planned(replace(problem, havens=none)).left_weight == plan.left_weight


def road(*minutes: float, bears: int = 100, **more: object) -> dict:
    """A straight road over as many nodes as minutes, and one."""
    count = len(minutes)
    nodes = np.column_stack([np.arange(count + 1.0), np.zeros(count + 1)])
    network = Network.of(nodes, [(n, n + 1) for n in range(count)], [1000.0] * count, minutes)
    return {"network": network, "vehicles_an_hour": np.full(count, bears), "escorts": (), **more}


ESCORT = Escort("E", 0, people=100, seats=100, vehicles=8, waves=9)


def test_the_most_endangered_leave_first_and_a_road_bears_no_more_than_it_can() -> None:
    problem = Problem(
        groups=(Group("far", 0, 100, danger=1), Group("dire", 0, 200, danger=5, without_transport=200)),
        havens=(Haven("H", 1, 300),),
        **road(30.0, bears=30, escorts=(ESCORT, replace(ESCORT, code="F"), replace(ESCORT, code="K"))),
    )
    plan = planned(problem)
    assert faults(problem, plan) == []
    assert [problem.groups[plan.legs[w.leg].group].code for w in plan.waves] == ["dire", "dire", "far"]
    assert [wave.departs for wave in plan.waves[:2]] == [20.0, 20.0]
    # 8 and 8 are on the road, 28 more (20 cars of five, and the escort) have to wait until that hour is over.
    assert plan.waves[2].vehicles == 28
    assert plan.waves[2].departs >= 80.0


def test_an_escort_drives_back_for_the_next_and_whoever_it_can_not_bring_waits() -> None:
    few = replace(ESCORT, people=10, waves=2)
    problem = Problem(groups=(Group("G", 0, 35),), havens=(Haven("H", 1, 50),), **road(30.0, escorts=(few,)))
    plan = planned(problem)
    assert faults(problem, plan) == []
    # 20 to load; 30 there, 10 to unload, 30 back, 20 to load.
    assert [(wave.departs, wave.arrives) for wave in plan.waves] == [(20.0, 50.0), (110.0, 140.0)]
    assert [each.people for each in plan.waiting] == [15]
    late = planned(replace(problem, horizon=100.0))
    assert [each.people for each in late.waiting] == [25]
    assert sum(each.people for each in planned(replace(problem, escorts=())).waiting) == 35


def test_who_is_left_is_told_why_and_how_many_places_more_are_needed() -> None:
    problem = Problem(
        groups=(
            Group("near", 0, 30, wounded=5),
            Group("calm", 1, 10),
            Group("dire", 2, 12, danger=4),
            Group("other", 0, 6, community="B"),
            Group("cut", 4, 7),
        ),
        havens=(Haven("H", 1, 40, holds=frozenset("A")),),
        apart=frozenset({frozenset("AB")}),
        **road(10.0, 10.0, 10.0, 10.0),
    )
    problem = replace(problem, network=slowed(problem.network, closed=[False, False, False, True]))
    plan = planned(problem)
    assert faults(problem, plan) == []
    told = {(problem.groups[each.group].code, each.wounded): (each.people, each.why) for each in plan.left}
    assert told == {
        ("near", False): (7, Why.NO_PLACE),
        ("near", True): (5, Why.NOT_ADMITTED),
        ("other", False): (6, Why.NOT_ADMITTED),
        ("cut", False): (7, Why.NO_ROAD),
    }
    assert plan.more_places == ((0, 7),)


def test_a_new_plan_moves_people_only_where_it_pays() -> None:
    problem = Problem(
        groups=(Group("G", 1, 20),), havens=(Haven("H", 0, 20), Haven("K", 2, 20)), **road(30.0, 25.0)
    )
    plan = planned(replace(problem, havens=(problem.havens[0], replace(problem.havens[1], places=0))))
    stays, goes = (planned(problem, went(problem, plan), keep=keep) for keep in (10.0, 4.0))
    assert (stays.moved, stays.legs[0].haven, stays.proven) == (0, 0, True)
    assert (goes.moved, goes.legs[0].haven, goes.proven) == (20, 1, True)
    full = replace(problem, havens=(replace(problem.havens[0], places=15), problem.havens[1]))
    assert planned(full, went(problem, plan)).moved == 5


def test_a_longer_way_is_taken_around_a_threat_and_a_short_one_through_it_where_there_is_no_other() -> None:
    around = road(10.0, 10.0)
    around["network"] = Network.of([(0, 0), (1, 0), (2, 0)], [(0, 1), (0, 2), (2, 1)], [1e3] * 3, [10, 8, 8])
    around["vehicles_an_hour"] = np.full(3, 9)
    problem = Problem(
        groups=(Group("G", 0, 5),), havens=(Haven("H", 1, 5),), avoid=np.array([3.0, 1, 1]), **around
    )
    assert planned(problem).legs[0].links == (1, 2)
    shut = replace(problem, network=slowed(problem.network, closed=[False, True, False]))
    leg = planned(shut).legs[0]
    assert (leg.links, leg.minutes, leg.weight) == ((0,), 10.0, 30.0)
    drowned = replace(problem, network=replace(problem.network, rainy=np.array([10.0, np.inf, 8.0])))
    assert planned(replace(drowned, season=Season.RAINY)).legs[0].links == (0,)


def test_without_havens_or_without_people_there_is_still_an_answer() -> None:
    nobody = Problem(groups=(), havens=(Haven("H", 1, 5),), **road(10.0, escorts=(ESCORT,)))
    assert judged(planned(nobody)) == (0, 0)
    nowhere = replace(nobody, groups=(Group("G", 0, 3, danger=2, community="A"),), havens=())
    plan = planned(replace(nowhere, apart=frozenset({frozenset("AB")})))
    assert (faults(nowhere, plan), judged(plan), plan.left[0].why) == ([], (6, 0), Why.NO_ROAD)


def least_apart(problem: Problem) -> float:
    """The least total with A and C apart from B, by HiGHS' integer programme: a haven takes B, or the others."""
    minutes = minutes_between(
        problem.network, [g.node for g in problem.groups], [h.node for h in problem.havens]
    )
    groups, havens = minutes.shape
    people = np.array([g.people for g in problem.groups])
    cost = np.append((np.rint(minutes * 100) * people[:, None]).ravel(), np.zeros(havens))
    row, column = np.divmod(np.arange(groups * havens), havens)
    size = groups * havens + havens

    def rows(of: np.ndarray, values: np.ndarray | float) -> sparse.coo_array:
        given = np.broadcast_to(values, of.shape)
        return sparse.coo_array((given, (of, np.arange(len(of)))), shape=(of.max() + 1, size))

    spoken = np.array([g.community for g in problem.groups])[row]
    asked = np.flatnonzero(spoken != "")
    sign = np.where(spoken[asked] == "B", -1, 1)
    both = sparse.coo_array(
        (
            np.append(np.ones(len(asked)), sign),
            (np.tile(np.arange(len(asked)), 2), np.append(asked, groups * havens + column[asked])),
        ),
        shape=(len(asked), size),
    )
    found = milp(
        cost,
        constraints=[
            LinearConstraint(rows(row, 1.0), 1, 1),
            LinearConstraint(rows(column, people[row]), -np.inf, [h.places for h in problem.havens]),
            LinearConstraint(both, -np.inf, (sign + 1) / 2),
        ],
        integrality=np.arange(size) >= groups * havens,
        bounds=Bounds(0, 1),
    )
    assert found.status == 0
    return float(found.fun)


def test_communities_at_many_havens_are_kept_apart_at_hardly_more_than_the_least() -> None:
    drawn, side = np.random.default_rng(7), 15
    ends = [(n, n + 1) for n in range(side**2) if (n + 1) % side] + [
        (n, n + side) for n in range(side**2 - side)
    ]
    network = Network.of(np.zeros((side**2, 2)), ends, [1e3] * len(ends), drawn.uniform(2, 30, len(ends)))
    nodes = drawn.permutation(side**2)
    groups = tuple(
        Group(
            f"G{n}",
            int(nodes[n]),
            int(drawn.integers(5, 90)),
            community=str(drawn.choice(["A", "B", "C", ""])),
        )
        for n in range(150)
    )
    havens = tuple(Haven(f"H{n}", int(nodes[-n]), 500) for n in range(1, 26))
    apart = frozenset({frozenset("AB"), frozenset("BC")})
    problem = Problem(network, groups, havens, (), np.full(len(ends), 50), apart=apart)
    plan, least = planned(problem), least_apart(problem)
    assert faults(problem, plan) == []
    assert planned(problem) == plan
    # HiGHS stops within a ten-thousandth of the least.
    assert plan.bound <= least * 1.0001
    assert least * 0.9999 <= plan.total <= least * 1.01
    assert planned(replace(problem, apart=frozenset())).total < 0.99 * least


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"groups": (Group("G", 9, 1),)}, "node that there is not"),
        ({"groups": (Group("G", 0, 1), Group("G", 0, 1))}, "code of its own"),
        ({"groups": (Group("G", 0, 1, danger=0),)}, "Danger"),
        ({"groups": (Group("G", 0, 3, wounded=4),)}, "part of a group"),
        ({"havens": (Haven("H", 0, -1),)}, "free places"),
        ({"escorts": (replace(ESCORT, seats=-1),)}, "escort"),
        ({"vehicles_an_hour": np.array([1, 1, 1])}, "vehicles an hour"),
        ({"avoid": np.array([0.5])}, "1 or more"),
        ({"apart": frozenset({frozenset("A")})}, "two communities"),
        ({"horizon": 0.0}, "Times"),
    ],
)
def test_what_can_not_be_is_refused(wrong: dict, words: str) -> None:
    given = {"groups": (Group("G", 0, 1),), "havens": (Haven("H", 1, 1),), **road(10.0)} | wrong
    with pytest.raises(ValueError, match=words):
        Problem(**given)


def test_whoever_can_not_walk_goes_where_a_wheelchair_gets_in_unless_that_is_much_farther() -> None:
    problem = Problem(
        groups=(Group("G", 0, 20, cannot_walk=4),),
        havens=(Haven("near", 1, 20), Haven("ramp", 2, 3, step_free=True)),
        **road(10.0, 60.0),
    )
    plan = planned(problem)
    assert faults(problem, plan) == []
    assert [(leg.haven, leg.people, leg.cannot_walk) for leg in plan.legs] == [(0, 17, 1), (1, 3, 3)]
    # Four hours on the road are more than a threshold.
    far = planned(replace(problem, over_steps=30.0))
    assert [(leg.haven, leg.people, leg.cannot_walk) for leg in far.legs] == [(0, 20, 4)]
    assert faults(problem, far) != []
    with pytest.raises(ValueError, match="can't walk"):
        replace(problem, groups=(Group("G", 0, 20, wounded=18, cannot_walk=4),))


def test_where_places_are_few_whoever_can_not_walk_is_not_the_one_who_is_left() -> None:
    problem = Problem(
        groups=(Group("G", 0, 20, cannot_walk=4),), havens=(Haven("steps", 1, 5),), **road(10.0)
    )
    plan = planned(problem)
    assert faults(problem, plan) == []
    assert [(leg.people, leg.cannot_walk) for leg in plan.legs] == [(5, 4)]
    assert [(left.people, left.cannot_walk) for left in plan.left] == [(15, False)]
