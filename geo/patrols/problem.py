"""What is asked of a patrol plan: units' days (tours), visits wanted (tasks), and the minutes between places.

The team orienteering problem with time windows (Vansteenwegen et al., Iterated local search for the team orienteering
problem with time windows, Computers & Operations Research 36 (2009)), with several windows a task, skills, escorts,
tiers, locks and gaps between the visits of one site. A week is one problem: each unit has one tour a day, and may sleep
at a post between two of them.

Times are minutes from the plan's beginning; nodes are rows of the travel matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

FREE = -1  # a task that is locked to no tour


class Tier(IntEnum):
    """The handbook's protection priority. The smallest reward of a tier outweighs all below it together."""

    MUST = 0
    SHOULD = 1
    COULD = 2


@dataclass(frozen=True, eq=False)
class Tours:
    """One row for one unit on one day; all arrays (n,).

    start, end: nodes. earliest, latest: it departs and is back between them, minutes. duty: longest from departure to
    return, minutes (inf: no limit). mode: its travel matrix. day, unit: whole numbers that tell whose day it is.
    """

    start: Whole
    end: Whole
    earliest: Floats
    latest: Floats
    duty: Floats
    mode: Whole
    day: Whole
    unit: Whole

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, eq=False)
class Tasks:
    """One row for one visit wanted; all arrays (n,) unless said.

    node: where it begins. end: where it ends (another one for an escort; the way there is driven with the tour's
    own minutes, on top of `service`). service: minutes. reward: more than 0. tier: see `Tier`. windows: (n, w,
    2), opens and closes for the moment at which the service begins, in order of time, NaN where a task has fewer.
    allowed: (n, tours), skills, mode and what an officer forbade. site: visits of one site bear the same number.
    gap: least days between two visits of its site (0: no rule; 1: not twice on one day). locked: the tour that it
    must go with, or FREE.
    """

    node: Whole
    end: Whole
    service: Floats
    reward: Floats
    tier: Whole
    windows: Floats
    allowed: Flags
    site: Whole
    gap: Whole
    locked: Whole

    def __len__(self) -> int:
        return len(self.node)


@dataclass(frozen=True)
class Night:
    """Between two tours of one unit on days that follow each other: the one before ends where the one after begins.

    before, after: tours. nodes: where the unit may sleep, first where both tables of tours have it: at home.
    """

    before: int
    after: int
    nodes: tuple[int, ...]


class Due(NamedTuple):
    """A visit by which the longest gap of its site ends: made between these minutes, or else told as `Plan.missed`."""

    task: int
    opens: float
    closes: float


