"""A brief as DOCX: real headings, real tables, pictures with text alternatives, the same bytes every time."""

from __future__ import annotations

import io
from datetime import UTC

from docxtpl import DocxTemplate
from markupsafe import Markup, escape

from app.documents.blocks import with_texts
from app.documents.brief import Brief
from app.documents.docx.packing import repack
from app.documents.docx.template import build
from app.documents.outline import outline


def word_text(text: str) -> Markup:
    """Text for a Word file, escaped; docxtpl would turn `{_{` into `{{` afterwards, hence the reference."""
    escaped = str(escape(text))
    for bracket in "{}%":
        escaped = escaped.replace(f"{bracket}_", f"{bracket}&#95;")
    return Markup(escaped)  # noqa: S704  (escaped two lines above)


def render_docx(brief: Brief) -> bytes:
    """The document as a Word file."""
    made = outline(brief)
    template = DocxTemplate(io.BytesIO(build(made)))
    shown = with_texts(made, word_text)
    context = {"o": shown, "head": {"rows": shown.head}, "origin": {"rows": shown.origin}}
    template.render(context, autoescape=True)
    properties = template.docx.core_properties  # get_docx() would load the empty template again
    properties.title = f"{made.kind_title} {made.serial}: {made.title}"[:255]
    properties.subject = made.marking
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.language = made.language
    properties.revision = 1
    properties.created = properties.modified = brief.header.prepared_at.astimezone(UTC)
    buffer = io.BytesIO()
    template.save(buffer)
    return repack(buffer.getvalue(), brief.header.prepared_at)
