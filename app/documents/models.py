"""Documents that workers generate from one frozen brief, and every download of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of


class DocumentKind(StrEnum):
    INCIDENT_REPORT = "incident_report"
    ACCOUNTABILITY_REPORT = "accountability_report"
    MAP_VIEW = "map_view"
    PATROL_REPORT = "patrol_report"
    PATROL_ORDER = "patrol_order"
    EVACUATION_ORDER = "evacuation_order"


class DocumentState(StrEnum):
    ORDERED = "ordered"
    BEING_WRITTEN = "being_written"
    READY = "ready"
    FAILED = "failed"


class FileFormat(StrEnum):
    PAGE = "page"
    PDF = "pdf"
    DOCX = "docx"


class Document(Base):
    __tablename__ = "documents"
    __table_args__ = (
        one_of("kind", DocumentKind),
        one_of("state", DocumentState),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    kind: Mapped[str]
    subject: Mapped[dict[str, Any]] = mapped_column(JSONB)
    audience: Mapped[str] = mapped_column(server_default="command")
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    state: Mapped[str] = mapped_column(server_default="ordered")
    progress: Mapped[int] = mapped_column(server_default=text("0"))
    step: Mapped[str] = mapped_column(server_default="")
    failure: Mapped[str | None]
    ordered_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    ordered_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    started_at: Mapped[datetime | None]
    ready_at: Mapped[datetime | None]
    brief: Mapped[bytes | None] = mapped_column(LargeBinary)
    brief_hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class DocumentFile(Base):
    __tablename__ = "document_files"
    __table_args__ = (one_of("format", FileFormat), UniqueConstraint("document_id", "format"))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    format: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    written_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Download(Base):
    __tablename__ = "downloads"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"), index=True)
    format: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
