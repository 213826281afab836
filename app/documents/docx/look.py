"""How the DOCX looks: styles, page, marking in header and footer, thin rules in tables."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

INK, MUTED, DANGER, LINE = "20262D", "4E5B69", "B3261E", "B8C0C8"
SERIF, MONO = "Cambria", "Consolas"
_MARGIN = Mm(16)


def element(tag: str, **attributes: str) -> Any:
    """A `w:` element with `w:` attributes."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def set_font(properties: Any, name: str) -> None:
    """One font for all scripts of a run or style; theme fonts would otherwise win."""
    fonts = properties.get_or_add_rFonts()
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), name)


def rules(paragraph: Paragraph, **sides: str) -> None:
    """Thin rules at sides of a paragraph: `top="8"` is one point, in eighths."""
    borders = element("pBdr")
    for side in ("top", "bottom"):
        if side in sides:
            borders.append(element(side, val="single", sz=sides[side], space="2", color=INK))
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def style_all(document: Document, language: str) -> None:
    """Set the styles that the template uses."""
    looks: dict[str, tuple[float, str, bool, float, float]] = {
        "Normal": (10, INK, False, 0, 4),
        "Title": (20, INK, True, 0, 6),
        "Heading 1": (13, INK, True, 14, 6),
        "Caption": (8.5, INK, True, 8, 3),
        "List Bullet": (10, INK, False, 0, 2),
    }
    for name, (size, colour, bold, before, after) in looks.items():
        style: Any = document.styles[name]
        set_font(style.element.get_or_add_rPr(), SERIF)
        style.font.size, style.font.bold = Pt(size), bold
        style.font.color.rgb = RGBColor.from_string(colour)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.line_spacing = 1.05
        for border in style.element.findall(f".//{qn('w:pBdr')}"):
            border.getparent().remove(border)
    captions: Any = document.styles["Caption"]
    captions.paragraph_format.keep_with_next = True
    normal: Any = document.styles["Normal"]
    normal.element.get_or_add_rPr().append(element("lang", val=language, bidi="ar-SA"))


def set_page(section: Section, wide: bool) -> None:
    """A4, upright or across."""
    short, long = Mm(210), Mm(297)
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if wide else (short, long)
    section.left_margin = section.right_margin = _MARGIN
    section.top_margin = section.bottom_margin = Mm(23)
    section.header_distance = section.footer_distance = Mm(9)


def text_width(section: Section) -> int:
    """Width between the margins in EMU."""
    return int(section.page_width or 0) - int(section.left_margin or 0) - int(section.right_margin or 0)


def _field(paragraph: Paragraph, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        run: Any = paragraph.add_run()._r
        if kind:
            run.append(element("fldChar", fldCharType=kind))
        else:
            instruction = element("instrText")
            instruction.text = text
            run.append(instruction)


def _marking(paragraph: Paragraph, width: int) -> None:
    paragraph.paragraph_format.tab_stops.clear_all()
    stops: Any = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(width // 2, 1)
    stops.add_tab_stop(width, 2)
    for text, size in (("{{ o.exercise }}", 7.5), ("\t{{ o.marking }}", 9), ("\t{{ o.serial }}", 7.5)):
        run = paragraph.add_run(text)
        run.bold, run.font.size = True, Pt(size)
    rules(paragraph, top="6", bottom="6")


def mark_sheets(section: Section) -> None:
    """Classification, EXERCISE and serial at head and foot, page numbers above the foot."""
    width = text_width(section)
    section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
    head = section.header.paragraphs[0]
    head.style = "Normal"  # type: ignore[assignment]
    _marking(head, width)
    foot = section.footer.paragraphs[0]
    foot.style = "Normal"  # type: ignore[assignment]
    foot.paragraph_format.tab_stops.add_tab_stop(width, 2)  # type: ignore[arg-type]
    foot.add_run("{{ o.subtitle }}\t{{ o.labels.page }} ")
    _field(foot, "PAGE")
    foot.add_run(" {{ o.labels.of }} ")
    _field(foot, "NUMPAGES")
    for run in foot.runs:
        run.font.size = Pt(7.5)
        run.font.color.rgb = RGBColor.from_string(MUTED)
    _marking(section.footer.add_paragraph(), width)
