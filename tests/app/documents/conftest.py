"""Fixtures of the documents' tests: sample briefs, and what a finished file says when read back."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from pypdf import PdfReader

from app.documents.accountability_report_brief import AccountabilityBrief
from app.documents.blocks import Drawing, Facts, Headline, Items, Outline, Prose, Table
from app.documents.brief import Brief
from app.documents.evacuation_order_brief import EvacuationOrderBrief
from app.documents.incident_report_brief import IncidentBrief
from app.documents.map_view_brief import MapViewBrief
from app.documents.outline import outline
from app.documents.patrol_order_brief import PatrolOrderBrief
from app.documents.render_docx import render_docx
from app.documents.render_page import render_page
from app.documents.render_pdf import render_pdf
from tests.app.documents import sample_orders, samples


@pytest.fixture
def incident() -> IncidentBrief:
    return samples.incident_of_the_chain()


@pytest.fixture
def bare_incident() -> IncidentBrief:
    return samples.incident_hardly_known()


@pytest.fixture
def accountability() -> AccountabilityBrief:
    """A generous report: 64 alerts in seven weeks."""
    return samples.accountability_of(64)


@pytest.fixture
def map_view() -> MapViewBrief:
    return samples.view_of_the_map()


@pytest.fixture
def patrol_order() -> PatrolOrderBrief:
    return sample_orders.order_of_a_patrol()


@pytest.fixture
def evacuation_order() -> EvacuationOrderBrief:
    return sample_orders.order_of_an_evacuation()


@pytest.fixture
def no_alerts() -> AccountabilityBrief:
    return samples.accountability_of(0)


@pytest.fixture
def many_alerts() -> AccountabilityBrief:
    return samples.accountability_of(500)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs


def packed(text: str) -> str:
    """Without white space and break points: where a line ends is each format's own business."""
    return re.sub(r"[\s\u200b\ufeff]+", "", text)


@pytest.fixture
def texts_of() -> Callable[[Brief], dict[str, str]]:
    """Brief → format → all its text, read back from the finished file."""

    def read(brief: Brief) -> dict[str, str]:
        page = _Text()
        page.feed(render_page(brief))
        pdf = PdfReader(io.BytesIO(render_pdf(brief)))
        word = zipfile.ZipFile(io.BytesIO(render_docx(brief)))
        parts_of_word = [
            word.read(n).decode() for n in word.namelist() if re.match(r"word/(doc|head|foot).*xml$", n)
        ]
        words = [
            html.unescape(t)
            for part in parts_of_word
            for t in re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", part)
        ]
        return {
            "page": packed("".join(page.pieces)),
            "pdf": packed("".join(sheet.extract_text() for sheet in pdf.pages)),
            "docx": packed("".join(words)),
        }

    return read


def said_in(made: Outline) -> set[str]:
    """Every text of an outline that must stand in print; drawings' own labels and alternatives aside."""
    found: set[str] = {made.title, made.serial, made.marking}
    found |= {text for pair in (*made.head, *made.origin) for text in pair}
    for section in made.sections:
        found.add(section.title)
        for block in section.blocks:
            match block:
                case Headline():
                    found |= {t for f in block.figures for t in (f.label, f.value_text, f.basis)}
                case Facts():
                    found |= {text for row in block.rows for text in row}
                case Prose():
                    found |= set(block.paragraphs)
                case Items():
                    found |= set(block.texts)
                case Table():
                    found |= (
                        {block.caption, *(c.title for c in block.columns)} if block.rows else {block.empty}
                    )
                    found |= {text for row in block.rows for text in row}
                case Drawing():
                    found.add(block.caption)
    return found - {""}


@pytest.fixture
def said() -> Callable[[Brief], set[str]]:
    """Brief → every text that all three formats must carry."""
    return lambda brief: said_in(outline(brief))
