"""Reads of patrol reports: a leader's own, what waits for debrief and approval, what a report says of roads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select

from app.db import db
from app.errors import NotFound
from app.patrol_reports.checking import where
from app.patrol_reports.models import PatrolReport, PatrolReportEntry, ReportState
from app.patrols import queries as patrols
from app.patrols.models import Patrol
from app.patrols.queries import PatrolFile
from app.patrols.visits import known, told
from app.permissions import Permission, viewer, within

PAGE = 50
SENT = (ReportState.SUBMITTED, ReportState.DEBRIEFED, ReportState.APPROVED)


def visible() -> ColumnElement[bool]:
    """What one writes oneself as a leader, as long as the patrol is one's own; of one's sectors what was sent. A draft
    is its writer's alone."""
    who = viewer()
    led = select(Patrol.id).where(patrols.own()).correlate(None)
    return or_(
        and_(
            PatrolReport.state != ReportState.DRAFT, within(Permission.READ_PATROLS, PatrolReport.sector_id)
        ),
        and_(PatrolReport.author_id == who.person_id, PatrolReport.patrol_id.in_(led)),
    )


def led(patrol_id: int) -> PatrolFile:
    """A patrol that the viewer leads; NotFound for every other."""
    found = patrols.one(patrol_id)
    who = viewer()
    if found.patrol.leader_id != who.person_id or not who.holds(Permission.LEAD_PATROLS):
        raise NotFound
    return found


def of_patrol(patrol_id: int) -> PatrolReport | None:
    return db.session.execute(
        select(PatrolReport).where(PatrolReport.patrol_id == patrol_id, visible())
    ).scalar_one_or_none()


def numbers_of(patrol_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Patrol → number and state of its report, for those patrols that have one which the viewer reads."""
    found = db.session.execute(
        select(PatrolReport.patrol_id, PatrolReport.id, PatrolReport.state).where(
            PatrolReport.patrol_id.in_(patrol_ids), visible()
        )
    )
    return {row.patrol_id: row for row in found}


def one(report_id: int) -> PatrolReport:
    found = db.session.execute(
        select(PatrolReport).where(PatrolReport.id == report_id, visible())
    ).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def log_of(report_id: int) -> list[PatrolReportEntry]:
    return list(
        db.session.scalars(
            select(PatrolReportEntry)
            .join(PatrolReport, PatrolReport.id == PatrolReportEntry.report_id)
            .where(PatrolReportEntry.report_id == report_id, visible())
            .order_by(PatrolReportEntry.id)
        )
    )


def board(state: str, page: int) -> tuple[list[Row[Any]], int]:
    """One page of reports and how many there are: what waits for debrief first and of that the oldest, then what waits
    for approval, what was returned, and the approved, the last ones first."""
    wanted = [visible()] + ([PatrolReport.state == state] if state else [])
    total = db.session.execute(select(func.count()).select_from(PatrolReport).where(*wanted)).scalar_one()
    rank = case(
        (PatrolReport.state == ReportState.SUBMITTED, 0), (PatrolReport.state == ReportState.DEBRIEFED, 1),
        (PatrolReport.state == ReportState.RETURNED, 2), else_=3,
    )  # fmt: skip
    waits = case((PatrolReport.state != ReportState.APPROVED, PatrolReport.submitted_at))
    found = db.session.execute(
        select(
            PatrolReport.id, PatrolReport.patrol_id, PatrolReport.state, PatrolReport.submitted_at,
            told(func.jsonb_array_length(PatrolReport.flags)).label("flags"), Patrol.call_sign,
            told(
                func.jsonb_array_length(
                    func.coalesce(PatrolReport.blocks["incidents"]["incidents"], func.jsonb_build_array())
                )
            ).label("incidents"),
        )
        .join(Patrol, Patrol.id == PatrolReport.patrol_id)
        .where(*wanted)
        .order_by(rank, waits.nulls_last(), PatrolReport.submitted_at.desc(), PatrolReport.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )  # fmt: skip
    return list(found), total


@dataclass(frozen=True)
class RoadProposal:
    """What a patrol says of a stretch: where, as it was written, until where, and (lon, lat) of the first, None where it
    can't be read; trafficability green, amber or red for all, heavy, light or foot. A proposal: an officer changes the
    road."""

    report_id: int
    row: int
    what: str
    written: str
    until: str
    place: tuple[float, float] | None
    vehicle: str
    trafficability: str
    remarks: str
    sent_at: datetime


def road_proposals(since: datetime) -> list[RoadProposal]:
    """Roads, bridges and fords in the approved reports that were sent since then and that the viewer reads, newest
    first."""
    found = db.session.execute(
        select(PatrolReport.id, PatrolReport.blocks["roads"]["roads"].label("roads"), PatrolReport.submitted_at)
        .join(Patrol, Patrol.id == PatrolReport.patrol_id)
        .where(visible(), known(), PatrolReport.state == ReportState.APPROVED, PatrolReport.submitted_at >= since)
        .order_by(PatrolReport.submitted_at.desc(), PatrolReport.id.desc())
        .limit(500)
    )  # fmt: skip
    return [
        RoadProposal(
            report.id, n, row["what"], row.get("place", ""), row.get("until", ""), found_at(row.get("place", "")),
            row["vehicle"], row["trafficability"], row.get("remarks", ""), report.submitted_at,
        )
        for report in found
        for n, row in enumerate(report.roads or [])
        if row["what"] in ("road", "bridge", "ford")
    ]  # fmt: skip


def found_at(written: str) -> tuple[float, float] | None:
    lon, lat = where(written)
    return None if lon is None or lat is None else (lon, lat)


def patrol_of(report: PatrolReport) -> Row[Any]:
    """The patrol that a report is about: number, call sign, alert."""
    return db.session.execute(
        select(Patrol.id, Patrol.call_sign, Patrol.alert_id).where(
            Patrol.id == report.patrol_id, patrols.visible()
        )
    ).one()


def way_is_known(report: PatrolReport) -> bool:
    """Whether the viewer may know where the patrol went (app/patrols/visits.py)."""
    return (
        db.session.execute(select(Patrol.id).where(Patrol.id == report.patrol_id, known())).first()
        is not None
    )
