"""Reads of sources: the register, one with its history, and who stands behind an alert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import aliased

from app.alerts.models import Alert, Channel
from app.db import db
from app.errors import NotFound
from app.field_reports.models import FieldReport
from app.mission.models import CommunityNetwork, Sector
from app.permissions import Permission, within
from app.sources.models import AlertSource, Source
from geo.sources import History, Saying, independent, suggested_grade, wilson

PAGE = 50
# What two persons found true, and false (app/alerts/triage.py).
TRUE, FALSE = ("verified",), ("unfounded", "contradicted")
# By these the one who reports has seen it himself.
SEEN_BY_THE_MISSION = (Channel.PATROL, Channel.MILITARY_OBSERVER, Channel.POLICE, Channel.AERIAL)


def visible() -> ColumnElement[bool]:
    return within(Permission.READ_SOURCES, Source.sector_id)


def rows() -> Select[Any]:
    s, n = Source, CommunityNetwork
    mine = within(Permission.READ_ALERTS, n.sector_id)
    return (
        select(
            s.id, s.code, s.kind, s.known_by, s.contactable, s.contact_held_by, s.sector_id, s.grade, s.graded_at,
            s.added_at, Sector.name.label("sector"), n.name.label("network"),
        )
        .outerjoin(Sector, Sector.id == s.sector_id)
        .outerjoin(n, (n.id == s.network_id) & mine)
        .where(visible())
    )  # fmt: skip


def register(search: str, page: int) -> tuple[list[Row[Any]], int]:
    """One page by code, and how many there are."""
    asked = [func.strpos(Source.code, "".join(search.upper().split())) > 0] if search.strip() else []
    total = db.session.execute(select(func.count()).select_from(Source).where(visible(), *asked)).scalar_one()
    found = rows().where(*asked).order_by(Source.code, Source.id).limit(PAGE).offset((page - 1) * PAGE)
    return list(db.session.execute(found)), total


def one(source_id: int) -> Row[Any]:
    found = db.session.execute(rows().where(Source.id == source_id)).first()
    if found is None:
        raise NotFound
    return found


def called(code: str, sector_id: int | None) -> int | None:
    """The source of that code that the viewer may see: of the sector, else of the whole mission."""
    own = or_(Source.sector_id == sector_id, Source.sector_id.is_(None))
    found = select(Source.id).where(visible(), Source.code == code, own)
    return db.session.execute(found.order_by(Source.sector_id.is_(None)).limit(1)).scalar()


def latest() -> Any:
    """Of each alert the row that counts."""
    return (
        select(AlertSource.alert_id, AlertSource.source_id, AlertSource.repeats_id)
        .distinct(AlertSource.alert_id)
        .order_by(AlertSource.alert_id, AlertSource.id.desc())
        .subquery()
    )


@dataclass(frozen=True)
class Record:
    """A source's history, the grade that it suggests, and the bounds of the share that was true."""

    history: History
    suggested: str
    low: float
    high: float


NOTHING_JUDGED = Record(History(0, 0), "F", 0.0, 1.0)


def histories(source_ids: Iterable[int]) -> Mapping[int, Record]:
    """Of the alerts that the viewer reads. What a source only repeated is no test of it; several of its alerts that were
    merged tell of one event and count once, by what was found of their leader."""
    told, leader = latest(), aliased(Alert)
    event = func.coalesce(Alert.leader_id, Alert.id)
    found = func.coalesce(leader.verification, Alert.verification)
    counted = (
        select(
            told.c.source_id,
            func.count(func.distinct(event)).filter(found.in_(TRUE)),
            func.count(func.distinct(event)).filter(found.in_(FALSE)),
        )
        .join(Alert, Alert.id == told.c.alert_id)
        .outerjoin(leader, leader.id == Alert.leader_id)
        .where(
            told.c.source_id.in_(list(source_ids)), told.c.repeats_id.is_(None),
            within(Permission.READ_ALERTS, Alert.sector_id),
        )
        .group_by(told.c.source_id)
    )  # fmt: skip
    return {source: judged(History(true, false)) for source, true, false in db.session.execute(counted)}


