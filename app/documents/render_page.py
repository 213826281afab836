"""A brief as a page: an HTML fragment for the site's layout, or a page of its own that can be kept.

The templates get an outline and an environment of their own with escaping on for everything, so that the
job that renders needs neither a request nor the application's context.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.documents import drawings
from app.documents.blocks import Drawing, Outline
from app.documents.brief import Brief
from app.documents.outline import outline
from app.documents.qr_code import qr_svg

_APP = Path(__file__).parent.parent
STYLES = _APP / "static" / "css" / "document.css"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    loader = FileSystemLoader(_APP / "templates")
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _pictures(made: Outline) -> dict[tuple[int, int], Markup]:
    """Section and block number → SVG. Safe as markup: our own drawing, its texts escaped by the writer."""
    return {
        (number, place): Markup(drawings.svg(block.data, f"d{number}-{place}"))  # noqa: S704
        for number, section in enumerate(made.sections)
        for place, block in enumerate(section.blocks)
        if isinstance(block, Drawing)
    }


def render_page(brief: Brief) -> str:
    """The document as a whole page with its style inside: to be kept, mailed or printed without Vigil."""
    made = outline(brief)
    qr = Markup(qr_svg(made.checkpoint_note)) if made.checkpoint_note else None  # noqa: S704  (segno's own)
    styles = Markup(STYLES.read_text("utf-8"))  # noqa: S704  (a file of ours)
    context = {"o": made, "pictures": _pictures(made), "qr": qr, "styles": styles}
    return _environment().get_template("documents/standalone.html").render(context)
