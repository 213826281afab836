"""The checker finds each kind of fault that is put into a plan by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.patrols.check import Wrong, faults
from geo.patrols.plan import LeftOut, Plan, Round, Stop, timed
from geo.patrols.problem import Problem
from tests.geo.patrols.asked import by_hand


@pytest.fixture
def problem() -> Problem:
    return by_hand()


@pytest.fixture
def plan(problem: Problem) -> Plan:
    return timed(problem, [[0, 3], [1]])


def kinds(problem: Problem, plan: Plan) -> set[Wrong]:
    return {fault.wrong for fault in faults(problem, plan)}


def with_stop(plan: Plan, tour: int, place: int, **changes: float) -> Plan:
    stops = list(plan.rounds[tour].stops)
    stops[place] = replace(stops[place], **changes)
    return with_round(plan, tour, stops=tuple(stops))


def with_round(plan: Plan, tour: int, **changes: object) -> Plan:
    rounds = list(plan.rounds)
    rounds[tour] = replace(rounds[tour], **changes)
    return replace(plan, rounds=tuple(rounds))


def test_a_plan_that_can_be_carried_out_has_no_fault_and_its_times_are_those_of_the_roads(problem, plan):
    assert faults(problem, plan) == []
    # Ten minutes to node 1, twenty there, thirty to node 4, five there and thirty with the escort to node 1, ten home.
    assert plan.rounds[0].stops == (Stop(0, 10.0, 10.0, 30.0), Stop(3, 60.0, 60.0, 95.0))
    assert (plan.rounds[0].back, plan.rounds[0].travel) == (105.0, 80.0)
    assert plan.reward == (5.0, 7.0, 0.0)
    assert plan.left_out == ((2, LeftOut.WORTH_LESS),)


def test_each_fault_that_is_put_into_a_plan_is_found(problem, plan):
    first = plan.rounds[0]
    told = {
        Wrong.TOURS: replace(plan, rounds=plan.rounds[:1]),
        Wrong.UNKNOWN_TASK: with_stop(plan, 0, 0, task=9),
        Wrong.TWICE: with_stop(plan, 1, 0, task=3),
        Wrong.LOST: replace(plan, left_out=()),
        Wrong.LEG: with_stop(plan, 0, 1, arrive=59.0),
        Wrong.WINDOW: with_stop(plan, 0, 0, begin=16.0),
        Wrong.SERVICE: with_stop(plan, 0, 0, leave=29.0),
        Wrong.TOO_EARLY: with_round(plan, 1, depart=29.0),
        Wrong.TOO_LATE: with_round(plan, 0, back=401.0),
        Wrong.DUTY: with_round(plan, 1, back=400.0),
        Wrong.REWARD: replace(plan, reward=(5.0, 8.0, 0.0)),
        Wrong.TRAVEL: replace(plan, travel=plan.travel - 1),
    }
    for wrong, bad in told.items():
        assert wrong in kinds(problem, bad), wrong
    assert Wrong.TRAVEL in kinds(problem, with_round(plan, 0, travel=first.travel - 1))
    assert Wrong.TRAVEL in kinds(problem, with_round(timed(problem, [[], [1]]), 0, back=7.0))
    # It may not begin before it has arrived, nor between its windows.
    assert Wrong.WINDOW in kinds(problem, with_stop(plan, 0, 1, begin=50.0))


def test_what_an_officer_settled_is_held_against_the_plan(problem, plan):
    tasks = problem.tasks

    def asked(**changes: object) -> Problem:
        return replace(problem, tasks=replace(tasks, **changes))

    forbidden = tasks.allowed.copy()
    forbidden[1, 1] = False
    assert kinds(asked(allowed=forbidden), plan) == {Wrong.NOT_ALLOWED}
    assert kinds(asked(locked=np.array([1, -1, -1, -1])), plan) == {Wrong.LOCK}
    assert kinds(asked(site=np.array([0, 0, 1, 2])), plan) == {Wrong.GAP}
    assert kinds(replace(problem, orders=((3, 0),)), plan) == {Wrong.ORDER}
    assert kinds(replace(problem, orders=((0, 3),)), plan) == set()


def test_a_leg_without_a_way_is_found(problem, plan):
    cut = problem.travel.copy()
    cut[0, 1, 4] = np.inf
    assert Wrong.NO_WAY in kinds(replace(problem, travel=cut), plan)
    home = problem.travel.copy()
    home[1, 2, 0] = np.inf
    assert Wrong.NO_WAY in kinds(replace(problem, travel=home), plan)


def test_an_empty_round_is_no_fault_and_a_first_stop_before_it_opens_is_waited_for(problem):
    plan = timed(problem, [[1, 0], []])
    assert faults(problem, plan) == []
    assert plan.rounds[1] == Round(30.0, 30.0, (), 0.0)
    assert plan.rounds[0].stops[1] == Stop(0, 50.0, 100.0, 120.0)
