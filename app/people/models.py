"""People of the mission who sign in, their scopes, sessions and tokens. Never defenders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from app.db import Base
from app.permissions import Role

ROLES = ", ".join(f"'{r.value}'" for r in Role)


class Person(Base):
    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint(f"role IN ({ROLES})", name="role"),
        CheckConstraint("approved_by_id <> changed_by_id", name="another_approves"),
        CheckConstraint(
            "disabled_at IS NOT NULL OR changed_by_id IS NULL OR approved_by_id IS NOT NULL",
            name="shut_until_approved",
        ),
        Index("uq_people_username", text("lower(username)"), unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    username: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    totp_secret: Mapped[str | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    language: Mapped[str] = mapped_column(server_default="en")
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    # Who last gave this account rights or a password, and who has opened it since: never the same. Both empty where
    # the operator of the machine did it. Written by a trigger (migrations/sql/0006_two_managers.sql).
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    changed_at: Mapped[datetime | None]
    changed_what: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]


class PersonSector(Base):
    __tablename__ = "person_sectors"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    sector_id: Mapped[int] = mapped_column(ForeignKey("sectors.id"), primary_key=True)


class PersonCompartment(Base):
    __tablename__ = "person_compartments"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    compartment: Mapped[str] = mapped_column(primary_key=True)


class SignedInSession(Base):
    """A sign-in. The cookie holds a random id; only its SHA-256 stands here."""

    __tablename__ = "sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SessionSighting(Base):
    """When a session was last used, to the minute. Apart from the sign-in itself, which is a protected row: an entry
    of the log for each minute that somebody works would bury what the log is for."""

    __tablename__ = "session_sightings"

    token_hash: Mapped[bytes] = mapped_column(
        LargeBinary, ForeignKey("sessions.token_hash", ondelete="CASCADE"), primary_key=True
    )
    seen_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class ApiToken(Base):
    """A personal token for the API, narrowed to scopes (permission names). Shown once, kept as SHA-256."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    label: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInFailure(Base):
    """Failed sign-ins, by a hash of what was typed and of the address: for throttling only."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index("ix_sign_in_failures_key_at", "key_hash", "at"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
