"""What a patrol's report says, held against itself, its track and the sun.

What can't be is refused: a time to come, a departure before its arrival, a stop before the one before. What is odd is
flagged, and explained by the leader in a sentence: too fast, a gap in the track, outside the area, a grid that does not
lie at its latitude and longitude, night called day, the same thing twice. Rules: the mission's patrol reporting practice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import asin, cos, hypot, radians, sin, sqrt

from shapely import contains_xy, prepare
from shapely.geometry.base import BaseGeometry

from geo.date_time_group import CLOCK_GRACE
from geo.sun import is_night

EARTH_METRES = 6_371_008.8
MOST_KPH = {"vehicle": 120.0, "foot": 8.0, "riverine": 80.0, "air": 400.0, "mixed": 120.0}
GAP = timedelta(minutes=30)
# Two fixes nearer in time than this tell more of the receiver's noise than of speed.
SHORTEST = timedelta(seconds=20)
# A track's noise at the edge of the area is no excursion.
GRID_SLACK_METRES = 100.0


@dataclass(frozen=True)
class Visit:
    """A stop as reported: name, degrees (None where only a name is known), aware times."""

    name: str
    lon: float | None
    lat: float | None
    arrived_at: datetime | None
    departed_at: datetime | None


@dataclass(frozen=True)
class Fix:
    """A position of the track (lon, lat in degrees)."""

    at: datetime
    lon: float
    lat: float


@dataclass(frozen=True)
class Finding:
    """`code` says what, `refused` whether it can't be; `at` the time and `number` the figure that it is about."""

    code: str
    refused: bool = False
    where: str = ""
    number: float | None = None
    at: datetime | None = None


def metres(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """The great circle between two positions in degrees, by the haversine formula (R. W. Sinnott, 1984)."""
    high, wide = radians(lat_b - lat_a) / 2, radians(lon_b - lon_a) / 2
    h = sin(high) ** 2 + cos(radians(lat_a)) * cos(radians(lat_b)) * sin(wide) ** 2
    return 2 * EARTH_METRES * asin(min(1.0, sqrt(h)))


def track_km(track: Sequence[Fix]) -> float:
    """The length of the track in kilometres."""
    return sum(metres(a.lon, a.lat, b.lon, b.lat) for a, b in pairwise(track)) / 1_000


def in_order(
    started_at: datetime | None, visits: Sequence[Visit], ended_at: datetime | None, now: datetime
) -> Iterator[Finding]:
    """Times that can't be: to come, or running backwards along the route."""
    told = [("", started_at)]
    told += [(v.name, t) for v in visits for t in (v.arrived_at, v.departed_at)]
    told += [("", ended_at)]
    known = [(name, t) for name, t in told if t is not None]
    for name, at in known:
        if at > now + CLOCK_GRACE:
            yield Finding("future", True, name, at=at)
    for (_name, before), (name, after) in pairwise(known):
        if after < before:
            yield Finding("order", True, name, at=after)


def speeds(mode: str, track: Sequence[Fix], visits: Sequence[Visit]) -> Iterator[Finding]:
    """The fastest stretch of the track, and each leg between stops, that is beyond what the mode allows (km/h)."""
    most = MOST_KPH.get(mode, MOST_KPH["vehicle"])
    fastest = max(
        (_kph(a, b) for a, b in pairwise(track) if b.at - a.at >= SHORTEST), default=0.0
    )  # fmt: skip
    if fastest > most:
        yield Finding("too_fast", number=round(fastest))
    for a, b in pairwise(visits):
        left, there = a.departed_at or a.arrived_at, b.arrived_at
        if left is None or there is None or None in (a.lon, a.lat, b.lon, b.lat) or there < left:
            continue
        from_, to = Fix(left, a.lon or 0, a.lat or 0), Fix(there, b.lon or 0, b.lat or 0)
        kph = _kph(from_, to)
        if kph > most:
            yield Finding("too_fast_leg", where=b.name, number=round(kph))


def _kph(a: Fix, b: Fix) -> float:
    """Speed between two fixes; no time at all counts as a second, so that a jump in no time is fast."""
    seconds = max((b.at - a.at).total_seconds(), 1.0)
    return metres(a.lon, a.lat, b.lon, b.lat) / seconds * 3.6


def gaps(track: Sequence[Fix], started_at: datetime | None, ended_at: datetime | None) -> Iterator[Finding]:
    """How long the track is silent for more than half an hour, the longest silence first (minutes)."""
    times = [f.at for f in track]
    if started_at is not None:
        times = [started_at, *(t for t in times if t > started_at)]
    if ended_at is not None:
        times = [*(t for t in times if t < ended_at), ended_at]
    silent = [(b - a, a) for a, b in pairwise(times) if b - a > GAP]
    if silent:
        longest, since = max(silent)
        yield Finding("gap", number=round(longest.total_seconds() / 60), at=since)


def outside(track: Sequence[Fix], visits: Sequence[Visit], area: BaseGeometry | None) -> Iterator[Finding]:
    """Positions and stops outside the area of responsibility; without an area nothing is said. One number each."""
    if area is None:
        return
    prepare(area)
    out = sum(not contains_xy(area, f.lon, f.lat) for f in track)
    if out:
        yield Finding("outside", number=out)
    for v in visits:
        if v.lon is not None and v.lat is not None and not contains_xy(area, v.lon, v.lat):
            yield Finding("stop_outside", where=v.name)


def grids_disagree(
    name: str, middle: tuple[float, float], side_metres: float, lon: float, lat: float
) -> list[Finding]:
    """A grid reference (the middle of its cell and the cell's side) and a latitude and longitude for the same place:
    flagged where the point lies outside the cell and its surroundings of a hundred metres (distance in metres)."""
    apart = metres(*middle, lon, lat)
    if apart <= hypot(side_metres, side_metres) / 2 + GRID_SLACK_METRES:
        return []
    return [Finding("grid", where=name, number=round(apart))]


def light(told: str, track: Sequence[Fix], visits: Sequence[Visit]) -> Iterator[Finding]:
    """Where "day" or "night" was said and the sun says otherwise. told: day, night or both."""
    moments = [(f.at, f.lon, f.lat) for f in track]
    moments += [
        (v.arrived_at, v.lon, v.lat) for v in visits
        if v.arrived_at is not None and v.lon is not None and v.lat is not None
    ]  # fmt: skip
    if not moments:
        return
    dark = sum(is_night(*m) for m in moments)
    if told == "day" and dark:
        yield Finding("not_day", number=dark)
    if told == "night" and dark < len(moments):
        yield Finding("not_night", number=len(moments) - dark)
    if told == "both" and dark in (0, len(moments)):
        yield Finding("not_both")


def twice(group: str, rows: Sequence[tuple[object, ...]]) -> Iterator[Finding]:
    """The same row written twice in one group; how often the rows are there too much."""
    extra = sum(n - 1 for n in Counter(rows).values())
    if extra:
        yield Finding("twice", where=group, number=extra)
