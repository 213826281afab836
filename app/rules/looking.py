"""From facts to readings, kind by kind: what each rule has seen of each thing that it watches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from app.havens.stocks import LONGEST_DAYS
from app.rules import facts
from app.rules.parameters import (
    DAY,
    AbsenceRule,
    AreaRule,
    CheckInRule,
    DistanceRule,
    GatheringRule,
    HavenStockRule,
    ImmobilityRule,
    IndicatorRule,
    OverdueRule,
    Parameters,
    StaleThreatRule,
)
from geo.projection import Plane, transformer_of
from geo.shapes import buffer_metres
from geo.watching.fences import Fences, Track, into_fences
from geo.watching.lapses import Known, Reading
from geo.watching.measures import Event, Fix, counted, counted_apart, gatherings, silence, stillness

# What is judged by tables is judged anew as far back as this; a patrol from its start.
LOOK_BACK = timedelta(days=2)
LONGEST_PATROL = timedelta(days=30)
KnownOf = dict[str, list[Known]]
# What was agreed with a person under protection is a subject by its number. Nobody is told this number.
AGREED = "check_in_plan"
# All that a rule watches, where it tells of no single thing.
WATCHED = "area"


@dataclass(frozen=True)
class Spec:
    """A rule as its watching needs it: `area` WGS 84, lon/lat; `since`: it has been enabled from then on."""

    rule_id: int
    version: int
    sector_id: int | None
    parameters: Parameters
    area: BaseGeometry | None
    priority: str = "P3"
    alert_kind: str = "other"
    name: str = ""
    since: datetime | None = None


@dataclass
class Subject:
    """One thing under one rule, named as `patrol:7`, with what was read of it."""

    key: str
    readings: list[Reading] = field(default_factory=list)
    ended: float | None = None


def at(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


def fence_of(spec: Spec) -> BaseGeometry | None:
    """The area that a rule's fixes are held against; None while there is none (no open threat)."""
    if isinstance(spec.parameters, DistanceRule):
        found = facts.targets(spec.parameters.to, spec.sector_id)
        metres = spec.parameters.red_km * 1000
        return shapely.union_all([buffer_metres(shape, metres) for shape in found]) if found else None
    if spec.area is not None:
        return spec.area
    return facts.sector_area(spec.sector_id) if spec.sector_id is not None else facts.ground()


def watches(spec: Spec, carrier: facts.Carrier) -> bool:
    """Whether a rule watches this carrier: of its kinds, and of its sector where it has one."""
    wanted = getattr(spec.parameters, "carriers", ())
    return carrier.kind in wanted and spec.sector_id in (None, carrier.sector_id)


def turned(spec: Spec, readings: list[Reading]) -> list[Reading]:
    """Leaving is entering the outside."""
    if isinstance(spec.parameters, AreaRule) and spec.parameters.mode == "leaving":
        return [r._replace(low=-r.high, high=-r.low) for r in readings]
    return readings


def reach_of(spec: Spec) -> float:
    """How far outside its fence a fix still matters, in metres."""
    return -spec.parameters.bands().clear + 50.0 if not isinstance(spec.parameters, AbsenceRule) else 0.0


def absence(spec: Spec, present: Sequence[float], since: float, until: float) -> Subject:
    """No patrol in the area: `present` are the moments when one surely was, in order."""
    return Subject(WATCHED, list(silence(present, since, until, spec.parameters.bands(), middle(spec))))


def presence(spec: Spec, since: float, until: float) -> list[float]:
    """When one of those that the rule watches was surely in its area, in order."""
    area = fence_of(spec)
    ours = [c.id for c in facts.carriers(at(since)).values() if watches(spec, c)]
    if area is None:
        return []
    fences, found = Fences([area]), set()
    # One by one, a fix a minute: a month of all of them would not fit into memory.
    for carrier in ours:
        tracks = facts.tracks({carrier: at(since)}, at(until), every=60)
        near = into_fences(fences, list(tracks.values()), 0.0)
        found |= {r.at for _fence, _which, readings in near for r in readings if r.low >= 0.0}
    return sorted(found)


def watched(spec: Spec) -> BaseGeometry | None:
    """The area that a rule speaks of; None while there is none."""
    area = fence_of(spec)
    if area is None:
        return None
    if spec.sector_id is not None and (own := facts.sector_area(spec.sector_id)) is not None:
        # A sector's rule speaks of its own sector, wherever else its area reaches.
        area = common if not (common := shapely.intersection(area, own)).is_empty else own
    return area


