"""MBTiles 1.3: a SQLite file with a table (or view) of tiles, whose rows are counted from the south."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from app.basemap.models import (
    LARGEST_TILE,
    Facts,
    Fault,
    Format,
    Tiles,
    Unsuitable,
    as_text,
    named_layers,
    plausible,
    sound_zooms,
    tiles_of,
)

MAGIC = b"SQLite format 3\0"
TILE = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
BROKEN = (sqlite3.Error, OSError, ValueError, OverflowError)


class MBTilesFile:
    """Opened anew for each tile (0.1 ms): a connection of SQLite belongs to one thread."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        try:
            with closing(self.connect()) as connection:
                self.facts = told(connection)
        except BROKEN:
            raise Unsuitable(Fault.DAMAGED) from None

    def connect(self) -> sqlite3.Connection:
        # immutable: no lock, no journal beside it, so that the file may lie on a medium that can't be written.
        connection = sqlite3.connect(f"{self.path.as_uri()}?mode=ro&immutable=1", uri=True)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_TILE)
        # The file's own views may not call what has effects.
        connection.execute("PRAGMA trusted_schema = OFF")
        return connection

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        try:
            with closing(self.connect()) as connection:
                row = connection.execute(TILE, (z, x, 2**z - 1 - y)).fetchone()
        except BROKEN:
            raise Unsuitable(Fault.DAMAGED) from None
        return bytes_of(row[0]) if row and row[0] is not None else None

    def every(self) -> Iterator[bytes]:
        try:
            with closing(self.connect()) as connection:
                for (data,) in connection.execute("SELECT tile_data FROM tiles"):
                    yield bytes_of(data)
        except BROKEN:
            raise Unsuitable(Fault.DAMAGED) from None


def told(connection: sqlite3.Connection) -> Facts:
    """What `metadata` says, and the tiles themselves where it is silent."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if "tiles" not in tables:
        raise Unsuitable(Fault.OTHER_FORMAT)
    rows = connection.execute("SELECT name, value FROM metadata") if "metadata" in tables else []
    metadata: dict[str, Any] = {str(name): value for name, value in rows}
    first = connection.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
    if first is None:
        raise Unsuitable(Fault.EMPTY)
    least, greatest = zooms(connection, metadata)
    kind = tiles_of(bytes_of(first[0]))
    if kind is None:
        raise Unsuitable(Fault.OTHER_TILES)
    return Facts(
        Format.MBTILES, kind, least, greatest, plausible(str(metadata.get("bounds", "")).split(",")),
        as_text(metadata.get("attribution")), layers(metadata) if kind is Tiles.VECTOR else (),
    )  # fmt: skip


def zooms(connection: sqlite3.Connection, metadata: dict[str, Any]) -> tuple[int, int]:
    try:
        return sound_zooms(int(metadata["minzoom"]), int(metadata["maxzoom"]))
    except (KeyError, TypeError, ValueError):
        found = connection.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
        return sound_zooms(*found)


def layers(metadata: dict[str, Any]) -> tuple[str, ...]:
    try:
        held = json.loads(metadata.get("json") or "{}")
    except (ValueError, TypeError):
        return ()
    return named_layers(held.get("vector_layers")) if isinstance(held, dict) else ()


def bytes_of(data: object) -> bytes:
    if not isinstance(data, bytes):
        raise Unsuitable(Fault.DAMAGED)
    return data
