"""What an assessment of a threat holds: one model for the API and the page; and its area from what was given."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

from flask_babel import gettext as _
from pydantic import Field

from app.api.bodies import Body, Id, Text
from app.errors import Invalid
from app.mission.outlined import Outlined
from geo.warning import KIND_WEIGHT

Line = Annotated[Text, Field(min_length=1, max_length=200)]
Step = Annotated[int, Field(ge=0, le=4)]
Five = Annotated[int, Field(ge=1, le=5)]
LONGEST_REVIEW = timedelta(days=366)


class End(Body):
    reason: Text


class Assessment(Outlined):
    """Actor × intent × capability against a target in an area, its likelihood and impact, and when to look again."""

    name: Line
    actor_id: Id
    target: Line
    kind: Literal[tuple(KIND_WEIGHT)]  # type: ignore[valid-type]
    intent: Step
    capability: Step
    likelihood: Five
    impact: Five
    residual_likelihood: Five | None = None
    residual_impact: Five | None = None
    vulnerable: bool = False
    protected: bool = False
    confidence: Literal["low", "moderate", "high"] = "low"
    most_likely_course: Text = ""
    most_dangerous_course: Text = ""
    review_on: date

    def check_review(self) -> None:
        today = datetime.now(UTC).date()
        if not today <= self.review_on <= today + LONGEST_REVIEW:
            raise Invalid(
                _("Set a review date from today to a year ahead."),
                fields={"review_on": _("From today to a year ahead.")},
            )
