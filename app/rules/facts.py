"""What rules look at: read for a viewer under his rights (the test against history), and for the house by the worker.

The worker acts for nobody: row level security has policies for exactly these tables then (migrations/sql/0016_rules.sql).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
from flask_babel import gettext as _
from geoalchemy2 import WKBElement
from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    Row,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.alerts.models import Alert, AlertStatus, AlertStep, Channel, StepKind
from app.db import db
from app.errors import Invalid
from app.havens.models import OPENLY_KNOWN, Haven
from app.havens.register_models import HavenStock
from app.havens.stocks import Limits, first_end
from app.incidents.models import Incident
from app.mission.models import MilitaryBase, Place, Sector
from app.mission.queries import procedures
from app.patrols.models import Patrol
from app.patrols.visits import no_visit
from app.permissions import Permission, current_viewer, within
from app.positions.models import DOUBTED, UNKNOWN_ERROR_METRES, Position, Tracked
from app.sites.models import Site
from app.sources.queries import SEEN_BY_THE_MISSION
from app.threats.models import Threat
from geo.sources import Saying, origins
from geo.watching.fences import Track

# As many fixes as a test against history takes into memory.
MOST_FIXES = 400_000

# One fix a bucket of :every seconds, the first; 0 takes them all.
FIXES = text(f"""
SELECT DISTINCT ON (p.tracked_id, bucket) p.tracked_id, extract(epoch FROM p.at)::float8 AS at, ST_X(p.place) AS lon,
    ST_Y(p.place) AS lat, coalesce(p.accuracy_metres, {UNKNOWN_ERROR_METRES}) AS error,
    CASE WHEN :every = 0 THEN extract(epoch FROM p.at) ELSE floor(extract(epoch FROM p.at) / :every) END AS bucket
