"""Who goes to which haven: first as few as can be without a place, then the least weighted time on the road."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.evacuation.mixing import Demand, settled
from geo.evacuation.plan import Why
from geo.evacuation.problem import Problem
from geo.evacuation.transport import FORBIDDEN
from geo.roads import Ways

#: Costs are whole numbers: hundredths of a weighted minute.
HUNDREDTHS = 100

#: What each of a group's people needs: nothing beside a place, care, or a way in without steps.
ABLE, WOUNDED, CANNOT_WALK = KINDS = (0, 1, 2)

#: How many times as much as steps it counts for somebody who can't walk to be left.
LEFT_BEHIND = 2

#: Who goes where in a plan before, by codes: (group, kind of KINDS, haven) → people.
Before = Mapping[tuple[str, int, str], int]


#: Above this, sums of costs would leave the whole numbers of 64 bits.
_LARGEST = 2**61


@dataclass(frozen=True, eq=False)
class Assigned:
    """people: (g, h, 3) by group, haven and kind. left: (g, 3). why: where somebody is left, by group and kind.

    more_places: (h,). left_weight, total, dear, objective, bound: as in `Plan`. moved: people who change their haven.
    """

    people: NDArray[np.int64]
    left: NDArray[np.int64]
    why: dict[tuple[int, int], Why]
    more_places: NDArray[np.int64]
    left_weight: int
    total: int
    dear: int
    objective: int
    bound: int
    moved: int


@dataclass(frozen=True, eq=False)
class Parties:
    """People who are alike: group and kind, where they were to go before (−1: nowhere), how many."""

    group: NDArray[np.intp]
    kind: NDArray[np.intp]
    was: NDArray[np.intp]
    amount: NDArray[np.int64]


def assigned(problem: Problem, found: Ways, before: Before | None = None, keep: float = 0.0) -> Assigned:
    """The assignment. found: ways whose first rows start at the havens, in their order.

    before: a plan from which people are moved only where each saves `keep` weighted minutes, or a place.
    """
    parties, count = _parties(problem, before or {}), len(problem.havens)
    group, kind, was, amount = parties.group, parties.kind, parties.was, parties.amount
    danger = np.array([each.danger for each in problem.groups], dtype=np.int64)[group]
    nodes = np.array([each.node for each in problem.groups], dtype=np.intp)[group]
    weight = found.weight[:count, nodes].T
    road = np.isfinite(weight)
    allowed = road & _admitted(problem)[group, :, kind]
    minutes = np.rint(np.where(road, weight, 0.0) * HUNDREDTHS).astype(np.int64) + _steps(problem)[kind]
    minutes *= danger[:, None]
    change = np.zeros_like(minutes)
    moving = np.flatnonzero(was >= 0)
    change[moving] = round(keep * HUNDREDTHS) * danger[moving, None]
    change[moving, was[moving]] = 0
    behind = np.where(kind == CANNOT_WALK, LEFT_BEHIND * round(problem.over_steps * HUNDREDTHS) * danger, 0)
    dear = _dear(np.column_stack([np.where(allowed, minutes + change, 0), behind]), amount, danger)
    cost = np.column_stack([np.where(allowed, minutes + change, FORBIDDEN), dear * danger + behind])
    capacity = np.array([*(each.places for each in problem.havens), -1], dtype=np.int64)
    community, apart = _communities(problem)
    answer = settled(Demand(cost, amount, capacity, community[group], apart))
    there, left = answer.shares.amounts[:, :count], answer.shares.amounts[:, count]
    people = np.zeros((len(problem.groups), len(KINDS), count), dtype=np.int64)
    np.add.at(people, (group, kind), there)
    left_of = np.zeros((len(problem.groups), len(KINDS)), dtype=np.int64)
    np.add.at(left_of, (group, kind), left)
    wanting = (left > 0) & allowed.any(axis=1)
    return Assigned(
        people=people.swapaxes(1, 2),
        left=left_of,
        why={
            (int(group[row]), int(kind[row])): Why.NO_PLACE
            if allowed[row].any()
            else Why.NOT_ADMITTED
            if road[row].any()
            else Why.NO_ROAD
            for row in np.flatnonzero(left)
        },
        more_places=_more_places(answer.cost[wanting], left[wanting]),
        left_weight=int((left * danger).sum()),
        total=int((there * minutes).sum() + (left * behind).sum()),
        dear=dear,
        objective=answer.shares.total,
        bound=answer.bound,
        moved=int((there.sum(axis=1)[moving] - there[moving, was[moving]]).sum()),
    )


def _parties(problem: Problem, before: Before) -> Parties:
    number = {haven.code: row for row, haven in enumerate(problem.havens)}
    went: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for (code, kind, haven), people in before.items():
        if haven in number:
            went.setdefault((code, kind), []).append((number[haven], people))
    rows: list[tuple[int, int, int, int]] = []
    for row, group in enumerate(problem.groups):
        able = group.people - group.wounded - group.cannot_walk
        for kind, rest in zip(KINDS, (able, group.wounded, group.cannot_walk), strict=True):
            for column, people in went.get((group.code, kind), []):
                rows.append((row, kind, column, min(rest, people)))
                rest -= rows[-1][3]
            rows.append((row, kind, -1, rest))
    table = np.array([each for each in rows if each[3] > 0], dtype=np.int64).reshape(-1, 4)
    group_of, kind_of, was, amount = np.ascontiguousarray(table.T)
    return Parties(group_of.astype(np.intp), kind_of.astype(np.intp), was.astype(np.intp), amount)


def _admitted(problem: Problem) -> NDArray[np.bool_]:
    """(g, h, 3): who may come in at all, whatever the road, by kind."""
    found = np.ones((len(problem.groups), len(problem.havens), len(KINDS)), dtype=bool)
    codes = np.array([each.community for each in problem.groups])
    for column, haven in enumerate(problem.havens):
        if haven.medical_level < problem.medical_level:
            found[:, column, WOUNDED] = False
        shut = set().union(*(pair - haven.holds for pair in problem.apart if len(pair & haven.holds) == 1))
        # Both are there already: neither may get more company.
        shut = shut.union(*(pair for pair in problem.apart if pair <= haven.holds))
        if shut:
            found[np.isin(codes, list(shut)), column] = False
    return found


def _steps(problem: Problem) -> NDArray[np.int64]:
    """(3, h): hundredths of a minute that a haven's steps count for, by kind."""
    found = np.zeros((len(KINDS), len(problem.havens)), dtype=np.int64)
    barred = np.array([not haven.step_free for haven in problem.havens], dtype=bool)
    found[CANNOT_WALK, barred] = round(problem.over_steps * HUNDREDTHS)
    return found


