"""An evacuation's map: ways by road, the broader the more people, havens by letter, places by number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import shapely

from app.evacuations.wording import letter
from app.sketching import Frame, Labels, Mark

WIDTH, HEIGHT = 720.0, 480.0
# Units of the drawing: half a mark, and letters as css/evacuations.css has them on a phone and on a wide screen.
HALF, PHONE, WIDE = 7.0, 24.0, 14.0


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
    first = range(len(havens))
    then = sorted(range(len(havens), len(marks)), key=lambda n: -places[n - len(havens)]["people"])
    named = labelled(frame, marks, words, (first, then))
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


def labelled(frame: Frame, marks: list[Mark], words: list[str], order: Sequence[Sequence[int]]) -> list[Mark]:
    """The marks with their names, group by group: first those for which there is room in a phone's letters, then, for
    wide screens alone, those for which there is room in smaller ones."""
    labels, named = Labels(frame), list(marks)
    for mark in marks:
        labels.keep_clear(mark.x, mark.y, HALF)
    for group in order:
        for size in (PHONE, WIDE):
            for n in group:
                if (mark := named[n]).label is None:
                    spot = [(mark.x, mark.y)]
                    found = labels.beside(words[n], spot, size, gap=HALF + 1, small=size == WIDE)
                    named[n] = replace(mark, label=found)
    return named
