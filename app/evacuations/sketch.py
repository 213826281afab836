"""An evacuation's map: ways by road, the broader the more people, havens by letter, places by number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import shapely

from app.evacuations.wording import letter
from app.sketching import Frame, Label, Labels, Mark

WIDTH, HEIGHT = 720.0, 480.0
# Units of the drawing: half a mark, from its middle to its name, and the letters that css/evacuations.css has on a phone
# and on a wide screen.
HALF, GAP, PHONE, WIDE = 7.0, 8.0, 24.0, 14.0


@dataclass(frozen=True)
class Sketch:
    """`ways`: path and stroke width."""

    frame: Frame
    ways: tuple[tuple[str, float], ...]
    places: tuple[Mark, ...]
    havens: tuple[Mark, ...]


def sketch(content: Mapping[str, Any]) -> Sketch:
    """Of a plan's content."""
    places, havens = content["places"], content["havens"]
    lines = [leg["line"] for leg in content["legs"]]
    spots = [(e["lon"], e["lat"]) for e in (*places, *havens)] + [tuple(xy) for line in lines for xy in line]
    frame = Frame.around(spots, WIDTH, HEIGHT)
    most = max((leg["people"] for leg in content["legs"]), default=1)
    labels = Labels(frame)
    shelters = [Mark(*frame.at(h["lon"], h["lat"]), "to", h["name"]) for h in havens]
    origins = [Mark(*frame.at(p["lon"], p["lat"]), "from", p["name"]) for p in places]
    for mark in shelters:
        labels.keep_clear(mark, HALF)
    for mark in origins:
        labels.keep_clear(mark, HALF, lesser=True)
    # Where to go is what a driver looks for: havens first, then the places from which most people come.
    shelters = [replace(mark, label=lettered(labels, mark, letter(n))) for n, mark in enumerate(shelters)]
    for n in sorted(range(len(origins)), key=lambda n: -places[n]["people"]):
        origins[n] = replace(origins[n], label=numbered(labels, origins[n], str(n + 1)))
    return Sketch(
        frame,
        tuple(
            (frame.path(shapely.LineString(leg["line"])), round(1.5 + 4.5 * leg["people"] / most, 1))
            for leg in content["legs"]
            if len(leg["line"]) > 1
        ),
        tuple(origins),
        tuple(shelters),
    )


def lettered(labels: Labels, mark: Mark, name: str) -> Label | None:
    """In a phone's letters if there is room for them, else in smaller ones for a wide screen alone."""
    large = labels.of_greater(name, mark, PHONE, GAP)
    return large or labels.of_greater(name, mark, WIDE, GAP, small=True)


def numbered(labels: Labels, mark: Mark, name: str) -> Label | None:
    spot = [(mark.x, mark.y)]
    return labels.beside(name, spot, PHONE, GAP) or labels.beside(name, spot, WIDE, GAP, small=True)
