"""A layer as KML 2.2. Written by hand: GDAL's driver holds the whole file before it writes, and knows no period."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any
from xml.sax.saxutils import escape as escape_markup
from xml.sax.saxutils import quoteattr

from sqlalchemy import Row

from app.exchange.layers import Layer
from app.exchange.tables import Marking

# What no XML may hold, not even escaped.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def escaped(value: object) -> str:
    text = value.isoformat() if isinstance(value, datetime | date) else "" if value is None else str(value)
    return escape_markup(FORBIDDEN.sub("", text))


def plain(value: object) -> str:
    """In the balloon that a globe makes of it, a value is HTML again: a picture in it would tell its sender who has
    opened the file, when and from where."""
    return escaped(value).replace("&lt;", "‹")


def when(row: Row[Any]) -> str:
    if row.since is None:
        return ""
    if row.until is None or row.until == row.since:
        return f"<TimeStamp><when>{escaped(row.since)}</when></TimeStamp>"
    return f"<TimeSpan><begin>{escaped(row.since)}</begin><end>{escaped(row.until)}</end></TimeSpan>"


def write(layer: Layer, batches: Iterable[Sequence[Row[Any]]], marking: Marking, file: IO[bytes]) -> int:
    """Placemarks with their period and all columns as extended data. Returns how many."""
    title = f"{layer.title} · {marking.words}"
    file.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{escaped(title)}</name><description>{escaped(marking.mission)}</description>\n".encode()
    )
    count = 0
    for batch in batches:
        for row in batch:
            told = {name: getattr(row, name) for name in layer.columns} | {"marking": marking.words}
            data = "".join(
                f"<Data name={quoteattr(name)}><value>{plain(value)}</value></Data>"
                for name, value in told.items()
                if value is not None
            )
            name = told.get("call_sign") or told.get("name") or f"{layer.title} {row.id}"
            file.write(
                f"<Placemark><name>{plain(name)}</name>{when(row)}<ExtendedData>{data}</ExtendedData>"
                f"{row.shape or ''}</Placemark>\n".encode()
            )
        count += len(batch)
    file.write(b"</Document></kml>\n")
    return count
