"""Reads of alerts: the queue, one alert with its chain, the table. Each goes through the viewer's scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from app.alerts.models import (
    Alert,
    AlertClock,
    AlertReweighing,
    AlertStatus,
    AlertStep,
    AlertWeighing,
    Clock,
    StepKind,
    Tasking,
)
from app.alerts.steps import proposed, since_opened
from app.db import db
from app.errors import NotFound
from app.field_reports.models import FieldReport
from app.permissions import Permission, viewer, within
from geo.warning import KIND_WEIGHT

PAGE = 50
SORTS = {
    "raised": Alert.raised_at, "priority": Alert.priority, "status": Alert.status, "kind": Alert.kind,
    "serial": Alert.id,
}  # fmt: skip


def serial(alert_id: int) -> str:
    """How an alert is called on the radio."""
    return _("Alert %(id)s", id=alert_id)


def next_due() -> Any:
    """The earliest clock that still runs, of the alert of the outer query."""
    return (
        select(func.min(AlertClock.due_at))
        .where(
            AlertClock.alert_id == Alert.id, AlertClock.stopped_at.is_(None), AlertClock.ran_out_at.is_(None)
        )
        .correlate(Alert)
        .scalar_subquery()
    )


def overdue() -> Any:
    return (
        select(func.min(AlertClock.due_at))
        .where(
            AlertClock.alert_id == Alert.id,
            AlertClock.stopped_at.is_(None),
            AlertClock.ran_out_at.is_not(None),
        )
        .correlate(Alert)
        .scalar_subquery()
    )


def approver() -> Any:
    """At which post the alert of the outer query waits for the approval of a decision not to respond, or none."""
    return (
        select(AlertClock.echelon)
        .where(
            AlertClock.alert_id == Alert.id, AlertClock.clock == Clock.APPROVE, AlertClock.stopped_at.is_(None),
            Alert.decision == "not_respond",
        )
        .order_by(AlertClock.id.desc())
        .limit(1)
        .correlate(Alert)
        .scalar_subquery()
    )  # fmt: skip


def rows() -> Select[Any]:
    return select(
        Alert.id, Alert.kind, Alert.channel, Alert.priority, Alert.status, Alert.verification, Alert.raised_at,
        Alert.received_at, Alert.source_reliability, Alert.credibility, Alert.place_as_given, Alert.sector_id,
        Alert.decision, Alert.outcome, Alert.owner_echelon, Alert.admin_code, Alert.place_precision,
        Alert.radius_metres, Alert.version, Alert.leader_id, Alert.occurred_at,
        func.ST_X(Alert.place).label("lon"), func.ST_Y(Alert.place).label("lat"),
        func.coalesce(overdue(), next_due()).label("due_at"), approver().label("approver"),
    ).where(within(Permission.READ_ALERTS, Alert.sector_id))  # fmt: skip


# What wants a decision, most urgent first: what is undecided or waits for its approval, then what is under way.
def queue(limit: int = 100) -> list[Row[Any]]:
    undecided = Alert.status.in_([AlertStatus.RECEIVED, AlertStatus.ACKNOWLEDGED, AlertStatus.VERIFIED])
    return list(
        db.session.execute(
            rows()
            .where(Alert.status != AlertStatus.CLOSED, Alert.leader_id.is_(None))
            .order_by(or_(undecided, approver().is_not(None)).desc(), Alert.priority, Alert.raised_at)
            .limit(limit)
        )
    )


@dataclass(frozen=True)
class Filters:
    """The table's filters, as they stand in the URL."""

    status: str = ""
    priority: str = ""
    kind: str = ""
    verification: str = ""
    grade: str = ""
    sector: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    search: str = ""
    sort: str = "-raised"

    def where(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.status == "open":
            # What follows another alert is answered with that one.
            found += [Alert.status != AlertStatus.CLOSED, Alert.leader_id.is_(None)]
        elif self.status:
            found.append(Alert.status == self.status)
        if self.priority:
            found.append(Alert.priority == self.priority)
        # A kind that no alert has is the map's filter for incidents, and is none here.
        if self.kind in KIND_WEIGHT:
            found.append(Alert.kind == self.kind)
        if self.verification:
            found.append(Alert.verification == self.verification)
        if self.grade in ("A", "B", "C", "D", "E", "F"):
            found.append(Alert.source_reliability <= self.grade)
        if self.sector is not None:
            found.append(Alert.sector_id == self.sector)
        if self.since is not None:
            found.append(Alert.raised_at >= self.since)
        if self.until is not None:
            found.append(Alert.raised_at < self.until)
        if self.search:
            digits = "".join(c for c in self.search if c.isdecimal())
            match = func.strpos(func.lower(Alert.place_as_given), self.search.lower()) > 0
            found.append(match | (Alert.id == int(digits)) if digits and len(digits) < 16 else match)
        return found


def table(filters: Filters, page: int) -> tuple[list[Row[Any]], int]:
    """One page of alerts and how many there are in all."""
    column = SORTS.get(filters.sort.lstrip("-"), Alert.raised_at)
    order = column.desc() if filters.sort.startswith("-") else column.asc()
    total = db.session.execute(
        select(func.count())
        .select_from(Alert)
        .where(within(Permission.READ_ALERTS, Alert.sector_id), *filters.where())
    ).scalar_one()
    found = db.session.execute(
        rows().where(*filters.where()).order_by(order, Alert.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    )
    return list(found), total


@dataclass(frozen=True)
class Chain:
    """One alert with all that hangs on it. `weighing` is None for those who may not see points."""

    alert: Row[Any]
    verbatim: str
    reasons: list[str]
    weighing: AlertWeighing | None
    steps: list[AlertStep]
    clocks: list[AlertClock]
    taskings: list[Tasking]
    report_serial: int | None
    source_contactable: bool
    approved: bool
    fed_back: bool
    # What was proposed to be held true or false and waits for a second person.
    proposed: AlertStep | None = None
    # The latest weighing at a corrected place, and its points for those who may see them.
    anew: AlertStep | None = None
    reweighing: AlertReweighing | None = None
    # The code on the alert, for those alone who read sources.
    source_code: str | None = None
    indicators: tuple[str, ...] = ()
    # Whether somebody with an account sent a report of it.
    reported: bool = False


def chain(alert_id: int) -> Chain:
    alert = db.session.execute(rows().where(Alert.id == alert_id)).first()
    if alert is None:
        raise NotFound
    rest = db.session.execute(
        select(
            Alert.verbatim,
            Alert.reasons,
            Alert.report_id,
            Alert.source_contactable,
            Alert.source_code,
            Alert.indicators,
        ).where(Alert.id == alert_id)
    ).one()
    steps = list(
        db.session.scalars(
            select(AlertStep).where(AlertStep.alert_id == alert_id).order_by(AlertStep.at, AlertStep.id)
        )
    )
    now_open = since_opened(steps)
    anew = max((s for s in steps if s.kind == StepKind.WEIGHED), key=lambda s: s.id, default=None)
    return Chain(
        alert=alert,
        verbatim=rest.verbatim,
        reasons=list(rest.reasons),
        weighing=weighing_of(alert_id),
        steps=steps,
        clocks=list(
            db.session.scalars(
                select(AlertClock).where(AlertClock.alert_id == alert_id).order_by(AlertClock.due_at)
            )
        ),
        taskings=list(
            db.session.scalars(
                select(Tasking).where(Tasking.alert_id == alert_id).order_by(Tasking.ordered_at)
            )
        ),
        report_serial=report_serial(rest.report_id),
        source_contactable=rest.source_contactable,
        approved=any(s.kind == StepKind.NON_RESPONSE_APPROVED for s in now_open),
        fed_back=any(s.kind == StepKind.FEEDBACK for s in now_open),
        proposed=proposed(steps),
        anew=anew,
        reweighing=reweighing_of(alert_id) if anew else None,
        reported=rest.report_id is not None,
        source_code=rest.source_code if viewer().may(Permission.READ_SOURCES, alert.sector_id) else None,
        indicators=tuple(rest.indicators or ()),
    )


def weighing_of(alert_id: int) -> AlertWeighing | None:
    """Score and points: they tell how near a defender's cell lies, so only to those who see cells."""
    if Permission.SEE_COARSE_CELLS not in viewer().anywhere():
        return None
    return db.session.execute(
        select(AlertWeighing).where(AlertWeighing.alert_id == alert_id)
    ).scalar_one_or_none()


def reweighing_of(alert_id: int) -> AlertReweighing | None:
    """The latest, under the same wall as the first."""
    if Permission.SEE_COARSE_CELLS not in viewer().anywhere():
        return None
    r = AlertReweighing
    return db.session.scalars(
        select(r).where(r.alert_id == alert_id).order_by(r.step_id.desc()).limit(1)
    ).first()


def report_serial(report_id: object) -> int | None:
    if report_id is None:
        return None
    return db.session.execute(
        select(FieldReport.serial).where(
            FieldReport.id == report_id, within(Permission.READ_REPORTS, FieldReport.sector_id)
        )
    ).scalar()


def version() -> str:
    """Changes whenever an alert does that the viewer may read: for browsers whose live stream is cut. Of others it must
    not tell: whoever reports there would hear from it that his report raised an alert."""
    each = func.hashint8extended(Alert.id, Alert.version)
    mine = within(Permission.READ_ALERTS, Alert.sector_id)
    found = select(func.sum(each)).where(mine, Alert.status != AlertStatus.CLOSED)
    return str(db.session.execute(found).scalar() or 0)


def untaken() -> int:
    """How many alerts that the viewer may read nobody has taken: what the badge counts."""
    mine = within(Permission.READ_ALERTS, Alert.sector_id)
    waits = (Alert.status == AlertStatus.RECEIVED, Alert.leader_id.is_(None))
    found = select(func.count()).select_from(Alert).where(mine, *waits)
    return int(db.session.execute(found).scalar_one())


def as_json(alert: Row[Any]) -> Mapping[str, Any]:
    """An alert as the API and the table's export tell it; place with its precision, never more."""
    return {
        "id": alert.id,
        "serial": serial(alert.id),
        "kind": alert.kind,
        "channel": alert.channel,
        "priority": alert.priority,
        "status": alert.status,
        "verification": alert.verification,
        "grade": f"{alert.source_reliability}{alert.credibility}",
        "raised_at": alert.raised_at.isoformat(),
        "received_at": alert.received_at.isoformat(),
        "due_at": alert.due_at.isoformat() if alert.due_at else None,
        "place": {"lon": alert.lon, "lat": alert.lat, "precision": alert.place_precision,
                  "radius_metres": alert.radius_metres, "as_given": alert.place_as_given,
                  "admin_code": alert.admin_code},
        "sector_id": alert.sector_id,
        "decision": alert.decision,
        "waits_for_approval_of": alert.approver,
        "outcome": alert.outcome,
        "owner_echelon": alert.owner_echelon,
        "leader_id": alert.leader_id,
    }  # fmt: skip
