"""What can be read without looking anything up: grid references, latitude and longitude, date-time groups."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

from flask_babel import gettext as _

from app.find.found import EXACT, WITHIN, Found
from app.unread import in_words
from app.words import dtg, grid
from geo import coordinates, date_time_group, grid_reference

_GRID = re.compile(r"\s*\d{1,2}\s*[A-Za-z]\s*[A-Za-z]\s*[A-Za-z][\d\s]*")
_GROUP = re.compile(r"\s*\d{2}\s?\d{4}(?:\d{2})?\s?[A-Za-z]?\s?[A-Za-z]{3}\s?\d*\s*")


def read(asked: str) -> tuple[list[Found], str]:
    """(what was read, a sentence where it was surely meant as one of these and can't be read)."""
    for meant, reading in (
        (_GRID.fullmatch(asked) is not None, cell),
        (_GROUP.fullmatch(asked) is not None, moment),
        (coordinates.looks_like(asked), position),
    ):
        if meant:
            try:
                with in_words():
                    return [reading(asked)], ""
            except ValueError as error:
                return [], str(error)
    return [], ""


def cell(asked: str) -> Found:
    """A grid reference; a truncated one is a square and is called so."""
    square = grid_reference.parse(asked)
    lon, lat = square.centre
    side = metres(square.precision_m)
    return Found(
        "grid", square.text, f"{lat:.5f}, {lon:.5f}", EXACT if square.digits == 5 else WITHIN,
        _("a square of %(side)s; the mark is its middle", side=side), lon, lat, zoom_for(square.precision_m),
    )  # fmt: skip


def position(asked: str) -> Found:
    there = coordinates.parse(asked)
    digits = 5 if there.metres < 5 else 4 if there.metres < 50 else 3 if there.metres < 500 else 2
    sure = _("to about %(metres)s, by the figures given", metres=metres(max(there.metres, 1)))
    return Found(
        "position", f"{there.lat:.5f}, {there.lon:.5f}", grid(there.lon, there.lat, digits),
        EXACT if there.metres < 100 else WITHIN, sure, there.lon, there.lat, zoom_for(there.metres * 2),
    )  # fmt: skip


def moment(asked: str) -> Found:
    """A date-time group leads to the picture as the room knew it then."""
    when = date_time_group.parse(asked, datetime.now(UTC))
    written = when.isoformat().replace("+00:00", "Z")
    return Found("time", dtg(when), _("the picture as it was known then"), at_time=written)


def metres(length: float) -> str:
    return (
        _("%(n)s km", n=f"{length / 1000:g}") if length >= 1000 else _("%(n)s m", n=f"{math.ceil(length):d}")
    )


def zoom_for(side: float) -> int:
    """The zoom at which a square of `side` metres fills about a third of a map 900 pixels wide."""
    return max(5, min(17, int(math.log2(40_075_016 / 256 * 300 / max(side, 1.0)))))
