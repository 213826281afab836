"""A track out of a file becomes positions of one carrier, judged like any others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from app.permissions import Role
from tests.app.imports.files import Sender, collection, counts, text
from tests.people import EAST, WEST, Staff, record

NOW = datetime.now(UTC).replace(microsecond=0)
TIMES = [(NOW - timedelta(minutes=m)).isoformat().replace("+00:00", "Z") for m in (30, 20, 10)]
PLACES = [(0.5, 0.5), (0.51, 0.5), (0.52, 0.5)]


@pytest.fixture
def vehicle(staff: Staff, owner: psycopg.Connection) -> int:
    return tracked(staff, owner, WEST)


def tracked(staff: Staff, owner: psycopg.Connection, sector: str) -> int:
    with owner.transaction():
        row = owner.execute(
            "WITH b AS (INSERT INTO bases (code, name, kind, place, sector_id) "
            "VALUES ('B-' || %(s)s, 'EXERCISE', 'COB', 'SRID=4326;POINT(0.5 0.5)', %(s)s) RETURNING id), "
            "u AS (INSERT INTO units (code, name, call_sign, kind, base_id, sector_id) "
            "SELECT 'U-' || %(s)s, 'EXERCISE', 'HAWK', 'coy', id, %(s)s FROM b RETURNING id) "
            "INSERT INTO tracked (kind, unit_id, call_sign, sector_id, top_speed_kph) "
            "SELECT 'vehicle', id, 'HAWK ' || %(s)s, %(s)s, 160 FROM u RETURNING id", {"s": staff.sectors[sector]},
        ).fetchone()  # fmt: skip
        record(owner)
    assert row
    return int(row[0])


def gpx(path: Path) -> Path:
    points = "".join(
        f'<trkpt lat="{y}" lon="{x}"><time>{at}</time></trkpt>'
        for (x, y), at in zip(PLACES, TIMES, strict=True)
    )
    return text(path, f'<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>T</name>'
                      f"<trkseg>{points}</trkseg></trk></gpx>")  # fmt: skip


def kml(path: Path) -> Path:
    marks = "".join(
        f"<Placemark><TimeStamp><when>{at}</when></TimeStamp><Point><coordinates>{x},{y}</coordinates></Point></Placemark>"
        for (x, y), at in zip(PLACES, TIMES, strict=True)
    )
    return text(path, f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>')


def line(path: Path) -> Path:
    return collection(path, ({"times": TIMES}, {"type": "LineString", "coordinates": PLACES}))


def points(path: Path) -> Path:
    listed = [
        ({"time": at}, {"type": "Point", "coordinates": p}) for p, at in zip(PLACES, TIMES, strict=True)
    ]
    return collection(path, *listed)


@pytest.mark.parametrize(
    ("make", "name"),
    [(gpx, "t.gpx"), (kml, "t.kml"), (line, "l.geojson"), (points, "p.geojson")],
    ids=lambda m: str(m)[:12],
)
def test_a_track_keeps_its_places_and_times_whatever_the_format(
    command: Sender, owner: psycopg.Connection, vehicle: int, tmp_path: Path, make: object, name: str
) -> None:
    path = make(tmp_path / name)  # type: ignore[operator]
    told = command.bring_in(path, "tracks", tracked_id=vehicle)
    assert counts(told) == (3, 0, 0, 0), command.refused(told["id"])
    stored = owner.execute(
        "SELECT tracked_id, at, ST_X(place), ST_Y(place), flags & 39 FROM positions ORDER BY at"
    ).fetchall()
    assert stored == [
        (vehicle, datetime.fromisoformat(at), x, y, 0) for (x, y), at in zip(PLACES, TIMES, strict=True)
    ]
    assert counts(command.bring_in(path, "tracks", tracked_id=vehicle)) == (0, 0, 3, 0)


def test_points_without_a_time_or_from_the_future_are_refused(
    command: Sender, vehicle: int, tmp_path: Path
) -> None:
    here = {"type": "Point", "coordinates": [0.5, 0.5]}
    path = collection(tmp_path / "p.geojson", ({"time": None}, here), ({"time": "2099-01-01T00:00:00Z"}, here),
                      ({"time": TIMES[0]}, here),
                      ({"time": TIMES}, {"type": "LineString", "coordinates": PLACES[:2]}))  # fmt: skip
    told = command.bring_in(path, "tracks", tracked_id=vehicle)
    assert counts(told) == (1, 0, 0, 3)
    assert [line.partition(",")[2].strip('"') for line in command.refused(told["id"])[1:]] == [
        "the time is missing, or not written as 2026-11-21T14:30:00Z", "the time lies in the future",
        "a line needs a time for each of its points",
    ]  # fmt: skip


def test_nobody_says_where_another_sector_s_carrier_was(
    staff: Staff, owner: psycopg.Connection, vehicle: int, tmp_path: Path
) -> None:
    east = tracked(staff, owner, EAST)
    officer = Sender(staff, owner, Role.SECTOR_OPS, WEST)
    seen = officer.send(points(tmp_path / "p.geojson"), "tracks")
    fields = [{"field": k, "column": v} for k, v in seen["found"]["guesses"].items()]
    other = officer.start(seen["id"], fields=fields, tracked_id=east)
    nobody = officer.start(seen["id"], fields=fields, tracked_id=999_999)
    assert (other.status_code, other.data) == (nobody.status_code, nobody.data) == (404, other.data)
    assert officer.start(seen["id"], fields=fields).status_code == 422
    assert counts(officer.go_on(seen, tracked_id=vehicle)) == (3, 0, 0, 0)
