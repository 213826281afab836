"""What rules measure over time, as readings for geo/watching/lapses.py: how long without, how long in one place, how many
within a period. Times are seconds since 1970 in UTC, places metres on one plane."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from geo.watching.lapses import Bands, Reading


def silence(
    heard: Sequence[float], since: float, until: float, bands: Bands, place: tuple[float, float] | None = None,
    allowed: float = 0.0,
) -> Iterator[Reading]:  # fmt: skip
    """How many seconds have passed without, read when that matters: where a band begins, when it is over, and at the end.

    `heard`: when there was one, in order; before `since` nothing is known, and counting begins there. place: lon, lat.
    `allowed`: so many seconds may pass each time; what is read is how many more have.
    """
    lon, lat = place or (None, None)
    marks = sorted({bands.first, bands.red})
    starts = [since, *(t for t in heard if since < t <= until)]
    for start, end in zip(starts, [*starts[1:], until], strict=True):
        yield Reading(start, 0.0 - allowed, 0.0 - allowed, lon, lat)
        for mark in marks:
            if start + allowed + mark < end:
                yield Reading(start + allowed + mark, mark, mark, lon, lat)
    if until > starts[-1]:
        yield Reading(until, until - starts[-1] - allowed, until - starts[-1] - allowed, lon, lat)


@dataclass(frozen=True)
class Fix:
    """Where something was: x, y on the plane and the error radius, in metres; lon, lat in degrees."""

    at: float
    x: float
    y: float
    error: float
    lon: float
    lat: float


def stillness(fixes: Sequence[Fix], within: float) -> Iterator[Reading]:
    """For how many seconds something has surely not left `within` metres around where it stopped. A drift adds up: it is
    measured from the first place, not from the last. Only fixes tell: a device that is silent stands nowhere."""
    anchor: Fix | None = None
    for fix in fixes:
        if (
            anchor is None
            or math.dist((fix.x, fix.y), (anchor.x, anchor.y)) - fix.error - anchor.error > within
        ):
            anchor = fix
        yield Reading(fix.at, fix.at - anchor.at, fix.at - anchor.at, fix.lon, fix.lat)


def counted(
    happened: Sequence[float], period: float, until: float, place: tuple[float, float] | None = None
) -> Iterator[Reading]:
    """How many happened within the `period` seconds before: read whenever one happens or passes out of the period."""
    return counted_apart(list(enumerate(happened)), period, until, place)


def counted_apart(
    told: Sequence[tuple[Hashable, float]],
    period: float,
    until: float,
    place: tuple[float, float] | None = None,
) -> Iterator[Reading]:
    """As `counted`, by how many: what one and the same (the first of each pair) tells within the period counts once."""
    lon, lat = place or (None, None)
    inside = sorted(((t, who) for who, t in told if t <= until), key=lambda pair: pair[0])
    moments = sorted(
        {*(t for t, _w in inside), *(t + period for t, _w in inside if t + period <= until), until}
    )
    by: Counter[Hashable] = Counter()
    first = last = 0
    for moment in moments:
        while last < len(inside) and inside[last][0] <= moment:
            by[inside[last][1]] += 1
            last += 1
        while first < last and inside[first][0] <= moment - period:
            by[inside[first][1]] -= 1
            if not by[inside[first][1]]:
                del by[inside[first][1]]
            first += 1
        yield Reading(moment, float(len(by)), float(len(by)), lon, lat)


@dataclass(frozen=True)
class Event:
    """Something that happened; x, y in metres on the plane, lon and lat in degrees."""

    id: int
    at: float
    x: float
    y: float
    lon: float
    lat: float


@dataclass
class Gathering:
    """Events near the one that made them many (the near-repeat's last); `centre` names it for as long as it lasts."""

    centre: Event
    times: list[float] = field(default_factory=list)


def gatherings(
    events: Sequence[Event], within: float, period: float, enough: float, centres: Sequence[int] = ()
) -> list[Gathering]:
    """Where `enough` events lie within `within` metres and `period` seconds: after Knox, pairs near in both.

    An event near a gathering that still goes on belongs to it and begins none of its own; `centres`: events that
    began one before. Sources: Knox, The detection of space-time interactions, Applied Statistics 13, 1964; Townsley,
    Homel and Chaseling, Infectious burglaries, British Journal of Criminology 43, 2003 (near-repeat).
    """
    ordered = sorted(events, key=lambda e: (e.at, e.id))
    cells: dict[tuple[int, int], list[Event]] = {}
    for event in ordered:
        cells.setdefault(_cell(event, within), []).append(event)
    begun = frozenset(centres)
    found = [event for event in ordered if event.id in begun]

    def many(centre: Event, at: float) -> bool:
        # Cells are in the order of time: what lies outside the period is not looked at, nor more than is enough.
        count = 0
        for cell in _cells_around(centre, within):
            there = cells.get(cell, [])
            first, last = (bisect_right(there, t, key=_at) for t in (at - period, at))
            for event in islice(there, first, last):
                count += _near(event, centre, within)
                if count >= enough:
                    return True
        return False

    for event in ordered:
        if event.id in begun or not many(event, event.at):
            continue
        if not any(_near(event, c, within) and many(c, event.at) for c in found):
            found.append(event)
    return [Gathering(c, sorted(e.at for e in _around(c, cells, within))) for c in found]


def _around(centre: Event, cells: dict[tuple[int, int], list[Event]], within: float) -> Iterator[Event]:
    for cell in _cells_around(centre, within):
        yield from (e for e in cells.get(cell, ()) if _near(e, centre, within))


def _cells_around(centre: Event, within: float) -> list[tuple[int, int]]:
    column, row = _cell(centre, within)
    return [(x, y) for x in (column - 1, column, column + 1) for y in (row - 1, row, row + 1)]


def _at(event: Event) -> float:
    return event.at


def _cell(event: Event, within: float) -> tuple[int, int]:
    return math.floor(event.x / within), math.floor(event.y / within)


def _near(a: Event, b: Event, within: float) -> bool:
    return math.dist((a.x, a.y), (b.x, b.y)) <= within
