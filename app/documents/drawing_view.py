"""What a printed view has beyond other maps: alerts, incidents, patrols, threats, and the grid with its figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text

from app.documents.drawing_chart import short
from app.documents.map_view_brief import ViewMap
from geo.grid_lines import grid_lines

_DANGER, _PATROL, _GRID, _INK, _HAVEN = "#b3261e", "#1f5fbf", "#7d8894", "#20262d", "#1e6f4c"
#: marker, size, face, edge, label colour
_LOOKS = {
    "alert": ("s", 40.0, _DANGER, "white", _DANGER),
    "incident": ("o", 26.0, "none", _DANGER, _INK),
    "patrol": ("D", 30.0, _PATROL, "white", _PATROL),
    "place": ("o", 26.0, "white", _INK, _INK),
    "haven": ("s", 44.0, _HAVEN, "white", _HAVEN),
}

_HINDERED: dict[str, dict[str, Any]] = {
    "closed": {"color": _DANGER, "lw": 2.0, "ls": (0, (1, 1))},
    "slowed": {"color": "#b26a00", "lw": 1.6, "ls": (0, (5, 2))},
}


def draw_threats(axes: Axes, data: ViewMap) -> None:
    """Hatched as well as red: the area must still be seen on a grey copy."""
    for threat in data.threats:
        shape = shapely.make_valid(shapely.from_wkt(threat.shape))
        for polygon in shapely.get_parts(shape):
            if isinstance(polygon, shapely.Polygon):
                rings = [np.asarray(r.coords)[:, :2] for r in (polygon.exterior, *polygon.interiors)]
                path = Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))
                axes.add_patch(PathPatch(path, zorder=4, facecolor=_DANGER, alpha=0.10, edgecolor="none"))
                axes.add_patch(
                    PathPatch(
                        path, zorder=5, facecolor="none", edgecolor=_DANGER, linewidth=1.1, hatch="////"
                    )
                )
        inner = shape.representative_point()
        label(axes, inner.x, inner.y, threat.name, _DANGER, (0, 0))


def draw_hindered(axes: Axes, data: ViewMap) -> None:
    """By their dashes as well as by their colour: closed and slow must differ on a grey copy."""
    for road in data.hindered:
        for line in shapely.get_parts(shapely.from_wkt(road.shape)):
            axes.plot(*np.asarray(line.coords)[:, :2].T, zorder=4, **_HINDERED[road.state])


def draw_events(axes: Axes, data: ViewMap) -> None:
    for event in data.events:
        marker, size, face, edge, ink = _LOOKS[event.kind]
        axes.scatter(
            [event.lon], [event.lat], s=size, marker=marker, facecolors=face, edgecolors=edge, lw=1.1, zorder=11
        )  # fmt: skip
        if event.label:
            label(axes, event.lon, event.lat, event.label, ink, (5, 4))


def draw_grid(axes: Axes, data: ViewMap) -> None:
    """Fine lines; the figures stand where a line meets the lower edge (eastings) or the left one (northings)."""
    west, south, east, north = data.extent
    for line in grid_lines(data.extent, data.grid_step):
        points = np.asarray(line.line)
        axes.plot(points[:, 0], points[:, 1], color=_GRID, lw=0.35, alpha=0.8, zorder=6)
        figures = line.figures(data.grid_step)
        look = {"fontsize": 5.5, "color": _INK, "clip_on": True, "zorder": 20}
        if line.kind == "easting":
            low = points[points[:, 1].argmin()]
            if abs(low[1] - south) < (north - south) * 1e-3:
                halo(axes.text(low[0], south, figures, ha="center", va="bottom", **look))  # type: ignore[arg-type]
        else:
            left = points[points[:, 0].argmin()]
            if abs(left[0] - west) < (east - west) * 1e-3:
                halo(axes.text(west, left[1], f" {figures}", ha="left", va="center", **look))  # type: ignore[arg-type]


def label(axes: Axes, lon: float, lat: float, text: str, ink: str, beside: tuple[int, int]) -> None:
    look = {"fontsize": 6.5, "fontweight": "bold", "color": ink, "zorder": 12, "clip_on": True}
    at = {"xytext": beside, "textcoords": "offset points", "annotation_clip": True}
    halo(axes.annotate(short(text), (lon, lat), **at, **look))  # type: ignore[arg-type]


def halo(text: Text) -> None:
    text.set_gid("halo")  # drawn by whoever writes the file: see drawing_map
