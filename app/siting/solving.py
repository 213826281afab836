"""From the ground to an answer that is proven and replayed: sites, who goes where, how good no other placement can be.

The answer is plain JSON (the study's `answer`): pages read it as it was found, whatever has changed since. Where no open
road leads, or nobody has room, a way counts as a whole day (`NO_WAY`); the page says of each such place that it has none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from flask_babel import gettext as _
from numpy.typing import NDArray

from app.errors import Conflict, Invalid
from app.siting.ground import SitingGround
from app.siting.models import Goal, SitingStudy
from geo.siting.capacitated import least_total_filled, most_within_filled
from geo.siting.centre import least_longest
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


def answer(
    study: SitingStudy,
    ground: SitingGround,
    told: Callable[[float, float | None], None],
    stop: Callable[[], bool],
) -> dict[str, Any]:
    """told(share, people in reach so far). Raises Invalid where nothing may open; Conflict with code `refused` where the
    independent check finds a fault in what was found."""
    asked, out_of_reach = asked_of(study, ground)
    present_sites = list(range(ground.existing))
    present = placed(asked.only(present_sites), 2.0) if present_sites or asked.overflow is not None else None
    told(0.1, None)
    by_hand = None
    if study.fixed is not None:
        columns = [n for n in map(ground.row_of, study.fixed) if n is not None]
        by_hand = placed(asked.only([*present_sites, *columns]), 2.0)
    best, start = None, None if by_hand is None else by_hand.sites
    for n, seconds in enumerate(ATTEMPTS):
        best = placed(asked, seconds, start)
        start = best.sites
        told(0.2 + 0.7 * (n + 1) / len(ATTEMPTS), within_reach(asked, best))
        if best.certificate.best or stop():
            break
    assert best is not None
    return told_of(study, ground, asked, present, by_hand or best, best, out_of_reach)


def asked_of(study: SitingStudy, ground: SitingGround) -> tuple[Asked, NDArray[np.bool_]]:
    """The question, and which places no allowed candidate reaches: they count in no goal: no placement helps."""
    existing = ground.existing
    forbidden = np.array([bool(each.why_not) for each in ground.candidates])
    allowed = ~forbidden
    new = len(study.fixed) if study.fixed is not None else study.new_sites
    if allowed.sum() < existing + new or existing + new == 0:
        raise Invalid(
            _(
                "Too few places are left where a site may open. Ask for fewer sites, or less distance from threats."
            ),
            code="no_candidates",
        )
    out = np.asarray(np.isinf(ground.minutes[:, allowed]).all(axis=1), dtype=np.bool_)
    people = people_of(ground)
    rows = np.flatnonzero(~out)
    weight = people[rows]
    distance = np.minimum(ground.minutes[rows], NO_WAY)
    goal, room, overflow, keep = Goal(study.goal), None, None, tuple(range(existing))
    if not len(rows):
        raise Invalid(_("No road leads from any place to a site that may open."), code="no_way")
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
    """The best of `asked` that the seconds allow, replayed by the check. Raises Conflict where that finds a fault."""
    rest: dict[str, Any] = {"keep": asked.keep, "forbidden": asked.forbidden, "seconds": seconds}
    if asked.room is not None:
        size = asked.weight.astype(np.int64)
        if asked.goal == Goal.MOST_WITHIN:
            found = most_within_filled(
                asked.distance, asked.weight, size, asked.room, asked.radius, asked.count, **rest
            )
        else:
            found = least_total_filled(asked.distance, asked.weight, size, asked.room, asked.count, **rest)
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
        raise Conflict(
            _("The independent check refused what was found, so nothing is shown."), code="refused"
        )
    return found


def within_reach(asked: Asked, found: Placement) -> float:
    """People no further from the site that they go to than the study's minutes."""
    goes = np.where((found.serves == NOBODY) | (found.serves == asked.overflow), 0, found.serves)
    way = asked.distance[np.arange(len(goes)), goes]
    there = (
        (found.serves != NOBODY) & (found.serves != asked.overflow) & (way <= asked.radius) & (way < NO_WAY)
    )
    return float(asked.weight[there].sum())


