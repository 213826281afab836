"""A mission's base data comes in from files, parents before children, and again without change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pyogrio
import pytest
import shapely
from click.testing import Result
from flask import Flask
from numpy import array, object_

from tests.people import Staff
from tests.servers import Clone


@pytest.fixture(autouse=True)
def as_operator(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIL_OWNER_DATABASE_URL", clone.url("vigil_owner"))
    monkeypatch.setenv("VIGIL_VAR", str(clone.var))


def box(w: float, s: float, e: float, n: float) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]]}


def collection(path: Path, *features: tuple[dict[str, Any], Any]) -> Path:
    listed = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed}))
    return path


def load(app: Flask, what: str, path: Path, *more: str) -> Result:
    return app.test_cli_runner().invoke(args=["import", what, str(path), *more])


def test_boundaries_are_stored_with_their_parents_whatever_the_order(
    app: Flask, owner: psycopg.Connection, tmp_path: Path
) -> None:
    path = collection(
        tmp_path / "admin.geojson",
        ({"code": "EX01", "name": "EXERCISE North", "level": 1, "parent": "EX"}, box(0, 0, 1, 1)),
        ({"code": "EX", "name": "EXERCISE Land", "level": 0}, box(0, 0, 2, 2)),
        ({"code": "EX09", "name": "EXERCISE Orphan", "level": 1, "parent": "ZZ"}, box(0, 0, 1, 1)),
        ({"code": "EX08", "name": "EXERCISE Point", "level": 1}, {"type": "Point", "coordinates": [0, 0]}),
    )
    result = load(app, "boundaries", path)
    assert "2 stored, 0 stood already, 2 refused" in result.output
    assert owner.execute("SELECT code, parent_code FROM admin_areas ORDER BY code").fetchall() == [
        ("EX", None), ("EX01", "EX"),
    ]  # fmt: skip
    assert "0 stored, 2 stood already" in load(app, "boundaries", path).output


def test_common_operational_datasets_name_their_columns_by_level(
    app: Flask, owner: psycopg.Connection, tmp_path: Path
) -> None:
    path = collection(
        tmp_path / "cod.geojson",
        ({"ADM1_PCODE": "EX01", "ADM1_EN": "EXERCISE North", "ADM0_PCODE": "EX"}, box(0, 0, 1, 1)),
        ({"ADM0_PCODE": "EX", "ADM0_EN": "EXERCISE Land"}, box(0, 0, 2, 2)),
    )
    assert load(app, "boundaries", path).exit_code == 0
    rows = owner.execute("SELECT code, name, level FROM admin_areas ORDER BY code").fetchall()
    assert rows == [("EX", "EXERCISE Land", 0), ("EX01", "EXERCISE North", 1)]


def test_places_come_from_csv_and_geopackage_alike(
    app: Flask, owner: psycopg.Connection, tmp_path: Path
) -> None:
    plain = tmp_path / "places.csv"
    plain.write_text(
        "code;name;kind;population;lon;lat\nP1;EXERCISE A;town;1200;0.1;0.2\nP2;EXERCISE B;village;;0.3;0.4\n"
    )
    assert "2 stored" in load(app, "places", plain).output
    package = tmp_path / "places.gpkg"
    pyogrio.raw.write(
        str(package), geometry=array([shapely.to_wkb(shapely.Point(0.5, 0.6))], dtype=object_),
        field_data=[array(["P3"], dtype=object_), array(["EXERCISE C"], dtype=object_)], fields=["code", "name"],
        geometry_type="Point", crs="EPSG:4326",
    )  # fmt: skip
    assert "1 stored" in load(app, "places", package).output
    stored = owner.execute("SELECT code, population, ST_X(place) FROM places ORDER BY code").fetchall()
    assert stored == [("P1", 1200, 0.1), ("P2", None, 0.3), ("P3", None, 0.5)]


def test_roads_make_a_graph_whose_nodes_are_their_shared_ends(
    app: Flask, owner: psycopg.Connection, tmp_path: Path
) -> None:
    path = collection(
        tmp_path / "roads.geojson",
        ({"id": "R1", "highway": "primary"}, {"type": "LineString", "coordinates": [[0, 0], [0.1, 0]]}),
        (
            {"id": "R2", "class": "track", "minutes": 7},
            {"type": "LineString", "coordinates": [[0.1, 0], [0.1, 0.1]]},
        ),
    )
    assert "2 stored" in load(app, "roads", path).output
    assert owner.execute("SELECT count(*) FROM road_nodes").fetchone() == (3,)
    rows = owner.execute(
        "SELECT road_class, round(metres), round(minutes) FROM road_links ORDER BY code"
    ).fetchall()
    assert rows == [("main", 11132, 11), ("track", 11057, 7)]
    assert "0 stored, 2 stood already" in load(app, "roads", path).output


def test_units_stand_at_their_bases_in_the_sector_around_them(
    app: Flask, staff: Staff, owner: psycopg.Connection, tmp_path: Path
) -> None:
    path = tmp_path / "units.csv"
    path.write_text(
        "code,name,kind,call_sign,base,lon,lat,strength\nB1,EXERCISE Bn,bn,Kestrel 1,CAMP,1.5,0.5,700\n"
    )
    assert "1 stored" in load(app, "units", path).output
    row = owner.execute("SELECT u.sector_id, b.code FROM units u JOIN bases b ON b.id = u.base_id").fetchone()
    assert row == (staff.sectors["EAST"], "CAMP")


def test_another_projection_is_turned_into_longitude_and_latitude(
    app: Flask, owner: psycopg.Connection, tmp_path: Path
) -> None:
    package = tmp_path / "metres.gpkg"
    pyogrio.raw.write(
        str(package), geometry=array([shapely.to_wkb(shapely.Point(500000, 60000))], dtype=object_),
        field_data=[array(["P3"], dtype=object_), array(["EXERCISE C"], dtype=object_)], fields=["code", "name"],
        geometry_type="Point", crs="EPSG:32631",
    )  # fmt: skip
    assert "1 stored" in load(app, "places", package).output
    row = owner.execute(
        "SELECT round(ST_X(place)::numeric, 5), round(ST_Y(place)::numeric, 4) FROM places"
    ).fetchone()
    assert row is not None and (float(row[0]), float(row[1])) == (3.0, 0.5428)
