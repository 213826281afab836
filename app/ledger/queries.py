"""Reads of the log: entries, one entry with its leaf, checkpoints, the state of the last verification.

The log is open to those who hold ledger:read in the whole mission, and to nobody for a sector: an entry has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Row, false, func, select, true

from app.db import db
from app.errors import NotFound
from app.ledger.models import LedgerCheckpoint, LedgerEvent, LedgerLeaf, LedgerVerification
from app.permissions import Permission, viewer

PAGE = 50
# The subject too, which is indexed: the page asks every two seconds while somebody waits.
ORDERED = (
    LedgerEvent.subject == "ledger_verifications:next",
    LedgerEvent.action == "ledger.verification_ordered",
)
# After this long without a result, waiting for it any longer would be a false promise.
PATIENCE = timedelta(minutes=15)


def readable() -> ColumnElement[bool]:
    """The first wall: like `within` for rows that have no sector."""
    return true() if Permission.READ_LEDGER in viewer().anywhere() else false()


@dataclass(frozen=True)
class Filters:
    """The log's filters, as they stand in the URL. `role` may be `system`; days are UTC and both count in."""

    group: str = ""
    role: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None

    def where(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.group:
            found.append(LedgerEvent.action.startswith(f"{self.group}.", autoescape=True))
        if self.role == "system":
            found.append(LedgerEvent.role.is_(None))
        elif self.role:
            found.append(LedgerEvent.role == self.role)
        if ":" in self.subject:
            found.append(LedgerEvent.subject == self.subject)
        elif self.subject:
            found.append(LedgerEvent.subject.startswith(f"{self.subject}:", autoescape=True))
        if self.since:
            found.append(LedgerEvent.at >= midnight(self.since))
        if self.until:
            found.append(LedgerEvent.at <= datetime.combine(self.until, time.max, UTC))
        return found


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


Entry = Row[tuple[int, datetime, str, str, int | None, str | None, dict[str, object] | None, int | None]]


def entries(filters: Filters, page: int) -> tuple[list[Entry], int]:
    """One page of the log, newest first, and how many entries there are in all."""
    e = LedgerEvent
    chosen = [readable(), *filters.where()]
    total = db.session.execute(select(func.count()).select_from(e).where(*chosen)).scalar_one()
    found = db.session.execute(
        select(e.id, e.at, e.action, e.subject, e.actor_id, e.role, e.details, e.leaf_index)
        .where(*chosen)
        .order_by(e.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return list(found), total


def entry(index: int) -> tuple[LedgerEvent | None, LedgerLeaf]:
    """A leaf and the event that it tells of. The event is None when it was taken out behind the log."""
    leaf = db.session.execute(
        select(LedgerLeaf).where(LedgerLeaf.index == index, readable())
    ).scalar_one_or_none()
    if leaf is None:
        raise NotFound
    event = db.session.execute(
        select(LedgerEvent).where(LedgerEvent.leaf_index == index, readable())
    ).scalar_one_or_none()
    return event, leaf


def latest_checkpoint() -> LedgerCheckpoint | None:
    return db.session.execute(
        select(LedgerCheckpoint).order_by(LedgerCheckpoint.size.desc()).limit(1)
    ).scalar_one_or_none()


def checkpoint_of(size: int) -> LedgerCheckpoint | None:
    return db.session.get(LedgerCheckpoint, size)


@dataclass(frozen=True)
class State:
    """`last` is None when nothing was ever verified; `ordered_at` is set while a verification is awaited."""

    last: LedgerVerification | None
    ordered_at: datetime | None
    given_up: bool


def state() -> State:
    last = db.session.execute(
        select(LedgerVerification).order_by(LedgerVerification.id.desc()).limit(1)
    ).scalar_one_or_none()
    ordered = db.session.execute(select(func.max(LedgerEvent.at)).where(*ORDERED, readable())).scalar()
    awaited = ordered is not None and (last is None or last.at < ordered)
    late = bool(awaited and ordered and datetime.now(UTC) - ordered > PATIENCE)
    return State(last, ordered if awaited and not late else None, late)
