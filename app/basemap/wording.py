"""Why a file can't be the base map, in sentences; none of them names the file."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.basemap.models import Fault, Tiles

FAULTS = {
    Fault.MISSING: _l("The base map’s file is not there."),
    Fault.NOT_A_FILE: _l("What is named as base map is not a file."),
    Fault.UNREADABLE: _l("Vigil’s account may not read the base map’s file."),
    Fault.OTHER_FORMAT: _l("The base map’s file is neither PMTiles (version 3) nor MBTiles."),
    Fault.OTHER_TILES: _l("The base map’s tiles are neither PNG, JPEG or WebP pictures nor vector tiles."),
    Fault.OTHER_COMPRESSION: _l("The base map’s tiles are compressed by other means than gzip."),
    Fault.EMPTY: _l("There is no tile in the base map’s file."),
    Fault.DAMAGED: _l("The base map’s file is damaged, or not copied to its end."),
}  # fmt: skip

TILES = {
    Tiles.PNG: _l("pictures (PNG)"),
    Tiles.JPEG: _l("pictures (JPEG)"),
    Tiles.WEBP: _l("pictures (WebP)"),
    Tiles.VECTOR: _l("vector tiles"),
}
