"""A small map of what a file holds: a few hundred of its shapes, thinned out, as lines of coordinates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from app.mission.importing.reading import GEOMETRY, Row, point

MOST = 400
MOST_CORNERS = 60
Corners = list[list[float]]


class Marks:
    """Collects while rows pass by: the first 400 shapes that lie on Earth, each with at most 60 corners."""

    def __init__(self) -> None:
        self.dots: Corners = []
        self.lines: list[Corners] = []

    def watching(self, rows: Iterable[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
        for number, row in rows:
            if len(self.dots) + len(self.lines) < MOST:
                self.note(row)
            yield number, row

    def note(self, row: Row) -> None:
        shape = row.get(GEOMETRY)
        if isinstance(shape, BaseGeometry) and not shape.is_empty:
            for part in shapely.get_parts(shape).tolist():
                self.draw(part)
            return
        try:
            self.dots.append([round(x, 5) for x in point(row)])
        except ValueError:
            return

    def draw(self, part: BaseGeometry) -> None:
        outline = part.exterior if part.geom_type == "Polygon" else part  # type: ignore[attr-defined]
        corners = [
            [round(x, 5), round(y, 5)]
            for x, y in shapely.get_coordinates(outline).tolist()
            if math.isfinite(x) and math.isfinite(y) and abs(x) <= 180 and abs(y) <= 90
        ]
        if len(corners) == 1:
            self.dots += corners
        elif corners:
            step = max(1, -(-len(corners) // MOST_CORNERS))
            self.lines.append([*corners[:-1:step], corners[-1]])

    def told(self) -> dict[str, Any]:
        return {"dots": self.dots[:MOST], "lines": self.lines[:MOST]}
