"""Times as people and devices give them, and how far they may lie from now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from flask_babel import gettext as _
from pydantic import StringConstraints

from app.unread import in_words
from geo import date_time_group
from geo.date_time_group import CLOCK_GRACE

__all__ = ["CLOCK_GRACE", "EARLIEST", "FORESEEN_AT_MOST", "Moment", "check_moment", "iso", "read_moment"]

# A time as it is written: ISO 8601 with its zone, or a date-time group. `read_moment` reads it.
Moment = Annotated[str, StringConstraints(max_length=40)]

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
FORESEEN_AT_MOST = timedelta(days=14)


def read_moment(written: str) -> datetime:
    """An aware UTC time from ISO 8601 with a zone or from a date-time group; zone J is refused.

    Raises ValueError with a sentence.
    """
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        with in_words():
            return date_time_group.parse(written, datetime.now(UTC))
    if found.tzinfo is None:
        raise ValueError(_("Say the time zone, for example 2026-11-21T14:30:00Z."))
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError(_("The time is out of range. Check the year.")) from None


def check_moment(when: datetime, ahead: timedelta = CLOCK_GRACE) -> None:
    """ValueError with a sentence for a time that can't be: before 1990, or more than `ahead` of now."""
    if when < EARLIEST:
        raise ValueError(_("The time lies before 1990. Check the year."))
    if when > datetime.now(UTC) + ahead:
        raise ValueError(_("The time lies in the future. Check date, time and zone."))


def iso(at: datetime | None) -> str | None:
    """As the API tells a time, or that there is none."""
    return at.isoformat() if at else None
