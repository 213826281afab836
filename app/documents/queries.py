"""Reads of documents: the shelf, one document, its files. What a document is about must still be readable too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, false, func, literal, or_, select

from app.db import db
from app.documents.kinds import KINDS, Kind
from app.documents.models import Document, DocumentFile, DocumentState
from app.errors import NotFound
from app.permissions import MAP, Permission, viewer

PAGE = 50
LARGEST_ID = 2**53


def visible() -> ColumnElement[bool]:
    """Documents that the viewer ordered or may read as such, as far as he may still read what they are about."""
    who = viewer()
    about = (
        and_(Document.kind == code.value, kind.read_by())
        for code, kind in KINDS.items()
        if kind.orderable() and reads_enough(kind)
    )
    ordered = Document.ordered_by_id == who.person_id
    return and_(or_(ordered, literal(who.holds(Permission.READ_DOCUMENTS))), or_(false(), *about))


def reads_enough(kind: Kind) -> bool:
    """A document is written with all rights of whoever ordered it: a token that can do less must not get more by it."""
    who = viewer()
    held = {p for p in kind.reads if who.role in MAP[p].anywhere | MAP[p].in_sector}
    return who.narrowed is None or held <= who.narrowed


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
