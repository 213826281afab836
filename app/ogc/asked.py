"""What a question to a collection says: OGC API – Features Part 1 (OGC 17-069r4), 7.15."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import request
from flask_babel import gettext as _

from app.errors import Refusal

USUAL, MOST = 1_000, 10_000
Box = tuple[float, float, float, float]  # west, south, east, north in degrees


class BadQuestion(Refusal):
    """The standard wants 400 for a question that can't be read, where our own API says 422."""

    status = 400
    code = "bad_question"


@dataclass(frozen=True)
class Question:
    """`boxes`: none, one, or two where the box crosses the antimeridian. `since`, `until`: both ends belong to it.
    `after`: the key of the last row of the page before. `codes`: column → the values asked for."""

    boxes: tuple[Box, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    limit: int = USUAL
    after: str | None = None
    codes: Mapping[str, list[str]] = field(default_factory=dict)

    def said(self) -> tuple[object, ...]:
        """All of it, for the answer's tag."""
        codes = sorted((name, tuple(values)) for name, values in self.codes.items())
        return self.boxes, self.since, self.until, self.limit, self.after, tuple(codes)


def known_alone(allowed: Iterable[str]) -> None:
    """Refuse a parameter that means nothing here (7.15.8): a filter with a typing error must not show everything."""
    if set(request.args) - set(allowed):
        raise BadQuestion(
            _("This address does not know one of these parameters. The collection’s page lists them.")
        )
    if any("\x00" in value for value in request.args.values()):
        raise BadQuestion(_("A parameter holds a character that can’t be read."))


def in_json() -> None:
    if request.args.get("f", "json") not in ("json", "application/geo+json", "application/json"):
        raise BadQuestion(_("Answers are given as JSON alone: leave f out, or say f=json."))


def question(codes: Iterable[str]) -> Question:
    """The question of this request to a collection that may be asked by `codes`. Raises BadQuestion."""
    codes = list(codes)
    known_alone(["f", "bbox", "datetime", "limit", "after", *codes])
    in_json()
    since, until = interval(request.args.get("datetime", ""))
    return Question(
        boxes=boxes(request.args.get("bbox", "")),
        since=since,
        until=until,
        limit=limit(request.args.get("limit", "")),
        after=request.args.get("after") or None,
        codes={c: request.args[c].split(",") for c in codes if request.args.get(c)},
    )


def boxes(written: str) -> tuple[Box, ...]:
    if not written:
        return ()
    try:
        numbers = [float(part) for part in written.split(",")]
        if len(numbers) == 6:
            numbers = [numbers[n] for n in (0, 1, 3, 4)]
        west, south, east, north = numbers
    except ValueError:
        west, south, east, north = (math.nan,) * 4
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise BadQuestion(_("Give bbox as west,south,east,north in degrees."))
    if west <= east:
        return ((west, south, east, north),)
    return ((west, south, 180.0, north), (-180.0, south, east, north))


def limit(written: str) -> int:
    if not written:
        return USUAL
    if not (written.isascii() and written.isdecimal()) or len(written) > 9 or int(written) < 1:
        raise BadQuestion(_("Give limit as a whole number from 1 to %(most)s.", most=MOST))
    return min(int(written), MOST)


def interval(written: str) -> tuple[datetime | None, datetime | None]:
    """An instant, or two with a slash between; `..` or nothing for an open end."""
    if not written:
        return None, None
    parts = written.split("/")
    if len(parts) > 2:
        raise BadQuestion(_("Give datetime as a time or as two with a slash between, in RFC 3339."))
    ends = [None if part in ("", "..") else moment(part) for part in parts]
    since, until = ends[0], ends[-1]
    if (since is None and until is None) or (since and until and since > until):
        raise BadQuestion(_("Give datetime as a time or as two with a slash between, in RFC 3339."))
    return since, until


def moment(written: str) -> datetime:
    try:
        # A plus sign that was not encoded arrives as a space.
        found = datetime.fromisoformat(written.replace(" ", "+"))
        if len(written) == 10:
            found = found.replace(tzinfo=UTC)
        if found.tzinfo is None:
            raise ValueError
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadQuestion(_("Give times in RFC 3339, such as 2026-11-21T14:30:00Z.")) from None
