"""The base map over HTTP: tiles, ranges, who may ask, what is said of a file that does not fit."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import mapbox_vector_tile
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.basemap.slot import Slot
from app.permissions import Role
from tests import base_maps
from tests.people import Staff

again = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
SECRET = "where-the-mission-keeps-it"


def put(app: Flask, file: Path) -> str:
    """Puts the file into the slot; gives its tag."""
    slot = app.extensions["vigil_base_map"] = Slot(file)
    return slot.now().tag


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / SECRET).mkdir()
    return tmp_path / SECRET


@pytest.fixture
def officer(staff: Staff) -> FlaskClient:
    return staff.client(Role.WATCHKEEPER_JOC)


@pytest.mark.parametrize("make", [base_maps.mbtiles, base_maps.pmtiles])
def test_a_picture_is_served_by_zoom_column_and_row(
    app: Flask, folder: Path, officer: FlaskClient, make
) -> None:
    tiles = base_maps.pictures()
    del tiles[(2, 0, 0)]
    tag = put(app, make(folder / "map", tiles))
    for at, data in tiles.items():
        answer = officer.get("/basemap/{}/{}/{}/{}".format(tag, *at))
        assert (answer.status_code, answer.content_type, answer.data) == (200, "image/png", data)
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert officer.get(f"/basemap/{tag}/2/0/0").status_code == 204


@pytest.mark.parametrize("make", [base_maps.mbtiles, base_maps.pmtiles])
def test_a_vector_tile_goes_out_packed_to_whom_can_unpack(
    app: Flask, folder: Path, officer: FlaskClient, make
) -> None:
    tag = put(app, make(folder / "map", base_maps.vectors([(0, 0, 0), (1, 1, 1)])))
    packed = officer.get(f"/basemap/{tag}/1/1/1", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.data == base_maps.vector(1, 1, 1)
    plain = officer.get(f"/basemap/{tag}/1/1/1")
    assert "Content-Encoding" not in plain.headers
    assert plain.data == gzip.decompress(packed.data)
    assert plain.content_type == "application/vnd.mapbox-vector-tile"
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert set(mapbox_vector_tile.decode(plain.data)) == {"water", "transportation", "place"}
    gap = officer.get(f"/basemap/{tag}/1/0/0")
    assert (gap.status_code, gap.data) == (200, b"")  # an empty tile is a tile


@again
@given(data=st.data())
def test_any_range_is_that_part_of_the_file(
    app: Flask, folder: Path, officer: FlaskClient, data: st.DataObject
) -> None:
    file = folder / "map"
    if not file.exists():
        base_maps.pmtiles(file, base_maps.pictures())
    whole, tag = file.read_bytes(), put(app, file)
    size = len(whole)
    first = data.draw(st.integers(0, size + 10))
    last = data.draw(st.one_of(st.none(), st.integers(first, size + 10)))
    answer = officer.get(
        f"/basemap/{tag}/file", headers={"Range": f"bytes={first}-{'' if last is None else last}"}
    )
    if first >= size:
        assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{size}")
        return
    end = size - 1 if last is None else min(last, size - 1)
    assert answer.status_code == 206
    assert answer.data == whole[first : end + 1]
    assert answer.headers["Content-Range"] == f"bytes {first}-{end}/{size}"


def test_ranges_hold_for_the_file_that_was_begun(app: Flask, folder: Path, officer: FlaskClient) -> None:
    for make, kind in (
        (base_maps.pmtiles, "application/vnd.pmtiles"),
        (base_maps.mbtiles, "application/vnd.sqlite3"),
    ):
        file = make(folder / "map", base_maps.pictures())
        whole, address = file.read_bytes(), f"/basemap/{put(app, file)}/file"
        answer = officer.get(address)
        assert (answer.data, answer.content_type, answer.headers["Accept-Ranges"]) == (whole, kind, "bytes")
        tag = answer.headers["ETag"]
        assert officer.get(address, headers={"If-None-Match": tag}).status_code == 304
        assert officer.get(address, headers={"Range": "bytes=-7"}).data == whole[-7:]
        asked = {"Range": "bytes=2-5"}
        assert officer.get(address, headers=asked | {"If-Range": tag}).data == whole[2:6]
        assert officer.get(address, headers=asked | {"If-Range": '"another"'}).data == whole
        assert officer.head(address).headers["Content-Length"] == str(len(whole))


def test_nobody_gets_it_without_leave_to_see_the_map(app: Flask, folder: Path, staff: Staff) -> None:
    tag = put(app, base_maps.mbtiles(folder / "map", base_maps.pictures()))
    for rest in ("0/0/0", "file"):
        address = f"/basemap/{tag}/{rest}"
        assert app.test_client().get(address).status_code == 401
        assert staff.client(Role.PARTNER_NGO).get(address).status_code == 403
        assert staff.client(Role.LEGAL).get(address).status_code == 200


@pytest.mark.parametrize("path", [
    "{tag}/3/0/0", "{tag}/2/4/0", "{tag}/2/0/4", "{tag}/-1/0/0", "{tag}/99999999/0/0", "{tag}/0/0/9999999999999999999",
    "{tag}/0/0/0.png", "{tag}/file/map", "{tag}/", "{tag}", "", "nothing/0/0/0", "nothing/file", "../secret/file",
    "%2e%2e/file", "..%2f..%2fetc%2fpasswd/file", "{tag}/..%2fsecret", "{tag}/file%00", "{tag}%00/file", "map/file",
])  # fmt: skip
def test_odd_addresses_lead_nowhere_and_tell_nothing(
    app: Flask, folder: Path, officer: FlaskClient, path: str
) -> None:
    tag = put(app, base_maps.mbtiles(folder / "map", base_maps.pictures()))
    answer = officer.get("/basemap/" + path.format(tag=tag))
    assert answer.status_code == 404, answer.data[:200]
    assert SECRET not in answer.text


def test_a_file_that_does_not_fit_is_told_on_the_map_which_works_without_it(
    app: Flask, folder: Path, officer: FlaskClient
) -> None:
    whole = base_maps.pmtiles(folder / "map", base_maps.pictures()).read_bytes()
    old = put(app, folder / "map")
    assert 'id="base-map"' in officer.get("/map").text
    (folder / "map").write_bytes(whole[:300])
    page = officer.get("/map")
    assert page.status_code == 200
    assert "damaged, or not copied to its end" in page.text
    assert SECRET not in page.text
    assert 'id="base-map"' not in page.text
    assert "js/basemap.js" not in page.text
    assert officer.get(f"/basemap/{old}/0/0/0").status_code == 404
    assert "base-map" not in officer.get("/map").text.replace("base-map-problem", "").replace(
        "base-map-symbol", ""
    )
    app.extensions["vigil_base_map"] = Slot(None)
    assert "Base map" not in officer.get("/map").text


def test_a_tile_damaged_behind_a_sound_beginning_is_a_gap(
    app: Flask, folder: Path, officer: FlaskClient
) -> None:
    tiles = base_maps.pictures()
    tiles[(2, 2, 2)] = b"<html>no picture</html>"
    tag = put(app, base_maps.mbtiles(folder / "map", tiles))
    assert officer.get(f"/basemap/{tag}/2/2/2").status_code == 204
    vectors = base_maps.vectors()
    vectors[(2, 2, 2)] = vectors[(2, 2, 2)][:20]
    tag = put(app, base_maps.pmtiles(folder / "other", vectors))
    assert officer.get(f"/basemap/{tag}/2/2/2").data == b""


def test_what_the_file_says_of_its_makers_is_text_on_the_page(
    app: Flask, folder: Path, officer: FlaskClient
) -> None:
    hostile = "<img src=x onerror=alert(1)>&lt;script&gt;alert(2)&lt;/script&gt;\"'Maker ${1+1}"
    put(app, base_maps.mbtiles(folder / "map", base_maps.vectors(), attribution=hostile,
                               json='{"vector_layers": [{"id": "\'\\"><script>x</script>"}]}'))  # fmt: skip
    page = officer.get("/map").text
    assert "Maker ${1+1}" in page
    assert "<img src=x" not in page
    assert "<script>alert" not in page
    assert "<script>x" not in page


def test_the_operator_asks_before_he_puts_it_there(app: Flask, folder: Path) -> None:
    ask = app.test_cli_runner().invoke
    file = base_maps.pmtiles(folder / "map", base_maps.vectors())
    told = ask(args=["basemap", "check", str(file)])
    assert told.exit_code == 0, told.output
    for words in (
        "pmtiles, vector tiles, zoom 0 to 2",
        "© EXERCISE Survey & others",
        "water, transportation, place",
        "21 tiles",
    ):
        assert words in told.output
    address = re.search(r"/basemap/\w+/file", told.output)
    assert address
    assert address[0] == f"/basemap/{put(app, file)}/file"
    broken = base_maps.vectors()
    broken[(2, 3, 3)] = broken[(2, 3, 3)][:-9]
    base_maps.mbtiles(folder / "broken", broken)
    for name, sentence in (("broken", "damaged"), ("nowhere", "not there")):
        told = ask(args=["basemap", "check", str(folder / name)])
        assert told.exit_code == 1
        assert sentence in told.output
