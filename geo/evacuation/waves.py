"""When who leaves with which escort: a list schedule, the most endangered first.

A wave is one escort with people of one leg. Legs wait in the order of danger, then of wounded, of those who can't walk
and of children among them, then of the shorter way; each wave takes the escort that gets it away first (Graham, SIAM
J. Appl. Math. 17, 1969).
Time is cut into slots, and a link takes a wave only if no sixty minutes around it would hold more vehicles than it bears.
Escorts that drive to a place are few vehicles and don't count.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from geo.evacuation.plan import Leg, Waiting, Wave
from geo.evacuation.problem import Problem

SLOT = 5.0
#: Sixty minutes, wherever they begin, touch at most so many slots.
HOUR = math.ceil(60.0 / SLOT) + 1

Approach = Callable[[int, int], tuple[int, ...]]


class Roads:
    """How many vehicles enter each link in each slot, and from when a wave fits in."""

    def __init__(self, problem: Problem, legs: Sequence[Leg]) -> None:
        used = np.array(sorted({link for leg in legs for link in leg.links}), dtype=np.intp)
        self.row = {int(link): row for row, link in enumerate(used)}
        self.bears = problem.vehicles_an_hour[used]
        self.slots = math.floor(problem.horizon / SLOT)
        # entered[·, s + 2 HOUR]: vehicles in slot s. fullest[·, s + HOUR]: the most in any hour that touches slot s.
        self.entered = np.zeros((len(used), self.slots + 5 * HOUR), dtype=np.int64)
        self.fullest = np.zeros((len(used), self.slots + 3 * HOUR), dtype=np.int64)

    def away(
        self, rows: NDArray[np.intp], after: NDArray[np.float64], vehicles: int, ready: float, last: float
    ) -> float:
        """The first slot's beginning from `ready` to `last` at which the links bear the wave; inf where there is none.

        rows: of the links, in order. after: minutes from departure until each is entered.
        """
        room = self.bears[rows] - vehicles
        if (room < 0).any():
            return math.inf
        first, end = math.ceil(ready / SLOT - 1e-9), math.floor(last / SLOT + 1e-9)
        reach = 24
        while first <= end:
            starts = np.arange(first, min(end, first + reach - 1) + 1)
            slots = np.floor((starts * SLOT)[:, None] / SLOT + after / SLOT + 1e-9).astype(np.intp)
            fits = (self.fullest[rows, slots + HOUR] <= room).all(axis=1)
            if fits.any():
                return float(starts[fits.argmax()] * SLOT)
            first, reach = first + reach, reach * 2
        return math.inf

    def take(self, rows: NDArray[np.intp], after: NDArray[np.float64], vehicles: int, departs: float) -> None:
        """Counts a wave on its links, none of which it enters twice."""
        rows, slots = rows[:, None], np.floor((departs + after) / SLOT + 1e-9).astype(np.intp)[:, None]
        self.entered[rows, slots + 2 * HOUR] += vehicles
        # Hours that touch a slot near this one begin up to HOUR − 1 slots before that and end as many after.
        near = self.entered[rows, slots + np.arange(2, 4 * HOUR - 1)]
        hours = np.lib.stride_tricks.sliding_window_view(near, HOUR, axis=1).sum(axis=2)
        fullest = np.lib.stride_tricks.sliding_window_view(hours, HOUR, axis=1).max(axis=2)
        self.fullest[rows, slots + np.arange(1, 2 * HOUR)] = fullest


def waves(
    problem: Problem, legs: Sequence[Leg], driven: NDArray[np.float64], approach: Approach
) -> tuple[tuple[Wave, ...], tuple[Waiting, ...]]:
    """The waves of all legs, and who can't be brought within the horizon.

    driven: (s, n) minutes by which an escort comes from each start to each node; starts are the havens in their order,
    then the escorts' bases. approach: (start, node) → the links of that way.
    """
    roads, minutes, escorts = Roads(problem, legs), problem.network.minutes(problem.season), problem.escorts
    # Where each escort is (a start), from when on, and how many waves it can still make.
    at = np.arange(len(escorts)) + len(problem.havens)
    free = np.array([each.ready for each in escorts], dtype=np.float64)
    more = np.array([each.waves for each in escorts], dtype=np.int64)
    found: list[Wave] = []
    waiting: list[Waiting] = []
    for number in sorted(range(len(legs)), key=lambda each: _urgency(problem, legs[each])):
        leg, node = legs[number], problem.groups[legs[number].group].node
        on_foot, riding = leg.without_transport, leg.people - leg.without_transport
        rows = np.array([roads.row[link] for link in leg.links], dtype=np.intp)
        after = np.cumsum(minutes[list(leg.links)]) - minutes[list(leg.links)]
        bears = int(roads.bears[rows].min()) if len(rows) else 2**31
        last = problem.horizon - leg.minutes
        while on_foot or riding:
            best: tuple[float, int, int, int, int] | None = None
            ready = np.where(more > 0, free + driven[at, node] + problem.load, np.inf)
            for row in np.argsort(ready, kind="stable").tolist():
                if ready[row] > last or (best is not None and ready[row] >= best[0]):
                    break
                escort = escorts[row]
                walkers = min(on_foot, escort.seats, escort.people)
                own = min(
                    riding,
                    escort.people - walkers,
                    max(0, bears - escort.vehicles) * problem.people_a_vehicle,
                )
                if walkers + own == 0:
                    continue
                vehicles = escort.vehicles + math.ceil(own / problem.people_a_vehicle)
                departs = roads.away(rows, after, vehicles, float(ready[row]), last)
                if departs < math.inf and (best is None or departs < best[0]):
                    best = (departs, row, walkers, own, vehicles)
            if best is None:
                waiting.append(Waiting(number, on_foot + riding))
                break
            departs, row, walkers, own, vehicles = best
            arrives, links = departs + leg.minutes, approach(int(at[row]), node)
            roads.take(rows, after, vehicles, departs)
            found.append(Wave(number, row, walkers + own, walkers, vehicles, links, departs, arrives))
            at[row], free[row], more[row] = leg.haven, arrives + problem.unload, more[row] - 1
            on_foot, riding = on_foot - walkers, riding - own
    return tuple(sorted(found, key=lambda wave: (wave.departs, wave.escort, wave.leg))), tuple(waiting)


def _urgency(problem: Problem, leg: Leg) -> tuple[float, ...]:
    group = problem.groups[leg.group]
    frail = (leg.wounded + leg.cannot_walk) / leg.people + group.children / group.people
    return (-group.danger, -frail, leg.minutes, leg.group, leg.haven)
