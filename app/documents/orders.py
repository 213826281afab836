"""What an order says: the kind of document, its subject and its audience. One model for the API and the page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from pydantic import StringConstraints, model_validator

from app.api.bodies import Body, Id
from app.documents.kinds import kind_of
from app.documents.models import DocumentKind
from app.documents.parts import Audience
from app.errors import Invalid
from app.moments import read_moment

LONGEST_PERIOD = timedelta(days=400)

Moment = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Subject(Body):
    """An alert, an incident, or a period: `since` and `until` as dates or date-time groups; `until` as a date is
    the whole of that day."""

    alert_id: Id | None = None
    incident_id: Id | None = None
    since: Moment | None = None
    until: Moment | None = None

    def given(self) -> frozenset[str]:
        return frozenset(self.model_dump(exclude_none=True))


class Order(Body):
    kind: DocumentKind
    subject: Subject
    audience: Audience = "command"

    @model_validator(mode="after")
    def subject_fits(self) -> Order:
        kind = kind_of(self.kind)
        if self.subject.given() not in kind.about:
            raise ValueError(str(kind.asks))
        return self


def period(subject: Subject, zone: str, now: datetime) -> tuple[datetime, datetime]:
    """Begin (within) and end (after) of the period in UTC. Dates are days in `zone`. Invalid with the field."""
    begin, end = bound("since", subject.since or "", zone), bound("until", subject.until or "", zone)
    if begin >= end:
        wrong("until", _("The period ends before it begins. Exchange its two times."))
    if begin >= now:
        wrong("since", _("The period lies in the future. Nothing has happened in it yet."))
    if end - begin > LONGEST_PERIOD:
        wrong("until", _("The period is too long. A report covers at most 400 days."))
    return begin, end


def bound(field: str, written: str, zone: str) -> datetime:
    try:
        if _DAY.fullmatch(written):
            day = datetime.strptime(written, "%Y-%m-%d").date() + timedelta(days=field == "until")
            return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
        return read_moment(written)
    except (ValueError, OverflowError):
        wrong(field, _("Write a date such as 2026-11-21 or a date-time group such as 210600ZNOV26."))
        raise


def wrong(field: str, words: str) -> Any:
    raise Invalid(words, fields={f"subject.{field}": words})
