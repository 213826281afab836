"""Files of other people's tools as rows: GeoPackage, KML, GPX, Shapefile (zipped or not) and what else GDAL reads.

A file from outside is not trusted: a zip is looked through before anything of it is unpacked, what it may hold is listed,
and no more rows are read than an import can be. Coordinates of another system are turned into WGS 84 longitude and
latitude, by the file's own word; without one they are taken for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from app.mission.importing.guarding import check_content
from app.mission.importing.reading import GEOMETRY, Row, Unreadable, csv_rows, geojson_rows, plain

LARGEST_FILE = 500 * 1024 * 1024
MOST_ROWS = 1_000_000
OWN = frozenset({".csv", ".tsv", ".txt", ".geojson", ".json"})  # which we read without GDAL


def rows_of(path: Path, layer: str | None = None) -> Iterator[tuple[int, Row]]:
    """(line, row) of each record, whatever the file's format; except in CSV the line is the record's number, from 1.

    Keys are lower case. A shape, if there is one, stands under 'geometry' as Shapely, in lon/lat.
    """
    suffix = path.suffix.lower()
    if suffix in OWN:
        check_content(path)
    if suffix in (".csv", ".tsv", ".txt"):
        return csv_rows(path)
    if suffix in (".geojson", ".json"):
        return geojson_rows(path)
    return rows(path, layer)


def checked(path: Path) -> str:
    """What GDAL is to open: the path, or the folder within a zip. Raises Unreadable for what is too large, or is not what
    its ending says."""
    if path.stat().st_size > LARGEST_FILE:
        raise Unreadable("too_large")
    check_content(path)
    return f"/vsizip/{path.resolve()}" if path.suffix.lower() == ".zip" else str(path)


def layers(path: Path) -> list[str]:
    """The names of the layers that hold something. GPX's layers are its waypoints, routes, tracks and their points."""
    from pyogrio import list_layers, read_info
    from pyogrio.errors import DataLayerError, DataSourceError

    source = checked(path)
    try:
        names = [str(name) for name, _kind in list_layers(source)]
        # An empty layer of GPX is listed all the same.
        return [n for n in names if read_info(source, layer=n, force_feature_count=True)["features"]]
    except (DataSourceError, DataLayerError, ValueError):
        raise unread() from None


def system_of(path: Path, layer: str | None = None) -> str | None:
    """The name of a layer's coordinate system by the file's own word; None where it says nothing."""
    from pyogrio import read_info
    from pyogrio.errors import DataLayerError, DataSourceError

    if path.suffix.lower() in OWN:
        return "EPSG:4326" if path.suffix.lower() in (".geojson", ".json") else None
    try:
        told = read_info(checked(path), layer=layer)["crs"]
    except (DataSourceError, DataLayerError, ValueError):
        raise unread() from None
    if told is None or len(told) <= 40:
        return told
    try:
        return str(CRS.from_user_input(told).name)[:80]
    except CRSError:
        return None


def unread() -> Unreadable:
    return Unreadable("gdal")


def rows(path: Path, layer: str | None = None) -> Iterator[tuple[int, Row]]:
    """(number from 1, row) of a layer, the first that holds something unless one is named. Shapes in lon/lat, flat."""
    # Imported here: GDAL takes half a second to load, and no web process needs it.
    from pyogrio.errors import DataLayerError, DataSourceError
    from pyogrio.raw import read

    held = layers(path)
    if not held:
        raise Unreadable("nothing_in_it")
    if layer is not None and layer not in held:
        raise Unreadable("no_layer", held=", ".join(held))
    try:
        meta, _fids, shapes, columns = read(
            checked(path), layer=layer or held[0], max_features=MOST_ROWS + 1, force_2d=True,
            # As text, with its zone: as numpy's times they would lose it, and be hours wrong.
            datetime_as_string=True,
        )  # fmt: skip
    except (DataSourceError, DataLayerError, ValueError):
        raise unread() from None
    count = len(columns[0]) if columns else len(shapes if shapes is not None else ())
    if count > MOST_ROWS:
        raise Unreadable("too_many_rows")
    turn = to_degrees(meta["crs"])
    names = [str(n).lower() for n in meta["fields"]]
    for number in range(count):
        row: Row = {n: plain(c[number]) for n, c in zip(names, columns, strict=True)}
        row[GEOMETRY] = turned(shapes[number], turn) if shapes is not None else None
        yield number + 1, row


def to_degrees(crs: str | None) -> Transformer | None:
    """From the file's coordinates to longitude and latitude; None where they are that already."""
    try:
        given = CRS.from_user_input(crs) if crs else None
    except CRSError:
        raise Unreadable("unknown_system") from None
    if given is None or given.equals(CRS.from_epsg(4326), ignore_axis_order=True):
        return None
    if given.is_geographic or given.is_projected:
        return Transformer.from_crs(given, 4326, always_xy=True)
    raise Unreadable("no_place_on_earth")


def turned(wkb: Any, turn: Transformer | None) -> Any:
    """A shape, or None for a row without one or with one that is broken: its row is refused, and not the file."""
    if wkb is None:
        return None
    try:
        found = shapely.from_wkb(wkb)
    except shapely.errors.ShapelyError:
        return None
    if turn is None or found is None:
        return found
    return shapely.transform(found, lambda xy: np.column_stack(turn.transform(xy[:, 0], xy[:, 1])))
