"""What is sent of a call-back, by the pages and the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.api.bodies import Body, Id, Text
from app.call_backs.models import Result
from app.moments import Moment, read_moment
from app.sources.body import Code


class CallBackOrdered(Body):
    """`due_at`: ISO 8601 with its zone, or a date-time group; empty means within the hour."""

    source_code: Code
    question: Annotated[Text, Field(min_length=1)]
    due_at: Moment | None = None

    def moment(self) -> datetime | None:
        """In UTC. Raises ValueError with a sentence."""
        return read_moment(self.due_at) if self.due_at else None


class HandedOn(Body):
    """`watch_id`: the watch of whoever shall make the call, among those that stand where the alert is answered."""

    call_back_id: Id
    watch_id: Id


class CalledBack(Body):
    call_back_id: Id
    result: Result
    answer: Text = ""
