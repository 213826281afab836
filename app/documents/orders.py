"""What an order says: the kind of document, its subject and its audience. One model for the API and the page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from pydantic import Field, StringConstraints, field_validator, model_validator

from app.api.bodies import Body, Id
from app.documents.kinds import kind_of
from app.documents.models import DocumentKind
from app.documents.parts import Audience
from app.documents.view_layers import LAYERS
from app.errors import Invalid
from app.moments import read_moment

LONGEST_PERIOD = timedelta(days=400)
#: Degrees; a smaller box than some hundred metres is no map.
LEAST_BOX = 0.001

Moment = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class Subject(Body):
    """An alert, an incident, a patrol, its report, an evacuation, a period, or a view of the map.

    `since` and `until`: dates or date-time groups; `until` as
    a date is the whole of that day. `box`: west, south, east, north in degrees; `layers`: those of view_layers.LAYERS."""

    alert_id: Id | None = None
    incident_id: Id | None = None
    patrol_id: Id | None = None
    patrol_report_id: Id | None = None
    evacuation_id: Id | None = None
    since: Moment | None = None
    until: Moment | None = None
    box: tuple[Degrees, Degrees, Degrees, Degrees] | None = None
    layers: Annotated[list[Literal[tuple(LAYERS)]], Field(max_length=len(LAYERS))] | None = None  # type: ignore[valid-type]

    @field_validator("box")
    @classmethod
    def box_holds_something(cls, box: tuple[float, ...] | None) -> tuple[float, ...] | None:
        if box is not None and not (
            box[2] - box[0] >= LEAST_BOX and box[3] - box[1] >= LEAST_BOX and box[1] >= -80 and box[3] <= 84
        ):
            raise ValueError(
                _("Give the box as west, south, east, north in degrees, between 80° S and 84° N.")
            )
        return box

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
        if kind.command_alone and self.audience != "command":
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


def view_period(subject: Subject, zone: str) -> dict[str, str]:
    """The ends of a view's period that were given, in UTC. Invalid with the field."""
    ends = {k: bound(k, v, zone) for k in ("since", "until") if (v := getattr(subject, k)) is not None}
    if len(ends) == 2 and ends["since"] >= ends["until"]:
        wrong("until", _("The period ends before it begins. Exchange its two times."))
    return {k: at.isoformat() for k, at in ends.items()}


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
