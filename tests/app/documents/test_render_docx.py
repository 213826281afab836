from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import docx
import pytest
from docx.oxml.ns import qn

from app.documents.brief import freeze
from app.documents.render_docx import render_docx
from app.documents.wording import dtg

_ELSEWHERE = """
import hashlib, sys
from app.documents.brief import thaw
from app.documents.render_docx import render_docx
print(hashlib.sha256(render_docx(thaw(sys.stdin.buffer.read()))).hexdigest())
"""


@pytest.mark.parametrize("which", ["incident", "accountability"])
def test_another_process_writes_the_same_bytes(which, request):
    brief = request.getfixturevalue(which)
    said = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE], input=freeze(brief), capture_output=True, check=True
    )
    assert said.stdout.decode().strip() == hashlib.sha256(render_docx(brief)).hexdigest()


@pytest.fixture
def word(accountability):
    return docx.Document(io.BytesIO(render_docx(accountability)))


def test_headings_are_headings_and_tables_are_tables_with_a_repeated_head(word, accountability):
    headings = [p.text for p in word.paragraphs if p.style.name == "Heading 1"]
    assert headings[0] == "In short"
    assert "Every alert" in headings
    register = next(t for t in word.tables if t.cell(0, 0).text == "Alert" and len(t.columns) == 15)
    assert len(register.rows) == len(accountability.alerts) + 1
    assert register.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
    assert register.cell(1, 3).text == dtg(accountability.alerts[0].raised_at)


def test_no_mark_of_the_template_is_left(word):
    text = "".join(word.element.itertext())
    assert "{{" not in text
    assert "{%" not in text


def test_marking_serial_and_page_numbers_stand_in_every_section(word):
    assert [s.page_width > s.page_height for s in word.sections] == [False, True, False]
    for section in word.sections:
        head, foot = section.header.paragraphs[0].text, section.footer
        assert head == "EXERCISE EXERCISE EXERCISE\tCONFIDENTIAL\tDOC-2026-00013"
        assert foot.paragraphs[-1].text == head
        codes = [e.text for e in foot._element.iter(qn("w:instrText"))]
        assert codes == ["PAGE", "NUMPAGES"]


def test_every_picture_has_its_words_and_an_id_of_its_own(word):
    pictures = word.element.xpath(".//wp:docPr")
    assert len(pictures) == 4
    assert all(len(p.get("descr")) > 20 for p in pictures)
    assert len({p.get("id") for p in pictures}) == 4


def test_all_dates_inside_are_the_brief_s(accountability):
    at = accountability.header.prepared_at
    file = render_docx(accountability)
    properties = docx.Document(io.BytesIO(file)).core_properties
    assert properties.created == properties.modified == at.replace(tzinfo=properties.created.tzinfo)
    assert (properties.author, properties.comments, properties.last_modified_by) == ("", "", "")
    with zipfile.ZipFile(io.BytesIO(file)) as members:
        assert {m.date_time for m in members.infolist()} == {at.timetuple()[:6]}
        for name in members.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(members.read(name))


#: The order in which ISO/IEC 29500 wants a table's properties; Word refuses files that break it.
_ORDER = ["tblStyle", "tblW", "jc", "tblBorders", "shd", "tblLayout", "tblCellMar", "tblLook"]


def test_table_properties_stand_in_the_standard_s_order(word):
    for table in word.tables:
        names = [child.tag.rpartition("}")[2] for child in table._tbl.tblPr]
        assert names == sorted(names, key=_ORDER.index)
