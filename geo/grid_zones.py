"""The grid zones of UTM and MGRS: their limits in degrees and the planes of their coordinates.

Source: NGA.STND.0037, Universal Grids and Grid Reference Systems (2014), with its exceptions around southern
Norway (31V, 32V) and Svalbard (31X, 33X, 35X, 37X).
"""

from functools import lru_cache

from pyproj import Transformer

BANDS = "CDEFGHJKLMNPQRSTUVWX"

_EXCEPTIONS: dict[str, tuple[float, float]] = {
    "31V": (0.0, 3.0),
    "32V": (3.0, 12.0),
    "31X": (0.0, 9.0),
    "33X": (9.0, 21.0),
    "35X": (21.0, 33.0),
    "37X": (33.0, 42.0),
}
_ABSENT = {"32X", "34X", "36X"}


def exists(zone: int, band: str) -> bool:
    """Whether a zone number 1–60 and a band letter C–X (no I, O) name a grid zone."""
    return 1 <= zone <= 60 and band in BANDS and f"{zone}{band}" not in _ABSENT


def limits(zone: int, band: str) -> tuple[float, float, float, float]:
    """(west, south, east, north) of a grid zone in degrees."""
    south = -80.0 + 8.0 * BANDS.index(band)
    north = 84.0 if band == "X" else south + 8.0
    west = -180.0 + 6.0 * (zone - 1)
    west, east = _EXCEPTIONS.get(f"{zone}{band}", (west, west + 6.0))
    return west, south, east, north


@lru_cache(maxsize=120)
def utm(zone: int, northern: bool) -> Transformer:
    """lon/lat degrees (WGS 84) to UTM easting/northing metres, and back with direction="INVERSE"."""
    return Transformer.from_crs(
        "EPSG:4326", f"EPSG:{32600 + zone if northern else 32700 + zone}", always_xy=True
    )