FROM unnest(CAST(:carriers AS bigint[]), CAST(:since AS timestamptz[])) AS w (tracked_id, since)
JOIN positions p ON p.tracked_id = w.tracked_id AND p.at >= w.since AND p.at <= :until
WHERE p.flags & {DOUBTED.value} = 0
ORDER BY p.tracked_id, bucket, p.at LIMIT :most
""").bindparams(  # noqa: S608 - numbers of ours
    bindparam("carriers", type_=ARRAY(BigInteger)), bindparam("since", type_=ARRAY(DateTime(timezone=True))),
    bindparam("every", type_=Integer), bindparam("most", type_=Integer),
)  # fmt: skip


def seen(permission: Permission, sector_column: Any) -> ColumnElement[bool]:
    """The first wall: what the viewer may see; all of it where the worker looks for the house, under its own policies."""
    return true() if current_viewer.get() is None else within(permission, sector_column)


def of_sector(column: Any, sector_id: int | None) -> ColumnElement[bool]:
    return true() if sector_id is None else column == sector_id


@dataclass(frozen=True)
class Carrier:
    """One of ours; `ended`: from then on it is no longer watched, in seconds since 1970."""

    id: int
    kind: str
    sector_id: int | None
    patrol_id: int | None
    call_sign: str
    started: float | None
    ended: float | None


def seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def carriers(since: datetime) -> dict[int, Carrier]:
    """Everything of ours that was tracked at some time since then."""
    found = db.session.execute(
        select(
            Tracked.id, Tracked.kind, Tracked.sector_id, Tracked.patrol_id, Tracked.call_sign, Patrol.started_at,
            func.coalesce(Patrol.ended_at, Tracked.retired_at).label("ended_at"),
        )
        .outerjoin(Patrol, Patrol.id == Tracked.patrol_id)
        .where(
            seen(Permission.READ_PATROLS, Tracked.sector_id),
            # A fence drawn around a village would tell when a visit to a defender is there.
            or_(Patrol.id.is_(None), no_visit()),
            func.coalesce(Patrol.ended_at, Tracked.retired_at, literal(datetime.now(UTC))) >= since,
        )
    )  # fmt: skip
    return {
        r.id: Carrier(
            r.id, r.kind, r.sector_id, r.patrol_id, r.call_sign, seconds(r.started_at), seconds(r.ended_at)
        )
        for r in found
    }


def arrived_since(received: datetime) -> dict[int, datetime]:
    """Carriers of which something was received since then, and how early it was made."""
    found = db.session.execute(
        select(Position.tracked_id, func.min(Position.at))
        .where(Position.received_at > received, Position.flags.op("&")(DOUBTED.value) == 0)
        .group_by(Position.tracked_id)
    )
    return {row[0]: row[1] for row in found}


LAST_BEFORE = text(f"""
SELECT w.tracked_id, max(p.at)
FROM unnest(CAST(:carriers AS bigint[]), CAST(:since AS timestamptz[])) AS w (tracked_id, since)
JOIN positions p ON p.tracked_id = w.tracked_id AND p.at < w.since AND p.at > w.since - interval '7 days'
WHERE p.flags & {DOUBTED.value} = 0 GROUP BY w.tracked_id
""").bindparams(  # noqa: S608 - a number of ours
    bindparam("carriers", type_=ARRAY(BigInteger)), bindparam("since", type_=ARRAY(DateTime(timezone=True)))
)  # fmt: skip


def last_before(since: Mapping[int, datetime]) -> dict[int, datetime]:
    """The last believed fix of each carrier before its time, if there is one within a week."""
    if not since:
        return {}
    rows = db.session.execute(LAST_BEFORE, {"carriers": list(since), "since": list(since.values())})
    return {row[0]: row[1] for row in rows}


def last_place(patrol_id: int, *, visits: bool = False) -> tuple[float, float] | None:
    """lon, lat where a patrol was last; of a visit to a defender only where it is asked for, since an alert carries it
    to all who read it."""
    row = db.session.execute(
        select(func.ST_X(Position.place), func.ST_Y(Position.place))
        .join(Tracked, Tracked.id == Position.tracked_id)
        .join(Patrol, Patrol.id == Tracked.patrol_id)
        .where(
            Tracked.patrol_id == patrol_id,
            true() if visits else no_visit(),
            Position.flags.op("&")(DOUBTED.value) == 0,
        )
        .order_by(Position.at.desc())
        .limit(1)
    ).first()
    return None if row is None else (row[0], row[1])


def labels(subjects: Iterable[str]) -> dict[str, str]:
    """What each subject is called, as far as the viewer may know: a call sign, or a serial that tells nothing."""
    found: dict[str, str] = {}
    by_kind: dict[str, list[int]] = {}
    for key in subjects:
        kind, _colon, number = key.partition(":")
        if number:
            by_kind.setdefault(kind, []).append(int(number))
    for kind, column, sign in (("patrol", Patrol, Patrol.call_sign), ("tracked", Tracked, Tracked.call_sign)):
        ids = by_kind.get(kind, [])
        asked = select(column.id, sign).where(
            column.id.in_(ids), seen(Permission.READ_PATROLS, column.sector_id)
        )
        found |= {f"{kind}:{n}": str(called) for n, called in (db.session.execute(asked) if ids else ())}
    if havens := by_kind.get("haven"):
        named = select(Haven.id, Haven.code).where(
            Haven.id.in_(havens), Haven.exposure.in_(OPENLY_KNOWN), seen(Permission.READ_HAVENS, Haven.sector_id)
        )  # fmt: skip
        found |= {f"haven:{n}": f"{_('Haven')} {code}" for n, code in db.session.execute(named)}
    return found


def tracks(
    since: Mapping[int, datetime], until: datetime, every: int = 0, most: int | None = None
) -> dict[int, Track]:
    """Believed fixes of each carrier from its time on; `every` seconds one, if not all. Raises Invalid where there
    are more than `most`: cut off, they would look like calm."""
    if not since:
        return {}
    asked = {
        "carriers": list(since), "since": list(since.values()), "until": until, "every": every,
        "most": None if most is None else most + 1,
    }  # fmt: skip
    rows = db.session.execute(FIXES, asked).all()
    if most is not None and len(rows) > most:
        raise Invalid(_("There are too many positions for one look. Ask for fewer days, or for a sector."))
    if not rows:
        return {}
    table = np.array([tuple(r[:5]) for r in rows], dtype=float)
    cuts = np.flatnonzero(np.diff(table[:, 0])) + 1
    return {int(part[0, 0]): Track(*part[:, 1:].T) for part in np.split(table, cuts)}


@dataclass(frozen=True)
class Stores:
    """One haven: `key` its subject; lon, lat in degrees; `ends`: when the first store ends that people can't do without,
    None where none does."""

    key: str
    lon: float
    lat: float
    ends: datetime | None


def haven_stores(sector_id: int | None) -> list[Stores]:
    """Havens that are not kept hidden and whose stores were counted."""
    last = (
        select(func.max(HavenStock.id).label("id")).group_by(HavenStock.haven_id).subquery()
    )  # the table only grows
    found = db.session.execute(
        select(Haven.id, Haven.occupancy, func.ST_X(Haven.place), func.ST_Y(Haven.place), HavenStock)
        .join(HavenStock, HavenStock.haven_id == Haven.id)
        .where(
            HavenStock.id.in_(select(last.c.id)), Haven.exposure.in_(OPENLY_KNOWN),
            seen(Permission.READ_HAVENS, Haven.sector_id), of_sector(Haven.sector_id, sector_id),
        )
        .order_by(Haven.id)
    )  # fmt: skip
    limits = Limits.of(procedures())
    return [
        Stores(f"haven:{n}", lon, lat, first_end(counted, people, limits))
        for n, people, lon, lat, counted in found
    ]


def targets(kind: str, sector_id: int | None) -> list[BaseGeometry]:
    """Open threats' areas, bases, sites to protect, or havens that are not kept hidden; WGS 84, lon/lat."""
    if kind == "threat":
        asked = select(Threat.area).where(
            Threat.ended_at.is_(None), seen(Permission.READ_THREATS, Threat.sector_id),
            of_sector(Threat.sector_id, sector_id),
        )  # fmt: skip
    elif kind == "site":
        asked = (
            select(Place.place)
            .join(Site, Site.place_id == Place.id)
            .where(
                Site.dropped_at.is_(None), seen(Permission.READ_PATROLS, Site.sector_id),
                of_sector(Site.sector_id, sector_id),
            )
        )  # fmt: skip
    elif kind == "base":
        asked = select(MilitaryBase.place).where(of_sector(MilitaryBase.sector_id, sector_id))
    else:
        asked = select(Haven.place).where(
            Haven.exposure.in_(OPENLY_KNOWN), seen(Permission.READ_HAVENS, Haven.sector_id),
            of_sector(Haven.sector_id, sector_id),
        )  # fmt: skip
    return [shape_of(found) for found in db.session.scalars(asked)]


