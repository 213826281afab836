"""What every fact carries: source grade, verification status, precision of date and place.

Codes: Admiralty grading (reliability A-F, credibility 1-6); UCDP's `where_prec` 1-7 and `date_prec` 1-5.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

Reliability = Literal["A", "B", "C", "D", "E", "F"]
Credibility = Annotated[int, Field(ge=1, le=6)]


class Verification(StrEnum):
    REPORTED = "reported"
    UNDER_VERIFICATION = "under_verification"
    CORROBORATED = "corroborated"
    VERIFIED = "verified"
    PARTIALLY_VERIFIED = "partially_verified"
    NOT_VERIFIED = "not_verified"
    UNFOUNDED = "unfounded"
    CONTRADICTED = "contradicted"
    ACCESS_DENIED = "access_denied"


def one_of(column: str, codes: Iterable[str]) -> CheckConstraint:
    """A CHECK that a text column holds one of a code list's codes."""
    listed = ", ".join(f"'{c}'" for c in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def graded() -> list[CheckConstraint]:
    return [
        CheckConstraint("source_reliability IN ('A','B','C','D','E','F')", name="source_reliability"),
        CheckConstraint("credibility BETWEEN 1 AND 6", name="credibility"),
        CheckConstraint("place_precision BETWEEN 1 AND 7", name="place_precision"),
        CheckConstraint("date_precision BETWEEN 1 AND 5", name="date_precision"),
    ]


class Graded:
    """Columns of a graded fact. F6 is the honest default for a source that nobody knows."""

    source_reliability: Mapped[str] = mapped_column(server_default="F")
    credibility: Mapped[int] = mapped_column(server_default="6")
    place_precision: Mapped[int] = mapped_column(server_default="1")
    date_precision: Mapped[int] = mapped_column(server_default="1")
