"""What a decision holds: one model for the API and the page."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from app.api.bodies import Body, Text
from app.due_diligence.models import Decision, Risk


class DecisionBody(Body):
    """`recipient`: a unit of the State's forces, never a person. `review_on`: the last day on which it holds."""

    recipient: Annotated[Text, Field(min_length=3, max_length=200)]
    support: Annotated[Text, Field(min_length=10)]
    risk: Risk
    mitigation: Annotated[Text, Field(min_length=10)]
    decision: Decision
    review_on: date


class Suspension(Body):
    reason: Text
