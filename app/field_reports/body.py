"""What a field report may hold: one model for the API and the page. Checks here, storing in actions.py."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from flask_babel import gettext as _
from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.alerts.models import Channel, Indicators
from app.api.bodies import Body
from app.grading import Credibility, Reliability
from app.mission.placing import Given
from app.moments import CLOCK_GRACE, FORESEEN_AT_MOST, Moment, check_moment, read_moment
from geo.warning import KIND_WEIGHT

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]

# Of these one may warn before they happen; the others can't lie in the future.
FORESEEABLE = frozenset(
    {"imminent_attack", "mob_risk", "armed_group_movement", "military_build_up", "threat_to_named_person",
     "intercommunal_mobilisation", "electoral_protest_violence", "detention_transfer", "eviction_land_dispute",
     "natural_hazard", "other"}
)  # fmt: skip


def ahead_of(kind: str) -> timedelta:
    """How far ahead a warning of that kind may lie."""
    return FORESEEN_AT_MOST if kind in FORESEEABLE else CLOCK_GRACE


class Affected(Body):
    """A number of people affected, by sex and age (handbook 3.9). No names."""

    effect: Literal["killed", "injured", "abducted", "displaced", "detained", "at_risk", "other"] = "at_risk"
    sex: Literal["woman", "man", "other", "prefer_not", "unknown"] = "unknown"
    age: Literal["0-5", "6-11", "12-17", "18-24", "25-59", "60+", "unknown"] = "unknown"
    count: Annotated[int, Field(ge=0, le=1_000_000, strict=True)]


class ReportBody(Body):
    """A field report. `occurred_at` is ISO 8601 with its zone, or a date-time group such as 211430ZNOV26. Each role has
    its own channels; without one the report takes the role's first."""

    kind: Literal[tuple(KIND_WEIGHT)]  # type: ignore[valid-type]
    what: Line
    occurred_at: Moment
    date_precision: Annotated[int, Field(ge=1, le=5, strict=True)] = 1
    place: Given
    channel: Channel | None = None
    actors: Annotated[list[Line], Field(max_length=10)] = []
    people_affected: Annotated[list[Affected], Field(max_length=60)] = []
    source_reliability: Reliability = "F"
    credibility: Annotated[Credibility, Field(strict=True)] = 6
    text: Annotated[str, StringConstraints(max_length=8000)] = ""
    patrol_id: Annotated[int, Field(ge=1, le=2**53, strict=True)] | None = None
    indicators: Indicators = []

    @model_validator(mode="before")
    @classmethod
    def no_nul(cls, data: Any) -> Any:
        if "\x00" in repr(data) or "\\x00" in repr(data):
            raise ValueError(_("A text holds a NUL character. Remove it."))
        return data

    @model_validator(mode="after")
    def happened(self) -> ReportBody:
        check_moment(self.moment(), ahead_of(self.kind))
        return self

    def moment(self) -> datetime:
        """When it happened, in UTC. Raises ValueError with a sentence."""
        return read_moment(self.occurred_at)


class Receipt(BaseModel):
    """What the sender gets once the report is on disk. The same report again gets the same receipt."""

    id: UUID
    serial: int
    receipt: str
    received_at: datetime
