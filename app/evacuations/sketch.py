"""An evacuation's map: ways by road, the broader the more people, havens by letter, places by number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import shapely

from app.evacuations.wording import letter
from app.sketching import Frame, Labels, Mark

WIDTH, HEIGHT = 720.0, 480.0
# Units of the drawing: half a mark, and letters as css/evacuations.css has them on a phone and on a wide screen.
HALF, PHONE, WIDE = 9.0, 24.0, 14.0


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
    marks = [Mark(*frame.at(h["lon"], h["lat"]), "to", h["name"]) for h in havens]
    marks += [Mark(*frame.at(p["lon"], p["lat"]), "from", p["name"]) for p in places]
    words = [letter(n) for n in range(len(havens))] + [str(n) for n in range(1, len(places) + 1)]
    # Where to go is what a driver looks for: havens first, then the places from which most people come.
    order = sorted(range(len(marks)), key=lambda n: (n >= len(havens), -people(places, n - len(havens))))
    named = labelled(frame, marks, words, order)
    return Sketch(
        frame,
        tuple(
            (frame.path(shapely.LineString(leg["line"])), round(1.5 + 4.5 * leg["people"] / most, 1))
            for leg in content["legs"]
            if len(leg["line"]) > 1
        ),
        places=tuple(named[len(havens) :]),
        havens=tuple(named[: len(havens)]),
    )


def people(places: list[dict[str, Any]], n: int) -> int:
    return int(places[n]["people"]) if n >= 0 else 0


def labelled(frame: Frame, marks: list[Mark], words: list[str], order: list[int]) -> list[Mark]:
    """The marks with their names: first those for which there is room in a phone's letters, then, for wide screens alone,
    those for which there is room in smaller ones."""
    labels, named = Labels(frame), list(marks)
    for mark in marks:
        labels.keep_clear(mark.x, mark.y, HALF)
    for size in (PHONE, WIDE):
        for n in order:
            mark = named[n]
            if mark.label is None:
                spot = [(mark.x, mark.y)]
                found = labels.beside(words[n], spot, size, gap=HALF + 2, small=size == WIDE)
                named[n] = replace(mark, label=found)
    return named
