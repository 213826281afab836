"""Ordering documents and handing them out. Writing them is a worker's work (workers/documents.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, insert, select, update

from app.alerts.models import Alert
from app.db import db
from app.documents import queries
from app.documents.kinds import kind_of
from app.documents.models import Document, DocumentState, Download
from app.documents.orders import Order, period, view_period
from app.documents.shelf_words import serial
from app.documents.view_layers import LAYERS
from app.errors import Conflict, NotAllowed, NotFound
from app.evacuations import queries as evacuations
from app.incidents.models import Incident
from app.ledger.actions import record
from app.mission.queries import identity
from app.outbox import later
from app.patrol_orders import queries as patrol_orders
from app.patrol_reports import queries as reports
from app.patrol_reports.models import PatrolReport
from app.patrols import queries as patrols
from app.patrols.models import Patrol
from app.patrols.visits import known
from app.permissions import Permission, viewer, within

RENDER = "workers.documents.render"


def order(wanted: Order) -> int:
    """Order a document; returns its id. The worker writes it after the commit, with this person's rights.

    Raises NotFound for a subject that the viewer may not read, NotAllowed, or Invalid for a period.
    """
    kind = kind_of(wanted.kind)
    if not kind.orderable():
        raise NotAllowed(_("Your role does not order documents of this kind."))
    subject, sector_id = subject_of(wanted)
    # What is of a period or a box is narrowed to the sectors of whoever orders it when it is frozen.
    if "sectors" not in subject and not kind.orderable_in(sector_id):
        raise NotAllowed(_("You order documents for your own sectors alone."))
    if not queries.reads_enough(kind):
        raise NotAllowed(
            _("This token may read less than the document would show. Use one with all reading scopes."),
            code="token_too_narrow",
        )
    new = insert(Document).values(
        kind=wanted.kind, subject=subject, audience=wanted.audience, sector_id=sector_id,
        ordered_by_id=viewer().person_id,
    )  # fmt: skip
    document_id = db.session.execute(new.returning(Document.id)).scalar_one()
    later(RENDER, document_id)
    details = {"kind": wanted.kind, "audience": wanted.audience, "subject": subject}
    record("documents.ordered", "documents", document_id, details)
    return document_id


def subject_of(wanted: Order) -> tuple[dict[str, Any], int | None]:
    """The subject as it is stored, and its sector. What may not be read answers as what does not exist."""
    asked = wanted.subject
    if asked.alert_id is not None:
        mine = within(Permission.READ_ALERTS, Alert.sector_id)
        found = db.session.execute(select(Alert.sector_id).where(Alert.id == asked.alert_id, mine)).first()
        name, number = "alert_id", asked.alert_id
    elif asked.incident_id is not None:
        mine = within(Permission.READ_INCIDENTS, Incident.sector_id)
        found = db.session.execute(
            select(Incident.sector_id).where(Incident.id == asked.incident_id, mine)
        ).first()
        name, number = "incident_id", asked.incident_id
    elif asked.patrol_report_id is not None:
        # Whoever may not read it as an officer orders no document of it: a leader reads his own on his own page.
        mine = and_(
            within(Permission.READ_PATROLS, PatrolReport.sector_id),
            PatrolReport.state.in_(reports.SENT),
            known(),
        )
        found = db.session.execute(
            select(PatrolReport.sector_id)
            .join(Patrol, Patrol.id == PatrolReport.patrol_id)
            .where(PatrolReport.id == asked.patrol_report_id, mine)
        ).first()
        name, number = "patrol_report_id", asked.patrol_report_id
    elif asked.patrol_id is not None:
        return subject_of_patrol(asked.patrol_id)
    elif asked.evacuation_id is not None:
        return subject_of_evacuation(asked.evacuation_id)
    elif asked.box is not None:
        return subject_of_view(wanted), None
    else:
        return subject_of_period(wanted), None
    if found is None:
        raise NotFound
    return {name: number}, found.sector_id


def subject_of_patrol(patrol_id: int) -> tuple[dict[str, Any], int | None]:
    """The version of its order that is in force now. Conflict where none was issued."""
    found = db.session.execute(
        select(Patrol.sector_id).where(Patrol.id == patrol_id, patrols.visible(), known())
    ).first()
    if found is None:
        raise NotFound
    version = patrol_orders.issued(patrol_id)
    if version is None:
        raise Conflict(_("No order was issued for this patrol."), code="wrong_state")
    return {"patrol_id": patrol_id, "version": version.row.version}, found.sector_id


def subject_of_evacuation(evacuation_id: int) -> tuple[dict[str, Any], int | None]:
    """The plan that is in force now. Conflict where none was issued: of restricted havens none ever is."""
    found = evacuations.one(evacuation_id)
    plan = evacuations.issued(evacuation_id)
    if plan is None:
        raise Conflict(_("No order was issued for this evacuation."), code="wrong_state")
    return {"evacuation_id": evacuation_id, "version": plan.version}, found.sector_id


def subject_of_period(wanted: Order) -> dict[str, Any]:
    who = viewer()
    if not who.holds(Permission.READ_ALERTS):
        raise NotAllowed(_("Your role does not read alerts, so it can’t order a report on them."))
    begin, end = period(wanted.subject, identity().time_zone, datetime.now(UTC))
    everywhere = Permission.READ_ALERTS in who.anywhere() and Permission.ORDER_DOCUMENTS in who.anywhere()
    return {
        "since": begin.isoformat(),
        "until": end.isoformat(),
        # Fixed now: a report must not grow with the rights of the person who ordered it.
        "sectors": None if everywhere else sorted(who.sector_ids),
    }


def subject_of_view(wanted: Order) -> dict[str, Any]:
    """The box, the layers and the period, and in which sectors they are read: fixed now, as for a period."""
    who = viewer()
    layers = [name for name in LAYERS if name in (wanted.subject.layers or ())]
    if not who.holds(Permission.SEE_MAP) or not all(who.holds(LAYERS[name].permission) for name in layers):
        raise NotAllowed(
            _("Your role does not read all of these layers. Leave out those that you do not see.")
        )
    needed = {Permission.ORDER_DOCUMENTS, Permission.SEE_MAP, *(LAYERS[name].permission for name in layers)}
    return {
        "box": list(wanted.subject.box or ()),
        "layers": layers,
        "sectors": None if needed <= who.anywhere() else sorted(who.sector_ids),
        **view_period(wanted.subject, identity().time_zone),
    }


def order_again(document_id: int) -> None:
    """Have a document written again that failed. Conflict where it is ready or under way."""
    if not kind_of(queries.one(document_id).kind).orderable():
        raise NotAllowed(_("Your role does not order documents of this kind."))
    again = db.session.execute(
        update(Document)
        .where(Document.id == document_id, Document.state == DocumentState.FAILED)
        .values(state=DocumentState.ORDERED.value, progress=0, step="", failure=None)
    )
    if again.rowcount == 0:  # type: ignore[attr-defined]
        raise Conflict(_("This document has not failed: it is ready, or being written."), code="wrong_state")
    later(RENDER, document_id)
    record("documents.ordered", "documents", document_id, {"again": True})


@dataclass(frozen=True)
class HandedOut:
    """A file on its way out; `name` is the document's serial and tells nothing of what stands in it."""

    name: str
    content: bytes
    media_type: str


MEDIA_TYPES = {
    "page": ("html", "text/html; charset=utf-8"),
    "pdf": ("pdf", "application/pdf"),
    "docx": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}


def hand_out(document_id: int, file_format: str) -> HandedOut:
    """A file's bytes, with the download recorded. Commit before the first byte goes out."""
    if file_format not in MEDIA_TYPES:
        raise NotFound
    document = queries.one(document_id)
    bytes_out = queries.content(document_id, file_format)
    db.session.execute(
        insert(Download).inline(),
        {"document_id": document_id, "format": file_format, "by_id": viewer().person_id},
    )
    record("documents.downloaded", "documents", document_id, {"format": file_format})
    ending, media_type = MEDIA_TYPES[file_format]
    return HandedOut(f"{serial(document_id, document.ordered_at)}.{ending}", bytes_out, media_type)
