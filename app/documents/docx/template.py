"""Builds the .docx template for an outline: its structure and places to fill, not one word of its text.

Text reaches the file only through docxtpl's rendering, escaped there; were it written into the template,
two braces in a village's name would be run as a template of their own.
"""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.shared import Mm, Pt, RGBColor

from app.documents import drawings
from app.documents.blocks import Block, Drawing, Facts, Headline, Items, Outline, Prose, Table
from app.documents.docx import look
from app.documents.docx.tables import add_facts, add_headline, add_table
from app.documents.qr_code import qr_png


def _picture(document: Document, data: bytes, width: int, alt: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run().add_picture(io.BytesIO(data), width=width)
    properties = paragraph._p.xpath(".//wp:docPr")[0]
    properties.set("descr", alt)
    # Word's id of a picture: counted here, so that it does not depend on what was rendered before.
    properties.set("id", str(100 + len(document.inline_shapes)))


def _text(document: Document, block: Prose | Items, name: str) -> None:
    style = "List Bullet" if isinstance(block, Items) else "Normal"
    each = f"{name}.texts" if isinstance(block, Items) else f"{name}.paragraphs"
    document.add_paragraph(f"{{%p for text in {each} %}}")
    paragraph = document.add_paragraph(style=style)
    run = paragraph.add_run("{{ text }}")
    document.add_paragraph("{%p endfor %}")
    tone = block.tone if isinstance(block, Prose) else "plain"
    if tone == "small":
        run.font.size = Pt(8.5)
        run.font.color.rgb = RGBColor.from_string(look.MUTED)
    elif tone in {"note", "danger"}:
        danger = tone == "danger"
        run.bold = danger
        run.font.color.rgb = RGBColor.from_string(look.DANGER if danger else look.INK)
        look.rules(paragraph, top="6", bottom="6")


def _empty(document: Document, name: str) -> None:
    run = document.add_paragraph().add_run(f"{{{{ {name}.empty }}}}")
    run.italic = True
    run.font.color.rgb = RGBColor.from_string(look.MUTED)


def _add(document: Document, block: Block, name: str, width: int) -> None:
    if isinstance(block, Headline):
        add_headline(document, block, name, width)
    elif isinstance(block, Facts):
        add_facts(document, name, width)
    elif isinstance(block, Table):
        if block.rows:
            add_table(document, block, name, width)
        else:
            _empty(document, name)
    elif isinstance(block, Drawing):
        document.add_paragraph(f"{{{{ {name}.caption }}}}", "Caption")
        _picture(document, drawings.png(block.data), width, f"{{{{ {name}.alt }}}}")
    else:
        _text(document, block, name)


def _start(document: Document, wide: bool, wide_before: bool) -> None:
    """Turn the page where a section stands across and the one before did not, or the other way round."""
    if wide != wide_before:
        page = document.add_section(WD_SECTION.NEW_PAGE)
        look.set_page(page, wide)
        look.mark_sheets(page)


def _origin(document: Document, made: Outline, width: int) -> None:
    document.add_heading("{{ o.labels.origin }}", 1)
    document.add_paragraph("{{ o.labels.origin_text }}")
    add_facts(document, "origin", width)
    if made.checkpoint_note:
        document.add_paragraph("{{ o.labels.note }}", "Caption")
        paragraph = document.add_paragraph()
        run: Any = paragraph.add_run("{{ o.checkpoint_note }}")
        run.font.size = Pt(7.5)
        look.set_font(run._r.get_or_add_rPr(), look.MONO)
        _picture(document, qr_png(made.checkpoint_note), Mm(34), "{{ o.checkpoint_alt }}")


def build(made: Outline) -> bytes:
    """The template of this outline as .docx; its context is `o` (the outline), `head` and `origin`."""
    document = docx.Document()
    look.style_all(document, made.language)
    page = document.sections[0]
    look.set_page(page, False)
    look.mark_sheets(page)
    width = look.text_width(page)
    kind = document.add_paragraph().add_run("{{ o.kind_title }}")
    kind.bold, kind.font.size = True, Pt(9)
    kind.font.color.rgb = RGBColor.from_string(look.MUTED)
    document.add_paragraph("{{ o.title }}", "Title")
    add_facts(document, "head", width)
    wide = False
    for number, section in enumerate(made.sections):
        _start(document, section.wide, wide)
        wide = section.wide
        document.add_heading(f"{{{{ o.sections[{number}].title }}}}", 1)
        width = look.text_width(document.sections[-1])
        for place, block in enumerate(section.blocks):
            _add(document, block, f"o.sections[{number}].blocks[{place}]", width)
    _start(document, False, wide)
    _origin(document, made, look.text_width(document.sections[-1]))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