def told_of(
    study: SitingStudy, ground: SitingGround, asked: Asked, present: Placement | None, main: Placement, best: Placement,
    out: NDArray[np.bool_],
) -> dict[str, Any]:  # fmt: skip
    """The answer as it is kept: whole people, minutes to a tenth (None where no way leads)."""
    sites = [int(n) for n in main.sites if n != asked.overflow]
    sure, proof = main.certificate, best.certificate
    before = list(range(ground.existing))
    goes = (
        np.where(main.serves == asked.overflow, NOBODY, main.serves)
        if asked.overflow is not None
        else main.serves
    )
    held = {n: int(asked.weight[goes == n].sum()) for n in sites}
    served = np.zeros(len(ground.places), dtype=np.int64)
    near = np.zeros(len(ground.places), dtype=np.int64)
    way = asked.distance[np.arange(len(goes)), np.maximum(goes, 0)]
    with_way = (goes != NOBODY) & (way < NO_WAY)
    np.add.at(served, asked.place[with_way], asked.weight[with_way].astype(np.int64))
    counts = with_way & (way <= asked.radius)
    np.add.at(near, asked.place[counts], asked.weight[counts].astype(np.int64))
    nearest = (
        ground.minutes[:, sites].argmin(axis=1) if sites else np.zeros(len(ground.places), dtype=np.intp)
    )
    return {
        "people": int(people_of(ground).sum()),
        "within": {
            "before": 0 if present is None else int(within_reach(asked, present)), "after": int(near.sum()),
            "best": int(within_reach(asked, best)),
        },
        "mean": {
            "before": mean(asked, present), "after": mean(asked, main), "best": mean(asked, best),
        },
        "worst": {"before": worst(ground, before, out), "after": worst(ground, sites, out)},
        "value": sure.value, "bound": proof.bound, "best_value": proof.value, "gap": gap(sure.value, proof.bound),
        "proof": proof.proof.value, "seconds": round(proof.seconds, 3), "best_sites": named(ground, asked, best),
        "sites": [
            {
                "ref": (c := ground.candidates[n]).ref, "name": c.name, "lon": c.lon, "lat": c.lat,
                "existing": c.existing, "people": held[n],
                "room": None if asked.room is None else int(asked.room[n]),
            }
            for n in sites
        ],
        "places": [
            {
                "name": p.name, "code": p.code, "lon": p.lon, "lat": p.lat, "people": int(p.population),
                "near": int(near[n]), "served": int(served[n]),
                "site": ground.candidates[sites[int(nearest[n])]].name
                if sites and np.isfinite(ground.minutes[n, sites].min()) else None,
                "minutes": {
                    season: [least(matrix[n, before]), least(matrix[n, sites])]
                    for season, matrix in ground.by_season.items()
                },
            }
            for n, p in enumerate(ground.places)
        ],
        "candidates": [[c.ref, c.name, c.why_not] for c in ground.candidates if not c.existing],
        "cut_off": {"places": int(out.sum()), "people": int(people_of(ground)[out].sum())},
    }  # fmt: skip


def people_of(ground: SitingGround) -> NDArray[np.int64]:
    return np.array([place.population for place in ground.places], dtype=np.int64)


def gap(value: float, bound: float) -> float:
    """By what share of the value no placement can be better; 0 where it is the best."""
    apart = abs(bound - value)
    return 0.0 if apart <= 2e-9 * max(abs(value), 1.0) else apart / max(abs(value), 1.0)


def least(minutes: NDArray[np.float64]) -> float | None:
    found = float(minutes.min()) if len(minutes) else np.inf
    return round(found, 1) if np.isfinite(found) else None


def mean(asked: Asked, found: Placement | None) -> float | None:
    """Minutes that people need on the average to where they go, of those who have a way and room."""
    if found is None:
        return None
    if asked.room is None:
        # Also those beyond the minutes, whom a covering sends nowhere.
        way = asked.distance[:, found.sites].min(axis=1)
        there = way < NO_WAY
    else:
        goes = found.serves
        way = asked.distance[np.arange(len(goes)), np.maximum(goes, 0)]
        there = (goes != NOBODY) & (goes != asked.overflow) & (way < NO_WAY)
    return round(float(np.average(way[there], weights=asked.weight[there])), 1) if there.any() else None


def worst(ground: SitingGround, sites: list[int], out: NDArray[np.bool_]) -> float | None:
    """The longest way of a place that some placement reaches; None where one has no way to these sites."""
    if not sites:
        return None
    longest = float(ground.minutes[~out][:, sites].min(axis=1).max())
    return round(longest, 1) if np.isfinite(longest) else None


def named(ground: SitingGround, asked: Asked, found: Placement) -> list[str]:
    return [ground.candidates[n].name for n in found.sites if n != asked.overflow and n >= ground.existing]
