"""A patrol as it was planned beside the patrol as it was: how far from its line, where it stood, how long its legs are.

Places are WGS 84, (lon, lat) in degrees; lengths in metres on a local plane (geo/projection.py: 0.4 per mille off at
300 km from its middle); times in seconds since 1970, UTC. A track's fixes are in the order of time, each with its
error radius.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiPoint, Point
from shapely.ops import substring

from geo.projection import Plane, transformer_of
from geo.watching.fences import Track

Numbers = NDArray[np.float64]
Place = tuple[float, float]

# A line is looked at every so many metres, and at most at so many points.
EVERY_METRES, MOST_POINTS = 100.0, 2_000
# Between fixes that lie further apart in time nobody knows where it was.
LONGEST_GAP = 30 * 60.0
# So far beyond the edge of a stop it has surely left: fixes jump.
LEAVES_BEYOND = 1.5


@dataclass(frozen=True)
class Visit:
    """A stay at a stop, from its first to its last fix there; `left` is None while no later fix lies elsewhere."""

    came: float
    left: float | None


@dataclass(frozen=True)
class Stop:
    """Times of a stop, planned and as they were; None where nobody said."""

    place: Place
    arrive: float | None = None
    depart: float | None = None
    arrived: float | None = None
    departed: float | None = None

    @property
    def late(self) -> float | None:
        """Seconds after the planned arrival; negative: before it."""
        return None if self.arrived is None or self.arrive is None else self.arrived - self.arrive

    @property
    def stay_planned(self) -> float | None:
        return None if self.arrive is None or self.depart is None else self.depart - self.arrive

    @property
    def stay(self) -> float | None:
        return None if self.arrived is None or self.departed is None else self.departed - self.arrived


@dataclass(frozen=True)
class Leg:
    """From the start or a stop to the next one, or home: metres along the planned line; seconds as planned and taken."""

    metres: float
    planned: float | None
    taken: float | None


@dataclass(frozen=True)
class Comparison:
    """`covered`: the share of the planned line near which there was a fix or a way between two; `off`: the share of the
    fixes that surely lay off it. `driven_metres`: a lower bound, corners between fixes are cut off."""

    planned_metres: float
    driven_metres: float
    covered: float | None
    off: float | None
    furthest_metres: float | None
    legs: tuple[Leg, ...]
    reached: int


def flat_line(plane: Plane, line: LineString) -> LineString:
    """The line on the plane; one that goes nowhere (a patrol to one place, of a unit without a base) stays one point."""
    if not line.length:
        x, y = transformer_of(plane).transform(line.coords[0][0], line.coords[0][1])
        return LineString([(x, y), (x, y)])
    made = plane.metres(line)
    assert isinstance(made, LineString)
    return made


def metres_from(line: LineString, track: Track) -> Numbers:
    """How far each fix lies from the line, in metres."""
    plane = Plane.around(line)
    x, y = transformer_of(plane).transform(track.lon, track.lat)
    flat = flat_line(plane, line)
    shapely.prepare(flat)
    return np.asarray(shapely.distance(shapely.points(x, y), flat), dtype=float)


def visits(places: Sequence[Place], track: Track, within: float, at_least: float) -> list[Visit | None]:
    """The first stay of at least `at_least` seconds within `within` metres of each place; None where there was none.

    A fix belongs to the nearest place alone. Between two fixes more than LONGEST_GAP apart a stay is not taken for one:
    it may have left and come back. It has left with the first fix that surely lies beyond LEAVES_BEYOND × `within`.
    """
    if not places or not len(track.at):
        return [None] * len(places)
    plane = Plane.around(MultiPoint(list(places)))
    to_metres = transformer_of(plane)
    x, y = to_metres.transform(track.lon, track.lat)
    px, py = to_metres.transform([lon for lon, _lat in places], [lat for _lon, lat in places])
    apart = np.hypot(np.asarray(x)[:, None] - np.asarray(px), np.asarray(y)[:, None] - np.asarray(py))
    nearest = np.argmin(apart, axis=1)
    found: list[Visit | None] = []
    for n in range(len(places)):
        inside = (nearest == n) & (apart[:, n] <= within)
        outside = apart[:, n] - track.error > LEAVES_BEYOND * within
        found.append(_stay(track.at, inside, outside, at_least))
    return found


def _stay(
    at: Numbers, inside: NDArray[np.bool_], outside: NDArray[np.bool_], at_least: float
) -> Visit | None:
    came: float = 0.0
    last: float | None = None
    for moment, here, gone in zip(at.tolist(), inside.tolist(), outside.tolist(), strict=True):
        if last is not None and moment - last > LONGEST_GAP:
            if last - came >= at_least:
                return Visit(came, last)
            last = None
        if here:
            came, last = (moment if last is None else came), moment
        elif gone and last is not None:
            if last - came >= at_least:
                return Visit(came, last)
            last = None
    return Visit(came, None) if last is not None and last - came >= at_least else None


def along(line: LineString, places: Sequence[Place]) -> list[float]:
    """Metres along the line at which each place is passed, in their order: never before the place before it, so that a
    way out and back counts both. The line's own length comes last."""
    plane = Plane.around(line)
    flat, passed = flat_line(plane, line), 0.0
    found: list[float] = []
    for place in places:
        rest = substring(flat, passed, flat.length)
        here = plane.metres(Point(place))
        if isinstance(rest, LineString) and isinstance(here, Point) and rest.length:
            # Added up, pieces may come to a little more than the whole, and from there a rest would lead backwards.
            passed = min(passed + float(rest.project(here)), float(flat.length))
        found.append(passed)
    return [*found, float(flat.length)]


