"""A drawing of where a file lies beside the mission's own outline, as paths for an SVG: no map from anywhere is needed to
see that a file lies in the sea."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from app.db import db

WIDTH, TALLEST, MARGIN = 480.0, 360.0, 12.0
Corners = Sequence[Sequence[float]]
OUTLINE = text("""
SELECT ST_AsGeoJSON(ST_SimplifyPreserveTopology(ST_Union(area), 0.01), 4) FROM sectors WHERE parent_id IS NULL""")


@dataclass(frozen=True)
class Sketch:
    """`mission` and `lines` are SVG paths, `dots` (x, y); west to north in degrees is what the drawing spans."""

    height: float
    mission: str
    lines: str
    dots: list[tuple[float, float]]
    west: float
    south: float
    east: float
    north: float


def of(marks: dict[str, Any]) -> Sketch | None:
    """None where nothing of the file lies on Earth."""
    dots, lines = marks.get("dots", []), marks.get("lines", [])
    if not dots and not lines:
        return None
    mission = outline()
    every = [*dots, *(c for line in lines for c in line), *(c for ring in mission for c in ring)]
    west, east = min(c[0] for c in every), max(c[0] for c in every)
    south, north = min(c[1] for c in every), max(c[1] for c in every)
    # A file of one point in a mission without sectors still has a width.
    wide, high = max(east - west, 0.02), max(north - south, 0.02)
    narrowing = max(math.cos(math.radians((south + north) / 2)), 0.1)
    scale = min((WIDTH - 2 * MARGIN) / (wide * narrowing), (TALLEST - 2 * MARGIN) / high)

    def at(corner: Sequence[float]) -> tuple[float, float]:
        x, y = (corner[0] - west) * narrowing * scale, (north - corner[1]) * scale
        return round(x + MARGIN, 1), round(y + MARGIN, 1)

    def path(shapes: Iterable[Corners], closed: bool) -> str:
        return "".join(
            "M" + "L".join(f"{x} {y}" for x, y in map(at, s)) + ("Z" if closed else "") for s in shapes
        )

    return Sketch(
        round(high * scale + 2 * MARGIN, 1), path(mission, True), path(lines, False), [at(d) for d in dots],
        west, south, east, north,
    )  # fmt: skip


def outline() -> list[Corners]:
    """The outer rings of the mission's area; none before sectors were loaded."""
    written = db.session.execute(OUTLINE).scalar()
    if not written:
        return []
    shape = json.loads(written)
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    return [polygon[0] for polygon in polygons]
