"""A problem as the plain arrays that the compiled search reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.patrols.problem import FREE, Flags, Floats, Problem, Whole, level

FARTHER = 0.3  # in legs of mean length
NEAR = 30  # how many related tasks each one knows


@dataclass(frozen=True, eq=False)
class FewChanges:
    """former: (T,) the tour in which each task stood, FREE where in none. fee: what each costs that goes with
    another tour or with none, in the unit of `problem.level`. most: so many may, at most."""

    former: Whole
    fee: float
    most: int


class Sheet(NamedTuple):
    """T tasks, R tours, W windows; N = T + 2 R points: the tasks, the tours' starts, the tours' ends.

    leg: (modes, N, N) minutes from one point's end to another's beginning; into: the same, turned round. spent:
    (modes, T) service and escort's way. opens, closes: (T, W), inf where missing; first, last: (T,) their ends.
    remote: (T,) minutes from the nearest start. earliest, latest, duty, mode, day: (R,). limited: (R,) whether
    the duty can bind. worth: (T,). former, fee, most: see `FewChanges`; farther: minutes by which a tour other
    than the former counts as farther. unit: mean worth in the lowest tier. mean_leg: minutes. allowed: (T, R),
    locks in it. gap: (T,). kin, kin_from: tasks of the same site, those of task i at kin[kin_from[i]:kin_from[i +
    1]]. chain, rank: (N,) the locked order that it belongs to (-1: none) and its place there. near: (T, n)
    related tasks, nearest first.
    """

    leg: Floats
    into: Floats
    spent: Floats
    opens: Floats
    closes: Floats
    first: Floats
    last: Floats
    remote: Floats
    earliest: Floats
    latest: Floats
    duty: Floats
    mode: Whole
    day: Whole
    limited: Flags
    worth: Floats
    former: Whole
    fee: float
    most: int
    farther: float
    unit: float
    mean_leg: float
    allowed: Flags
    gap: Whole
    kin: Whole
    kin_from: Whole
    chain: Whole
    rank: Whole
    near: Whole


def sheet_of(problem: Problem, few: FewChanges | None = None) -> Sheet:
    tours, tasks, road = problem.tours, problem.tasks, problem.travel
    count = len(tasks)
    missing = np.isnan(tasks.windows)
    windows = np.where(missing, np.inf, tasks.windows)
    first = windows[:, :, 0].min(axis=1, initial=np.inf)
    last = np.where(missing[:, :, 1], -np.inf, tasks.windows[:, :, 1]).max(axis=1, initial=-np.inf)
    allowed = tasks.allowed & (
        (tasks.locked == FREE)[:, None] | (tasks.locked[:, None] == np.arange(len(tours)))
    )
    kin = [
        np.flatnonzero((tasks.site == site) & (np.arange(count) != task))
        for task, site in enumerate(tasks.site)
    ]
    leaves = np.concatenate([tasks.end, tours.start, tours.end])
    reaches = np.concatenate([tasks.node, tours.start, tours.end])
    leg = road[:, leaves][:, :, reaches]
    chain, rank = np.full(len(leaves), -1), np.zeros(len(leaves), dtype=np.int64)
    for each, order in enumerate(problem.orders):
        for place, task in enumerate(order):
            chain[task], rank[task] = each, place
    worth = level(problem)
    spent = tasks.service + road[:, tasks.node, tasks.end]
    ways, starts = leg.min(axis=0), slice(count, count + len(tours))
    remote = ways[starts, :count].min(axis=0, initial=np.inf)
    known = leg[np.isfinite(leg)]
    mean_leg = max(float(known.mean()) if known.size else 1.0, 1e-9)
    tier = np.where(tasks.locked == FREE, tasks.tier, -1)
    sheet = Sheet(
        leg=leg,
        into=leg.transpose(0, 2, 1),
        spent=spent,
        opens=windows[:, :, 0],
        closes=windows[:, :, 1],
        first=first,
        last=last,
        remote=np.where(np.isfinite(remote), remote, 1e9),
        earliest=tours.earliest,
        latest=tours.latest,
        duty=tours.duty,
        mode=tours.mode,
        day=tours.day,
        limited=tours.duty < tours.latest - tours.earliest,
        worth=worth,
        former=np.full(count, FREE) if few is None else few.former,
        fee=0.0 if few is None else few.fee,
        most=count if few is None else few.most,
        farther=FARTHER * mean_leg,
        unit=float(worth[tier == tier.max()].mean()) if count else 1.0,
        mean_leg=mean_leg,
        allowed=allowed,
        gap=tasks.gap,
        kin=np.concatenate([*kin, np.zeros(0, dtype=np.int64)]),
        kin_from=np.concatenate([[0], np.cumsum([len(each) for each in kin])]),
        chain=chain,
        rank=rank,
        near=_near(ways[:count, :count], spent.min(axis=0), first, last),
    )
    return Sheet._make(_plain(each) if isinstance(each, np.ndarray) else each for each in sheet)


def _plain(values: NDArray) -> NDArray:
    """A writable copy in the one layout and the three types for which the search is compiled: for any other numba
    would compile it anew, which takes longer than the search."""
    kind = values.dtype.kind
    return np.array(values, dtype={"b": np.bool_, "f": np.float64}.get(kind, np.int64), order="C")


def _near(leg: Floats, spent: Floats, first: Floats, last: Floats) -> Whole:
    """The tasks that each could stand beside in a tour: a short way, and little waiting forced by the windows, in
    the better of the two orders (granular neighbourhoods, Vidal et al., Computers & Operations Research 40
    (2013))."""
    with np.errstate(invalid="ignore"):
        waiting = np.maximum(first[None, :] - last[:, None] - spent[:, None] - leg, 0.0)
        lateness = np.maximum(first[:, None] + spent[:, None] + leg - last[None, :], 0.0)
        one_way = np.nan_to_num(leg + 0.2 * waiting + lateness, nan=np.inf)
    apart = np.minimum(one_way, one_way.T)
    np.fill_diagonal(apart, np.inf)
    return np.argsort(apart, axis=1, kind="stable")[:, : min(NEAR, max(len(leg) - 1, 0))].astype(np.int64)
