"""Bodies and answers of the API's part for defenders. All pseudonymous but the answer to an unmasking."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.api.bodies import Body
from app.defenders.file import File
from app.defenders.models import SealedField
from app.defenders.queries import Line
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
