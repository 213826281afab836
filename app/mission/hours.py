"""Hours of the mission’s own day, as people write them (22:00) and as they are kept: minutes from midnight."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Minute = Annotated[int, Field(ge=0, le=1439)]
DAY = 24 * 60


def minute(text: str | None) -> int | str | None:
    """22:00 as minutes of the day; None where nothing was given; what can't be read as it is, to be refused later."""
    if not text or not text.strip():
        return None
    hours, colon, rest = text.strip().partition(":")
    readable = hours.isdecimal() and rest.isdecimal() and len(hours) <= 2 and len(rest) == 2
    if colon and readable and int(rest) < 60:
        return int(hours) * 60 + int(rest)
    return text


def hour(minute: int | None) -> str:
    """Minutes of a day as 22:00."""
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"
