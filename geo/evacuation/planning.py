"""An evacuation planned from beginning to end, and planned again after a report."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.evacuation.assigning import CANNOT_WALK, KINDS, WOUNDED, Assigned, Before, assigned
from geo.evacuation.plan import Left, Leg, Plan
from geo.evacuation.problem import Problem
from geo.evacuation.waves import waves
from geo.roads import Ways, ways


def planned(problem: Problem, before: Before | None = None, keep: float = 10.0) -> Plan:
    """The plan: places first, then least weighted time on the road, then waves.

    before: who went where by the plan so far (`went`), when a road was closed or a haven filled up: nobody is sent
    elsewhere unless that saves `keep` weighted minutes a head (times danger), or gives somebody a place.
    """
    starts = [*(each.node for each in problem.havens), *(each.node for each in problem.escorts)]
    minutes = problem.network.minutes(problem.season)
    weight = minutes if problem.avoid is None else minutes * problem.avoid
    found = ways(problem.network, starts, problem.season, weight=weight)
    given = assigned(problem, found, before, keep)
    legs = _legs(problem, given, found, minutes)

    def approach(start: int, node: int) -> tuple[int, ...]:
        return tuple((found.links(start, node) or [])[::-1])

    driven = found.weight if problem.avoid is None else found.sums(minutes)
    gone, waiting = waves(problem, legs, driven, approach)
    return Plan(
        legs=legs,
        left=tuple(
            Left(
                int(group),
                int(given.left[group, kind]),
                bool(kind == WOUNDED),
                given.why[int(group), int(kind)],
                bool(kind == CANNOT_WALK),
            )
            for group, kind in np.argwhere(given.left)
        ),
        waves=gone,
        waiting=waiting,
        more_places=tuple(
            (int(row), int(given.more_places[row])) for row in np.flatnonzero(given.more_places)
        ),
        left_weight=given.left_weight,
        total=given.total,
        dear=given.dear,
        objective=given.objective,
        bound=given.bound,
        moved=given.moved,
    )


def went(problem: Problem, plan: Plan) -> Before:
    """Who goes where by the plan, by codes, for the next one."""
    found: dict[tuple[str, int, str], int] = {}
    for leg in plan.legs:
        group, haven = problem.groups[leg.group].code, problem.havens[leg.haven].code
        able = leg.people - leg.wounded - leg.cannot_walk
        for kind, people in zip(KINDS, (able, leg.wounded, leg.cannot_walk), strict=True):
            if people:
                found[group, kind, haven] = people
    return found


def _legs(problem: Problem, given: Assigned, found: Ways, minutes: NDArray[np.float64]) -> tuple[Leg, ...]:
    legs = []
    for row, group in enumerate(problem.groups):
        # People without transport are dealt to the group's legs, and to those who are left, in proportion.
        counted, dealt = 0, 0
        for haven in np.flatnonzero(given.people[row].sum(axis=1)).tolist():
            people = int(given.people[row, haven].sum())
            links = found.links(haven, group.node) or []
            counted += people
            on_foot = counted * group.without_transport // group.people - dealt
            dealt += on_foot
            legs.append(
                Leg(
                    group=row,
                    haven=haven,
                    people=people,
                    wounded=int(given.people[row, haven, WOUNDED]),
                    without_transport=on_foot,
                    links=tuple(links),
                    minutes=float(minutes[links].sum()),
                    weight=float(found.weight[haven, group.node]),
                    cannot_walk=int(given.people[row, haven, CANNOT_WALK]),
                )
            )
    return tuple(legs)
