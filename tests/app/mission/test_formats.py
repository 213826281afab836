"""Files of other people's tools are read as they are, looked into first, and what is made to harm is not unpacked."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import psycopg
import pyogrio
import pytest
import shapely
from flask import Flask
from numpy import array, object_

from app.mission.importing.formats import layers, rows_of
from app.mission.importing.looking import guesses, look, mapped
from app.mission.importing.reading import GEOMETRY, Unreadable
from app.mission.importing.wording import ROWS, UNREADABLE
from app.positions.body import Refused
from tests.app.mission.test_importing import as_operator, load  # noqa: F401 - a fixture

POINTS = [shapely.Point(0.5, 0.6), shapely.Point(1.25, 0.75)]
KML = """<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Placemark><name>EXERCISE A</name><Point><coordinates>0.5,0.6,0</coordinates></Point></Placemark>
<Placemark><name>EXERCISE B</name><Point><coordinates>1.25,0.75,9</coordinates></Point></Placemark>
</Document></kml>"""
GPX = """<?xml version="1.0"?><gpx version="1.1" creator="EXERCISE" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="0.6" lon="0.5"><name>EXERCISE A</name></wpt><wpt lat="0.75" lon="1.25"><name>EXERCISE B</name></wpt>
<trk><name>LION 4</name><trkseg><trkpt lat="0.5" lon="0.5"><time>2026-11-21T14:30:00Z</time></trkpt>
<trkpt lat="0.6" lon="0.6"><time>2026-11-21T14:31:00Z</time></trkpt></trkseg></trk></gpx>"""


def written(path: Path, driver: str | None = None) -> Path:
    """Two villages as GDAL itself writes them."""
    pyogrio.raw.write(
        str(path), geometry=array([shapely.to_wkb(p) for p in POINTS], dtype=object_), driver=driver,
        field_data=[array(["P1", "P2"], dtype=object_), array(["EXERCISE A", "EXERCISE B"], dtype=object_)],
        fields=["pcode", "name"], geometry_type="Point", crs="EPSG:4326",
    )  # fmt: skip
    return path


def shapefile(folder: Path) -> Path:
    written(folder / "villages.shp", "ESRI Shapefile")
    with zipfile.ZipFile(folder / "villages.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for part in sorted(folder.glob("villages.*")):
            if part.suffix != ".zip":
                packed.write(part, part.name)
    return folder / "villages.zip"


def text(path: Path, content: str) -> Path:
    path.write_text(content)
    return path


@pytest.fixture(params=["gpkg", "kml", "gpx", "shp.zip", "geojson"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    made: dict[str, Any] = {
        "gpkg": lambda: written(tmp_path / "a.gpkg"),
        "kml": lambda: text(tmp_path / "a.kml", KML),
        "gpx": lambda: text(tmp_path / "a.gpx", GPX),
        "shp.zip": lambda: shapefile(tmp_path),
        "geojson": lambda: written(tmp_path / "a.geojson"),
    }
    path: Path = made[request.param]()
    return path


def test_places_and_names_are_the_same_whatever_the_format(file: Path) -> None:
    found = [row for _number, row in rows_of(file)]
    assert [row["name"] for row in found] == ["EXERCISE A", "EXERCISE B"]
    assert [(row[GEOMETRY].x, row[GEOMETRY].y) for row in found] == [(0.5, 0.6), (1.25, 0.75)]
    assert not any(row[GEOMETRY].has_z for row in found)


def test_a_file_is_looked_into_before_it_is_brought_in(file: Path) -> None:
    seen = look(rows_of(file))
    assert (seen.rows, seen.whole, seen.shapes) == (2, True, {"Point": 2})
    assert seen.extent == (0.5, 0.6, 1.25, 0.75)
    assert seen.guesses["name"] == "name"


def test_a_track_s_points_keep_their_times(tmp_path: Path) -> None:
    path = text(tmp_path / "a.gpx", GPX)
    assert layers(path) == ["waypoints", "tracks", "track_points"]
    times = [str(row["time"]) for _n, row in rows_of(path, "track_points")]
    assert times == ["2026-11-21T14:30:00Z", "2026-11-21T14:31:00Z"]
    (track,) = [row for _n, row in rows_of(path, "tracks")]
    assert track["name"] == "LION 4" and track[GEOMETRY].length > 0.14


def test_other_people_s_columns_are_brought_in_by_the_guesses(
    app: Flask, owner: psycopg.Connection, tmp_path: Path
) -> None:
    path = shapefile(tmp_path)
    told = load(app, "look", path).output
    assert "Layers: villages" in told and "--column code=pcode" in told and "0.50000, 0.60000" in told
    assert "2 stored" in load(app, "places", path, "--column", "code=PCODE").output
    assert "0 stored, 2 stood already" in load(app, "places", path, "--column", "code=PCODE").output
    stored = owner.execute("SELECT code, name FROM places ORDER BY code").fetchall()
    assert stored == [("P1", "EXERCISE A"), ("P2", "EXERCISE B")]
    assert "no column iso" in load(app, "places", path, "--column", "code=ISO").output
    assert load(app, "places", path, "--column", "code").exit_code == 2


def test_a_column_stands_for_one_of_ours_and_an_empty_one_for_none() -> None:
    found = guesses({"OBJECTID": 5, "pcode": 5, "Name_EN": 5, "type": 0, "X": 5})
    assert found == {"code": "pcode", "name": "Name_EN", "lon": "X"}
    rows = [(1, {"pcode": "P1", "name": "A"})]
    assert next(mapped(rows, {"code": "pcode"}))[1]["code"] == "P1"


def test_every_code_with_which_a_file_is_refused_has_its_sentence() -> None:
    root = Path(__file__).parents[3]
    written = "".join(
        file.read_text()
        for file in (*(root / "app/mission/importing").glob("*.py"), *(root / "workers").glob("*import*.py"),
                     root / "workers/reading_apart.py")
    )  # fmt: skip
    codes = set(re.findall(r'Unreadable\("([a-z_]+)"', written))
    assert codes | {f"{root}_broken" for root in ("kml", "gpx")} | {"no_kml", "no_gpx"} == set(UNREADABLE)


def test_every_code_with_which_a_row_is_refused_has_its_words_and_tells_what_they_need() -> None:
    app = Path(__file__).parents[3] / "app"
    written = "".join(file.read_text() for file in app.rglob("*.py"))
    refusals = re.findall(r'RowRefused\(\s*f?"([^"]*)"(.*?)\)', written, re.DOTALL)
    told = {(code, *sorted(re.findall(r"(\w+)=", facts))) for code, facts in refusals}
    # Those of positions bear the codes that the API tells, too.
    told |= {(Refused.TOO_FAR_AHEAD.value,), (Refused.TOO_OLD.value,)}
    assert told == {(code, *sorted(re.findall(r"%\((\w+)\)s", str(words)))) for code, words in ROWS.items()}


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


@pytest.mark.parametrize(("members", "code"), [
    ({"a.shp": b"\0" * 20_000_000, "a.dbf": b""}, "zip_too_much"),
    ({f"{n}.shp": b"" for n in range(300)}, "zip_too_much"),
    ({"a.shp": b"", "run.sh": b"#"}, "zip_no_shapefile"),
    ({"a.gpkg": b""}, "zip_no_shapefile"),
    ({"a.shp": b"x", "a.shx": b"x", "a.dbf": b"x"}, "nothing_in_it"),
])  # fmt: skip
def test_a_zip_that_is_no_shapefile_or_unpacks_to_too_much_is_refused(
    tmp_path: Path, members: dict[str, bytes], code: str
) -> None:
    with pytest.raises(Unreadable, match=code):
        list(rows_of(packed(tmp_path / "a.zip", members)))


@pytest.mark.parametrize("name", ["a.zip", "a.gpkg", "a.kml", "a.gpx", "a.geojson", "a.shp"])
def test_a_broken_file_is_refused_with_a_code_that_has_its_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"EXERCISE not what its name says")
    with pytest.raises(Unreadable) as refused:
        list(rows_of(tmp_path / name))
    assert refused.value.code in UNREADABLE
