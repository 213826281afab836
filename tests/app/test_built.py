"""Scripts and style sheets as built: of these sources or not at all, named by content, lighter by brotli."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.built import YEAR, Built, Stale

HERE = Path(__file__).parents[2] / "app/static"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("js", "css", "built"):
        shutil.copytree(HERE / folder, tmp_path / folder)
    return tmp_path


def test_a_source_that_was_changed_added_or_removed_since_makes_the_build_stale(copy: Path) -> None:
    assert Built(copy).address("js/picture.js").startswith("/static/built/picture-")
    source = copy / "js/grid.js"
    kept = source.read_bytes()
    source.write_bytes(kept + b"\n")
    with pytest.raises(Stale, match=r"js/grid\.js"):
        Built(copy).address("js/picture.js")
    source.unlink()
    with pytest.raises(Stale, match=r"js/grid\.js"):
        Built(copy).address("js/picture.js")
    source.write_bytes(kept)
    (copy / "css/new.css").write_text("a{color:red}")
    with pytest.raises(Stale, match=r"css/new\.css"):
        Built(copy).address("js/picture.js")


def test_whoever_writes_scripts_is_told_at_the_next_page(copy: Path) -> None:
    watched = Built(copy, watches=True)
    watched.address("css/frame.css")
    (copy / "css/frame.css").write_text("")
    with pytest.raises(Stale):
        watched.address("css/frame.css")


def test_nothing_built_is_said_and_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(Stale, match="not built"):
        Built(tmp_path).address("js/picture.js")


def test_what_an_address_names_by_content_is_kept_for_a_year(app: Flask, client: FlaskClient) -> None:
    built: Built = app.extensions["vigil_built"]
    for name in ("js/picture.js", "css/frame.css", "vendor/leaflet.js"):
        assert client.get(built.address(name)).headers["Cache-Control"] == YEAR, name
    for path in (
        "/static/vendor/leaflet.js",
        "/static/vendor/leaflet.js?v=0000000000",
        "/static/built/manifest.json",
    ):
        assert client.get(path).headers["Cache-Control"] != YEAR, path


def test_a_browser_that_reads_brotli_gets_less(app: Flask, client: FlaskClient) -> None:
    address = app.extensions["vigil_built"].address("vendor/leaflet.js")
    by = {a: client.get(address, headers={"Accept-Encoding": a}) for a in ("gzip", "gzip, br", "identity")}
    assert [r.headers.get("Content-Encoding") for r in by.values()] == ["gzip", "br", None]
    assert len(by["gzip, br"].data) < len(by["gzip"].data) < len(by["identity"].data)
    assert all("Accept-Encoding" in r.headers["Vary"] for r in by.values())


def test_each_part_that_a_script_waits_for_is_told_to_the_browser_at_once(app: Flask) -> None:
    told = json.loads((HERE / "built/manifest.json").read_text())["files"]["js/picture.js"]
    assert told["needs"]
    parts = app.extensions["vigil_built"].parts("js/picture.js")
    assert [Path(p).name for p in parts] == [told["file"], *told["needs"]]


def test_a_page_without_its_scripts_says_in_plain_text_that_it_comes_back(
    app: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: Built = app.extensions["vigil_built"]
    monkeypatch.setattr(built, "static", tmp_path)
    monkeypatch.setattr(built, "told", None)
    answer = client.get("/sign-in")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "being updated" in answer.get_data(as_text=True)
