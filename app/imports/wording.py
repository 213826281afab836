"""Words for the states of files on their way in, and for why one or a row of it was refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from app.imports.models import ImportState as S
from app.mission.importing.wording import UNREADABLE, row_words

STATES: dict[str, Any] = {
    S.WAITING: _l("being looked into"),
    S.LOOKED: _l("waits for its columns"),
    S.RUNNING: _l("being brought in"),
    S.DONE: _l("brought in"),
    S.UNREADABLE: _l("can’t be read"),
    S.FAILED: _l("failed"),
    S.REMOVED: _l("removed"),
}
TONES: dict[str, str] = {
    S.WAITING: "wait", S.LOOKED: "open", S.RUNNING: "wait", S.DONE: "good", S.UNREADABLE: "open", S.FAILED: "open",
    S.REMOVED: "done",
}  # fmt: skip
# What is stored of a failure is a code; of files that came in before there were codes, a sentence.
FAILURES: dict[str, Any] = {
    **UNREADABLE,
    "no_rights": _l("Whoever sent it may no longer store this. Nothing more of it was stored."),
    "too_many": _l("As many incidents as one person may bring in a day. What was stored so far stands."),
    "unexpected": _l("Something went wrong on our side. What was stored so far stands; send the file again."),
}
# Shapes as GDAL and Shapely call them.
SHAPES: dict[str, Any] = {
    "Point": _l("points"), "MultiPoint": _l("groups of points"), "LineString": _l("lines"),
    "MultiLineString": _l("groups of lines"), "LinearRing": _l("rings"), "Polygon": _l("polygons"),
    "MultiPolygon": _l("groups of polygons"), "GeometryCollection": _l("mixed shapes"), "none": _l("without a shape"),
}  # fmt: skip


def failure_words(told: str | None) -> str:
    return str(FAILURES.get(told or "unexpected", told))


def refusals(stored: Iterable[list[Any]]) -> list[tuple[int, str]]:
    """(number of the row, why) of what is stored as [number, code, facts], or from before there were codes as
    [number, sentence]."""
    return [(number, row_words(said, *facts) if facts else said) for number, said, *facts in stored]