def shape_of(stored: WKBElement) -> BaseGeometry:
    return to_shape(stored)


def sector_area(sector_id: int) -> BaseGeometry | None:
    found = db.session.scalar(select(Sector.area).where(Sector.id == sector_id))
    return None if found is None else shape_of(found)


def threat_area(threat_id: int) -> BaseGeometry | None:
    found = db.session.scalar(select(Threat.area).where(Threat.id == threat_id))
    return None if found is None else shape_of(found)


def sector_name(sector_id: int) -> str:
    return str(db.session.scalar(select(Sector.name).where(Sector.id == sector_id)) or "")


def ground() -> BaseGeometry | None:
    """The mission's whole area."""
    found = [shape_of(area) for area in db.session.scalars(select(Sector.area))]
    return shapely.union_all(found) if found else None


def patrols(since: datetime, sector_id: int | None, *, visits: bool = False) -> Sequence[Any]:
    """Patrols that were out at some time since then, with their carrier. Visits to defenders only where they are asked
    for: where one halts, or each minute in which nothing comes from it, would be told by an alert."""
    return db.session.execute(
        select(
            Patrol.id, Patrol.call_sign, Patrol.sector_id, Patrol.planned_end, Patrol.started_at, Patrol.ended_at,
            Tracked.id.label("tracked_id"),
        )
        .join(Tracked, Tracked.patrol_id == Patrol.id)
        .where(
            seen(Permission.READ_PATROLS, Patrol.sector_id), of_sector(Patrol.sector_id, sector_id),
            Patrol.started_at.is_not(None), or_(Patrol.ended_at.is_(None), Patrol.ended_at >= since),
            true() if visits else no_visit(),
        )
    ).all()  # fmt: skip


