"""A table as CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any

from flask import Response
from sqlalchemy import Row

from app.exchange.layers import Layer
from app.exchange.tables import Marking

# A spreadsheet runs a cell that begins so as a formula; some do after blanks, and with the wide forms of the signs.
# Where lists are separated by semicolons, a spreadsheet begins a new cell at each of them within our own.
NEW_CELL = re.compile(r"([;\t\r\n]\s*)(?=[=+\-@＝＋－＠])")
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: object) -> object:
    """The value as it is written; text that a spreadsheet would run gets an apostrophe before it. Numbers stay so."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = " ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
    text = NEW_CELL.sub(r"\1'", text)
    return f"'{text}" if text.startswith(RISKY) or text.lstrip().startswith(RISKY) else text


def write(layer: Layer, batches: Iterable[Sequence[Row[Any]]], marking: Marking, file: IO[bytes]) -> int:
    """UTF-8 with a mark of its order, which spreadsheets want. Columns: id, the layer's, lon, lat (degrees, of a point on
    it), and for what is no point the whole shape as WKT. Returns how many rows."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    out = csv.writer(text)
    whole = layer.drawn != "Point"
    out.writerow(["id", *layer.columns, "lon", "lat", *(["wkt"] if whole else []), "marking"])
    count = 0
    for batch in batches:
        for row in batch:
            told = [cell(getattr(row, name)) for name in layer.columns]
            shape = [row.shape or ""] if whole else []
            out.writerow([cell(row.id), *told, cell(row.lon), cell(row.lat), *shape, marking.words])
        count += len(batch)
    text.flush()
    text.detach()
    return count


def answer(content: bytes | str, name: str) -> Response:
    """A file of this name."""
    response = Response(content, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
