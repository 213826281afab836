from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

from app.documents.brief import fingerprint
from app.documents.render_pdf import render_pdf

HOSTILE = (
    "#x $y$ *b* _c_ @d <e> &amp; &lt; {{ 7*7 }} {_{ }_} {%_ %_} {% if %} \\n `r` ~ \" ' // [f](g) = 1 ሰላም"
)


def packed(text: str) -> str:
    return re.sub(r"[\s\u200b\ufeff]+", "", text)


@pytest.mark.parametrize(
    "which",
    [
        "incident",
        "accountability",
        "no_alerts",
        "bare_incident",
        "map_view",
        "patrol_order",
        "evacuation_order",
    ],
)
def test_page_pdf_and_docx_carry_every_figure_and_word(which, request, said, texts_of):
    brief = request.getfixturevalue(which)
    texts = texts_of(brief)
    for format_name, text in texts.items():
        missing = {one for one in said(brief) if packed(one) not in text}
        assert not missing, f"{format_name} lacks {missing}"
        assert fingerprint(brief) in text


def test_five_hundred_alerts_stand_in_all_three(many_alerts, texts_of):
    for text in texts_of(many_alerts).values():
        assert all(alert.serial in text for alert in many_alerts.alerts)


_FIXED = re.compile("Literal|Classification|Precedence|Audience|AnsweredBy|EventKind")
_GEOMETRY = {"shape", "land", "place", "language", "late"}


def hostile(value: Any, field: str = "", kind: str = "") -> Any:
    """The same brief with hostile text in every field that holds free text."""
    if isinstance(value, str):
        return value if _FIXED.search(kind) or field in _GEOMETRY else HOSTILE
    if isinstance(value, tuple):
        return tuple(hostile(item, field, kind) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        made = {
            f.name: hostile(getattr(value, f.name), f.name, str(f.type)) for f in dataclasses.fields(value)
        }
        return dataclasses.replace(value, **made)
    return value


@pytest.mark.parametrize(
    "which", ["incident", "accountability", "map_view", "patrol_order", "evacuation_order"]
)
def test_hostile_text_in_every_field_stands_there_as_typed(which, request, said, texts_of):
    brief = hostile(request.getfixturevalue(which))
    assert HOSTILE in brief.header.title
    texts = texts_of(brief)
    for format_name in ("page", "docx"):
        missing = {one for one in said(brief) if packed(one) not in texts[format_name]}
        assert not missing, f"{format_name} lacks {missing}"
        assert texts[format_name].count(packed(HOSTILE)) > 20
    drawn = packed(HOSTILE.replace("ሰላም", "[U+1230 U+120B U+121D]"))
    assert texts["pdf"].count(drawn) > 20


def test_every_kind_of_field_of_the_sample_turned_hostile(incident):
    turned = hostile(incident)
    assert turned.place.name == turned.chain[0].note == turned.map.marks[0].name == HOSTILE
    assert turned.monthly.categories[0] == turned.header.checkpoint.note == HOSTILE
    assert turned.header.classification == "CONFIDENTIAL"


def test_text_of_any_length_is_printed_whole(incident, texts_of):
    long = "\n".join(f"Paragraph {n} of a long account. " + "word " * 300 for n in range(40)) + "THE END"
    texts = texts_of(dataclasses.replace(incident, narrative=long))
    assert all("THEEND" in text and "Paragraph39of" in text for text in texts.values())


def test_a_word_without_end_does_not_stop_the_printer(incident):
    brief = dataclasses.replace(incident, outcome="x" * 3000, category="y" * 500)
    assert render_pdf(brief).startswith(b"%PDF")


def test_arabic_is_printed_as_arabic(incident, texts_of):
    word = "السلام"
    texts = texts_of(dataclasses.replace(incident, narrative=f"{word} عليكم"))
    assert all(word in text for text in texts.values())


def test_what_is_not_known_is_said(bare_incident, texts_of):
    for text in texts_of(bare_incident).values():
        assert "Noneknown" not in text
        assert "Notyetapproved" in text
        assert "Noalertonrecordwarnedofthisevent." in text
        assert "Nonegiven:theplaceisknownasanarea,notasapoint" in text
        # The centre of the district is nobody's statement of where it happened.
        assert "20.5°" not in text
        assert "20.50" not in text


def test_an_empty_period_says_what_would_stand_there(no_alerts, texts_of):
    for text in texts_of(no_alerts).values():
        assert "Noalertwasraisedinthisperiod.Eachalertwouldstandhere" in text
        assert "Thatisnotthesameascalm." in text


def test_a_log_that_does_not_verify_cannot_be_overlooked(accountability, texts_of):
    ledger = dataclasses.replace(accountability.ledger, result="altered", finding="Entry 17 was changed.")
    for text in texts_of(dataclasses.replace(accountability, ledger=ledger)).values():
        assert "THELOGDOESNOTVERIFY" in text
        assert "Entry17waschanged." in text
        assert "unaltered" not in text