def legs(
    line: LineString, stops: Sequence[Stop], started: tuple[float | None, float | None],
    ended: tuple[float | None, float | None],
) -> tuple[Leg, ...]:  # fmt: skip
    """From the start over the stops and home. `started`, `ended`: as planned, and as they were."""
    marks = along(line, [stop.place for stop in stops])
    leaves = [started, *((stop.depart, stop.departed) for stop in stops)]
    comes = [*((stop.arrive, stop.arrived) for stop in stops), ended]
    found, before = [], 0.0
    for mark, (left, really_left), (due, came) in zip(marks, leaves, comes, strict=True):
        found.append(Leg(mark - before, _between(left, due), _between(really_left, came)))
        before = mark
    return tuple(found)


def _between(first: float | None, last: float | None) -> float | None:
    return None if first is None or last is None else last - first


def driven(track: Track) -> float:
    """Metres, by steps that are surely steps: longer than both fixes' errors together. Standing still adds nothing."""
    if not len(track.at):
        return 0.0
    plane = Plane.around(Point(float(track.lon[0]), float(track.lat[0])))
    x, y = transformer_of(plane).transform(track.lon, track.lat)
    total, anchor = 0.0, 0
    for n in range(1, len(track.at)):
        step = float(np.hypot(x[n] - x[anchor], y[n] - y[anchor]))
        if step > track.error[n] + track.error[anchor]:
            total, anchor = total + step, n
    return total


def covered(line: LineString, track: Track, within: float) -> float | None:
    """The share of the line, by its length, with the track within `within` metres; None without a line of any length."""
    plane = Plane.around(line)
    flat = flat_line(plane, line)
    if not flat.length:
        return None
    x, y = transformer_of(plane).transform(track.lon, track.lat)
    if not len(track.at):
        return 0.0
    cuts = np.flatnonzero(np.diff(track.at) > LONGEST_GAP) + 1
    parts = np.split(np.column_stack((x, y)), cuts)
    way = shapely.union_all([LineString(p) if len(p) > 1 else Point(p[0]) for p in parts])
    count = int(min(MOST_POINTS, max(2, flat.length // EVERY_METRES)))
    points = shapely.line_interpolate_point(flat, (np.arange(count) + 0.5) / count, normalized=True)
    return float(np.mean(shapely.distance(points, way) <= within))


def compare(
    line: LineString, stops: Sequence[Stop], track: Track, within: float,
    started: tuple[float | None, float | None], ended: tuple[float | None, float | None],
) -> Comparison:  # fmt: skip
    """All of it; `within` metres of the planned line count as on it."""
    plane = Plane.around(line)
    far = metres_from(line, track) - track.error if len(track.at) else np.zeros(0)
    return Comparison(
        planned_metres=float(flat_line(plane, line).length),
        driven_metres=driven(track),
        covered=covered(line, track, within),
        off=float(np.mean(far > within)) if len(far) else None,
        furthest_metres=max(0.0, float(far.max())) if len(far) else None,
        legs=legs(line, stops, started, ended),
        reached=sum(stop.arrived is not None for stop in stops),
    )
