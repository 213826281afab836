"""A mission's base data comes in from files, parents before children, and again without change."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pyogrio
import pytest
import shapely
from click.testing import Result
from flask import Flask
from numpy import array, object_

from app.mission.importing.wording import row_words
from app.mission.models import ActorKind
from app.mission.routes import IMPORTED
from app.permissions import Role
from tests.people import WEST, Staff
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


def refused(path: Path) -> list[str]:
    return path.with_name(path.name + ".refused.csv").read_text().splitlines()[1:]


def test_rivers_are_lines_or_groups_of_lines_with_a_name_or_none(
    app: Flask, owner: psycopg.Connection, tmp_path: Path
) -> None:
    line = [[0.1, 0.1], [0.2, 0.2]]
    path = collection(
        tmp_path / "rivers.geojson",
        ({"code": "RV1", "name": "EXERCISE Water"}, {"type": "LineString", "coordinates": line}),
        ({"osm_id": 7}, {"type": "MultiLineString", "coordinates": [line, [[0.3, 0.3], [0.4, 0.4]]]}),
        ({"code": "RV3", "name": "EXERCISE Lake"}, box(0, 0, 1, 1)),
        ({"name": "EXERCISE without a code"}, {"type": "LineString", "coordinates": line}),
        ({"code": "RV5"}, {"type": "LineString", "coordinates": [[0, 0], [500_000, 0]]}),
    )
    assert "2 stored, 0 stood already, 3 refused" in load(app, "rivers", path).output
    stored = owner.execute("SELECT code, name, ST_NumGeometries(line) FROM rivers ORDER BY code").fetchall()
    assert stored == [("7", "7", 2), ("RV1", "EXERCISE Water", 1)]
    assert refused(path) == [
        "3,the shape is neither a line nor a group of lines", "4,code is missing",
        "5,the shape is out of range: coordinates must be longitude and latitude",
    ]  # fmt: skip
    assert "0 stored, 2 stood already" in load(app, "rivers", path).output


def test_networks_lie_in_the_sector_around_them_and_stay_silent_until_a_file_says_otherwise(
    app: Flask, staff: Staff, owner: psycopg.Connection, tmp_path: Path
) -> None:
    path, again = tmp_path / "networks.csv", tmp_path / "again.csv"
    path.write_text(
        "code,name,channel,lon,lat,working,tested_at\n"
        "N1,EXERCISE Network A,Radio,0.5,0.5,no,2026-01-02T08:00:00+02:00\nN2,EXERCISE Network B,phone,1.5,0.5,,\n"
        "N3,EXERCISE C,phone,0.5,0.5,perhaps,\nN4,EXERCISE D,,0.5,0.5,yes,\nN5,EXERCISE E,phone,,,yes,\n"
        "N6,EXERCISE F,phone,0.5,0.5,yes,2999-01-01\nN7,EXERCISE G,phone,0.5,0.5,yes,yesterday\n"
    )
    assert "2 stored, 0 stood already, 5 refused" in load(app, "networks", path).output
    said = "SELECT n.code, n.channel, s.code, working, tested_at::text FROM community_networks n "
    said += "LEFT JOIN sectors s ON s.id = sector_id ORDER BY n.code"
    owner.execute("SET TIME ZONE 'UTC'")
    first, second = (
        ("N1", "radio", "WEST", False, "2026-01-02 06:00:00+00"),
        ("N2", "phone", "EAST", True, None),
    )
    assert owner.execute(said).fetchall() == [first, second]
    assert refused(path) == [
        "4,working must be yes or no", "5,channel is missing", "6,longitude and latitude are missing or not numbers",
        "7,tested_at lies in the future", "8,a time is not written as 2026-11-21 or 2026-11-21T14:30:00Z",
    ]  # fmt: skip
    again.write_text("code,name,channel,lon,lat\nN1,EXERCISE Network A,radio,0.5,0.5\n")
    assert "0 stored, 1 stood already" in load(app, "networks", again).output
    again.write_text("code,name,channel,lon,lat,working\nN1,EXERCISE Network A,radio,0.5,0.5,yes\n")
    assert "1 stored" in load(app, "networks", again).output
    assert owner.execute(said).fetchall()[0] == (*first[:3], True, first[4])


def test_an_empty_house_brings_in_its_actors_and_can_assess_a_threat(
    app: Flask, staff: Staff, owner: psycopg.Connection, tmp_path: Path
) -> None:
    path = tmp_path / "actors.csv"
    path.write_text(
        "code;name;kind\nRED;EXERCISE Red Column;Rebel group\nUNK;EXERCISE Unknown armed men;unknown\n"
        "A3;EXERCISE Knights;chivalry\nA4;;rebel_group\n;EXERCISE B;unknown\nA6;EXERCISE C;\n"
    )
    assert "2 stored, 0 stood already, 4 refused" in load(app, "actors", path).output
    why = refused(path)
    assert why[0].startswith('4,"kind must be state_military, ')
    assert why[1:] == ["5,name is missing", "6,code is missing", "7,kind is missing"]
    assert "0 stored, 2 stood already" in load(app, "actors", path).output
    row = owner.execute("SELECT id, kind FROM actors WHERE code = 'RED'").fetchone()
    assert row and row[1] == "rebel_group"
    recorded = owner.execute(
        "SELECT subject, details FROM ledger_events WHERE action = 'mission.actors_imported'"
    )
    assert [(subject, details["rows"]) for subject, details in recorded] == [("actors:batch", 2)]
    assessment = {
        "name": "EXERCISE raids along the river", "actor_id": row[0], "target": "EXERCISE river villages",
        "kind": "looting_extortion_checkpoint", "intent": 3, "capability": 2, "likelihood": 4, "impact": 3,
        "circle": {"centre": {"lon": 0.5, "lat": 0.5}, "radius_metres": 5_000},
        "review_on": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip
    answer = app.test_client().post("/api/v1/threats", json=assessment, headers=staff.bearer(Role.SECTOR_OPS))
    assert answer.status_code == 201, answer.json
    assert answer.get_json()["sector_id"] == staff.sectors[WEST]
    page = staff.client(Role.SECTOR_OPS).get("/threats/new").get_data(as_text=True)
    assert "EXERCISE Red Column" in page and "EXERCISE Unknown armed men" in page


def test_every_kind_of_actor_is_named_where_a_row_is_refused(app: Flask) -> None:
    with app.test_request_context():
        said = row_words("no_such_actor_kind", {})
    assert [kind for kind in ActorKind if kind not in said] == []


@pytest.mark.parametrize("what", ["rivers", "actors", "networks"])
def test_what_came_in_is_named_in_the_list_of_imports(
    app: Flask, staff: Staff, tmp_path: Path, what: str
) -> None:
    path = collection(
        tmp_path / f"{what}.geojson",
        ({"code": "X1", "name": "EXERCISE X", "kind": "unknown", "channel": "phone", "lon": 0.5, "lat": 0.5},
         {"type": "LineString", "coordinates": [[0.5, 0.5], [0.6, 0.6]]} if what == "rivers" else None),
    )  # fmt: skip
    assert load(app, what, path).exit_code == 0
    page = staff.client(Role.POC_OFFICER).get("/mission").get_data(as_text=True)
    assert f"<td>{IMPORTED[f'mission.{what}_imported']}</td>" in page
