"""Files that leave the house: written whole, recorded, and only then sent."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, current_app, request, send_file
from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from app.errors import Invalid, NotFound
from app.exchange import csv_file, geojson_file, geopackage, gpx_file, kml_file
from app.exchange.layers import Layer
from app.exchange.protection import PATROLS
from app.exchange.tables import MOST, Marking, batches
from app.ledger.actions import record
from app.mission import queries as mission
from app.settings import settings_of
from geo import date_time_group


class FileFormat(StrEnum):
    CSV = "csv"
    GEOJSON = "geojson"
    GEOPACKAGE = "gpkg"
    KML = "kml"
    GPX = "gpx"


MIMETYPES = {
    FileFormat.CSV: "text/csv",
    FileFormat.GEOJSON: "application/geo+json",
    FileFormat.GEOPACKAGE: "application/geopackage+sqlite3",
    FileFormat.KML: "application/vnd.google-earth.kml+xml",
    FileFormat.GPX: "application/gpx+xml",
}


def formats_of(layer: Layer) -> list[str]:
    """The formats that a layer is exported in; tracks are those of patrols alone."""
    return [f.value for f in FileFormat if f is not FileFormat.GPX or layer is PATROLS]


def export(layer: Layer, where: Sequence[ColumnElement[bool]], filters: Mapping[str, Any]) -> Response:
    """A file of what this viewer may see of a layer under these conditions, in the form's `format`.

    The file is whole before it is recorded and recorded before it is sent: a break on the way leaves no half of it with
    somebody and no event without its count. `filters` go into the ledger by name, and by value where it is a code of
    ours; what a person wrote does not. Raises Invalid for an unknown format or for more rows than a file takes, NotFound
    for a layer that this viewer may not read.
    """
    if not layer.open_to_viewer():
        raise NotFound
    if request.form.get("format") not in formats_of(layer):
        raise Invalid(
            _("Choose a format for the file."), fields={"format": _("Choose a format for the file.")}
        )
    file_format = FileFormat(request.form["format"])
    settings = settings_of(current_app)
    marking = Marking.of(mission.identity(), settings.exercise)
    folder = Path(tempfile.mkdtemp(prefix="export-", dir=settings.var))
    try:
        path = folder / "file"
        count = write(layer, where, marking, file_format, path)
        if count > MOST:
            raise Invalid(
                _("These are more than %(most)s rows. Narrow the filters and export in parts.", most=MOST)
            )
        # Open, it lives on without a name until it is sent, and nothing of it stays behind.
        file = path.open("rb")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    details: dict[str, Any] = {"format": file_format.value, "count": count, "filters": said(filters)}
    if layer.uncounted():
        details = {
            "format": file_format.value,
            "filters": {k: v for k, v in said(filters).items() if k != "kind"},
        }
    record("exchange.exported", layer.name, "export", details)
    group = date_time_group.format(datetime.now(UTC)).replace(" ", "")
    name = f"{layer.name}{'-EXERCISE' if marking.exercise else ''}-{group}.{file_format.value}"
    response = send_file(file, MIMETYPES[file_format], as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def write(
    layer: Layer, where: Sequence[ColumnElement[bool]], marking: Marking, file_format: FileFormat, path: Path
) -> int:
    if file_format is FileFormat.GEOPACKAGE:
        return geopackage.write(layer, batches(layer, where, "wkb"), marking, path)
    with path.open("wb") as file:
        match file_format:
            case FileFormat.CSV:
                shaped = "none" if layer.drawn == "Point" else "wkt"
                return csv_file.write(layer, batches(layer, where, shaped), marking, file)
            case FileFormat.GEOJSON:
                return geojson_file.write(layer, batches(layer, where, "geojson"), marking, file)
            case FileFormat.KML:
                return kml_file.write(layer, batches(layer, where, "kml"), marking, file)
            case FileFormat.GPX:
                return gpx_file.write(where, marking, file)
    raise NotFound


def said(filters: Mapping[str, Any]) -> dict[str, Any]:
    """What was filtered by: codes of ours, numbers, times and boxes as they are; of what a person wrote, only that there
    was something."""
    return {
        name: told(value) for name, value in filters.items() if value not in ("", None) and name != "sort"
    }


def told(value: Any) -> Any:
    if isinstance(value, str) and value not in codes():
        return "…"
    return value if isinstance(value, int | float) else str(value)


@cache
def codes() -> frozenset[str]:
    """The values of each list of ours. An address may hold anything where a list's value belongs."""
    return frozenset(
        member.value
        for one in StrEnum.__subclasses__()
        if one.__module__.startswith("app.")
        for member in one
    )
