"""From the ground to placements that are proven and replayed: sites, who goes where, how good no other placement can
be.

Where no open road leads, or nobody has room, a way counts as a whole day (`NO_WAY`); the page says of each such place
that it has none. What is kept of it, `telling.py` says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.siting.ground import SitingGround
from app.siting.models import Goal, SitingStudy
from geo.refused import Refused
from geo.siting.capacitated import least_total_filled, most_within_filled
from geo.siting.centre import least_longest, least_longest_filled
from geo.siting.check import Aim, Question, faults
from geo.siting.covering import most_within
from geo.siting.median import least_total
from geo.siting.placement import NOBODY, Placement

NO_WAY = 1440.0
# Seconds of processor time for each attempt, the next from where the last one ended; between them a person may stop it.
ATTEMPTS = (1.0, 4.0, 15.0)
AIMS = {Goal.MOST_WITHIN: Aim.WITHIN, Goal.LEAST_MEAN: Aim.TOTAL, Goal.LEAST_WORST: Aim.LONGEST}
# Where sites fill up, a place's people may go to several: in groups of at most a share of all people.
GROUPS = 150


@dataclass(frozen=True, eq=False)
class Asked:
    """The question as geo/siting takes it. distance: (rows, sites), finite. weight, size: (rows,) people. place: (rows,)
    the place that each row is a part of. keep: columns of existing havens, and of what else stays. overflow: the column
    that stands for no room at all, or None. new: how many more sites open."""

    goal: Goal
    distance: NDArray[np.float64]
    weight: NDArray[np.float64]
    place: NDArray[np.intp]
    room: NDArray[np.int64] | None
    forbidden: NDArray[np.bool_]
    keep: tuple[int, ...]
    new: int
    radius: float
    overflow: int | None = None

    @property
    def count(self) -> int:
        return len(self.keep) + self.new

    def only(self, columns: Sequence[int]) -> Asked:
        """With these sites (and the overflow), no more and no fewer."""
        stays = (*columns, *([] if self.overflow is None else [self.overflow]))
        free = self.forbidden.copy()
        free[list(stays)] = False
        return replace(self, keep=stays, new=0, forbidden=free)


@dataclass(frozen=True, eq=False)
class Found:
    """present: the havens that stand, alone. main: what is shown, by hand or the best. best: as many sites where the
    search would have them. out: (places,) from which no allowed candidate is reached."""

    asked: Asked
    present: Placement | None
    main: Placement
    best: Placement
    out: NDArray[np.bool_]


def found_for(
    study: SitingStudy,
    ground: SitingGround,
    told: Callable[[float, float | None], None],
    stop: Callable[[], bool],
) -> Found:
    """told(share, people in reach so far). Raises Refused: with a code of wording.FAILURES where nothing may open, as
    `refused` where the independent check finds a fault in what was found."""
    asked, out_of_reach = asked_of(study, ground)
    present_sites = list(range(ground.existing))
    present = placed(asked.only(present_sites), 2.0) if present_sites or asked.overflow is not None else None
    told(0.1, None)
    by_hand = None
    if study.fixed is not None:
        columns = [n for n in map(ground.row_of, study.fixed) if n is not None]
        by_hand = with_room(placed(asked.only([*present_sites, *columns]), 2.0))
    best, start = None, None if by_hand is None else by_hand.sites
    for n, seconds in enumerate(ATTEMPTS):
        found = placed(asked, seconds, start)
        # With other seconds a search may turn aside earlier: what was found before stays, unless this is as good.
        best = found if best is None or not worse(asked.goal, found, best) else best
        start = best.sites
        told(0.2 + 0.7 * (n + 1) / len(ATTEMPTS), within_reach(asked, best))
        nobody_can = np.isinf(best.certificate.bound)
        if best.certificate.best or nobody_can or stop():
            break
    assert best is not None
    return Found(asked, present, by_hand or best, with_room(best), out_of_reach)


def worse(goal: Goal, one: Placement, other: Placement) -> bool:
    a, b = one.certificate.value, other.certificate.value
    return a < b if goal == Goal.MOST_WITHIN else a > b


def with_room(found: Placement) -> Placement:
    """Raises Refused where the longest way was to be shortest and somebody has no room at all: that is no way."""
    if np.isinf(found.certificate.value):
        raise Refused("no_room")
    return found


def asked_of(study: SitingStudy, ground: SitingGround) -> tuple[Asked, NDArray[np.bool_]]:
    """The question, and which places no allowed candidate reaches: they count in no goal: no placement helps."""
    existing = ground.existing
    forbidden = np.array([bool(each.why_not) for each in ground.candidates])
    allowed = ~forbidden
    new = len(study.fixed) if study.fixed is not None else study.new_sites
    if allowed.sum() < existing + new or existing + new == 0:
        raise Refused("no_candidates")
    out = np.asarray(np.isinf(ground.minutes[:, allowed]).all(axis=1), dtype=np.bool_)
    people = people_of(ground)
    rows = np.flatnonzero(~out)
    weight = people[rows]
    distance = np.minimum(ground.minutes[rows], NO_WAY)
    goal, room, overflow, keep = Goal(study.goal), None, None, tuple(range(existing))
    if not len(rows):
        raise Refused("no_way")
    if study.room is not None:
        rooms = {ref: int(given) for ref, given in study.rooms.items()}
        room = np.array([rooms.get(each.ref, each.room) for each in ground.candidates], dtype=np.int64)
        rows, weight = in_groups(rows, weight)
        distance = np.minimum(ground.minutes[rows], NO_WAY)
        if goal == Goal.LEAST_MEAN:
            # Who finds no room counts as long as who finds no way, so that there is always an answer.
            overflow = len(room)
            distance = np.column_stack([distance, np.full(len(rows), NO_WAY)])
            room = np.append(room, weight.sum())
            forbidden = np.append(forbidden, False)
            keep = (*keep, overflow)
    asked = Asked(
        goal,
        distance,
        weight.astype(np.float64),
        rows,
        room,
        forbidden,
        keep,
        new,
        float(study.minutes),
        overflow,
    )
    return asked, out


def in_groups(
    rows: NDArray[np.intp], people: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Places taken apart into groups of people that go to a site together."""
    most = max(1, int(people.sum()) // GROUPS)
    parts = -(-people // most)
    share = np.repeat(people // parts, parts)
    first = np.concatenate([[0], np.cumsum(parts)[:-1]])
    # What the division leaves over goes one by one to the first groups of its place.
    share += (np.arange(len(share)) - np.repeat(first, parts)) < np.repeat(people % parts, parts)
    return np.repeat(rows, parts), share


def placed(asked: Asked, seconds: float, start: NDArray[np.int64] | None = None) -> Placement:
    """The best of `asked` that the seconds allow, replayed by the check. Raises Refused where that finds a fault."""
    rest: dict[str, Any] = {"keep": asked.keep, "forbidden": asked.forbidden, "seconds": seconds}
    if asked.room is not None:
        size = asked.weight.astype(np.int64)
        if asked.goal == Goal.MOST_WITHIN:
            found = most_within_filled(
                asked.distance, asked.weight, size, asked.room, asked.radius, asked.count, **rest
            )
        elif asked.goal == Goal.LEAST_MEAN:
            found = least_total_filled(asked.distance, asked.weight, size, asked.room, asked.count, **rest)
        else:
            found = least_longest_filled(asked.distance, size, asked.room, asked.count, **rest)
    elif asked.goal == Goal.MOST_WITHIN:
        found = most_within(asked.distance, asked.weight, asked.radius, asked.count, start=start, **rest)
    elif asked.goal == Goal.LEAST_MEAN:
        found = least_total(asked.distance, asked.weight, asked.count, start=start, **rest)
    else:
        found = least_longest(asked.distance, asked.count, **rest)
    sure = found.certificate
    question = Question(
        AIMS[asked.goal], asked.distance.tolist(), asked.weight.tolist(), asked.count, asked.radius, asked.keep,
        np.flatnonzero(asked.forbidden).tolist(), None if asked.room is None else asked.weight.astype(int).tolist(),
        None if asked.room is None else asked.room.tolist(),
    )  # fmt: skip
    if faults(question, found.sites.tolist(), found.serves.tolist(), sure.value, sure.bound):
        raise Refused("refused")
    return found


def people_of(ground: SitingGround) -> NDArray[np.int64]:
    return np.array([place.population for place in ground.places], dtype=np.int64)


def within_reach(asked: Asked, found: Placement) -> float:
    """People no further from the site that they go to than the study's minutes."""
    goes = np.where((found.serves == NOBODY) | (found.serves == asked.overflow), 0, found.serves)
    way = asked.distance[np.arange(len(goes)), goes]
    there = (
        (found.serves != NOBODY) & (found.serves != asked.overflow) & (way <= asked.radius) & (way < NO_WAY)
    )
    return float(asked.weight[there].sum())
