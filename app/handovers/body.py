"""What is sent to hand a shift over and to accept it; the page's forms are read into the same."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.api.bodies import Body, Id, Text

Note = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=10, max_length=8000, pattern=r"^[^\x00]*$")
]
Task = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$")
]


class HandOver(Body):
    """`id`: the sender's own; the same again is the same note. Without `sector_id`: the shift of the whole mission."""

    id: UUID
    sector_id: Id | None = None
    note: Note
    tasks: Annotated[list[Task], Field(max_length=50)] = []


class Accept(Body):
    remark: Text = ""
