"""Maps of documents: land, areas, roads, bases, and the place as a point or as the area that it is."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from shapely.geometry.base import BaseGeometry

from app.documents.drawing_chart import short
from app.documents.drawing_view import draw_events, draw_grid, draw_hindered, draw_threats
from app.documents.map_view_brief import ViewMap
from app.documents.parts import MapArea, MapData
from app.documents.picture_words import map_size_km

_WATER, _LAND, _EDGE, _INK, _QUIET = "#e6edf2", "#f8f8f5", "#9aa5b1", "#20262d", "#5b6b7c"
_DANGER, _BASE, _HAVEN = "#b3261e", "#1f5fbf", "#1e6f4c"
#: One hue from light to dark: more is darker, in print without colour too.
_SHADES = ("#f6f8fa", "#dfe8f1", "#c6d7e8", "#abc4de", "#8db0d3")
_ROADS = {"main": (1.3, "#b8a98c"), "secondary": (0.8, "#c9bda6"), "track": (0.5, "#d8cfbd")}
WIDTH = 7.0


def _polygons(shape: BaseGeometry) -> Iterator[shapely.Polygon]:
    if isinstance(shape, shapely.Polygon):
        yield shape
    elif isinstance(shape, shapely.MultiPolygon | shapely.GeometryCollection):
        for part in shape.geoms:
            yield from _polygons(part)


def _lines(shape: BaseGeometry) -> Iterator[shapely.LineString]:
    if isinstance(shape, shapely.LineString):
        yield shape
    elif isinstance(shape, shapely.MultiLineString | shapely.GeometryCollection):
        for part in shape.geoms:
            yield from _lines(part)


def _cut(text: str, data: MapData) -> BaseGeometry:
    """The shape as far as the map shows it, with no more vertices than can be seen at that size."""
    west, south, east, north = data.extent
    shape = shapely.from_wkt(text)
    if not shape.is_valid:
        shape = shapely.make_valid(shape)
    return shapely.intersection(shape.simplify((east - west) / 1500), shapely.box(west, south, east, north))


def _fill(axes: Axes, shape: BaseGeometry, order: int, **look: object) -> None:
    for polygon in _polygons(shape):
        rings = [
            np.asarray(ring.coords)[:, :2]
            for ring in (polygon.exterior, *polygon.interiors)
            if len(ring.coords)
        ]
        if rings:
            path = Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))
            axes.add_patch(PathPatch(path, zorder=order, **look))  # type: ignore[arg-type]


def _halo(text: Text) -> None:
    # White around a text, drawn by whoever writes the file: as a path effect, SVG would get each letter
    # as an outline, twice, and be ten times as long.
    text.set_gid("halo")


def _label(axes: Axes, at: tuple[float, float], text: str, **look: object) -> None:
    _halo(axes.annotate(short(text), at, annotation_clip=True, clip_on=True, **look))  # type: ignore[arg-type]


def _shade(count: int, most: int) -> str:
    return _SHADES[0] if count == 0 else _SHADES[min(1 + (count - 1) * 4 // max(most, 1), 4)]


def _areas(axes: Axes, data: MapData) -> None:
    most = max((area.count or 0 for area in data.areas), default=0)
    for area in data.areas:
        shape = _cut(area.shape, data)
        if shape.is_empty:
            continue
        fill = "none" if area.count is None else _shade(area.count, most)
        _fill(axes, shape, 2, facecolor=fill, edgecolor=_EDGE, linewidth=0.7)
        _area_name(axes, area, shape)


def _area_name(axes: Axes, area: MapArea, shape: BaseGeometry) -> None:
    inner = shape.representative_point()
    at = (inner.x, inner.y)
    if area.count is None:
        _label(axes, at, area.name.upper(), fontsize=6, color=_QUIET, ha="center", va="center", zorder=5)
    else:
        _label(
            axes, at, f"{area.count:,}", fontsize=10, fontweight="bold", ha="center", va="bottom", zorder=6
        )
        _label(axes, at, area.name, fontsize=6.5, color=_INK, ha="center", va="top", zorder=6)


def _marks(axes: Axes, data: MapData) -> None:
    looks = {"base": ("s", 30.0, _BASE), "haven": ("^", 34.0, _HAVEN), "settlement": ("o", 7.0, _QUIET)}
    for mark in data.marks:
        shape, size, colour = looks[mark.kind]
        axes.scatter(
            [mark.lon], [mark.lat], s=size, marker=shape, c=colour, edgecolors="white", lw=0.6, zorder=8
        )
        weight = "normal" if mark.kind == "settlement" else "bold"
        _label(
            axes,
            (mark.lon, mark.lat),
            mark.name,
            xytext=(4, 3),
            textcoords="offset points",
            fontsize=6.5,
            fontweight=weight,
            color=_INK if mark.kind == "settlement" else colour,
            zorder=9,
        )


def _place(axes: Axes, data: MapData) -> None:
    if data.place is None:
        return
    shape = shapely.from_wkt(data.place)
    if data.place_is_exact:
        point = shape.centroid
        axes.scatter([point.x], [point.y], s=150, facecolors="none", edgecolors=_DANGER, lw=1.6, zorder=10)
        axes.scatter([point.x], [point.y], s=14, c=_DANGER, zorder=10)
        return
    # Hatched as well as red: the area must still be seen on a grey copy.
    _fill(axes, _cut(data.place, data), 4, facecolor=_DANGER, alpha=0.13, edgecolor="none")
    look = {"facecolor": "none", "edgecolor": _DANGER, "linewidth": 1.3, "linestyle": (0, (5, 2))}
    _fill(axes, _cut(data.place, data), 7, **look)


def round_length_km(longest: float) -> float:
    """The largest of 1, 2, 5 × 10ⁿ that is not above `longest` (km): what a scale bar should show."""
    power = 10.0 ** math.floor(math.log10(longest))
    return max(step * power for step in (1, 2, 5) if step * power <= longest * (1 + 1e-9))


def _scale(axes: Axes, data: MapData) -> None:
    width, _height = map_size_km(data)
    length = round_length_km(width / 4)
    # In fractions of the frame: the bar then stands in the same place on every map.
    left, low, part = 0.03, 0.045, length / width
    for start, colour in ((0.0, _INK), (0.5, "white")):
        xs = [left + part * start, left + part * (start + 0.5)]
        axes.plot(
            xs, [low, low], transform=axes.transAxes, color=_INK, lw=4, solid_capstyle="butt", zorder=20
        )
        axes.plot(
            xs, [low, low], transform=axes.transAxes, color=colour, lw=2.8, solid_capstyle="butt", zorder=21
        )
    text = axes.text(
        left + part + 0.012, low, f"{length:g} km", transform=axes.transAxes, va="center", zorder=21
    )
    _halo(text)
    north = axes.text(
        0.975, 0.965, "N", transform=axes.transAxes, ha="center", va="top", fontweight="bold", zorder=21
    )
    _halo(north)
    look = {"arrowstyle": "-|>", "color": _INK, "lw": 0.9}
    ends = {"xycoords": "axes fraction", "xytext": (0.975, 0.885), "arrowprops": look, "zorder": 21}
    axes.annotate("", (0.975, 0.93), **ends)  # type: ignore[arg-type]


def draw_map(figure: Figure, data: MapData) -> None:
    """Draw a map in plate carrée, stretched so that distances are right at its middle latitude."""
    west, south, east, north = data.extent
    width, height = map_size_km(data)
    figure.set_size_inches(WIDTH, WIDTH * height / width)
    axes = figure.add_axes((0.002, 0.002, 0.996, 0.996))
    axes.set_aspect(1 / math.cos(math.radians((south + north) / 2)), adjustable="box")
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(_WATER if data.land else _LAND)
    for spine in axes.spines.values():
        spine.set_color(_EDGE)
        spine.set_linewidth(0.8)
    if data.land:
        _fill(axes, _cut(data.land, data), 1, facecolor=_LAND, edgecolor=_EDGE, linewidth=0.6)
    _areas(axes, data)
    for road in sorted(data.roads, key=lambda road: list(_ROADS).index(road.road_class), reverse=True):
        thickness, colour = _ROADS[road.road_class]
        for line in _lines(_cut(road.shape, data)):
            axes.plot(*np.asarray(line.coords)[:, :2].T, color=colour, lw=thickness, zorder=3)
    if isinstance(data, ViewMap):
        draw_grid(axes, data)
        draw_hindered(axes, data)
        draw_threats(axes, data)
    _place(axes, data)
    _marks(axes, data)
    if isinstance(data, ViewMap):
        draw_events(axes, data)
    _scale(axes, data)
