"""What is said of a road, as it is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from flask_babel import gettext as _
from pydantic import Field, model_validator

from app.api.bodies import Body, Text
from app.moments import Moment, read_moment
from app.roads.models import Cause, Condition

LONGEST = timedelta(days=366)


class ConditionBody(Body):
    """`factor`: how many times longer a slowed road takes, 1 to 10; none where it is closed. `until`: ISO 8601 with its
    zone or a date-time group; empty: until it is opened again."""

    condition: Condition
    cause: Cause
    factor: Annotated[float, Field(ge=1, le=10, allow_inf_nan=False)] | None = None
    until: Moment | None = None
    reason: Text

    @model_validator(mode="after")
    def sound(self) -> ConditionBody:
        if (self.factor is None) == (self.condition is Condition.SLOWED):
            raise ValueError(
                _("Say for a slow road how many times longer it takes, and for a closed one nothing.")
            )
        self.until_at()
        return self

    def until_at(self) -> datetime | None:
        """In UTC. Raises ValueError with a sentence."""
        if not self.until:
            return None
        found = read_moment(self.until)
        now = datetime.now(UTC)
        if not now < found <= now + LONGEST:
            raise ValueError(_("The end must lie ahead, within a year."))
        return found
