"""A patrol's map: the planned line, the stops by number, the way that it took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString

from app.sketching import Frame, Labels, Mark
from geo.patrols.comparison import LONGEST_GAP
from geo.watching.fences import Track

WIDTH, HEIGHT = 640.0, 360.0
# Units of the drawing: half a stop's mark, and letters as css/patrols.css has them.
HALF, LETTERS = 6.0, 14.0
# More positions can't be told apart at this size.
MOST_POINTS = 300


@dataclass(frozen=True)
class Sketch:
    """`way`: where it went, broken where nothing was heard for long; `last`: where it was last."""

    frame: Frame
    plan: str
    way: str
    stops: tuple[Mark, ...]
    last: tuple[float, float] | None


def sketch(line: LineString, stops: Sequence[tuple[float, float]], track: Track) -> Sketch:
    """`stops`: lon, lat in degrees, in order."""
    went = points(track)
    spots = np.reshape(np.asarray(stops, dtype=np.float64), (-1, 2))
    frame = Frame.around(np.vstack((shapely.get_coordinates(line), spots, went)), WIDTH, HEIGHT)
    parts = line_parts(track)
    marks, labels = [Mark(*frame.at(*spot), "stop", "") for spot in spots.tolist()], Labels(frame)
    for mark in marks:
        labels.keep_clear(mark, HALF)
    return Sketch(
        frame,
        frame.path(line),
        frame.path(parts),
        tuple(
            replace(mark, label=labels.beside(str(n), [(mark.x, mark.y)], LETTERS, gap=HALF + 3))
            for n, mark in enumerate(marks, start=1)
        ),
        frame.at(*went[-1].tolist()) if len(went) else None,
    )


def kept(track: Track) -> NDArray[np.intp]:
    """Which fixes are drawn."""
    return np.arange(0, len(track.at), max(1, -(-len(track.at) // MOST_POINTS)))


def points(track: Track) -> NDArray[np.float64]:
    """(n, 2): lon, lat of the fixes that are drawn."""
    drawn = kept(track)
    return np.column_stack((track.lon[drawn], track.lat[drawn]))


def line_parts(track: Track) -> list[LineString]:
    """The way that was taken, lon and lat in degrees, broken where nothing was heard for long."""
    cuts = np.flatnonzero(np.diff(track.at[kept(track)]) > LONGEST_GAP) + 1
    return [LineString(part) for part in np.split(points(track), cuts) if len(part) > 1]
