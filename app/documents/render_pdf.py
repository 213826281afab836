"""A brief as PDF: tagged (PDF/UA-1), with the brief's own date, the same bytes every time.

The outline goes to Typst as JSON in `sys_inputs` and is read there as data: no text of a brief is ever
Typst markup. The templates are files of this package; no package is fetched.
"""

from __future__ import annotations

import dataclasses
import json
from functools import lru_cache
from pathlib import Path

import typst

from app.documents import drawings
from app.documents.blocks import Drawing, Facts, Headline, Outline, Table, with_texts
from app.documents.brief import Brief
from app.documents.glyphs import breakable, fonts, runs_right_to_left, with_code_points
from app.documents.outline import outline
from app.documents.qr_code import qr_svg

_TEMPLATES = Path(__file__).parent / "typst"


#: Letters of table text across a portrait page, and lines that a table may have and still not be split.
_ACROSS, _LINES = 105, 24


def _is_short(table: Table) -> bool:
    """Whether a table surely fits on one sheet: one that may not be split and does not fit loses its end."""
    total = sum(column.width for column in table.columns)
    room = [max(column.width / total * _ACROSS - 3, 1) for column in table.columns]
    lines = sum(
        max(
            sum(-(-len(line) // int(fits + 1)) for line in f"{cell} ".split("\n"))
            for cell, fits in zip(row, room, strict=True)
        )
        for row in table.rows
    )
    return lines <= _LINES


def _inputs(made: Outline, folders: tuple[str, ...]) -> dict[str, str]:
    """The outline as JSON, drawings as SVG in the place of their data."""
    shown = with_texts(made, lambda text: with_code_points(text, folders))
    drawn = dataclasses.asdict(shown)
    for number, section in enumerate(shown.sections):
        for place, block in enumerate(section.blocks):
            plain = drawn["sections"][number]["blocks"][place]
            if isinstance(block, Drawing):
                plain["data"] = drawings.svg(block.data, f"d{number}-{place}")
            elif isinstance(block, Headline):
                for figure, source in zip(plain["figures"], block.figures, strict=True):
                    figure["basis"] = source.basis
            if isinstance(block, Table):
                plain["short"] = _is_short(block)
            if isinstance(block, Table | Facts):
                plain["rows"] = [[breakable(cell) for cell in row] for row in block.rows]
    drawn["has_code_points"] = shown != made
    drawn["checkpoint_qr"] = qr_svg(made.checkpoint_note) if made.checkpoint_note else None
    text = json.dumps(drawn, ensure_ascii=False)
    return {"outline": text, "right_to_left": "yes" if runs_right_to_left(text) else "no"}


@lru_cache(maxsize=2)
def _compiler(folders: tuple[str, ...]) -> typst.Compiler:
    return typst.Compiler(
        str(_TEMPLATES / "report.typ"),
        root=str(_TEMPLATES),
        font_paths=fonts(folders),
        ignore_system_fonts=True,
        # Folders that hold nothing: no package may come from the account's cache or from outside.
        package_path=str(_TEMPLATES / "no-packages"),
        package_cache_path=str(_TEMPLATES / "no-packages"),
    )


def render_pdf(brief: Brief, font_folders: tuple[str, ...] = ()) -> bytes:
    """The document as PDF. `font_folders`: fonts of the mission's own, for scripts that DejaVu lacks."""
    made = outline(brief)
    pdf = _compiler(font_folders).compile(
        format="pdf",
        sys_inputs=_inputs(made, font_folders),
        pdf_standards=["ua-1"],
        timestamp=int(brief.header.prepared_at.timestamp()),
    )
    if not isinstance(pdf, bytes):
        raise TypeError("Typst gave no single file")
    return pdf