def middle(spec: Spec) -> tuple[float, float] | None:
    area = watched(spec)
    if area is None:
        return None
    inside: Point = area.representative_point()
    return inside.x, inside.y


def reach_metres(middle: Point, outline: BaseGeometry) -> int:
    """How far the furthest corner of an outline lies from a point in it; WGS 84, lon/lat."""
    plane = Plane.around(outline)
    here, corners = plane.metres(middle), plane.metres(outline)
    return int(shapely.hausdorff_distance(here, corners)) + 1


def others(spec: Spec, known: KnownOf, since: float, until: float) -> Iterator[Subject]:
    """Every subject of a rule that is judged by what the tables say, not by fences."""
    parameters = spec.parameters
    if isinstance(parameters, OverdueRule):
        yield from overdue(spec, since, until)
    elif isinstance(parameters, CheckInRule) and parameters.of == "protected":
        yield from unheard_of(spec, since, until)
    elif isinstance(parameters, CheckInRule | ImmobilityRule):
        yield from under_way(spec, since, until)
    elif isinstance(parameters, GatheringRule):
        yield from gathered(spec, parameters, known, since, until)
    elif isinstance(parameters, DistanceRule):
        yield from too_near(spec, parameters, known, since, until)
    elif isinstance(parameters, IndicatorRule):
        yield indicated(spec, parameters, since, until)
    elif isinstance(parameters, StaleThreatRule):
        yield from stale(spec, until)
    elif isinstance(parameters, HavenStockRule):
        yield from running_out(spec, known, until)


def overdue(spec: Spec, since: float, until: float) -> Iterator[Subject]:
    for patrol in facts.patrols(at(since), spec.sector_id, visits=True):
        planned, ended = patrol.planned_end.timestamp(), facts.seconds(patrol.ended_at)
        end = min(until, ended or until)
        readings = silence([], planned, end, spec.parameters.bands()) if planned < end else []
        yield Subject(f"patrol:{patrol.id}", list(readings), ended)


def under_way(spec: Spec, since: float, until: float) -> Iterator[Subject]:
    patrols = facts.patrols(at(since), spec.sector_id)
    wanted = {p.tracked_id: max(p.started_at, at(since) - LONGEST_PATROL) for p in patrols}
    found = facts.tracks(wanted, at(until), every=60)
    for patrol in patrols:
        track = found.get(patrol.tracked_id)
        ended = facts.seconds(patrol.ended_at)
        if isinstance(spec.parameters, CheckInRule):
            start = wanted[patrol.tracked_id].timestamp()
            heard = track.at.tolist() if track is not None else []
            readings = silence(heard, start, min(until, ended or until), spec.parameters.bands())
        else:
            assert isinstance(spec.parameters, ImmobilityRule)
            started = patrol.started_at.timestamp()
            readings = stillness([f for f in flat(track) if f.at >= started], spec.parameters.within_metres)
        yield Subject(f"patrol:{patrol.id}", list(readings), ended)


def unheard_of(spec: Spec, since: float, until: float) -> Iterator[Subject]:
    """People under protection, each by the number of what was agreed: how long after it nobody has heard of them."""
    for plan in facts.check_ins(at(since), spec.sector_id):
        over = plan.ended.timestamp()
        ended = over if over <= until else None
        heard = [moment.timestamp() for moment in plan.heard]
        readings = silence(
            heard,
            plan.begun.timestamp(),
            min(until, over),
            spec.parameters.bands(),
            allowed=plan.allowed_seconds,
        )
        yield Subject(f"{AGREED}:{plan.plan_id}", list(readings), ended)


def flat(track: Track | None) -> list[Fix]:
    """A carrier's fixes on a plane around them."""
    if track is None:
        return []
    plane = Plane.around(Point(track.lon[0], track.lat[0]))
    x, y = transformer_of(plane).transform(track.lon, track.lat)
    columns = (track.at, x, y, track.error, track.lon, track.lat)
    return [Fix(*row) for row in zip(*(np.asarray(c).tolist() for c in columns), strict=True)]


def gathered(
    spec: Spec, parameters: GatheringRule, known: KnownOf, since: float, until: float
) -> Iterator[Subject]:
    period, within = parameters.period_hours * 3600.0, parameters.within_km * 1000
    rows = facts.incidents(parameters.kinds, at(since - 2 * period), at(until), spec.sector_id)
    events = [e for e in on_plane(rows) if spec.area is None or covers(spec.area, e)]
    bands = parameters.bands()
    centres = [int(key.removeprefix("incident:")) for key in known]
    for found in gatherings(events, within, period, bands.first, centres):
        centre = found.centre
        readings = counted(found.times, period, until, (centre.lon, centre.lat))
        yield Subject(f"incident:{centre.id}", [r for r in readings if r.at > since - period])


