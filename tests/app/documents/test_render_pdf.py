from __future__ import annotations

import dataclasses
import hashlib
import io
import subprocess
import sys

import pytest
from pypdf import PdfReader

from app.documents.brief import freeze
from app.documents.glyphs import with_code_points
from app.documents.render_pdf import render_pdf

_ELSEWHERE = """
import hashlib, sys
from app.documents.brief import thaw
from app.documents.render_{0} import render_{0}
print(hashlib.sha256(render_{0}(thaw(sys.stdin.buffer.read()))).hexdigest())
"""


@pytest.mark.parametrize("which", ["incident", "accountability"])
def test_another_process_writes_the_same_bytes(which, request):
    brief = request.getfixturevalue(which)
    said = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE.format("pdf")], input=freeze(brief), capture_output=True, check=True
    )
    assert said.stdout.decode().strip() == hashlib.sha256(render_pdf(brief)).hexdigest()


@pytest.fixture
def read(accountability) -> PdfReader:
    return PdfReader(io.BytesIO(render_pdf(accountability)))


def test_the_pdf_is_tagged_titled_dated_and_has_a_language(read, accountability):
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert accountability.header.serial in read.metadata.title
    assert read.metadata.creation_date == accountability.header.prepared_at
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()


def _tags(node: object, found: list[dict]) -> list[dict]:
    if hasattr(node, "get_object"):
        node = node.get_object()
    if isinstance(node, dict):
        found.append(node)
        _tags(node.get("/K"), found)
    elif isinstance(node, list):
        for kid in node:
            _tags(kid, found)
    return found


def test_every_picture_has_words_and_every_table_a_header(read):
    tags = _tags(read.trailer["/Root"]["/StructTreeRoot"]["/K"], [])
    kinds = [tag.get("/S") for tag in tags]
    pictures = [tag for tag in tags if tag.get("/S") == "/Figure"]
    assert len(pictures) == 4
    assert all(len(picture["/Alt"]) > 20 for picture in pictures)
    assert kinds.count("/THead") == kinds.count("/Table") >= 9


def test_marking_and_exercise_stand_on_every_sheet_twice(read, accountability):
    for number, sheet in enumerate(read.pages, 1):
        text = sheet.extract_text()
        assert text.count("CONFIDENTIAL") >= 2
        assert text.count("EXERCISE EXERCISE EXERCISE") == 2
        assert f"Page {number} of {len(read.pages)}" in " ".join(text.split())


def test_the_head_of_the_register_is_repeated_on_each_of_its_sheets(many_alerts):
    sheets = [page.extract_text() for page in PdfReader(io.BytesIO(render_pdf(many_alerts))).pages]
    register = [text for text in sheets if "Looting or extortion" in text]
    assert len(register) > 10
    assert all("Decision, or reason and approver" in text for text in register)


def test_a_real_mission_s_document_says_nothing_of_an_exercise(incident):
    header = dataclasses.replace(incident.header, exercise=False, title="Title", mission="Mission")
    brief = dataclasses.replace(incident, header=header, actors=())
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(render_pdf(brief))).pages)
    assert "EXERCISE" not in text


def test_letters_without_a_glyph_become_code_points_run_by_run():
    assert with_code_points("Adwa ሰላም (ab)") == "Adwa [U+1230 U+120B U+121D] (ab)"
    assert with_code_points("سلام Привет") == "سلام Привет"


@pytest.mark.parametrize("length", [40, 400, 4000])
def test_no_table_runs_over_the_foot_of_a_sheet(incident, length):
    chain = tuple(dataclasses.replace(step, note="mark " * (length // 5)) for step in incident.chain)
    low: list[float] = []

    def look(text: str, cm: list[float], tm: list[float], *_font: object) -> None:
        if "mark" in text:
            low.append(cm[5] + tm[5])

    for page in PdfReader(io.BytesIO(render_pdf(dataclasses.replace(incident, chain=chain)))).pages:
        page.extract_text(visitor_text=look)
    # 23 mm of margin hold page number and marking.
    assert len(low) >= len(chain)
    assert min(low) > 23 / 25.4 * 72
