"""A patrol's map: the planned line, the stops by number, the way that it took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
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
    kept = np.arange(0, len(track.at), max(1, -(-len(track.at) // MOST_POINTS)))
    went = np.column_stack((track.lon[kept], track.lat[kept]))
    spots = np.reshape(np.asarray(stops, dtype=np.float64), (-1, 2))
    frame = Frame.around(np.vstack((shapely.get_coordinates(line), spots, went)), WIDTH, HEIGHT)
    cuts = np.flatnonzero(np.diff(track.at[kept]) > LONGEST_GAP) + 1
    parts = [shapely.LineString(part) for part in np.split(went, cuts) if len(part) > 1]
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
