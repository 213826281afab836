"""From a patrol's order, stops and positions to readings, kind by kind, for geo/watching/lapses.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from geoalchemy2.shape import to_shape

from app.deviations.facts import Ordered
from app.deviations.models import DeviationKind
from app.mission.queries import procedures
from app.rules.facts import seconds
from geo.patrols.comparison import Visit, metres_from, visits
from geo.watching.fences import Track
from geo.watching.lapses import Bands, Reading
from geo.watching.measures import silence


@dataclass(frozen=True)
class Held:
    """One thing that an order says, held against what was. `ended`: from then on it is no longer asked."""

    kind: DeviationKind
    stop_id: int | None
    bands: Bands
    readings: list[Reading]
    ended: float | None = None


def all_of(patrol: Ordered, now: float) -> Iterator[Held]:
    yield off_route(patrol)
    yield silent(patrol, now)
    for n, stop in enumerate(patrol.stops):
        yield skipped(patrol, n)
        if stop.arrive_planned is not None:
            yield late(patrol, n, now)


def track_of(patrol: Ordered, since: float = 0.0) -> Track | None:
    """Its fixes from then on until it was back."""
    ended = seconds(patrol.row.ended_at)
    if patrol.track is None:
        return None
    kept = (patrol.track.at >= since) & (patrol.track.at <= (ended or np.inf))
    return Track(*(column[kept] for column in patrol.track))


def since_of(patrol: Ordered) -> float:
    """From when on the order in force is asked: it was issued, and the patrol had set off."""
    return float(patrol.row.since.timestamp())


def off_route(patrol: Ordered) -> Held:
    values = procedures()
    far = values["order_straight_metres" if patrol.row.straight else "order_off_route_metres"]
    hold = values["order_off_route_minutes"] * 60
    bands, track = Bands(red=far, clear=far, dwell=hold, recover=hold / 2), track_of(patrol, since_of(patrol))
    readings: list[Reading] = []
    if track is not None and len(track.at):
        metres = metres_from(patrol.line, track)
        columns = (
            track.at,
            np.maximum(metres - track.error, 0.0),
            metres + track.error,
            track.lon,
            track.lat,
        )
        readings = [Reading(*row) for row in zip(*(c.tolist() for c in columns), strict=True)]
    return Held(DeviationKind.OFF_ROUTE, None, bands, readings, seconds(patrol.row.ended_at))


def silent(patrol: Ordered, now: float) -> Held:
    """So long without a position or a check-in, while it was out."""
    start, ended, track = since_of(patrol), seconds(patrol.row.ended_at), track_of(patrol)
    said = [at.timestamp() for s in patrol.stops for at in (s.arrived_at, s.departed_at) if at is not None]
    heard = sorted([*said, *(track.at.tolist() if track is not None else [])])
    limit = patrol.row.silent_minutes * 60
    until = min(now, ended if ended is not None else now)
    readings = list(silence(heard, start, until, Bands(red=limit, clear=limit)))
    return Held(DeviationKind.SILENT, None, Bands(red=limit, clear=limit), readings, ended)


def skipped(patrol: Ordered, n: int) -> Held:
    """It reached a later stop, or came home, without this one; unless it went there after all."""
    went_on = passed_by(patrol, n)
    stop, row = patrol.stops[n], patrol.row
    readings = []
    if went_on is not None and went_on >= since_of(patrol) and row.state != "abandoned":
        came = seconds(stop.arrived_at)
        if came is None or came > went_on:
            readings.append(Reading(went_on, 1.0, 1.0))
        if came is not None:
            readings.append(Reading(came, 0.0, 0.0))
    return Held(DeviationKind.STOP_SKIPPED, stop.id, Bands(red=1.0, clear=1.0), readings)


def passed_by(patrol: Ordered, n: int) -> float | None:
    """When the patrol had gone on past stop n: its first arrival further on, or its return."""
    further = [s.arrived_at.timestamp() for s in patrol.stops[n + 1 :] if s.arrived_at is not None]
    done = seconds(patrol.row.ended_at)
    return min([*further, *([done] if done is not None else [])], default=None)


def late(patrol: Ordered, n: int, now: float) -> Held:
    """So many minutes after the planned arrival and not there: until it comes, goes on without it, or is back."""
    stop, limit = patrol.stops[n], procedures()["order_late_minutes"] * 60
    assert stop.arrive_planned is not None
    due = max(stop.arrive_planned.timestamp(), since_of(patrol))
    ends = [t for t in (seconds(stop.arrived_at), passed_by(patrol, n)) if t is not None]
    ended = min(ends, default=None)
    until = min([now, *ends])
    bands = Bands(red=limit, clear=limit)
    readings = list(silence([], due, until, bands)) if due < until else []
    return Held(DeviationKind.LATE, stop.id, bands, readings, ended)


def stays(patrol: Ordered) -> list[Visit | None]:
    """Where the positions show that it stood, stop by stop."""
    values, track = procedures(), track_of(patrol)
    if track is None:
        return [None] * len(patrol.stops)
    points = [to_shape(s.place).centroid for s in patrol.stops]
    places = [(float(p.x), float(p.y)) for p in points]
    return visits(places, track, values["order_arrival_metres"], values["order_arrival_minutes"] * 60)
