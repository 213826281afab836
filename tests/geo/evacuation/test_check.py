"""The checker finds each kind of fault, so that its silence means something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from geo.evacuation.check import faults
from geo.evacuation.plan import Left, Plan, Waiting, Why
from geo.evacuation.planning import planned
from geo.evacuation.problem import Escort, Group, Haven, Problem
from geo.roads import Network, slowed

PROBLEM = Problem(
    Network.of([(0, 0), (1, 0), (2, 0)], [(0, 1), (1, 2), (0, 2)], [1e3] * 3, [10, 20, 50]),
    (
        Group("G", 0, 12, wounded=2, without_transport=4, community="A", cannot_walk=3),
        Group("K", 1, 8, community="B"),
    ),
    (Haven("H", 2, 15, medical_level=1), Haven("N", 1, 8)),
    (Escort("E", 0, 6, 4, 1, 9),),
    np.array([5, 5, 5]),
    apart=frozenset({frozenset("AB")}),
)
Tampering = Callable[[Plan], Plan]


@cache
def plan() -> Plan:
    """Made when the first test asks, since making it compiles."""
    return planned(PROBLEM)


def whole(**changed: object) -> Tampering:
    return lambda plan: replace(plan, **changed)


def legs(row: int, **changed: object) -> Tampering:
    return lambda plan: replace(
        plan, legs=tuple(replace(x, **changed) if n == row else x for n, x in enumerate(plan.legs))
    )


def waves(row: int, **changed: object) -> Tampering:
    return lambda plan: replace(
        plan, waves=tuple(replace(x, **changed) if n == row else x for n, x in enumerate(plan.waves))
    )


def test_the_plan_itself_holds() -> None:
    assert faults(PROBLEM, plan()) == []
    assert [(leg.group, leg.haven, leg.links) for leg in plan().legs] == [(0, 0, (0, 1)), (1, 1, ())]
    assert len(plan().waves) == 4


@pytest.mark.parametrize(
    ("tampering", "words"),
    [
        (legs(0, people=11), "are counted, not 12"),
        (legs(0, wounded=1), "are counted, not 12"),
        (legs(0, cannot_walk=2), "can't walk are counted"),
        (legs(0, cannot_walk=11), "more than the whole"),
        (legs(0, without_transport=3), "forgotten"),
        (legs(0, wounded=13), "more than the whole"),
        (whole(left=(Left(0, 3, False, Why.NO_PLACE),)), "15 people"),
        (legs(0, haven=1), "N takes wounded"),
        (legs(1, haven=0), "must be apart"),
        (legs(1, haven=0), "is given 20 people"),
        (legs(0, links=(1, 0)), "does not lead there"),
        (legs(0, minutes=29.0), "takes 30.0 minutes"),
        (legs(0, weight=29.0), "weighs 30.00"),
        (whole(total=0), "for its time"),
        (whole(bound=10**9), "better than what"),
        (waves(0, people=5), "are brought"),
        (waves(0, people=7), "more people than it can"),
        (waves(0, without_transport=5), "more people than it can"),
        (waves(0, without_transport=0), "without transport of"),
        (waves(0, vehicles=9), "miscounts"),
        (waves(1, approach=()), "does not come to where"),
        (waves(1, departs=1.0, arrives=31.0), "before it can"),
        (waves(0, arrives=1.0), "arrives at the wrong time"),
        (lambda plan: replace(plan, waves=plan.waves[1:]), "are brought"),
        (whole(waiting=(Waiting(0, 1),)), "and 1 wait"),
    ],
)  # fmt: skip
def test_a_plan_that_was_tampered_with_is_refused(tampering: Tampering, words: str) -> None:
    found = faults(PROBLEM, tampering(plan()))
    assert any(words in each for each in found), found


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (replace(PROBLEM, network=slowed(PROBLEM.network, closed=[True, False, False])), "that is closed"),
        (replace(PROBLEM, vehicles_an_hour=np.array([1, 5, 5])), "bears 1"),
        (replace(PROBLEM, horizon=60.0), "too late"),
        (replace(PROBLEM, escorts=(replace(PROBLEM.escorts[0], waves=1),)), "more waves"),
        (
            replace(PROBLEM, havens=(replace(PROBLEM.havens[0], holds=frozenset("B")), PROBLEM.havens[1])),
            "apart",
        ),
    ],
)
def test_a_plan_does_not_hold_when_the_world_has_changed(problem: Problem, words: str) -> None:
    found = faults(problem, plan())
    assert any(words in each for each in found), found
