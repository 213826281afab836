"""Maps and charts of documents as SVG (page, PDF) and PNG (DOCX): same data, same bytes.

Matplotlib takes a third of a second to import, so only rendering code may import this module: the web
application never does at start. Drawn on bare Figures, never through pyplot, and one at a time: Matplotlib's
settings are global, and two threads would draw with each other's.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from app.documents.blocks import with_texts
from app.documents.drawing_chart import draw_chart
from app.documents.drawing_map import draw_map
from app.documents.glyphs import with_code_points
from app.documents.inline_svg import without_styles
from app.documents.parts import Chart, MapData

#: `parse_math` off: a dollar sign in a place name would otherwise start a formula, or fail in one.
#: The salt makes element ids, and so the file's bytes, the same in every process.
_SETTINGS: Any = {
    "text.parse_math": False,
    "svg.hashsalt": "vigil-documents",
    "svg.fonttype": "none",
    "font.family": ["DejaVu Sans"],
    "font.size": 7.5,
    "text.color": "#20262d",
}
_one_at_a_time = threading.Lock()


def _figure(data: MapData | Chart) -> Figure:
    # In files to keep and to print, the drawing's letters come from DejaVu: what it lacks has no picture.
    data = with_texts(data, with_code_points)
    figure = Figure()
    figure.set_facecolor("white")
    if isinstance(data, Chart):
        draw_chart(figure, data)
    else:
        draw_map(figure, data)
    return figure


def _drawn(data: MapData | Chart, save: Callable[[Figure, io.BytesIO], None]) -> bytes:
    with _one_at_a_time, matplotlib.rc_context(_SETTINGS):
        buffer = io.BytesIO()
        save(_figure(data), buffer)
        return buffer.getvalue()


def svg(data: MapData | Chart, name: str) -> str:
    """An `<svg>` element without style attributes, so that it may stand inline under a strict CSP.

    `name`: a word that makes the ids of this drawing differ from those of others on the same page.
    """

    def save(figure: Figure, buffer: io.BytesIO) -> None:
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})

    return without_styles(_drawn(data, save).decode("utf-8"), name)


def png(data: MapData | Chart, dots_per_inch: int = 200) -> bytes:
    """The same drawing as PNG, without a date or the name of the software."""

    def save(figure: Figure, buffer: io.BytesIO) -> None:
        figure.set_dpi(dots_per_inch)
        for text in figure.findobj(lambda artist: artist.get_gid() == "halo"):
            text.set_path_effects([withStroke(linewidth=2, foreground="white")])
        FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})

    return _drawn(data, save)