@dataclass(frozen=True, eq=False)
class Problem:
    """travel: (modes, nodes, nodes) minutes, inf where there is no way, 0 from a node to itself. orders: tasks
    that, as far as they stand in the same tour, stand there in this order (an officer's lock of an order). nights: where
    units may sleep out; a plan says where they do. moving: tours that get to their end without a task too, since
    their unit sleeps there or has slept elsewhere. due: visits that are due on certain days, each once (`due.solve_due`).

    Raises:
        ValueError: shapes that don't fit, a node, mode, tour or tier that isn't there, windows out of order, no
        reward, a night that does not begin and end at home, a visit that is due twice or never.
    """

    travel: Floats
    tours: Tours
    tasks: Tasks
    orders: tuple[tuple[int, ...], ...] = ()
    nights: tuple[Night, ...] = ()
    moving: tuple[int, ...] = ()
    due: tuple[Due, ...] = ()

    def __post_init__(self) -> None:
        modes, nodes = self.travel.shape[0], self.travel.shape[-1]
        tours, tasks = self.tours, self.tasks
        if (
            self.travel.shape != (modes, nodes, nodes)
            or np.isnan(self.travel).any()
            or (self.travel < 0).any()
        ):
            raise ValueError("The travel minutes must be (modes, nodes, nodes), none of them negative.")
        if (np.diagonal(self.travel, axis1=1, axis2=2) != 0).any():
            raise ValueError("From a node to itself it must be 0 minutes.")
        _alike("tours", len(tours), *vars(tours).values())
        _alike("tasks", len(tasks), *vars(tasks).values())
        if tasks.allowed.shape != (len(tasks), len(tours)) or tasks.windows.shape[2:] != (2,):
            raise ValueError("`allowed` must be (tasks, tours), the windows (tasks, w, 2).")
        for name, values, below in (
            ("node", np.concatenate([tours.start, tours.end, tasks.node, tasks.end]), nodes),
            ("mode", tours.mode, modes),
            ("tier", tasks.tier, len(Tier)),
            ("locked tour", tasks.locked - FREE, len(tours) + 1),
        ):
            if ((values < 0) | (values >= below)).any():
                raise ValueError(f"There is a {name} that isn't there.")
        if not (tasks.reward > 0).all() or not (tasks.service >= 0).all() or (tasks.gap < 0).any():
            raise ValueError("A reward must be more than 0; service and gap 0 or more.")
        bounds = tasks.windows.reshape(len(tasks), -1)
        known = ~np.isnan(bounds)
        if (np.diff(known.astype(int), axis=1) > 0).any() or (np.diff(bounds, axis=1) < 0).any():
            raise ValueError("The windows of a task must be in order of time, with the missing ones last.")
        named = [task for order in self.orders for task in order]
        if len(named) != len(set(named)) or any(not 0 <= task < len(tasks) for task in named):
            raise ValueError("A task stands at most once in the locked orders.")
        due = [each.task for each in self.due]
        if len(due) != len(set(due)) or any(
            not (0 <= each.task < len(tasks) and each.opens <= each.closes) for each in self.due
        ):
            raise ValueError("A visit is due once, and between minutes that are in order.")
        for night in self.nights:
            homes = {int(tours.end[night.before]), int(tours.start[night.after]), night.nodes[0]}
            if len(homes) > 1 or not all(0 <= node < nodes for node in night.nodes):
                raise ValueError("A night is slept at home, or at a node that is there.")
        for side in ("before", "after"):
            if len({getattr(night, side) for night in self.nights}) < len(self.nights):
                raise ValueError("A tour has one night before it and one after it.")


def level(problem: Problem) -> Floats:
    """What each task is worth beside all others, (tasks,): its reward × the factor of its tier, so that the smallest
    reward of a tier is more than all of the tiers below together. A locked task stands above every tier."""
    tasks = problem.tasks
    rank = np.where(tasks.locked != FREE, -1, tasks.tier)
    worth, below = np.zeros(len(tasks)), 0.0
    for each in (*reversed(Tier), -1):
        ours = rank == each
        if ours.any():
            factor = max(1.0, 1.01 * below / float(tasks.reward[ours].min()))
            worth[ours] = factor * tasks.reward[ours]
            below += float(worth[ours].sum())
    return worth


def orienteering(travel: Floats, service: Floats, reward: Floats, windows: Floats, teams: int) -> Problem:
    """The team orienteering problem with time windows as a special case: node 0 is the depot.

    travel: (n, n). service, reward: (n,), the depot's not read. windows: (n, 2); the depot's is when teams leave
    and are back. One task for each other node with a reward, task i is node i + 1.

    Raises:
        ValueError: as `Problem`.
    """
    count = len(travel) - 1
    zeros, ones = np.zeros(teams, dtype=np.int64), np.ones(teams)
    nodes = np.arange(1, count + 1)
    return Problem(
        travel=np.asarray(travel, dtype=np.float64)[None],
        tours=Tours(
            zeros,
            zeros,
            ones * windows[0, 0],
            ones * windows[0, 1],
            np.inf * ones,
            zeros,
            zeros,
            np.arange(teams),
        ),
        tasks=Tasks(
            node=nodes,
            end=nodes,
            service=np.asarray(service[1:], dtype=np.float64),
            reward=np.asarray(reward[1:], dtype=np.float64),
            tier=np.full(count, int(Tier.COULD)),
            windows=np.asarray(windows[1:], dtype=np.float64)[:, None, :],
            allowed=np.ones((count, teams), dtype=bool),
            site=nodes,
            gap=np.zeros(count, dtype=np.int64),
            locked=np.full(count, FREE),
        ),
    )


def _alike(what: str, count: int, *arrays: NDArray) -> None:
    if any(len(array) != count for array in arrays):
        raise ValueError(f"The arrays of the {what} must be equally long.")
