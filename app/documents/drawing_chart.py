"""Charts of documents: small multiples of zero-based bars, the count on each bar."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from app.documents.parts import Chart, Panel

_BAR, _MARKED, _RULE, _INK = "#5b6b7c", "#b3261e", "#c9d0d7", "#20262d"
#: Width of every drawing in inches: the text width of an A4 page.
WIDTH = 7.0


def short(text: str, most: int = 28) -> str:
    """A label that fits a drawing; the whole of it stands in the table beside."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _bars(axes: Axes, chart: Chart, panel: Panel, top: int, named: bool) -> None:
    heights = [value or 0 for value in panel.values]
    colours = [_MARKED if index == panel.marked else _BAR for index in range(len(heights))]
    axes.bar(range(len(heights)), heights, width=0.72, color=colours)
    for index, value in enumerate(panel.values):
        if value:
            axes.annotate(
                f"{value:,}",
                (index, value),
                xytext=(0, 1.5),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=6.5,
            )
        elif value is None:
            axes.annotate("–", (index, 0), ha="center", va="bottom", fontsize=6.5)
    axes.set_ylim(0, top * 1.22)
    axes.set_xlim(-0.6, len(heights) - 0.4)
    axes.set_yticks([])
    axes.set_title(short(panel.label, 60), loc="left", fontsize=8, fontweight="bold", pad=3)
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.spines["bottom"].set_color(_RULE)
    axes.tick_params(axis="x", length=0, labelsize=6.5, pad=2, colors=_INK)
    every = max(1, math.ceil(len(chart.categories) * chart.columns / 18))
    shown = range(0, len(chart.categories), every)
    axes.set_xticks(list(shown), [short(chart.categories[i], 10) for i in shown] if named else [])


def draw_chart(figure: Figure, chart: Chart) -> None:
    """Draw a chart; all panels share one scale, so that heights may be compared between them."""
    rows = max(1, math.ceil(len(chart.panels) / chart.columns))
    # Inches, set by hand: Matplotlib's own layout would draw everything twice to find the same.
    tall, title, labels, gap = (0.85 if rows == 1 else 0.55), 0.2, 0.2, 0.15
    height = rows * (tall + title) + labels
    width = (WIDTH - gap * (chart.columns - 1)) / chart.columns
    figure.set_size_inches(WIDTH, height)
    top = max([value for panel in chart.panels for value in panel.values if value is not None] + [1])
    for number, panel in enumerate(chart.panels):
        row, column = divmod(number, chart.columns)
        left, bottom = column * (width + gap), height - (row + 1) * (tall + title)
        axes = figure.add_axes((left / WIDTH, bottom / height, width / WIDTH, tall / height))
        _bars(axes, chart, panel, top, named=number + chart.columns >= len(chart.panels))