def incidents(kinds: Sequence[str], since: datetime, until: datetime, sector_id: int | None) -> Sequence[Any]:
    """Incidents that were not found false, known to a place (precision 1 to 3), by the end of what is told of them."""
    return db.session.execute(
        select(
            Incident.id, Incident.occurred_to.label("at"), func.ST_X(Incident.place).label("lon"),
            func.ST_Y(Incident.place).label("lat"),
        ).where(
            seen(Permission.READ_INCIDENTS, Incident.sector_id), of_sector(Incident.sector_id, sector_id),
            Incident.occurred_to > since, Incident.occurred_to <= until, Incident.place_precision <= 3,
            Incident.verification.not_in(["unfounded", "contradicted"]),
            Incident.kind.in_(list(kinds)) if kinds else true(),
        ).order_by(Incident.occurred_to).limit(MOST_FIXES)
    ).all()  # fmt: skip


def happened_near(kind: str, since: datetime, until: datetime, sector_id: int | None) -> Sequence[Any]:
    """Incidents, or alerts that were open since then, known to a place (precision 1 to 3) and not found false: `ended`,
    where an alert is closed; `radius` in metres. No alert of a rule: rules would raise alerts of each other's. None
    about one person, itself or by one that stands behind it: the rule's own would be about nobody, and patrols would be
    sent to its place (docs/decisions/0020)."""
    false = ["unfounded", "contradicted"]
    if kind == "incidents":
        i = Incident
        asked = select(
            i.id, i.occurred_to.label("at"), null().label("ended"), literal(0.0).label("radius"),
            func.ST_X(i.place).label("lon"), func.ST_Y(i.place).label("lat"),
        ).where(
            seen(Permission.READ_INCIDENTS, i.sector_id), of_sector(i.sector_id, sector_id),
            i.occurred_to > since, i.occurred_to <= until, i.place_precision <= 3, i.verification.not_in(false),
        ).order_by(i.id.desc())  # fmt: skip
    else:
        a, s, behind = Alert, AlertStep, aliased(Alert)
        closed = select(func.max(s.at)).where(s.alert_id == a.id, s.kind == StepKind.CLOSED).scalar_subquery()
        ended = case((a.status == AlertStatus.CLOSED, func.coalesce(closed, a.raised_at)))
        asked = select(
            a.id, a.raised_at.label("at"), ended.label("ended"), a.radius_metres.label("radius"),
            func.ST_X(a.place).label("lon"), func.ST_Y(a.place).label("lat"),
        ).where(
            seen(Permission.READ_ALERTS, a.sector_id), of_sector(a.sector_id, sector_id), a.channel != Channel.RULE,
            a.leader_id.is_(None), a.raised_at <= until, a.place_precision <= 3, a.verification.not_in(false),
            or_(a.status != AlertStatus.CLOSED, a.raised_at >= since),
            func.vigil.of_one_person(a.kind, a.channel).is_(False),
            ~exists().where(behind.leader_id == a.id, func.vigil.of_one_person(behind.kind, behind.channel)),
        ).order_by(a.id.desc())  # fmt: skip
    return db.session.execute(asked.limit(MOST_FIXES)).all()