def judged(history: History) -> Record:
    return Record(history, suggested_grade(history), *wilson(history.true, history.judged))


@dataclass(frozen=True)
class Behind:
    """Who stands behind one alert and those merged into it. `unknown`: reports of which nobody knows whose words they
    are; `code` and `repeats`: of this alert itself, "" where it is not known."""

    reports: int
    independent: int
    unknown: int
    source_id: int | None
    code: str
    repeats: str


def behind(alert_id: int, group: Iterable[int]) -> Behind:
    """`group`: the ids of all alerts that tell of the same event, this one among them."""
    told, source, repeated = latest(), aliased(Source), aliased(Source)
    rows_of = db.session.execute(
        select(Alert.id, Alert.report_id, Alert.channel, told.c.source_id, told.c.repeats_id,
               # An officer may have raised it: what a report says is its reporter's word.
               func.coalesce(FieldReport.reporter_id, Alert.reporter_id).label("reporter_id"),
               source.code, repeated.code.label("repeats"))
        .outerjoin(FieldReport, FieldReport.id == Alert.report_id)
        .outerjoin(told, told.c.alert_id == Alert.id)
        .outerjoin(source, (source.id == told.c.source_id) & within(Permission.READ_SOURCES, source.sector_id))
        .outerjoin(repeated, (repeated.id == told.c.repeats_id) & within(Permission.READ_SOURCES, repeated.sector_id))
        .where(Alert.id.in_(list(group)), within(Permission.READ_ALERTS, Alert.sector_id))
    ).all()  # fmt: skip
    sayings = [saying(r) for r in rows_of]
    own = next((r for r in rows_of if r.id == alert_id), None)
    return Behind(
        reports=len(rows_of),
        independent=independent(sayings),
        unknown=sum(s.source is None for s in sayings),
        source_id=own.source_id if own else None,
        code=(own.code if own else None) or "",
        repeats=(own.repeats if own else None) or "",
    )


def saying(row: Row[Any]) -> Saying:
    if row.source_id is not None:
        return Saying(f"source {row.source_id}", f"source {row.repeats_id}" if row.repeats_id else None)
    if row.report_id is not None and row.channel in SEEN_BY_THE_MISSION:
        return Saying(f"person {row.reporter_id}")
    return Saying(None)


def alerts_of(source_id: int) -> list[Row[Any]]:
    """The latest alerts that hold this source's words, as far as the viewer reads them."""
    told, repeated = latest(), aliased(Source)
    found = (
        select(Alert.id, Alert.kind, Alert.raised_at, Alert.verification, Alert.leader_id, Alert.place_as_given,
               repeated.code.label("repeats"))
        .join(told, told.c.alert_id == Alert.id)
        .outerjoin(repeated, (repeated.id == told.c.repeats_id) & within(Permission.READ_SOURCES, repeated.sector_id))
        .where(told.c.source_id == source_id, within(Permission.READ_ALERTS, Alert.sector_id))
        .order_by(Alert.id.desc())
        .limit(PAGE)
    )  # fmt: skip
    return list(db.session.execute(found))


def networks() -> list[tuple[str, str]]:
    n = CommunityNetwork
    found = select(n.id, n.name).where(within(Permission.READ_ALERTS, n.sector_id)).order_by(n.name)
    return [(str(r.id), r.name) for r in db.session.execute(found)]


def as_json(source: Row[Any], record: Record) -> Mapping[str, Any]:
    return {
        "id": source.id, "code": source.code, "kind": source.kind, "network": source.network,
        "known_by": source.known_by, "contactable": source.contactable, "contact_held_by": source.contact_held_by,
        "sector_id": source.sector_id, "grade": source.grade,
        "graded_at": source.graded_at.isoformat() if source.graded_at else None,
        "history": {
            "true": record.history.true, "false": record.history.false, "suggested": record.suggested,
            "low": round(record.low, 3), "high": round(record.high, 3),
        },
    }  # fmt: skip
