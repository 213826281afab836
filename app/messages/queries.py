"""Reads of one's own contacts, of messages about an alert, of what came in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from app.alerts.models import Alert
from app.db import db
from app.errors import NotFound
from app.messages.models import Contact, Message, Reply, ReplyResult
from app.messages.words import CODE_LASTS
from app.mission.queries import procedures
from app.permissions import Permission, viewer, within
from app.watches.models import Watch

PAGE = 50


def own_contacts() -> Sequence[Contact]:
    c = Contact
    mine = select(c).where(c.person_id == viewer().person_id, c.removed_at.is_(None))
    return db.session.scalars(mine.order_by(c.route.desc(), c.id)).all()


def own_contact(contact_id: int, *, lock: bool = False) -> Contact:
    """One's own; anybody else's answers as what does not exist."""
    c = Contact
    asked = select(c).where(c.id == contact_id, c.person_id == viewer().person_id, c.removed_at.is_(None))
    found = db.session.execute(asked.with_for_update() if lock else asked).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def is_fresh(contact: Contact) -> bool:
    """Whether it was tested so lately that one may go on watch with it."""
    longest = timedelta(hours=procedures()["contact_test_hours"])
    return contact.tested_at is not None and datetime.now(UTC) - contact.tested_at <= longest


def rings_on(contact: Contact, watch: Watch) -> bool:
    """Whether this contact is rung during a watch, as workers/telling.py says it."""
    longest = timedelta(hours=procedures()["contact_test_hours"])
    tested = contact.tested_at is not None and contact.tested_at >= watch.from_at - longest
    return tested and contact.route in watch.ways


def in_time(test_id: int) -> bool:
    """Whether the code of this test still counts."""
    made = db.session.execute(select(Message.made_at).where(Message.id == test_id)).scalar()
    return made is not None and datetime.now(UTC) - made <= CODE_LASTS


def last_state(contact: Contact) -> str:
    """How far the latest test of one's contact has come, or ""."""
    m = Message
    asked = select(m.state).where(m.id == contact.test_id, m.person_id == viewer().person_id)
    return str(db.session.execute(asked).scalar() or "") if contact.test_id else ""


def of_alert(alert_id: int) -> Sequence[Row[Any]]:
    """Who was told of an alert, when, and how far it came: the person's id, never the number."""
    m = Message
    mine = within(Permission.READ_ALERTS, Alert.sector_id) & within(Permission.READ_WATCHES, Alert.sector_id)
    return db.session.execute(
        select(m.id, m.route, m.person_id, m.state, m.not_before, m.handed_over_at, m.ended_at, m.as_deputy)
        .join(Alert, Alert.id == m.alert_id)
        .where(m.alert_id == alert_id, or_(mine, m.person_id == viewer().person_id))
        .order_by(m.id)
    ).all()


def replies_visible() -> ColumnElement[bool]:
    return within(Permission.READ_REPLIES, None)


def waits() -> ColumnElement[bool]:
    """What could not be placed and nobody has seen to."""
    return and_(Reply.result != ReplyResult.DONE, Reply.looked_at.is_(None))


def waiting() -> int:
    """How much waits for a human of what came in, for those who may read it."""
    found = select(func.count()).select_from(Reply).where(replies_visible(), waits())
    return int(db.session.execute(found).scalar_one())


def replies(page: int) -> tuple[Sequence[Row[Any]], int]:
    """What came in: what waits for a human first, then newest first."""
    r = Reply
    total = db.session.execute(
        select(func.count()).select_from(select(r.id).where(replies_visible()).subquery())
    ).scalar_one()
    found = select(
        r.id, r.received_at, r.words, r.person_id, r.alert_id, r.asked, r.result, r.why, r.looked_at, r.entered_as_id,
        waits().label("waits"),
    ).where(replies_visible())  # fmt: skip
    order = (waits().desc(), r.received_at.desc(), r.id.desc())
    return db.session.execute(found.order_by(*order).limit(PAGE).offset((page - 1) * PAGE)).all(), total


def to_enter(reply_id: int) -> Row[Any] | None:
    """What waits, to be entered as an alert; None where it waits no longer, or the viewer reads none."""
    asked = select(Reply.id, Reply.words).where(Reply.id == reply_id, replies_visible(), waits())
    return db.session.execute(asked).first()


def reply(reply_id: int) -> Row[Any]:
    r = Reply
    found = db.session.execute(
        select(r.id, r.received_at, r.words, r.alert_id, r.result, r.why, r.looked_at, r.entered_as_id).where(
            r.id == reply_id, replies_visible()
        )
    ).first()
    if found is None:
        raise NotFound
    return found
