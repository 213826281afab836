"""Bodies and answers of the API's part for defenders. All pseudonymous but the answer to an unmasking."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.api.bodies import Body
from app.defenders.check_ins import Standing
from app.defenders.file import File
from app.defenders.models import CalledBy, SealedField
from app.defenders.queries import Line
from app.moments import Moment, read_moment
from app.reasons import SHORTEST_REASON


class Entry(BaseModel):
    """A line of the register. Fields that consent does not cover are absent."""

    id: int
    codename: str
    sector: str
    sector_id: int
    case_status: str
    case_officer_id: int | None = None
    review_on: date
    consent_state: str
    consent_until: date | None = None
    profiles: list[str] | None = None
    risk_band: str | None = None


class Register(BaseModel):
    total: int
    page: int
    defenders: list[Entry]


class DefenderFile(BaseModel):
    """A file: the entry's fields, and the parts that the viewer's rights and consent let through."""

    model_config = ConfigDict(extra="allow")

    id: int
    codename: str


class UnmaskBody(Body):
    fields: Annotated[list[SealedField], Field(min_length=1, max_length=3)]
    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=SHORTEST_REASON, max_length=500)
    ]


class Unmasked(BaseModel):
    unmasking_id: int
    values: dict[SealedField, str]


class CheckInBody(Body):
    """`heard_at`: when, if not now."""

    way: CalledBy
    heard_at: Moment | None = None

    @model_validator(mode="after")
    def readable(self) -> CheckInBody:
        self.moment()
        return self

    def moment(self) -> datetime | None:
        """In UTC. Raises ValueError with a sentence."""
        return read_moment(self.heard_at) if self.heard_at else None


class CheckIns(BaseModel):
    """`state`: none where nothing is agreed. Times in UTC, lengths in minutes."""

    state: str
    interval_minutes: int | None = None
    grace_minutes: int | None = None
    due_at: datetime | None = None
    missed_at: datetime | None = None
    watched: bool | None = None
    heard_at: list[datetime] = []


def told_of(standing: Standing | None) -> dict[str, Any]:
    if standing is None:
        return {"state": "none"}
    return {
        "state": standing.state, "interval_minutes": standing.plan.interval_minutes,
        "grace_minutes": standing.plan.grace_minutes, "due_at": plain(standing.due_at),
        "missed_at": plain(standing.missed_at), "watched": standing.watched,
        "heard_at": [plain(h.heard_at) for h in standing.heard],
    }  # fmt: skip


def plain(value: Any) -> Any:
    """Dates as ISO 8601, tuples as lists."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def entry(line: Line) -> dict[str, Any]:
    return {name: plain(value) for name, value in line.fields.items()} | {"sector": line.sector}


def whole(file: File) -> dict[str, Any]:
    found = {name: plain(value) for name, value in file.fields.items()} | {"sector": file.sector}
    parts: dict[str, Any] = {
        "cells": file.cells, "assessments": file.assessments, "consents": file.consents, "notes": file.notes,
    }  # fmt: skip
    for name, rows in parts.items():
        found[name] = [
            {k: plain(v) for k, v in (row if isinstance(row, dict) else row._mapping).items()} for row in rows
        ]
    return found | {"sealed": list(file.sealed)}
