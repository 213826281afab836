"""A sketch of a patrol as lines of an SVG: the planned line, the stops, the way that it took. North is up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiPoint

from geo.patrols.comparison import LONGEST_GAP, flat_line
from geo.projection import Plane, transformer_of
from geo.watching.fences import Track

WIDTH, HEIGHT, EDGE = 640.0, 360.0, 24.0
# More can't be told apart at this size, and each weighs on the page.
MOST_POINTS = 300


@dataclass(frozen=True)
class Sketch:
    """Points as SVG takes them; `ways`: one line for each stretch without a gap; `kilometres` of the scale bar and its
    length in units of the drawing."""

    plan: str
    ways: tuple[str, ...]
    stops: tuple[tuple[float, float, int], ...]
    last: tuple[float, float] | None
    bar: float
    kilometres: float
    width: float = WIDTH
    height: float = HEIGHT


def sketch(line: LineString, stops: Sequence[tuple[float, float]], track: Track) -> Sketch:
    """`stops`: lon, lat in degrees, in order."""
    plane = Plane.around(line, MultiPoint(list(stops)))
    planned = shapely.get_coordinates(flat_line(plane, line))
    to_metres = transformer_of(plane)
    at_stops = np.column_stack(to_metres.transform([s[0] for s in stops], [s[1] for s in stops]))
    step = max(1, -(-len(track.at) // MOST_POINTS))
    kept = np.arange(0, len(track.at), step)
    went = (
        np.column_stack(to_metres.transform(track.lon[kept], track.lat[kept]))
        if len(kept)
        else np.zeros((0, 2))
    )
    every = np.vstack((planned, at_stops, went))
    low, high = every.min(axis=0), every.max(axis=0)
    scale = float(
        min((WIDTH - 2 * EDGE) / max(high[0] - low[0], 500), (HEIGHT - 2 * EDGE) / max(high[1] - low[1], 500))
    )
    middle = (low + high) / 2

    def placed(metres: np.ndarray) -> np.ndarray:
        return np.column_stack(
            (WIDTH / 2 + (metres[:, 0] - middle[0]) * scale, HEIGHT / 2 - (metres[:, 1] - middle[1]) * scale)
        )

    cuts = np.flatnonzero(np.diff(track.at[kept]) > LONGEST_GAP) + 1
    ways = tuple(joined(part) for part in np.split(placed(went), cuts) if len(part) > 1)
    kilometres = next((km for km in (50, 20, 10, 5, 2, 1, 0.5) if km * 1000 * scale < WIDTH / 3), 0.2)
    marks = tuple(
        (round(x, 1), round(y, 1), n) for n, (x, y) in enumerate(placed(at_stops).tolist(), start=1)
    )
    thin = planned[:: max(1, len(planned) // MOST_POINTS)]
    plan = joined(placed(np.vstack((thin, planned[-1:]))))
    last = tuple(round(v, 1) for v in placed(went)[-1].tolist()) if len(went) else None
    return Sketch(plan, ways, marks, last, round(kilometres * 1000 * scale, 1), kilometres)  # type: ignore[arg-type]


def joined(points: np.ndarray) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points.tolist())
