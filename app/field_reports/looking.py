"""What an officer on duty makes of a report that raised no alert by itself: an alert, or none. Once, by one person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import Row, func, select, update

from app.alerts import raising as alerts
from app.alerts.models import Priority
from app.api.bodies import Body, Text
from app.db import db
from app.errors import Conflict, NotAllowed
from app.field_reports import queries
from app.field_reports.actions import SAID, as_alert
from app.field_reports.models import Look, UnraisedReport
from app.ledger.actions import record
from app.permissions import Permission, viewer


class RaiseReport(Body):
    """How urgent it is, and why it is an alert all the same."""

    priority: Priority
    why: Annotated[Text, Field(min_length=5, max_length=400)]


def raise_from_report(report_id: UUID, said: RaiseReport) -> int:
    """The alert's id. Raised as every other is: weighed by what lies there now, and its clocks run from now on. Raises
    NotFound, NotAllowed, or Conflict with who was quicker, or where it had raised its alert."""
    held(report_id)
    report, (lon, lat), now = queries.one(report_id), queries.point_of(report_id), datetime.now(UTC)
    alert_id = alerts.weigh_and_raise(
        as_alert(
            report_id, {name: getattr(report, name) for name in (*SAID, "what", "text")} | {"lon": lon, "lat": lat}, now,
            (_("Raised by an officer on duty: %(why)s", why=said.why),),
        ),
        alerts.look_around(lon, lat, now),
        at_least=said.priority,
    )  # fmt: skip
    if alert_id is None:
        raise Conflict(_("This report has raised an alert already."), code="wrong_state")
    write(report_id, Look.RAISED, alert_id=alert_id, why=said.why)
    return alert_id


def leave_without_alert(report_id: UUID) -> None:
    """Somebody has read it, and it needs no alert. Raises as raise_from_report."""
    held(report_id)
    write(report_id, Look.NO_ALERT)


def held(report_id: UUID) -> None:
    """Nobody else looks at it until the commit."""
    found = queries.unraised(report_id)
    if not viewer().may(Permission.HANDLE_ALERTS, found.sector_id):
        raise NotAllowed(_("Your role reads this report and does not decide on it."))
    u = UnraisedReport
    waits = select(u.report_id).where(u.report_id == report_id, u.look.is_(None)).with_for_update()
    if found.look is not None or db.session.execute(waits).first() is None:
        raise Conflict(said_already(queries.unraised(report_id)), code="wrong_state")


def said_already(found: Row[Any]) -> str:
    who = queries.lookers().get(found.looked_by_id, _("Somebody"))
    if found.look == Look.RAISED:
        return _("%(who)s has raised alert %(id)s of this report already.", who=who, id=found.alert_id)
    return _("%(who)s has looked at this report already and raised no alert.", who=who)


def write(report_id: UUID, look: Look, **more: Any) -> None:
    done = {"look": look.value, "looked_at": func.now(), "looked_by_id": viewer().person_id, **more}
    db.session.execute(
        update(UnraisedReport)
        .where(UnraisedReport.report_id == report_id)
        .values(done)
        .execution_options(synchronize_session=False)
    )
    record("reports.alert_raised" if look is Look.RAISED else "reports.no_alert", "field_reports", report_id)
