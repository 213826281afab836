"""A base map: one file of ready-made tiles that the mission brought, and what it says of itself."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from markupsafe import Markup

WORLD = (-180.0, -85.0511, 180.0, 85.0511)
GREATEST_ZOOM = 24
# Bytes. A tile weighs some tens of thousands; what claims more is damage, and would fill the memory of the site.
LARGEST_TILE = 16 * 1024 * 1024
LONGEST_ATTRIBUTION = 240  # characters

Bounds = tuple[float, float, float, float]


class Format(StrEnum):
    PMTILES = "pmtiles"
    MBTILES = "mbtiles"


class Tiles(StrEnum):
    """What one tile is."""

    PNG = "png"
    JPEG = "jpg"
    WEBP = "webp"
    VECTOR = "mvt"


class Fault(StrEnum):
    """Why a file can't be the base map; wording.py says it in a sentence."""

    MISSING = "missing"
    NOT_A_FILE = "not_a_file"
    UNREADABLE = "unreadable"
    OTHER_FORMAT = "other_format"
    OTHER_TILES = "other_tiles"
    OTHER_COMPRESSION = "other_compression"
    EMPTY = "empty"
    DAMAGED = "damaged"


class Unsuitable(Exception):
    """Carries no path: its sentence stands on a page."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Facts:
    """`bounds`: west, south, east, north in degrees; `layers`: names of the layers of vector tiles."""

    format: Format
    tiles: Tiles
    least_zoom: int
    greatest_zoom: int
    bounds: Bounds
    attribution: str
    layers: tuple[str, ...] = ()


class Archive(Protocol):
    """An open file of tiles. `tile` and `every` raise Unsuitable where the file is damaged."""

    path: Path
    facts: Facts

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """The tile as it lies in the file, rows counted from the north; None where there is none."""

    def every(self) -> Iterator[bytes]:
        """The tiles one after another, in the file's order."""


def tiles_of(data: bytes) -> Tiles | None:
    """What these bytes are, by their beginning: what a file says of its tiles is often wrong."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Tiles.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return Tiles.JPEG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Tiles.WEBP
    # gzip; or protobuf's field 3 of a tile, a layer, as bytes of some length
    return Tiles.VECTOR if data.startswith((b"\x1f\x8b", b"\x1a")) else None


def packed(data: bytes) -> bool:
    return data.startswith(b"\x1f\x8b")


def unpacked(data: bytes) -> bytes:
    """A vector tile without gzip. Raises Unsuitable where it is damaged or would become too large."""
    reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = reader.decompress(data, LARGEST_TILE)
    except zlib.error:
        raise Unsuitable(Fault.DAMAGED) from None
    if not reader.eof:
        raise Unsuitable(Fault.DAMAGED)
    return plain


def as_text(attribution: object) -> str:
    """Attributions are written in HTML, for other people's pages: only the words are kept."""
    words = Markup(attribution).striptags() if isinstance(attribution, str) else ""  # noqa: S704 - only to strip it
    return words[:LONGEST_ATTRIBUTION]


def plausible(bounds: object) -> Bounds:
    """The part of the world that the file says it shows, or the whole where it says nothing sound."""
    if not isinstance(bounds, list | tuple) or len(bounds) != 4:
        return WORLD
    try:
        west, south, east, north = (float(value) for value in bounds)
    except (TypeError, ValueError):
        return WORLD
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        return WORLD
    return west, max(south, WORLD[1]), east, min(north, WORLD[3])


def sound_zooms(least: object, greatest: object) -> tuple[int, int]:
    if isinstance(least, int) and isinstance(greatest, int) and 0 <= least <= greatest <= GREATEST_ZOOM:
        return least, greatest
    raise Unsuitable(Fault.DAMAGED)


def named_layers(vector_layers: object) -> tuple[str, ...]:
    """The names in a TileJSON `vector_layers` list."""
    listed = vector_layers if isinstance(vector_layers, list) else []
    names = [layer.get("id") for layer in listed if isinstance(layer, dict)]
    return tuple(name for name in names if isinstance(name, str))[:200]
