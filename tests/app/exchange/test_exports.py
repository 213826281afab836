"""Lists as files: whole, marked, recorded, harmless in a spreadsheet, and read again by GDAL as they were."""

from __future__ import annotations

import csv
import io
import json
import re
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pyogrio import list_layers, raw
from shapely import from_wkb

from app.exchange import csv_file, geojson_file, geopackage, kml_file
from app.exchange.danger import INCIDENTS
from app.exchange.tables import Marking, batches
from app.permissions import Role
from tests.app.exchange import ground
from tests.people import Staff, csrf_of

FEATURES = ("alerts", "incidents", "threats", "havens", "patrols")


def sent(client: FlaskClient, feature: str, file_format: str, query: str = "") -> Any:
    form = {"csrf_token": csrf_of(client, f"/{feature}"), "format": file_format}
    return client.post(f"/{feature}/export{query}", data=form)


def events(owner: psycopg.Connection) -> list[tuple[Any, ...]]:
    return owner.execute(
        "SELECT subject, role, details FROM ledger_events WHERE action = 'exchange.exported' ORDER BY id"
    ).fetchall()


def table(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.data
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.fixture
def filled(staff: Staff, owner: psycopg.Connection) -> None:
    ground.incidents(owner, staff, 60)
    ground.incidents(owner, staff, 3, "EAST")
    ground.haven(owner, staff)
    ground.haven(owner, staff, "secret", 0.6)
    ground.patrol(owner, staff, 50)


@pytest.mark.parametrize("feature", FEATURES)
@pytest.mark.parametrize("file_format", ["csv", "geojson", "gpkg", "kml"])
def test_each_list_leaves_in_each_format_marked_and_recorded(
    staff: Staff, owner: psycopg.Connection, filled: None, feature: str, file_format: str, tmp_path: Path
) -> None:
    answer = sent(staff.client(Role.HOM), feature, file_format)
    assert answer.status_code == 200
    name = answer.headers["Content-Disposition"]
    assert f"{feature}-EXERCISE-" in name
    assert name.endswith(f".{file_format}")
    assert answer.headers["Cache-Control"] == "no-store"
    count = {"incidents": 63, "havens": 1, "patrols": 1}.get(feature, 0)
    ((subject, role, details),) = events(owner)
    assert (subject, role) == (f"{feature}:export", "hom")
    assert (details["format"], details["count"]) == (file_format, count)
    if file_format == "csv":
        rows = table(answer)
        assert len(rows) == count
        assert {row["marking"] for row in rows} <= {"CONFIDENTIAL · EXERCISE"}
    elif count:
        path = tmp_path / f"file.{file_format}"
        path.write_bytes(answer.data)
        meta, _fids, shapes, values = raw.read(path)
        assert len(shapes) == count
        assert set(values[list(meta["fields"]).index("marking")]) == {"CONFIDENTIAL · EXERCISE"}
    if file_format == "geojson":
        whole = json.loads(answer.data)
        assert (whole["classification"], whole["exercise"]) == ("CONFIDENTIAL", True)


def test_the_file_holds_what_the_table_shows_and_no_more(
    staff: Staff, owner: psycopg.Connection, filled: None
) -> None:
    west = staff.client(Role.SECTOR_OPS)
    assert len(table(sent(west, "incidents", "csv"))) == 60
    rows = table(sent(west, "incidents", "csv", "?kind=killing&search=place 1&since=2026-03-01&sort=kind"))
    assert {row["kind"] for row in rows} == {"killing"}
    assert all(row["place_name"].startswith("EXERCISE place 1") for row in rows)
    details = events(owner)[-1][2]
    assert details["filters"]["kind"] == "killing"
    assert details["filters"]["search"] == "…", "what somebody typed is kept out of the log"
    sent(west, "incidents", "csv", "?kind=Nobody Inparticular&grade=some name")
    assert "obody" not in str(events(owner)[-1][2]) and "some name" not in str(events(owner)[-1][2])
    assert [row["exposure"] for row in table(sent(west, "havens", "csv"))] == ["mission"]
    assert len(table(sent(staff.client(Role.POC_OFFICER), "havens", "csv"))) == 2


def test_an_export_needs_the_right_a_format_and_the_form_s_token(
    staff: Staff, owner: psycopg.Connection, filled: None
) -> None:
    client = staff.client(Role.HOM)
    assert sent(client, "incidents", "").status_code == 422
    assert sent(client, "incidents", "gpx").status_code == 422
    assert client.post("/incidents/export", data={"format": "csv"}).status_code == 400
    form = {"csrf_token": csrf_of(staff.client(Role.AUDITOR), "/account"), "format": "csv"}
    assert staff.client(Role.AUDITOR).post("/incidents/export", data=form).status_code in (400, 403)
    assert events(owner) == []


def test_nothing_of_a_file_stays_behind(app: Flask, staff: Staff, filled: None) -> None:
    sent(staff.client(Role.HOM), "incidents", "gpkg")
    left = [p for p in app.extensions["vigil_settings"].var.iterdir() if p.name.startswith("export-")]
    assert left == []


def test_a_spreadsheet_runs_nothing_that_a_source_wrote(staff: Staff, filled: None) -> None:
    rows = table(sent(staff.client(Role.HOM), "incidents", "csv"))
    assert {row["side_a"] for row in rows} == {"'=cmd|EXERCISE"}
    assert float(rows[0]["lon"]) > 0


@given(st.text(), st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", " =", "\t=", "＝", "\u00a0+"]))
def test_no_cell_begins_as_a_formula(rest: str, sign: str) -> None:
    written = str(csv_file.cell(sign + rest))
    assert written.startswith("'")
    assert written.replace("'", "") == f"{sign}{rest}".replace("'", "")
    assert re.search(r"[;\t\r\n]\s*[=+\-@]", written[1:]) is None, (
        "where semicolons part cells, one begins here"
    )
    assert csv_file.cell(-5.25) == -5.25


def test_a_track_as_gpx_comes_back_from_gdal_with_its_places_and_times(
    staff: Staff, owner: psycopg.Connection, filled: None, tmp_path: Path
) -> None:
    path = tmp_path / "tracks.gpx"
    path.write_bytes(sent(staff.client(Role.HOM), "patrols", "gpx").data)
    assert {"tracks", "track_points"} <= {name for name, _kind in list_layers(path)}
    _meta, _f, _shapes, names = raw.read(path, layer="tracks", columns=["name"])
    assert list(names[0]) == ["HAWK <1> & WEST"]
    _meta, _fids, shapes, (times,) = raw.read(
        path, layer="track_points", columns=["time"], datetime_as_string=True
    )
    points = [from_wkb(s) for s in shapes]
    expected = [(round(0.1 + n / 1000, 7), round(0.2 + n / 2000, 7)) for n in range(50)]
    assert [(round(p.x, 7), round(p.y, 7)) for p in points] == expected
    stored = owner.execute("SELECT min(at) FROM positions").fetchone()
    assert stored and str(times[0]).startswith(stored[0].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"))
    assert len(set(times)) == 50
    assert events(owner)[-1][2]["count"] == 50


def test_kml_comes_back_from_gdal_with_its_places_times_and_columns(
    staff: Staff, filled: None, tmp_path: Path
) -> None:
    path = tmp_path / "incidents.kml"
    path.write_bytes(sent(staff.client(Role.HOM), "incidents", "kml", "?kind=killing").data)
    meta, _fids, shapes, values = raw.read(path, datetime_as_string=True)
    found = dict(zip(meta["fields"], values, strict=True))
    point = from_wkb(shapes[0])
    assert (point.x, point.y) == pytest.approx((2 / 61, 2 / 61), abs=1e-6)
    assert str(found["timestamp"][0]).startswith(
        (ground.NOON + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S")
    )
    assert found["side_a"][0] == "=cmd|EXERCISE"
    assert found["killed_best"][0] == "2"


def test_a_globe_is_given_no_markup_that_a_source_wrote(staff: Staff, filled: None) -> None:
    text = sent(staff.client(Role.HOM), "patrols", "kml").get_data(as_text=True)
    assert "HAWK ‹1> &amp; WEST" in text.replace("&gt;", ">")
    assert "&lt;" not in text


def test_a_geopackage_keeps_numbers_times_and_what_is_missing(
    staff: Staff, filled: None, tmp_path: Path
) -> None:
    path = tmp_path / "incidents.gpkg"
    path.write_bytes(sent(staff.client(Role.HOM), "incidents", "gpkg").data)
    meta, _fids, shapes, values = raw.read(path)
    found = dict(zip(meta["fields"], values, strict=True))
    assert (meta["geometry_type"], meta["crs"]) == ("Point", "EPSG:4326")
    assert found["killed_best"][:3].tolist() == [1, 2, 3]
    assert str(found["occurred_from"][0]).startswith("2026-03-01T13:00:00")
    assert str(found["injured"][0]) in ("nan", "None")
    assert len(shapes) == 63


class Endless:
    """Rows as the database would give them, of any number."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[list[Any]]:
        told = dict.fromkeys(INCIDENTS.columns) | {"kind": "killing", "place_name": "EXERCISE " * 5}

        class Row:
            id, lon, lat, since, until = 7, 0.5, 0.5, ground.NOON.astimezone(UTC), None
            shape = '{"type":"Point","coordinates":[0.5,0.5]}'

        for name, value in told.items():
            setattr(Row, name, value)
        for _n in range(self.count // 1000):
            yield [Row()] * 1000


@pytest.mark.parametrize("writer", [csv_file, geojson_file, kml_file])
def test_a_hundred_thousand_rows_take_no_more_room_than_a_few(
    writer: Any, app: Flask, tmp_path: Path
) -> None:
    with app.test_request_context(), (tmp_path / "file").open("wb") as file:
        tracemalloc.start()
        count = writer.write(INCIDENTS, Endless(100_000), Marking("CONFIDENTIAL", True, "EXERCISE"), file)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == 100_000
    assert peak < 5_000_000


def test_rows_come_in_batches_from_the_database(
    staff: Staff, owner: psycopg.Connection, tmp_path: Path
) -> None:
    ground.incidents(owner, staff, 4_500)
    with staff.acting(Role.HOM):
        sizes = [len(batch) for batch in batches(INCIDENTS, [], "wkb")]
        path = tmp_path / "file.gpkg"
        count = geopackage.write(
            INCIDENTS, batches(INCIDENTS, [], "wkb"), Marking("X", True, "EXERCISE"), path
        )
    assert sizes == [2000, 2000, 500]
    assert (count, raw.read(path)[2].shape) == (4500, (4500,))


def test_an_export_of_havens_by_who_may_see_restricted_ones_tells_the_log_neither_how_many_nor_of_which_kind(
    filled: None, staff: Staff, owner: psycopg.Connection
) -> None:
    for role, keys, filters in (
        (Role.POC_OFFICER, {"format", "filters"}, {"state"}),
        (Role.HOM, {"format", "filters", "count"}, {"state", "kind"})
    ):  # fmt: skip
        answer = sent(staff.client(role), "havens", "csv", "?kind=base_shelter&state=open")
        assert answer.status_code == 200
        details = events(owner)[-1][2]
        assert set(details) == keys and set(details["filters"]) == filters
