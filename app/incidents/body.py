"""What recording an incident takes: one model for the API and the page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from flask_babel import gettext as _
from pydantic import Field, model_validator

from app.api.bodies import Body, Id, Text
from app.grading import Credibility, Reliability, Verification
from app.incidents.models import IncidentKind
from app.mission.placing import Given
from app.moments import Moment, check_moment, read_moment

Line = Annotated[Text, Field(max_length=200)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
LONGEST = timedelta(days=366)


class IncidentBody(Body):
    """Something that happened. `killed_best` alone is enough where low and high are not known apart."""

    id: UUID | None = None  # chosen by the sender, so that sending twice records once
    kind: IncidentKind
    occurred_from: Moment
    occurred_to: Moment | None = None
    date_precision: Annotated[int, Field(ge=1, le=5)] = 1
    place: Given
    side_a: Line = ""
    side_b: Line = ""
    killed_low: Count | None = None
    killed_best: Count = 0
    killed_high: Count | None = None
    injured: Count | None = None
    abducted: Count | None = None
    summary: Annotated[Text, Field(min_length=1)]
    source_reliability: Reliability = "F"
    credibility: Credibility = 6
    alert_id: Id | None = None
    report_id: UUID | None = None

    @model_validator(mode="after")
    def in_order(self) -> IncidentBody:
        low, best, high = self.killed()
        if not low <= best <= high:
            raise ValueError(_("The numbers of people killed must rise: low, best, high."))
        start, end = self.times()
        check_moment(start)
        check_moment(end)
        if not start <= end <= start + LONGEST:
            raise ValueError(_("The end must not come before the beginning, nor more than a year after it."))
        return self

    def killed(self) -> tuple[int, int, int]:
        """Low, best, high; what was not given is the best estimate."""
        low = self.killed_best if self.killed_low is None else self.killed_low
        high = self.killed_best if self.killed_high is None else self.killed_high
        return low, self.killed_best, high

    def times(self) -> tuple[datetime, datetime]:
        start = read_moment(self.occurred_from)
        return start, read_moment(self.occurred_to) if self.occurred_to else start


class Verify(Body):
    """A judgement with its grounds; the grades are independent of each other."""

    verification: Verification
    note: Text
    source_reliability: Reliability | None = None
    credibility: Credibility | None = None
