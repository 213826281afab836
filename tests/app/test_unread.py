"""What geo refuses is told in words: every code has its sentence, and what a page says is no code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from app.find import positions
from app.mission.placing import Given, read_place
from app.moments import read_moment
from app.unread import REFUSED, sentence
from geo.shapes import ShapeError, read_geojson

ROOT = Path(__file__).parents[2]
ERRORS = r'(?:GridReference|Coordinates|DateTimeGroup|Shape)Error\(\s*f?"([^"]*)"'


def test_every_code_has_its_sentence_and_every_sentence_a_code() -> None:
    files = [*(ROOT / "geo").rglob("*.py"), ROOT / "app/mission/outlined.py"]
    written = "".join(file.read_text() for file in files)
    codes = set(re.findall(ERRORS, written)) | set(re.findall(r'return "(time_[a-z_]+)"', written))
    assert codes == set(REFUSED)


def test_what_is_shown_is_a_sentence(app: Flask) -> None:
    with app.test_request_context():
        assert all(str(words).endswith(".") for words in REFUSED.values())
        with pytest.raises(ValueError, match="no such 100 km square in zone 36N"):
            read_place("36N AG 939 733")
        with pytest.raises(ValueError, match="same number of figures"):
            Given(mgrs="36N SG 939 7336")
        with pytest.raises(ValueError, match="Ask for the zone and write its letter"):
            read_moment("211430JNOV26")
        assert positions.read("95.0, 200.0")[1].startswith("The position is out of range")
        assert positions.read("311430ZNOV26")[1].startswith("The month has no such day")


def test_of_a_shape_it_is_said_what_is_wrong_and_then_what_to_do(app: Flask) -> None:
    with app.test_request_context():
        said = [str(words) for code, words in REFUSED.items() if code.startswith("shape_")]
        assert said and all(words.count(". ") == 1 for words in said)
        with pytest.raises(ShapeError) as refused:
            read_geojson({"type": "LineString", "coordinates": [[0, 0], [1, 0], [2, 0]]}, max_vertices=2)
        assert sentence(refused.value).startswith("The shape has more than 2 positions.")
        with pytest.raises(ShapeError) as refused:
            read_geojson({"type": "GeometryCollection"})
        assert sentence(refused.value).endswith("Give one of Point, MultiPoint, LineString, MultiLineString, "
                                                "Polygon, MultiPolygon.")  # fmt: skip
