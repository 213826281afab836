"""Rows of CSV and GeoJSON files, and the values of a row. The formats that GDAL reads: formats.py."""

from __future__ import annotations

import codecs
import csv
import io
import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import Point, shape

from geo.refused import Refused

Row = dict[str, Any]
GEOMETRY = "geometry"


class RowRefused(Refused):
    """Why a row can't be kept, by a code (wording.ROWS); its facts name columns, and never what the row holds."""


class Unreadable(Refused):
    """The file as a whole can't be read; the code says why (wording.UNREADABLE)."""


def csv_rows(path: Path) -> Iterator[tuple[int, Row]]:
    with io.TextIOWrapper(path.open("rb"), encoding=encoding_of(path), errors="replace", newline="") as file:
        sample = file.read(20_000)
        file.seek(0)
        try:
            dialect: Any = csv.Sniffer().sniff(sample.splitlines()[0] if sample else "", delimiters=",;\t|")
        except (csv.Error, IndexError):
            dialect = csv.excel
        reader = csv.DictReader(file, dialect=dialect)
        if not reader.fieldnames:
            raise Unreadable("no_header")
        while (row := next_row(reader)) is not None:
            yield reader.line_num, {(k or "").strip().lower(): v for k, v in row.items() if k is not None}


def next_row(reader: csv.DictReader[str]) -> dict[str, Any] | None:
    try:
        return next(reader, None)
    except csv.Error:
        raise Unreadable("broken_line") from None


def encoding_of(path: Path) -> str:
    """UTF-8 if all of the file is; otherwise what older spreadsheets write in Europe and Africa. Names of villages must
    come out right: with marks in place of letters nobody finds them again."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(1024 * 1024):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    # -sig: spreadsheets write a mark at the start, which would stick to the first column's name.
    return "utf-8-sig"


def geojson_rows(path: Path) -> Iterator[tuple[int, Row]]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        features = document["features"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unreadable("no_geojson") from None
    if not isinstance(features, list) or not all(isinstance(f, dict) for f in features):
        raise Unreadable("no_geojson")
    for number, feature in enumerate(features, start=1):
        row: Row = {str(k).lower(): v for k, v in properties_of(feature).items()}
        try:
            row[GEOMETRY] = shape(feature["geometry"]) if feature.get("geometry") else None
        except (ValueError, KeyError, TypeError, AttributeError, shapely.errors.ShapelyError):
            row[GEOMETRY] = None
        yield number, row


def properties_of(feature: dict[str, Any]) -> dict[str, Any]:
    found = feature.get("properties")
    return found if isinstance(found, dict) else {}


def plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def first(row: Row, *names: str) -> str | None:
    """The first of these columns that holds something, as text without outer blanks."""
    for name in names:
        value = row.get(name)
        if value is not None and str(value).strip() not in ("", "nan", "None"):
            return str(value).strip()
    return None


def need(row: Row, *names: str) -> str:
    found = first(row, *names)
    if found is None:
        raise RowRefused("missing", column=names[0])
    return found


def number(row: Row, name: str, default: int | None = None) -> int:
    """A whole number; '3.0' is one, '3.5' and 'many' are not."""
    written = first(row, name)
    if written is None:
        if default is None:
            raise RowRefused("missing", column=name)
        return default
    try:
        value = float(written)
    except ValueError:
        raise RowRefused("no_number", column=name) from None
    if not math.isfinite(value) or value != int(value):
        raise RowRefused("no_whole_number", column=name)
    return int(value)


def moment(written: str) -> tuple[datetime, bool]:
    """(time in UTC, whether it is a day alone). Without a zone it is taken for UTC."""
    try:
        found = datetime.fromisoformat(written.replace("/", "-"))
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return aware.astimezone(UTC), len(written) == 10
    except (ValueError, OverflowError):
        raise RowRefused("no_time") from None


def point(row: Row) -> tuple[float, float]:
    """(lon, lat) from the geometry or from columns, checked."""
    found = row.get(GEOMETRY)
    if isinstance(found, Point) and not found.is_empty:
        lon, lat = float(found.x), float(found.y)
    else:
        try:
            lon = float(need(row, "longitude", "lon", "lng", "x"))
            lat = float(need(row, "latitude", "lat", "y"))
        except ValueError:
            raise RowRefused("no_position") from None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise RowRefused("position_out_of_range")
    return lon, lat
