"""Small base maps for tests, made as other people's tools make them: real tiles in real MBTiles and PMTiles."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import mapbox_vector_tile
from PIL import Image
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

Tiles = dict[tuple[int, int, int], bytes]  # by zoom, column, row from the north
TEAL = (20, 160, 140)
ATTRIBUTION = '© <a href="https://example.org">EXERCISE Survey</a> &amp; others'


def world(greatest: int = 2) -> Iterable[tuple[int, int, int]]:
    return ((z, x, y) for z in range(greatest + 1) for x in range(2**z) for y in range(2**z))


def picture(z: int, x: int, y: int, kind: str = "PNG") -> bytes:
    """256 by 256 pixels of one colour, which tells zoom, column and row: in blue, green and red."""
    held = io.BytesIO()
    Image.new("RGB", (256, 256), (y * 40 % 256, x * 40 % 256, z * 40 % 256)).save(held, kind)
    return held.getvalue()


def pictures(places: Iterable[tuple[int, int, int]] | None = None, kind: str = "PNG") -> Tiles:
    return {at: picture(*at, kind=kind) for at in places or world()}


def plain(places: Iterable[tuple[int, int, int]]) -> Tiles:
    held = io.BytesIO()
    Image.new("RGB", (256, 256), TEAL).save(held, "PNG")
    return dict.fromkeys(places, held.getvalue())


def vector(z: int, x: int, y: int) -> bytes:
    """The western half is water; a road through the middle; a town named after the tile. Packed."""
    half = "POLYGON((0 0,2048 0,2048 4096,0 4096,0 0))"
    layers: list[dict[str, Any]] = [
        {"name": "water", "features": [{"geometry": half, "properties": {"class": "lake"}}]},
        {"name": "transportation", "features": [{"geometry": "LINESTRING(0 2048,4096 2048)",
                                                 "properties": {"class": "primary"}}]},
        {"name": "place", "features": [{"geometry": "POINT(2048 1000)",
                                        "properties": {"class": "city", "name": f"T{z}-{x}-{y}"}}]},
    ]  # fmt: skip
    return gzip.compress(mapbox_vector_tile.encode(layers), mtime=0)


def vectors(places: Iterable[tuple[int, int, int]] | None = None) -> Tiles:
    return {at: vector(*at) for at in places or world()}


LAYERS = {"vector_layers": [{"id": name, "fields": {}} for name in ("water", "transportation", "place")]}


def mbtiles(file: Path, tiles: Tiles, **metadata: str | None) -> Path:
    """`metadata` beside or instead of what a sound file says; None leaves a line out."""
    zooms = [z for z, _x, _y in tiles]
    told: dict[str, str | None] = {
        "name": "EXERCISE", "format": "png", "minzoom": str(min(zooms)), "maxzoom": str(max(zooms)),
        "bounds": "-180,-85,180,85", "attribution": ATTRIBUTION, "json": json.dumps(LAYERS), **metadata,
    }  # fmt: skip
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("CREATE TABLE metadata (name text, value text)")
        db.execute("CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        db.execute("CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)")
        db.executemany("INSERT INTO metadata VALUES (?, ?)", [i for i in told.items() if i[1] is not None])
        db.executemany(
            "INSERT INTO tiles VALUES (?, ?, ?, ?)",
            [(z, x, 2**z - 1 - y, data) for (z, x, y), data in tiles.items()],
        )
    return file


def pmtiles(file: Path, tiles: Tiles, **header: Any) -> Path:
    packed = next(iter(tiles.values())).startswith(b"\x1f\x8b")
    with file.open("wb") as out:
        writer = Writer(out)
        for at in sorted(tiles, key=lambda at: zxy_to_tileid(*at)):
            writer.write_tile(zxy_to_tileid(*at), tiles[at])
        writer.finalize(
            {
                "tile_type": TileType.MVT if packed else TileType.PNG,
                "tile_compression": Compression.GZIP if packed else Compression.NONE,
                "min_lon_e7": -1_800_000_000, "max_lon_e7": 1_800_000_000,
                "min_lat_e7": -850_000_000, "max_lat_e7": 850_000_000,
            } | header,
            {"attribution": ATTRIBUTION} | (LAYERS if packed else {}),
        )  # fmt: skip
    return file
