"""Tables of the DOCX template: real Word tables with repeated header rows and thin rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Emu, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell

from app.documents.blocks import Headline, Table
from app.documents.docx.look import INK, LINE, MONO, MUTED, element, set_font


def _grid(
    document: Document, rows: int, widths: Sequence[float], total: int, rule: str | None = LINE
) -> WordTable:
    table = document.add_table(rows, len(widths))
    table.autofit = False
    properties: Any = table._tbl.tblPr
    borders = element("tblBorders")
    if rule:
        borders.append(element("bottom", val="single", sz="4", color=rule))
        borders.append(element("insideH", val="single", sz="4", color=rule))
    # Word refuses a file whose properties stand in another order than the standard's.
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    margins = element("tblCellMar")
    for side, space in (("top", 25), ("left", 60), ("bottom", 25), ("right", 60)):
        margins.append(element(side, w=str(space), type="dxa"))
    properties.insert_element_before(margins, "w:tblLook")
    unit = total / sum(widths)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Emu(int(width * unit))
    for row in table.rows:
        row._tr.get_or_add_trPr().append(element("cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Emu(int(width * unit))
    return table


def write(
    cell: _Cell,
    text: str,
    size: float,
    *,
    bold: bool = False,
    colour: str = INK,
    right: bool = False,
    mono: bool = False,
) -> None:
    """Put text into a cell's last empty paragraph, or into a new one below."""
    paragraph = cell.paragraphs[-1] if not cell.paragraphs[-1].text else cell.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run: Any = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold
    run.font.color.rgb = RGBColor.from_string(colour)
    if mono:
        set_font(run._r.get_or_add_rPr(), MONO)


def add_table(document: Document, block: Table, name: str, total: int) -> None:
    """A caption and a table whose rows docxtpl repeats; `name` is where the block stands in the context."""
    document.add_paragraph(f"{{{{ {name}.caption }}}}", "Caption")
    dense = len(block.columns) > 9
    size = 6.5 if dense else 8.5
    table = _grid(document, 4, [column.width for column in block.columns], total)
    head, before, body, after = table.rows
    head._tr.get_or_add_trPr().append(element("tblHeader"))
    write(before.cells[0], f"{{%tr for row in {name}.rows %}}", size)
    write(after.cells[0], "{%tr endfor %}", size)
    for at, column in enumerate(block.columns):
        right = column.align == "right"
        write(
            head.cells[at],
            f"{{{{ {name}.columns[{at}].title }}}}",
            size,
            bold=True,
            colour=MUTED,
            right=right,
        )
        smaller = size * 0.9 if column.mono else size
        write(body.cells[at], f"{{{{ row[{at}] }}}}", smaller, right=right, mono=column.mono)
    for cell in head.cells:
        borders = element("tcBorders")
        borders.append(element("bottom", val="single", sz="8", color=INK))
        cell._tc.get_or_add_tcPr().append(borders)


def add_facts(document: Document, name: str, total: int) -> None:
    """Labels and values as a table of two columns."""
    table = _grid(document, 3, (2, 6), total)
    before, body, after = table.rows
    write(before.cells[0], f"{{%tr for row in {name}.rows %}}", 9)
    write(body.cells[0], "{{ row[0] }}", 9, colour=MUTED)
    write(body.cells[1], "{{ row[1] }}", 9)
    write(after.cells[0], "{%tr endfor %}", 9)
    _gap(document)


def add_headline(document: Document, block: Headline, name: str, total: int) -> None:
    """The figures at the top, four to a row."""
    rows = max(1, -(-len(block.figures) // 4))
    table = _grid(document, rows, (1, 1, 1, 1), total, None)
    for at, figure in enumerate(block.figures):
        cell = table.cell(at // 4, at % 4)
        borders = element("tcBorders")
        borders.append(element("top", val="single", sz="12", color=INK))
        cell._tc.get_or_add_tcPr().append(borders)
        where = f"{name}.figures[{at}]"
        write(cell, f"{{{{ {where}.label }}}}", 8.5, colour=MUTED)
        write(cell, f"{{{{ {where}.value_text }}}}", 15, bold=True)
        if figure.basis:
            write(cell, f"{{{{ {where}.basis }}}}", 8, colour=MUTED)
    _gap(document)


def _gap(document: Document) -> None:
    # Word joins two tables that touch; an empty line of two points keeps them apart.
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.line_spacing = Pt(4)
