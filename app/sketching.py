"""Small maps as an SVG that the server draws: how degrees become points of the drawing, its scale bar, where names stand.
North is up. What is on one its feature's sketch.py says; templates/macros/sketch.html writes what all have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.projection import Plane, transformer_of

EDGE = 28.0
# A drawing of a single place still has a width, in metres.
LEAST = 500.0
# In units of the drawing: finer than this no line can be seen, and each point weighs on the page.
FINE = 0.7
KILOMETRES = (200.0, 100.0, 50.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1)
# A letter's width and a line's height for a size of letters of one.
LETTER, LINE = 0.62, 1.15

Points = NDArray[np.float64]
# Left, top, right and foot in the drawing.
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Frame:
    """A drawing of width × height units. middle: metres on the plane; scale: units of the drawing a metre."""

    plane: Plane
    middle: tuple[float, float]
    scale: float
    width: float
    height: float

    @classmethod
    def around(cls, spots: ArrayLike, width: float, height: float) -> Frame:
        """One in which all of these (lon, lat in degrees) lie, and an edge around them."""
        every = np.asarray(spots, dtype=np.float64).reshape(-1, 2)
        plane = Plane.around(shapely.MultiPoint(every))
        flat = flattened(plane, every)
        low, high = flat.min(axis=0), flat.max(axis=0)
        span = np.maximum(high - low, LEAST)
        scale = min((width - 2 * EDGE) / float(span[0]), (height - 2 * EDGE) / float(span[1]))
        middle = (low + high) / 2
        return cls(plane, (float(middle[0]), float(middle[1])), scale, width, height)

    @property
    def kilometres(self) -> float:
        """Of the scale bar."""
        return next((km for km in KILOMETRES if km * 1000 * self.scale < self.width / 3), KILOMETRES[-1])

    @property
    def bar(self) -> float:
        """How long the scale bar is in the drawing."""
        return round(self.kilometres * 1000 * self.scale, 1)

    def placed(self, spots: Points) -> Points:
        """(k, 2) of lon, lat in degrees → (k, 2) of x, y in the drawing."""
        flat = (flattened(self.plane, spots) - np.array(self.middle)) * self.scale
        return np.column_stack((self.width / 2 + flat[:, 0], self.height / 2 - flat[:, 1]))

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        x, y = self.placed(np.array([[lon, lat]]))[0].tolist()
        return round(x, 1), round(y, 1)

    def area(self) -> Any:
        """What the drawing shows, in degrees, a little more than less."""
        (x, y), half = self.middle, 0.51 * np.array([self.width, self.height]) / self.scale
        return self.plane.degrees(shapely.box(x - half[0], y - half[1], x + half[0], y + half[1]))

    def path(self, lines: Any) -> str:
        """A line or many of them (lon, lat in degrees), as far as they lie in the drawing, as the path of an SVG."""
        every = np.atleast_1d(np.asarray(lines, dtype=object))
        near = every[shapely.intersects(every, self.area())]
        if not len(near):
            return ""
        drawn = shapely.clip_by_rect(shapely.transform(near, self.placed), 0.0, 0.0, self.width, self.height)
        found = []
        for line in shapely.get_parts(shapely.simplify(drawn, FINE)):
            points = shapely.get_coordinates(line)
            if line.geom_type == "LineString" and len(points) > 1:
                found.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points.tolist()))
        return "".join(found)


def flattened(plane: Plane, spots: Points) -> Points:
    """(k, 2) of lon, lat in degrees → (k, 2) of metres on the plane."""
    return np.column_stack(transformer_of(plane).transform(spots[:, 0], spots[:, 1]))


@dataclass(frozen=True)
class Label:
    """A name whose middle line is at y. `anchor`: which end of it is at x, in SVG's words. `small`: there is room for it
    in the smaller letters of a wide screen alone."""

    x: float
    y: float
    anchor: str
    text: str
    small: bool = False


@dataclass(frozen=True)
class Mark:
    """At (x, y) of the drawing. `kind`: its look, a class of the style sheet; `name`: what a pointer is told of it."""

    x: float
    y: float
    kind: str
    name: str
    size: float = 0.0
    label: Label | None = None


class Labels:
    """Where names stand, so that none covers another, a mark or the scale bar. For one without room there is none: the
    tables beside a drawing name everything. So what matters most to the reader is asked for first."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.taken: list[Box] = [(10.0, frame.height - 28, 80 + frame.bar, frame.height - 4)]
        self.lesser: list[Box] = []

    def keep_clear(self, mark: Mark, half: float, lesser: bool = False) -> None:
        """A mark stands there, so far to each side; a lesser one may give way to a greater one's name."""
        box = (mark.x - half, mark.y - half, mark.x + half, mark.y + half)
        (self.lesser if lesser else self.taken).append(box)

    def of_greater(self, name: str, mark: Mark, size: float, gap: float, small: bool = False) -> Label | None:
        """Of a greater mark: beside all others if there is room, else over lesser ones."""
        spot = [(mark.x, mark.y)]
        return self.beside(name, spot, size, gap, small) or self.beside(name, spot, size, gap, small, True)

    def beside(
        self,
        name: str,
        spots: Sequence[tuple[float, float]],
        size: float,
        gap: float,
        small: bool = False,
        over_lesser: bool = False,
    ) -> Label | None:
        """The name in letters of this size, this far from the first of these spots around which there is room."""
        taken = self.taken if over_lesser else [*self.taken, *self.lesser]
        wide, high = LETTER * size * len(name), LINE * size
        for x, y in spots:
            near, above, below = 0.7 * gap, y - gap - high / 2, y + gap + high / 2
            for anchor, at, middle in (
                ("start", x + gap, y), ("end", x - gap, y), ("middle", x, above), ("middle", x, below),
                ("start", x + near, above), ("end", x - near, above),
                ("start", x + near, below), ("end", x - near, below),
            ):  # fmt: skip
                left = at - {"start": 0.0, "end": wide, "middle": wide / 2}[anchor]
                box = (left, middle - high / 2, left + wide, middle + high / 2)
                if self.is_free(box, taken):
                    self.taken.append(box)
                    return Label(round(at, 1), round(middle, 1), anchor, name, small)
        return None

    def is_free(self, box: Box, taken: Sequence[Box]) -> bool:
        left, top, right, foot = box
        inside = left >= 2 and top >= 2 and right <= self.frame.width - 2 and foot <= self.frame.height - 2
        return inside and not any(
            left < other[2] and other[0] < right and top < other[3] and other[1] < foot for other in taken
        )
