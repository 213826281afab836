"""What a request asks for in the query of its address, as far as all pages and the API ask it alike."""

from __future__ import annotations

from flask import request

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
