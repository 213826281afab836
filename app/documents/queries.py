"""Reads of documents: the shelf, one document, its files. What a document is about must still be readable too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, Text, and_, case, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB, array

from app.alerts.models import Alert
from app.db import db
from app.documents.models import Document, DocumentFile, DocumentState
from app.documents.view_layers import LAYERS
from app.errors import NotFound
from app.evacuations import queries as evacuations
from app.evacuations.models import Evacuation
from app.incidents.models import Incident
from app.patrol_reports.models import PatrolReport
from app.patrols.models import Patrol
from app.patrols.visits import known
from app.permissions import Permission, viewer, within

PAGE = 50
LARGEST_ID = 2**53


def visible() -> ColumnElement[bool]:
    """Documents that the viewer ordered or may read as such, as far as he may still read what they are about."""
    who = viewer()
    mine = or_(Document.ordered_by_id == who.person_id, literal(who.holds(Permission.READ_DOCUMENTS)))
    return and_(
        mine,
        or_(
            about_an_alert(),
            about_an_incident(),
            about_a_patrol(),
            about_an_evacuation(),
            about_a_patrol_report(),
            about_a_period(),
            about_a_view(),
        ),
    )


def about_an_alert() -> ColumnElement[bool]:
    named = Document.subject["alert_id"].astext.cast(BigInteger)
    return select(Alert.id).where(Alert.id == named, within(Permission.READ_ALERTS, Alert.sector_id)).exists()


def about_an_incident() -> ColumnElement[bool]:
    named = Document.subject["incident_id"].astext.cast(BigInteger)
    found = select(Incident.id).where(
        Incident.id == named, within(Permission.READ_INCIDENTS, Incident.sector_id)
    )
    return found.exists()


def about_a_patrol_report() -> ColumnElement[bool]:
    named = Document.subject["patrol_report_id"].astext.cast(BigInteger)
    found = (
        select(PatrolReport.id)
        .join(Patrol, Patrol.id == PatrolReport.patrol_id)
        .where(PatrolReport.id == named, within(Permission.READ_PATROLS, PatrolReport.sector_id), known())
    )
    return found.exists()


def about_an_evacuation() -> ColumnElement[bool]:
    named = Document.subject["evacuation_id"].astext.cast(BigInteger)
    return select(Evacuation.id).where(Evacuation.id == named, evacuations.visible()).exists()


def about_a_patrol() -> ColumnElement[bool]:
    named = Document.subject["patrol_id"].astext.cast(BigInteger)
    found = select(Patrol.id).where(
        Patrol.id == named, within(Permission.READ_PATROLS, Patrol.sector_id), known()
    )
    return found.exists()


def about_a_period() -> ColumnElement[bool]:
    """Periods hold the sectors that the report covers, null for the whole mission."""
    who = viewer()
    a_period = and_(Document.subject.has_key("since"), ~Document.subject.has_key("box"))
    if Permission.READ_ALERTS in who.anywhere():
        return a_period
    if Permission.READ_ALERTS not in who.in_sector():
        return literal(False)
    sectors = Document.subject["sectors"]
    own = func.to_jsonb(sorted(who.sector_ids), type_=JSONB)
    # An array, before it is compared: null is no array, and means more than any list of sectors.
    return and_(a_period, case((func.jsonb_typeof(sectors) == "array", sectors.op("<@")(own)), else_=False))


def about_a_view() -> ColumnElement[bool]:
    """Views of the map, of layers that the viewer reads in every sector that the sheet covers."""
    who = viewer()
    if not who.holds(Permission.SEE_MAP):
        return literal(False)
    read = [name for name, layer in LAYERS.items() if who.holds(layer.permission)]
    everywhere = [name for name in read if LAYERS[name].permission in who.anywhere()]
    layers, sectors = Document.subject["layers"], Document.subject["sectors"]
    own = func.to_jsonb(sorted(who.sector_ids), type_=JSONB)
    within_own = case((func.jsonb_typeof(sectors) == "array", sectors.op("<@")(own)), else_=False)
    a_view = Document.subject.has_key("box")
    return and_(a_view, or_(among(layers, everywhere), and_(among(layers, read), within_own)))


def among(layers: Any, names: list[str]) -> ColumnElement[bool]:
    return layers.op("<@")(
        func.to_jsonb(array(names, type_=Text) if names else literal("[]", JSONB), type_=JSONB)
    )


def rows() -> Select[Any]:
    d = Document
    return select(
        d.id, d.kind, d.subject, d.audience, d.state, d.progress, d.step, d.failure, d.ordered_by_id, d.ordered_at,
        d.started_at, d.ready_at, func.encode(d.brief_hash, "hex").label("brief_hash"),
    ).where(visible())  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """The shelf's filters, as they stand in the URL."""

    state: str = ""
    kind: str = ""

    def where(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.state:
            found.append(Document.state == self.state)
        if self.kind:
            found.append(Document.kind == self.kind)
        return found


def shelf(filters: Filters, page: int) -> tuple[list[Row[Any]], int]:
    """One page of documents, newest first, and how many there are."""
    total = db.session.execute(
        select(func.count()).select_from(Document).where(visible(), *filters.where())
    ).scalar_one()
    found = db.session.execute(
        rows().where(*filters.where()).order_by(Document.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    )
    return list(found), total


def one(document_id: int) -> Row[Any]:
    """NotFound also where the document may be read and its subject may not."""
    found = None
    if document_id <= LARGEST_ID:
        found = db.session.execute(rows().where(Document.id == document_id)).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class File:
    """A finished file: `size` in bytes, `sha256` in hex."""

    format: str
    size: int
    sha256: str
    written_at: datetime


def files(document_id: int) -> list[File]:
    """The files of a document, once it is ready; the caller has asked for the document itself before."""
    f = DocumentFile
    columns = (f.format, func.octet_length(f.content), func.encode(f.sha256, "hex"), f.written_at)
    order = case({"page": 1, "pdf": 2, "docx": 3}, value=f.format)
    found = db.session.execute(select(*columns).where(f.document_id == document_id).order_by(order))
    return [File(*row) for row in found]


def content(document_id: int, file_format: str) -> bytes:
    """The bytes of one file; NotFound where the document is not ready or has no such format."""
    ready = select(DocumentFile.content).join(Document, Document.id == DocumentFile.document_id)
    found = db.session.execute(
        ready.where(
            Document.id == document_id, DocumentFile.format == file_format,
            Document.state == DocumentState.READY, visible(),
        )
    ).scalar_one_or_none()  # fmt: skip
    if found is None:
        raise NotFound
    return found
