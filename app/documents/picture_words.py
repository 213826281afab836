"""Maps and charts in words: the text alternative, and the table with the same figures."""

from __future__ import annotations

import dataclasses
import math

from flask_babel import gettext as _

from app.documents.blocks import Column, Drawing, Table
from app.documents.parts import Chart, MapData
from app.documents.wording import kilometres, whole

#: Kilometres in a degree of latitude, WGS 84 mean.
KM_PER_DEGREE = 111.2


def map_size_km(data: MapData) -> tuple[float, float]:
    """Width and height of a map in km, measured at its middle."""
    west, south, east, north = data.extent
    middle = math.cos(math.radians((south + north) / 2))
    return (east - west) * middle * KM_PER_DEGREE, (north - south) * KM_PER_DEGREE


#: Least and most height of a map for its width: wider it is a strip, taller it fills the page.
_FLATTEST, _TALLEST = 0.4, 0.52


def fit_to_page(data: MapData) -> MapData:
    """The same map with its extent widened, never narrowed, to proportions that suit a page."""
    width, height = map_size_km(data)
    if not (width > 0 and height > 0):
        raise ValueError("a map needs an extent with west before east and south before north")
    west, south, east, north = data.extent
    more_height = max(_FLATTEST * width / height, 1.0) - 1
    more_width = max(height / (_TALLEST * width), 1.0) - 1
    dy, dx = (north - south) * more_height / 2, (east - west) * more_width / 2
    return dataclasses.replace(data, extent=(west - dx, south - dy, east + dx, north + dy))


def map_drawing(data: MapData, caption: str) -> Drawing:
    """A map as a block, with its text alternative."""
    fitted = fit_to_page(data)
    return Drawing(fitted, caption, map_alt(fitted))


def chart_drawing(chart: Chart) -> Drawing:
    """A chart as a block, with its text alternative."""
    return Drawing(chart, chart.title, chart_alt(chart))


def map_alt(data: MapData) -> str:
    """What a map shows, for those who do not see it."""
    width, height = map_size_km(data)
    said = [_("Map, %(width)s wide and %(height)s high.", width=kilometres(width), height=kilometres(height))]
    if data.place:
        if data.place_is_exact:
            said.append(_("The event is marked as a point."))
        else:
            said.append(_("The event lies somewhere within a marked area; no point is known."))
    for kind, text in (
        ("base", _("Bases shown: %(names)s.")),
        ("haven", _("Havens shown: %(names)s.")),
        ("settlement", _("Settlements shown: %(names)s.")),
    ):
        names = [mark.name for mark in data.marks if mark.kind == kind]
        if names:
            said.append(text.replace("%(names)s", ", ".join(names)))
    counts = [f"{area.name} {whole(area.count)}" for area in data.areas if area.count is not None]
    if counts:
        said.append(_("Counts by area: %(counts)s.", counts=", ".join(counts)))
    return " ".join(said)


def chart_alt(chart: Chart) -> str:
    """A chart's title, and for each panel its total and its highest bar."""
    said = [_("Bar chart: %(title)s, in %(unit)s.", title=chart.title, unit=chart.unit)]
    for panel in chart.panels:
        counted = [(value, index) for index, value in enumerate(panel.values) if value is not None]
        total = sum(value for value, _index in counted)
        if total == 0:
            said.append(_("%(label)s: none.", label=panel.label))
            continue
        best, index = max(counted, key=lambda pair: (pair[0], -pair[1]))
        said.append(
            _(
                "%(label)s: %(total)s in all, most in %(category)s (%(best)s).",
                label=panel.label,
                total=whole(total),
                category=chart.categories[index],
                best=whole(best),
            )
        )
    return " ".join(said)


#: More columns than this do not fit across a portrait page.
_MOST_COLUMNS = 15


def chart_table(chart: Chart, first: str) -> Table:
    """The figures behind a chart, categories across the page where they fit, else down it."""
    cells = [["–" if value is None else whole(value) for value in panel.values] for panel in chart.panels]
    totals = [whole(sum(value or 0 for value in panel.values)) for panel in chart.panels]
    caption = _("The figures of the chart “%(title)s”", title=chart.title)
    empty = _("Nothing was counted.")
    every = _("All")
    if len(chart.categories) + 2 <= _MOST_COLUMNS:
        across = (Column(chart.unit, 2.2), *(Column(name, 1, "right") for name in (*chart.categories, every)))
        rows = [
            (panel.label, *row, total) for panel, row, total in zip(chart.panels, cells, totals, strict=True)
        ]
        return Table(caption, across, tuple(rows), empty, behind=True)
    down = (Column(first, 2), *(Column(panel.label, 1, "right") for panel in chart.panels))
    rows = [(name, *column) for name, *column in zip(chart.categories, *cells, strict=True)]
    return Table(caption, down, (*rows, (every, *totals)), empty, behind=True)