def _dear(cost: NDArray[np.int64], amount: NDArray[np.int64], danger: NDArray[np.int64]) -> int:
    """What nobody's having a place costs for each step of danger: more than all roads together.

    In one transport problem more than one chain through all havens is enough for places to come first. Where mixing
    rules are searched, plans are compared with one another, so it is as near to the whole sum as whole numbers allow.
    """
    largest = int(cost.max(initial=0))
    chain = (cost.shape[1] + 2) * largest + 1
    people = max(1, int((amount * danger).sum()))
    return max(chain, min(int(amount.sum()) * largest + 1, _LARGEST // people))


def _communities(problem: Problem) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """A number for each group (−1: no rule speaks of it), and which may not share a haven."""
    spoken = sorted(set().union(*problem.apart))
    number = {code: each for each, code in enumerate(spoken)}
    apart = np.zeros((len(spoken), len(spoken)), dtype=bool)
    for one, other in (tuple(pair) for pair in problem.apart):
        apart[number[one], number[other]] = apart[number[other], number[one]] = True
    return np.array([number.get(each.community, -1) for each in problem.groups], dtype=np.intp), apart


def _more_places(cost: NDArray[np.int64], left: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those without a place, each counted at the nearest haven that could take him if it were larger."""
    found = np.zeros(cost.shape[1] - 1, dtype=np.int64)
    if len(left):
        np.add.at(found, cost[:, :-1].argmin(axis=1), left)
    return found
