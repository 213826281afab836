"""PMTiles, version 3: a header, directories along a Hilbert curve, tiles. Directories are read by the `pmtiles` library.

Its own reader takes header and directories apart again for each tile; here they are kept.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pmtiles.tile import (
    Compression,
    Entry,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

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
)

MAGIC = b"PMTiles"
HEADER = 127  # bytes
DEEPEST = 4  # directories behind one another, by the specification
LARGEST_PART = 32 * 1024 * 1024  # bytes of a directory or of the metadata
KEPT = 16  # directories of some thousand entries each: a megabyte or two apiece
TILES = {
    TileType.MVT: Tiles.VECTOR,
    TileType.PNG: Tiles.PNG,
    TileType.JPEG: Tiles.JPEG,
    TileType.WEBP: Tiles.WEBP,
}
BROKEN = (ValueError, OSError, EOFError, IndexError, OverflowError, zlib.error, TypeError, AttributeError)


class PMTilesFile:
    """Stays on the file that it opened, also when another one takes its name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.file = path.open("rb", buffering=0)
            self.header: Any = deserialize_header(self.bytes_at(0, HEADER))
            self.directories: OrderedDict[tuple[int, int], list[Entry]] = OrderedDict()
            self.facts = self.told()
            if not self.directory(self.header["root_offset"], self.header["root_length"]):
                raise Unsuitable(Fault.EMPTY)
        except (MagicNumberNotFound, SpecVersionUnsupported):
            raise Unsuitable(Fault.OTHER_FORMAT) from None
        except BROKEN:
            raise Unsuitable(Fault.DAMAGED) from None

    def bytes_at(self, offset: int, length: int, most: int = LARGEST_PART) -> bytes:
        """Exactly these bytes; a file that ends before them, or asks for too many, is damaged."""
        if length > most:
            raise Unsuitable(Fault.DAMAGED)
        data = os.pread(self.file.fileno(), length, offset)  # no common place in the file: threads share it
        if len(data) != length:
            raise Unsuitable(Fault.DAMAGED)
        return data

    def told(self) -> Facts:
        header = self.header
        if header["tile_type"] not in TILES:
            raise Unsuitable(Fault.OTHER_TILES)
        if not {header["internal_compression"], header["tile_compression"]} <= {
            Compression.NONE, Compression.GZIP, Compression.UNKNOWN,
        }:  # fmt: skip
            raise Unsuitable(Fault.OTHER_COMPRESSION)
        metadata: Any = {}
        if header["metadata_length"]:
            written = self.bytes_at(header["metadata_offset"], header["metadata_length"])
            metadata = json.loads(gzip.decompress(written) if written.startswith(b"\x1f\x8b") else written)
        if not isinstance(metadata, dict):
            raise Unsuitable(Fault.DAMAGED)
        sides = ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")
        least, greatest = sound_zooms(header["min_zoom"], header["max_zoom"])
        return Facts(
            Format.PMTILES, TILES[header["tile_type"]], least, greatest,
            plausible([header[side] / 1e7 for side in sides]), as_text(metadata.get("attribution")),
            named_layers(metadata.get("vector_layers")),
        )  # fmt: skip

    def directory(self, offset: int, length: int) -> list[Entry]:
        key = (offset, length)
        if found := self.directories.get(key):
            return found
        written = self.bytes_at(offset, length)
        if not written.startswith(b"\x1f\x8b"):  # the library always unpacks
            written = gzip.compress(written, 1)
        found = deserialize_directory(written)
        self.directories[key] = found
        while len(self.directories) > KEPT:
            self.directories.popitem(last=False)
        return found

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        try:
            number = zxy_to_tileid(z, x, y)
            offset, length = self.header["root_offset"], self.header["root_length"]
            for _depth in range(DEEPEST):
                entry = find_tile(self.directory(offset, length), number)
                if entry is None:
                    return None
                if entry.run_length:
                    return self.bytes_at(
                        self.header["tile_data_offset"] + entry.offset, entry.length, LARGEST_TILE
                    )
                offset, length = self.header["leaf_directory_offset"] + entry.offset, entry.length
        except BROKEN:
            raise Unsuitable(Fault.DAMAGED) from None
        raise Unsuitable(Fault.DAMAGED)  # directories that go round in a circle

    def every(self) -> Iterator[bytes]:
        for entry in self.entries(self.header["root_offset"], self.header["root_length"], DEEPEST):
            yield self.bytes_at(self.header["tile_data_offset"] + entry.offset, entry.length, LARGEST_TILE)

    def entries(self, offset: int, length: int, deeper: int) -> Iterator[Entry]:
        if not deeper:
            raise Unsuitable(Fault.DAMAGED)
        try:
            listed = self.directory(offset, length)
        except BROKEN:
            raise Unsuitable(Fault.DAMAGED) from None
        for entry in listed:
            if entry.run_length:
                yield entry
            else:
                yield from self.entries(
                    self.header["leaf_directory_offset"] + entry.offset, entry.length, deeper - 1
                )
