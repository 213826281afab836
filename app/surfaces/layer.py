"""The layer `hotspots` of the map: cells that stand out and those of which nothing is heard, as GeoJSON in degrees.

Of calm cells nothing is drawn. Cells without data are one shape, however many they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
from flask_babel import gettext as _
from numpy.typing import NDArray
from shapely.geometry import box, mapping
from shapely.geometry.base import BaseGeometry

from app.surfaces import queries, wording
from app.surfaces.cells import CLASSES, NO_DATA, grid_of, shown
from app.surfaces.models import Surface
from geo.metric_grid import MetricGrid

MOST = 3000
CALM = CLASSES.index("calm")
DIGITS = 4  # of a degree: some ten metres, for cells of kilometres
# Bands of probability by which a cell is drawn stronger.
STRONGER = (0.05, 0.15, 0.4)

Box = tuple[float, float, float, float]


def layer(known_at: datetime | None = None, inside: Box | None = None) -> str:
    """The surface that held at a moment, as far as the viewer sees cells. inside: west, south, east, north."""
    surface = queries.latest(known_at)
    over = surface is None or surface.until_at <= (known_at or datetime.now(UTC))
    features = [] if surface is None or over else list(drawn(surface, inside))
    kept = features[:MOST]
    return json.dumps(
        {
            "type": "FeatureCollection",
            "total": len(features),
            "truncated": len(features) > MOST,
            "features": kept,
        }
    )


def drawn(surface: Surface, inside: Box | None) -> Iterator[dict[str, Any]]:
    cells, _sectors = queries.cells_of(surface)
    grid, probabilities = grid_of(surface), shown(surface, cells)
    window = None if inside is None else box(*inside)
    blank = cells["cell"][cells["kind"] == NO_DATA]
    if len(blank):
        days = surface.heard_days
        title = _("Nothing heard for %(days)d days: not calm, not known", days=days)
        yield feature(joined(grid, blank), {"kind": "no_data", "warned": False, "level": 0, "title": title})
    which = np.flatnonzero((cells["kind"] < CALM) | (cells["warned"] > 0))
    for n in which[np.argsort(-probabilities[which], kind="stable")].tolist():
        row, said = cells[n], float(probabilities[n])
        square = grid.square(int(row["cell"]))
        if window is not None and not square.intersects(window):
            continue
        kind = CLASSES[int(row["kind"])]
        words = [wording.chance(said), str(wording.CLASSES[kind])]
        if row["warned"]:
            words.append(_("warned of"))
        told = {
            "kind": kind, "warned": bool(row["warned"]), "probability": round(said, 4),
            "level": 1 + int(np.searchsorted(STRONGER, said)), "title": " · ".join(words),
            "url": f"/forecast/{surface.id}/cells/{int(row['cell'])}/panel",
        }  # fmt: skip
        yield feature(square, told)


def feature(shape: BaseGeometry, properties: dict[str, Any]) -> dict[str, Any]:
    plain = shapely.set_precision(shape, 10.0**-DIGITS)
    return {"type": "Feature", "geometry": mapping(plain), "properties": properties}


def joined(grid: MetricGrid, cells: NDArray[np.int32]) -> BaseGeometry:
    """Cells as one shape: runs along each row first, which are few, then their union."""
    ordered = np.sort(cells)
    row = ordered // grid.columns
    ends = np.flatnonzero((np.diff(ordered) != 1) | (np.diff(row) != 0))
    starts, stops = np.concatenate([[0], ends + 1]), np.concatenate([ends, [len(ordered) - 1]])
    runs = shapely.box(
        grid.west_m + (ordered[starts] % grid.columns) * grid.cell_m,
        grid.south_m + row[starts] * grid.cell_m,
        grid.west_m + (ordered[stops] % grid.columns + 1) * grid.cell_m,
        grid.south_m + (row[starts] + 1) * grid.cell_m,
    )
    return grid.plane.degrees(shapely.union_all(runs))
