"""Events of others come in whole: every good row once, every bad row with its line and reason."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import Result
from flask import Flask

from app.permissions import Role
from tests.people import Staff
from tests.servers import Clone

GED = Path(__file__).parents[4] / "shared/data/ucdp-ged-car/GEDEvent_v23_1_CAR482.geojson"

UCDP: dict[str, Any] = {
    "id": 1, "type_of_violence": 3, "where_prec": 1, "date_prec": 1, "low": 1, "best": 2, "high": 5,
    "deaths_a": 0, "deaths_b": 0, "deaths_civilians": 2, "deaths_unknown": 0, "event_clarity": 1,
    "date_start": "2024-02-20", "date_end": "2024-02-21", "side_a": "EXERCISE group", "side_b": "Civilians",
    "where_description": "EXERCISE place", "latitude": 0.5, "longitude": 0.5,
}  # fmt: skip
ACLED: dict[str, Any] = {
    "event_id_cnty": "EX1", "event_date": "20 February 2024", "time_precision": 1, "event_type": "Battles",
    "sub_event_type": "Armed clash", "actor1": "EXERCISE A", "actor2": "EXERCISE B", "latitude": 0.5,
    "longitude": 0.5, "geo_precision": 2, "fatalities": 3, "location": "EXERCISE", "notes": "EXERCISE",
}  # fmt: skip


@pytest.fixture
def as_operator(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIL_OWNER_DATABASE_URL", clone.url("vigil_owner"))
    monkeypatch.setenv("VIGIL_VAR", str(clone.var))


def write_csv(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def events(app: Flask, source: str, path: Path) -> Result:
    return app.test_cli_runner().invoke(args=["import", "events", "--format", source, str(path)])


@pytest.mark.usefixtures("as_operator")
def test_ucdp_rows_keep_precision_casualties_and_sides(
    app: Flask, owner: psycopg.Connection, tmp_path: Path
) -> None:
    assert events(app, "ucdp", write_csv(tmp_path / "ged.csv", [UCDP])).exit_code == 0
    row = owner.execute(
        "SELECT kind, original_kind, place_precision, date_precision, killed_low, killed_best, killed_high, "
        "killed_by_side->>'deaths_civilians', side_a, side_b, ST_X(place), original->>'id' FROM incidents"
    ).fetchone()
    assert row == (
        "attack_on_civilians", "3 one-sided", 1, 1, 1, 2, 5, "2", "EXERCISE group", "Civilians", 0.5, "1",
    )  # fmt: skip


@pytest.mark.usefixtures("as_operator")
def test_importing_again_changes_nothing_and_a_revised_row_replaces_what_it_said(
    app: Flask, owner: psycopg.Connection, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "ged.csv", [UCDP, UCDP | {"id": 2}])
    events(app, "ucdp", path)
    again = events(app, "ucdp", path)
    assert "0 stored, 2 stood already, 0 refused" in again.output
    write_csv(path, [UCDP | {"best": 4}, UCDP | {"id": 2}])
    assert "1 stored, 1 stood already" in events(app, "ucdp", path).output
    assert owner.execute("SELECT source_id, killed_best FROM incidents ORDER BY 1").fetchall() == [
        ("1", 4),
        ("2", 2),
    ]


@pytest.mark.usefixtures("as_operator")
def test_bad_rows_are_reported_with_line_and_reason_and_the_rest_is_kept(
    app: Flask, owner: psycopg.Connection, tmp_path: Path
) -> None:
    bad = [
        UCDP | {"id": 2, "type_of_violence": 9}, UCDP | {"id": 3, "latitude": "north"}, UCDP | {"id": 4, "low": -1},
        UCDP | {"id": 5, "date_start": "soon"}, UCDP | {"id": 6, "where_prec": 8}, UCDP | {"id": ""},
        UCDP | {"id": 8, "latitude": 91}, UCDP | {"id": 9, "best": "1e400"}, UCDP | {"id": 10, "best": 10**25},
    ]  # fmt: skip
    path = write_csv(tmp_path / "ged.csv", [UCDP, *bad, UCDP | {"id": 11}])
    result = events(app, "ucdp", path)
    assert result.exit_code == 0, result.output
    assert owner.execute("SELECT source_id FROM incidents ORDER BY id").fetchall() == [("1",), ("11",)]
    refused = list(csv.DictReader((tmp_path / "ged.csv.refused.csv").open()))
    assert [int(r["line"]) for r in refused] == list(range(3, 12))
    assert [r["reason"] for r in refused[:6]] == [
        "type_of_violence must be 1, 2 or 3", "longitude and latitude are missing or not numbers",
        "low, best or high is below zero", "a date is not written as 2009-02-20",
        "where_prec must be from 1 to 7 and date_prec from 1 to 5", "id is missing",
    ]  # fmt: skip
    assert all(r["reason"] for r in refused)


@pytest.mark.usefixtures("as_operator")
def test_acled_types_are_mapped_and_its_own_words_are_kept(
    app: Flask, owner: psycopg.Connection, tmp_path: Path
) -> None:
    path = write_csv(
        tmp_path / "acled.csv",
        [ACLED, ACLED | {"event_id_cnty": "EX2", "sub_event_type": "Sexual violence", "event_date": "2024-03-01"},
         ACLED | {"event_id_cnty": "EX3", "sub_event_type": "Picnic"}],
    )  # fmt: skip
    assert "2 stored" in events(app, "acled", path).output
    rows = owner.execute(
        "SELECT kind, original_kind, killed_best FROM incidents ORDER BY source_id"
    ).fetchall()
    assert rows == [("armed_clash", "Battles: Armed clash", 3), ("crsv", "Battles: Sexual violence", 3)]


@pytest.mark.usefixtures("as_operator")
def test_a_file_that_is_no_such_file_says_so(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "broken.geojson"
    path.write_text("{")
    result = events(app, "ucdp", path)
    assert result.exit_code == 1
    assert "not a GeoJSON" in result.output


@pytest.mark.needs_shared_data
@pytest.mark.usefixtures("as_operator")
def test_a_whole_country_s_events_equal_the_file_by_type_and_year_and_stand_on_the_map(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    assert GED.exists(), "the real events must stand beside the checkout, in ../shared/data"
    assert events(app, "ucdp", GED).exit_code == 0
    told = [f["properties"] for f in json.loads(GED.read_text())["features"]]
    expected = Counter((p["type_of_violence"], p["date_start"][:4]) for p in told)
    stored = owner.execute(
        "SELECT left(original_kind, 1)::int, to_char(occurred_from AT TIME ZONE 'UTC', 'YYYY'), count(*) "
        "FROM incidents GROUP BY 1, 2"
    ).fetchall()
    assert {(kind, year): n for kind, year, n in stored} == expected
    shown = (
        staff.client(Role.WATCHKEEPER_JOC).get("/map/layers/incidents.geojson?zoom=6&bbox=14,2,28,12").json
    )
    assert shown["total"] == sum(1 for p in told) == 1848
    counted = sum(f["properties"]["count"] for f in shown["features"])
    coarse = sum(1 for p in told if p["where_prec"] > 4)
    assert (counted, shown["coarse"]) == (1848 - coarse, coarse)
    areas = [f for f in shown["features"] if f["geometry"]["type"] != "Point"]
    assert sum(f["properties"]["count"] for f in areas) == sum(1 for p in told if p["where_prec"] in (3, 4))
