"""Contacts, what was sent to them, and what came in. A number stands in `contacts.address` and `replies.sender` alone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of
from app.ladders.climbing import LEAVING


class Purpose(StrEnum):
    ALERT = "alert"
    TEST = "test"


class MessageState(StrEnum):
    """`sent`: the gateway has passed it on. That it was read is known by an answer alone."""

    QUEUED = "queued"
    HANDED_OVER = "handed_over"
    SENT = "sent"
    FAILED = "failed"
    NOT_NEEDED = "not_needed"


class ReplyResult(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Contact(Base):
    """A number or address at which a member of staff can be reached on watch. Only its owner reads it here."""

    __tablename__ = "contacts"
    __table_args__ = (
        one_of("route", LEAVING),
        Index("ix_contacts_address", "address", postgresql_where=text("removed_at IS NULL")),
        Index(
            "uq_contacts_own", "person_id", "route", "address", unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    route: Mapped[str]
    address: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    # When the code of a test message came back, how often a wrong one did since the last test, and which test that was.
    tested_at: Mapped[datetime | None]
    wrong_codes: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    test_id: Mapped[int | None]
    removed_at: Mapped[datetime | None]


class Message(Base):
    """One message to one contact. Its words are made when it is handed over, and tell nothing of the alert but its
    number. A turn of a clock tells a person once by each route: the key says so."""

    __tablename__ = "messages"
    __table_args__ = (
        one_of("route", LEAVING),
        one_of("purpose", Purpose),
        one_of("state", MessageState),
        CheckConstraint("(purpose = 'alert') = (alert_id IS NOT NULL)", name="about"),
        UniqueConstraint("clock_id", "contact_id"),
        UniqueConstraint("call_back_id", "contact_id"),
        Index(
            "ix_messages_waiting", "not_before", postgresql_where=text("state IN ('queued', 'handed_over')")
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    purpose: Mapped[str]
    route: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"), index=True)
    clock_id: Mapped[int | None] = mapped_column(ForeignKey("alert_clocks.id"))
    # Where it reminds of a call-back that is overdue.
    call_back_id: Mapped[int | None] = mapped_column(ForeignKey("call_backs.id"))
    as_deputy: Mapped[bool] = mapped_column(server_default=text("false"))
    state: Mapped[str] = mapped_column(server_default="queued")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    not_before: Mapped[datetime] = mapped_column(server_default=text("now()"))
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    handed_over_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Reply(Base):
    """What came in by SMS, as it came; what was understood, and what came of it. What nobody could place waits for a
    human, and is answered with nothing."""

    __tablename__ = "replies"
    __table_args__ = (
        one_of("result", ReplyResult),
        Index(
            "ix_replies_waiting",
            "received_at",
            postgresql_where=text("result <> 'done' AND looked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    # SHA-256 of the gateway's name for it, so that a file that is read twice is one reply.
    gateway_key: Mapped[str] = mapped_column(unique=True)
    received_at: Mapped[datetime]
    sender: Mapped[str]
    words: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"), index=True)
    asked: Mapped[str] = mapped_column(server_default="")
    result: Mapped[str]
    why: Mapped[str] = mapped_column(server_default="")
    looked_at: Mapped[datetime | None]
    looked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # The alert that a watchkeeper made of it. `alert_id` is the one that its sender spoke of.
    entered_as_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"), unique=True)