def on_plane(rows: Sequence[Any]) -> list[Event]:
    if not rows:
        return []
    plane = Plane.around(shapely.multipoints([(r.lon, r.lat) for r in rows]))
    x, y = transformer_of(plane).transform([r.lon for r in rows], [r.lat for r in rows])
    return [
        Event(r.id, r.at.timestamp(), float(px), float(py), r.lon, r.lat)
        for r, px, py in zip(rows, x, y, strict=True)
    ]


def covers(area: BaseGeometry, event: Any) -> bool:
    return bool(shapely.contains_xy(area, event.lon, event.lat))


def lying_in(area: BaseGeometry, rows: Sequence[Any]) -> list[Any]:
    """Those of the rows (lon, lat) that lie in the area; asked all at once, for a day's reports may be many."""
    inside = shapely.contains_xy(area, [r.lon for r in rows], [r.lat for r in rows])
    return [row for row, kept in zip(rows, inside, strict=True) if kept]


def indicated(spec: Spec, parameters: IndicatorRule, since: float, until: float) -> Subject:
    period = parameters.period_hours * 3600.0
    if parameters.source == "indicators":
        told = facts.indicators(parameters.kinds, at(since - period), at(until), spec.sector_id)
        inside = told if spec.area is None else lying_in(spec.area, told)
        pairs = [(r.origin, r.at.timestamp()) for r in inside]
        readings = counted_apart(pairs, period, until, middle(spec))
        return Subject(WATCHED, [r for r in readings if r.at > since])
    read = facts.reports if parameters.source == "reports" else facts.incidents
    rows = read(parameters.kinds, at(since - period), at(until), spec.sector_id)
    times = [r.at.timestamp() for r in (rows if spec.area is None else lying_in(spec.area, rows))]
    readings = counted(times, period, until, middle(spec))
    return Subject(WATCHED, [r for r in readings if r.at > since])


def too_near(spec: Spec, rule: DistanceRule, known: KnownOf, since: float, until: float) -> Iterator[Subject]:
    """Incidents for a day after they happened, alerts while they are open, by how far inside the fence they lie. Whatever
    lies far from it, or is no more of the present, ends what is open of it."""
    area, told = fence_of(spec), set()
    rows = (
        facts.happened_near(rule.near, at(since - DAY), at(until), spec.sector_id) if area is not None else []
    )
    if rows and area is not None:
        plane = Plane.around(area)
        fence = plane.metres(area)
        for row in rows:
            here = plane.metres(Point(row.lon, row.lat))
            edge = float(shapely.distance(here, shapely.boundary(fence)))
            depth = edge if shapely.contains(fence, here) else -edge
            started, ended = row.at.timestamp(), facts.seconds(row.ended)
            if ended is None and rule.near == "incidents":
                ended = started + DAY
            key = f"{rule.near.removesuffix('s')}:{row.id}"
            told.add(key)
            reading = Reading(started, depth - row.radius, depth + row.radius, row.lon, row.lat)
            yield Subject(key, [reading], ended if ended is not None and ended <= until else None)
    yield from (Subject(key, [], until) for key in known if key not in told)


def stale(spec: Spec, until: float) -> Iterator[Subject]:
    for threat in facts.threats(spec.sector_id):
        start = datetime.combine(threat.review_on, datetime.min.time(), UTC).timestamp() + DAY
        ended = facts.seconds(threat.ended_at)
        end = min(until, ended or until)
        place = (threat.lon, threat.lat)
        readings = silence([], start, end, spec.parameters.bands(), place) if start < end else []
        # Assessed anew: what was overdue is over.
        subject = Subject(f"threat:{threat.id}", list(readings), ended)
        if not subject.readings:
            subject.ended = ended or until
        yield subject


def running_out(spec: Spec, known: KnownOf, until: float) -> Iterator[Subject]:
    """Havens by how long what people can't do without still lasts, as it was counted last."""
    told = set()
    for haven in facts.haven_stores(spec.sector_id):
        # What does not end is read as ten years away: an open lapse is over then.
        since_end = until - haven.ends.timestamp() if haven.ends is not None else -LONGEST_DAYS * DAY
        told.add(haven.key)
        yield Subject(haven.key, [Reading(until, since_end, since_end, haven.lon, haven.lat)])
    # Kept hidden since, or counted no more: nobody is told of it any longer.
    yield from (Subject(key, [], until) for key in known if key not in told)
