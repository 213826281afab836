"""The ledger's tables. Events are written by the application, leaves and checkpoints by the sequencer alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Identity, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from app.db import Base


class Xid8(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction id: what ties an event to the changes of its transaction."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class LedgerEvent(Base):
    __tablename__ = "ledger_events"
    __table_args__ = (
        Index("ix_ledger_events_unsequenced", "id", postgresql_where=text("leaf_index IS NULL")),
        Index("ix_ledger_events_subject", "subject"),
        Index("ix_ledger_events_txid", "txid"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    txid: Mapped[str] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))
    at: Mapped[datetime]
    action: Mapped[str]
    subject: Mapped[str]
    actor_id: Mapped[int | None]
    role: Mapped[str | None]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    details: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    leaf_index: Mapped[int | None] = mapped_column(unique=True)


class LedgerChange(Base):
    """What a transaction did to a protected row: a salted digest of the row as the database holds it."""

    __tablename__ = "ledger_changes"
    __table_args__ = (
        Index("ix_ledger_changes_row", "table_name", "row_key", "id"),
        Index("ix_ledger_changes_txid", "txid"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    txid: Mapped[str] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))
    table_name: Mapped[str]
    row_key: Mapped[str]
    op: Mapped[str]
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    leaf_index: Mapped[int | None]


class LedgerLeaf(Base):
    __tablename__ = "ledger_leaves"

    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerCheckpoint(Base):
    __tablename__ = "ledger_checkpoints"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class LedgerVerification(Base):
    """The last results of `ledger verify`, for command's page."""

    __tablename__ = "ledger_verifications"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    ok: Mapped[bool]
    fault: Mapped[str]
    sentence: Mapped[str]
    size: Mapped[int]
    root: Mapped[str]