def as_told(subject: str) -> Row[Any] | None:
    """How surely an incident's or alert's own place and words are known: `source_reliability`, `credibility`,
    `place_precision`, `radius_metres`, `name`; None for anything else."""
    kind, _colon, number = subject.partition(":")
    if kind not in ("incident", "alert"):
        return None
    m = Alert if kind == "alert" else Incident
    radius, name = (
        (Alert.radius_metres, Alert.place_as_given) if kind == "alert" else (literal(0), Incident.place_name)
    )
    return db.session.execute(
        select(
            m.source_reliability,
            m.credibility,
            m.place_precision,
            radius.label("radius_metres"),
            name.label("name"),
        ).where(m.id == int(number))
    ).one_or_none()


@dataclass(frozen=True)
class Told:
    """An indicator that somebody told of: when, where (degrees), and whose word it is in the end. What nobody knows the
    source of is one together: an anonymous caller must not make a crowd."""

    at: datetime
    lon: float
    lat: float
    origin: Hashable | None


def indicators(codes: Sequence[str], since: datetime, until: datetime, sector_id: int | None) -> list[Told]:
    """Of reports and of entries by hand that were not found false."""
    rows = db.session.execute(
        text(
            "SELECT at, lon, lat, source, repeats FROM vigil.indicators_told(CAST(:codes AS text[]), "
            "CAST(:since AS timestamptz), CAST(:until AS timestamptz), CAST(:sector AS bigint), CAST(:seen AS text[]))"
        ),
        {
            "codes": list(codes), "since": since, "until": until, "sector": sector_id,
            "seen": sorted(SEEN_BY_THE_MISSION),
        },
    ).all()  # fmt: skip
    whose = origins([Saying(r.source, r.repeats) for r in rows])
    return [Told(r.at, r.lon, r.lat, origin) for r, origin in zip(rows, whose, strict=True)]


def reports(kinds: Sequence[str], since: datetime, until: datetime, sector_id: int | None) -> Sequence[Any]:
    """Kind, time and place of reports, and no word of them."""
    return db.session.execute(
        text(
            "SELECT id, occurred_at AS at, lon, lat FROM vigil.reports_counted("
            "CAST(:kinds AS text[]), CAST(:since AS timestamptz), CAST(:until AS timestamptz), CAST(:sector AS bigint))"
        ),
        {"kinds": list(kinds), "since": since, "until": until, "sector": sector_id},
    ).all()


def check_ins(since: datetime, sector_id: int | None) -> Sequence[Any]:
    """What was agreed with people under protection, by numbers, and when somebody was heard of. For the worker alone."""
    return db.session.execute(
        text(
            "SELECT * FROM vigil.check_ins_to_watch(CAST(:since AS timestamptz)) "
            "WHERE CAST(:sector AS bigint) IS NULL OR sector_id = :sector"
        ),
        {"since": since, "sector": sector_id},
    ).all()


def plan_sector(plan_id: int) -> tuple[int, str, BaseGeometry] | None:
    """The sector of such an agreement: id, name, outline."""
    asked = text("SELECT sector_id FROM vigil.check_ins_to_watch(now()) WHERE plan_id = :plan")
    number = db.session.execute(asked, {"plan": plan_id}).scalar()
    row = db.session.execute(select(Sector.name, Sector.area).where(Sector.id == number)).first()
    return None if row is None or number is None else (number, row.name, shape_of(row.area))


def threats(sector_id: int | None) -> Sequence[Any]:
    """Threats with the day on which they were to be looked at again."""
    return db.session.execute(
        select(
            Threat.id, Threat.review_on, Threat.changed_at, Threat.ended_at,
            func.ST_X(func.ST_PointOnSurface(Threat.area)).label("lon"),
            func.ST_Y(func.ST_PointOnSurface(Threat.area)).label("lat"),
        ).where(seen(Permission.READ_THREATS, Threat.sector_id), of_sector(Threat.sector_id, sector_id))
    ).all()  # fmt: skip
