"""Reads of field reports: the in-tray of those who handle them, and one's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, or_, select, text, true

from app.alerts.models import Alert
from app.db import db
from app.errors import NotAllowed, NotFound
from app.field_reports.models import FieldReport, ReportConflict, ReportWeighing, UnraisedReport
from app.permissions import Permission, viewer, within

PAGE = 50


def visible() -> ColumnElement[bool]:
    """Reports of one's sectors for those who read them, and one's own for everybody."""
    return or_(
        within(Permission.READ_REPORTS, FieldReport.sector_id), FieldReport.reporter_id == viewer().person_id
    )


def serial(number: int) -> str:
    return _("Report %(n)s", n=number)


def in_tray(page: int, kind: str = "", unlooked: bool = False) -> tuple[list[Row[Any]], int]:
    """`unlooked`: those without an alert that nobody has looked at; with the score for who may see points."""
    where = [visible()] + ([FieldReport.kind == kind] if kind else [])
    where += [waits()] if unlooked else []
    total = db.session.execute(
        select(func.count())
        .select_from(FieldReport)
        .outerjoin(UnraisedReport, UnraisedReport.report_id == FieldReport.id)
        .where(*where)
    ).scalar_one()
    found = db.session.execute(
        select(
            FieldReport.id, FieldReport.serial, FieldReport.kind, FieldReport.what, FieldReport.received_at,
            FieldReport.occurred_at, FieldReport.place_as_given, FieldReport.source_reliability,
            FieldReport.credibility, FieldReport.receipt, FieldReport.channel, FieldReport.sector_id,
            UnraisedReport.reasons, ReportWeighing.score,
        )
        .outerjoin(UnraisedReport, UnraisedReport.report_id == FieldReport.id)
        .outerjoin(ReportWeighing, and_(ReportWeighing.report_id == FieldReport.id, sees_points()))
        .where(*where)
        .order_by(FieldReport.serial.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )  # fmt: skip
    return list(found), total


def numbered(number: int) -> Select[Any]:
    """The report of this serial, for the search box."""
    r = FieldReport
    columns = (r.id, r.serial, r.kind, r.place_as_given, r.source_reliability, r.credibility)
    return select(*columns).where(r.serial == number, visible())


def one(report_id: UUID) -> FieldReport:
    found = db.session.execute(
        select(FieldReport).where(FieldReport.id == report_id, visible())
    ).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def point_of(report_id: UUID) -> tuple[float, float]:
    row = db.session.execute(
        select(func.ST_X(FieldReport.place), func.ST_Y(FieldReport.place)).where(
            FieldReport.id == report_id, visible()
        )
    ).one()
    return row[0], row[1]


def alert_of(report_id: UUID) -> int | None:
    """The alert that a report raised, for those who may read it; a reporter is not told."""
    return db.session.execute(
        select(Alert.id).where(Alert.report_id == report_id, within(Permission.READ_ALERTS, Alert.sector_id))
    ).scalar()


def waits() -> ColumnElement[bool]:
    """Reports without an alert that nobody has looked at, where the viewer reads alerts."""
    u = UnraisedReport
    return and_(within(Permission.READ_ALERTS, u.sector_id), u.report_id.is_not(None), u.look.is_(None))


def sees_points() -> ColumnElement[bool]:
    """Points tell how near a defender's cell lies."""
    return literal(Permission.SEE_COARSE_CELLS in viewer().anywhere())


def waiting(below: list[int] | None = None) -> int:
    """How many of these there are: in these sectors, or in all that the viewer sees."""
    inside = true() if below is None else UnraisedReport.sector_id.in_(below)
    return db.session.execute(
        select(func.count()).select_from(UnraisedReport).where(waits(), inside)
    ).scalar_one()


def of_unraised() -> Select[Any]:
    u = UnraisedReport
    return (
        select(u.sector_id, u.reasons, u.look, u.looked_at, u.looked_by_id, u.why, u.alert_id, ReportWeighing.score)
        .outerjoin(ReportWeighing, and_(ReportWeighing.report_id == u.report_id, sees_points()))
        .where(within(Permission.READ_ALERTS, u.sector_id))
    )  # fmt: skip


def unraised(report_id: UUID) -> Row[Any]:
    """What was made of a report without an alert. Raises NotFound, for one that raised its alert by itself, too."""
    found = weighed_too_low(report_id)
    if found is None:
        raise NotFound
    return found


def weighed_too_low(report_id: UUID) -> Row[Any] | None:
    return db.session.execute(of_unraised().where(UnraisedReport.report_id == report_id)).first()


def lookers() -> dict[int, str]:
    """The names of those who looked at such reports, by person id."""
    found = db.session.execute(text("SELECT * FROM vigil.lookers_at_reports()"))
    return {row.person_id: row.name for row in found}


def conflicts() -> Select[tuple[ReportConflict]]:
    """The second bodies of the reports of one's sectors, and those that one sent oneself. Whose report it is does
    not count: what somebody else sent under its id is not the reporter's."""
    return (
        select(ReportConflict)
        .join(FieldReport, FieldReport.id == ReportConflict.report_id)
        .where(
            visible(),
            or_(
                within(Permission.READ_REPORTS, FieldReport.sector_id),
                ReportConflict.reporter_id == viewer().person_id,
            ),
        )
    )


def open_conflicts() -> list[ReportConflict]:
    if not viewer().holds(Permission.READ_REPORTS):
        return []
    unsettled = conflicts().where(ReportConflict.settled_at.is_(None))
    return list(db.session.scalars(unsettled.order_by(ReportConflict.received_at)))


def sector_of_unsettled(conflict_id: int) -> int | None:
    """The sector of the report of a conflict that waits; NotFound where the viewer does not read it, NotAllowed where
    one of the two bodies is his own: which of them holds is for somebody else to say."""
    asked = conflicts().where(ReportConflict.id == conflict_id, ReportConflict.settled_at.is_(None))
    columns = (FieldReport.sector_id, FieldReport.reporter_id, ReportConflict.reporter_id.label("second_id"))
    found = db.session.execute(asked.with_only_columns(*columns)).first()
    if found is None:
        raise NotFound
    if viewer().person_id in (found.reporter_id, found.second_id):
        raise NotAllowed(
            _("You sent one of the two yourself. Another officer compares them."), code="own_report"
        )
    return found.sector_id


def conflicts_of(report_id: UUID) -> list[ReportConflict]:
    chosen = conflicts().where(ReportConflict.report_id == report_id)
    return list(db.session.scalars(chosen.order_by(ReportConflict.id)))
