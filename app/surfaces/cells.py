"""Cells of a surface, packed: 32 bytes each before they are pressed, so that a mission of 50,000 cells keeps
each day's surface whole for years. Without the learners' libraries, which no web process needs.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.surfaces.models import Surface
from geo.metric_grid import MetricGrid
from geo.projection import Plane

#: In the order of geo.hotspots.HotspotClass, whose place is stored; a test holds the two against each other.
CLASSES = ("new", "persistent", "diminishing", "sporadic", "calm", "no_data")
NO_DATA = CLASSES.index("no_data")
#: Days since 1970 of a cell of which is not warned.
NEVER = -1

#: cell: its number on the grid. kind: place in CLASSES. probability: the model's, NaN without one; persistence and
#: climatology beside it. lately, beside, ever, since: geo.surfaces.issue.Reasons. warned_since: day since 1970 from which
#: each surface warned of it.
LAYOUT = np.dtype(
    [
        ("cell", "<i4"), ("kind", "u1"), ("warned", "u1"), ("probability", "<f4"), ("persistence", "<f4"),
        ("climatology", "<f4"), ("lately", "<u2"), ("beside", "<u2"), ("ever", "<u4"), ("since", "<i2"),
        ("warned_since", "<i4"),
    ]
)  # fmt: skip

Cells = NDArray[np.void]


def packed(cells: Cells) -> bytes:
    """Column by column, since what is alike lies together then."""
    columns = [np.ascontiguousarray(cells[name]).tobytes() for name in LAYOUT.names or ()]
    return zlib.compress(b"".join(columns), 6)


def unpacked(content: bytes, count: int) -> Cells:
    """`count` cells as they were packed. Raises ValueError for content of another length."""
    plain = zlib.decompress(content)
    if len(plain) != count * LAYOUT.itemsize:
        raise ValueError("The part of a surface has not the length that it says.")
    cells, read = np.empty(count, dtype=LAYOUT), 0
    for name in LAYOUT.names or ():
        kind = LAYOUT[name]
        cells[name] = np.frombuffer(plain, dtype=kind, count=count, offset=read)
        read += count * kind.itemsize
    return cells


def joined(parts: Sequence[Cells]) -> Cells:
    return np.concatenate(parts) if parts else np.empty(0, dtype=LAYOUT)


def grid_of(surface: Surface) -> MetricGrid:
    """The grid on which it was issued, whatever the mission's cells are now."""
    plane = Plane(surface.plane_lon, surface.plane_lat)
    return MetricGrid(
        plane, float(surface.cell_metres), surface.west_m, surface.south_m, surface.columns, surface.rows
    )


def shown(surface: Surface, cells: Cells) -> NDArray[np.float64]:
    """(cells,): the probabilities that officers read."""
    told = cells["probability"] if surface.used == "model" else cells["persistence"]
    return np.asarray(told, dtype=np.float64)
