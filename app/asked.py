"""What a request asks for in the query of its address, as far as all pages and the API ask it alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import request
from flask_babel import gettext as _

from app.errors import Invalid
from app.moments import read_moment

# PostgreSQL refuses an OFFSET beyond its whole numbers; nobody leafs this far.
LAST_PAGE = 100_000


def page_number() -> int:
    """The page of a table, from 1; what is no such number reads as the first or the last."""
    return min(max(request.args.get("page", 1, type=int) or 1, 1), LAST_PAGE)


def argument(name: str, longest: int = 100) -> str:
    """One text, cut to `longest` characters; without NUL, which PostgreSQL can't take."""
    return request.args.get(name, "")[:longest].replace("\x00", "")


def number(name: str) -> int | None:
    """A whole number such as an id, as far as the database counts; None for anything else."""
    given = request.args.get(name, type=int)
    return given if given is not None and abs(given) < 2**63 else None


def moment(name: str, whole_day: timedelta = timedelta()) -> datetime | None:
    """A time from the URL: a day in UTC (of `until`, the whole of it), or a moment with its zone. Raises Invalid."""
    written = argument(name)
    if not written:
        return None
    try:
        if len(written) == 10:
            return datetime.fromisoformat(written).replace(tzinfo=UTC) + whole_day
        return read_moment(written.replace(" ", "+"))
    except (ValueError, OverflowError):
        raise Invalid(
            _("A time of the filter can’t be read. Write it as 2026-11-21 or with its zone."),
            fields={name: _("Write it as 2026-11-21 or with its zone.")},
        ) from None


def period() -> tuple[datetime | None, datetime | None]:
    """`since` and `until`, the first moment that is left out; of two days, the last counts whole."""
    return moment("since"), moment("until", timedelta(days=1))
