"""What a file may not do: swell, lead out of its folder, fetch, be another format than its name says, or break us."""

from __future__ import annotations

import os
import socket
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import pyogrio
import pytest
import shapely

from tests.app.imports.files import Sender, collection, counts, text, written
from tests.servers import Clone
from workers import reading_apart
from workers.reading_apart import reading


@contextmanager
def listening() -> Iterator[tuple[int, list[object]]]:
    """A port of ours, and who called at it."""
    called: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        stop = threading.Event()

        def wait() -> None:
            while not stop.is_set():
                try:
                    called.append(server.accept()[1])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=wait)
        thread.start()
        try:
            yield server.getsockname()[1], called
        finally:
            stop.set()
            thread.join()


def shape_zip(path: Path, *more: tuple[str | ZipInfo, bytes]) -> Path:
    written(path.parent, "zip").rename(path)
    with ZipFile(path, "a", ZIP_DEFLATED) as packed:
        for name, content in more:
            packed.writestr(name, content)
    return path


def link() -> ZipInfo:
    found = ZipInfo("places.qpj")
    found.create_system, found.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return found


def with_a_view(path: Path) -> Path:
    written(path.parent, "gpkg").rename(path)
    with sqlite3.connect(path) as inside:
        inside.execute("CREATE VIEW sly AS SELECT * FROM places")
    inside.close()
    return path


VRT = (
    "<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>"
    "</OGRVRTDataSource>"
)
ENTITY = (
    '<!DOCTYPE kml [<!ENTITY a "EXERCISE">]><kml xmlns="http://www.opengis.net/kml/2.2"><Document/></kml>'
)

HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a zip that swells": (lambda d: shape_zip(d / "a.zip", ("places.txt", b"\0" * 30_000_000)), "holds too much"),
    "a path in a zip": (lambda d: shape_zip(d / "a.zip", ("../../places.txt", b"x")), "leads out"),
    "a rooted path in a zip": (lambda d: shape_zip(d / "a.zip", ("/tmp/places.txt", b"x")), "leads out"),
    "a link in a zip": (lambda d: shape_zip(d / "a.zip", (link(), b"/etc/passwd")), "leads out"),
    "an archive in a zip": (lambda d: shape_zip(d / "a.zip", ("more.zip", b"PK")), "nothing else"),
    "a vrt called gpkg": (lambda d: text(d / "a.gpkg", VRT), "not a GeoPackage"),
    "a vrt called kml": (lambda d: text(d / "a.kml", VRT), "not a KML"),
    "a gpx called kml": (lambda d: text(d / "a.kml", "<gpx/>"), "not a KML"),
    "entities": (lambda d: text(d / "a.kml", ENTITY), "document type"),
    "half a file": (lambda d: text(d / "a.gpx", "<gpx><wpt"), "not a whole GPX"),
    "a view in a package": (lambda d: with_a_view(d / "a.gpkg"), "views or virtual tables"),
    "a broken package": (lambda d: text(d / "a.gpkg", "SQLite format 3\0" + "x" * 5000), "broken"),
    "no zip at all": (lambda d: text(d / "a.zip", "x"), "not a zip"),
    "no features": (lambda d: text(d / "a.geojson", '{"features": 1}'), "not a GeoJSON"),
    "deep nesting": (lambda d: text(d / "a.geojson", "[" * 200_000), "not a GeoJSON"),
    "no header": (lambda d: text(d / "a.csv", "\n"), "no header"),
    "a header alone": (lambda d: text(d / "a.csv", "code,name\n"), "holds nothing"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_in_plain_words_and_not_kept(
    command: Sender, clone: Clone, tmp_path: Path, what: str
) -> None:
    make, words = HOSTILE[what]
    told = command.send(make(tmp_path))
    assert told["state"] == "unreadable" and words in told["failure"], told
    assert list((clone.var / "imports").iterdir()) == []
    assert command.start(told["id"], fields=[]).status_code == 409


def test_an_empty_file_and_one_of_another_kind_are_refused_at_once(
    command: Sender, clone: Clone, tmp_path: Path
) -> None:
    for name, content in (("a.csv", ""), ("a.vrt", VRT), ("a.shp", "x"), ("a", "x"), ("a.csv.exe", "x")):
        assert command.post(text(tmp_path / name, content), "places").status_code == 422, name
    folder = clone.var / "imports"
    assert not folder.exists() or list(folder.iterdir()) == []


def test_a_file_that_is_too_large_is_refused_before_it_is_read(command: Sender) -> None:
    class Endless(BytesIO):
        read_so_far = 0

        def read(self, size: int | None = -1) -> bytes:
            Endless.read_so_far += 1
            return b""

    answer = command.client.post(
        "/api/v1/imports", input_stream=Endless(), headers=command.headers,
        content_type="multipart/form-data; boundary=x", environ_overrides={"CONTENT_LENGTH": str(100 * 1024 * 1024)},
    )  # fmt: skip
    assert (answer.status_code, Endless.read_so_far) == (413, 0)


def test_whoever_has_not_signed_in_is_refused_before_his_file_is_read(command: Sender) -> None:
    class Unread(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError("the body was read")

    for address, status in (("/api/v1/imports", 401), ("/imports", 401)):
        answer = command.client.post(
            address,
            input_stream=Unread(),
            content_type="multipart/form-data; boundary=x",
            content_length=1000,
        )
        assert answer.status_code == status


def test_no_link_in_a_kml_is_followed(command: Sender, tmp_path: Path) -> None:
    with listening() as (port, called):
        address = f"http://127.0.0.1:{port}/x.kml"
        path = text(tmp_path / "a.kml", f"""<kml xmlns="http://www.opengis.net/kml/2.2"><Document>
            <!-- <OGRVRTDataSource> -->
            <NetworkLink><Link><href>{address}</href></Link></NetworkLink>
            <Style id="s"><IconStyle><Icon><href>{address}</href></Icon></IconStyle></Style>
            <Placemark><styleUrl>{address}#s</styleUrl><name>EXERCISE</name>
            <Point><coordinates>0.5,0.5</coordinates></Point></Placemark></Document></kml>""")  # fmt: skip
        told = command.send(path)
    assert (told["state"], told["found"]["rows"], called) == ("looked", 1, [])


def test_the_process_that_reads_opens_a_file_with_its_own_driver_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the look at its content to miss something, a VRT that is called .gpkg still opens nothing."""
    source = written(tmp_path, "geojson")
    vrt = text(tmp_path / "a.gpkg", VRT.replace("/etc/passwd", str(source)).replace("'x'", "'places'"))
    assert [n for n, _kind in pyogrio.list_layers(vrt)] == ["places"]  # GDAL itself would follow it
    script = (
        "import sys; from pathlib import Path; import app.mission.importing.formats as f; "
        "f.check_content = lambda path: None; "
        "import workers.reading_apart as r; r.main(Path(sys.argv[1]))"
    )
    from pyogrio import list_drivers

    others = ",".join(set(list_drivers()) - {"GPKG"})
    said = reading_apart.subprocess.run(
        [reading_apart.sys.executable, "-c", script, str(vrt)], cwd=reading_apart.ROOT, capture_output=True, text=True,
        env=reading_apart.surroundings() | {"OGR_SKIP": others, "VIGIL_ONE_DRIVER": "1"}, check=False,
    )  # fmt: skip
    assert '"unreadable": "gdal"' in said.stdout, said.stdout + said.stderr


def test_the_process_that_reads_knows_nothing_that_opens_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIL_WORKER_DATABASE_URL", "postgresql://secret")
    assert not [name for name in reading_apart.surroundings() if name.startswith("VIGIL")]
    assert "secret" not in str(reading_apart.surroundings())


def test_reading_that_takes_too_much_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = text(tmp_path / "a.csv", "code,name\n" + "x,y\n" * 3_000_000)
    monkeypatch.setattr(reading_apart, "LONGEST", 0.5)
    with pytest.raises(reading_apart.Unreadable, match="broken_or_too_long"), reading(many) as read:
        assert sum(1 for _row in read.rows) < 3_000_000
    fifo = tmp_path / "b.csv"
    os.mkfifo(fifo)
    with pytest.raises(reading_apart.Unreadable), reading(fifo) as read:
        next(read.rows)


def test_ten_thousand_rows_come_in(command: Sender, tmp_path: Path) -> None:
    rows = [(f"P{n}", f"EXERCISE {n}", 0.1 + n / 20_000, 0.5) for n in range(10_000)]
    told = command.bring_in(written(tmp_path, "gpkg", rows))
    assert (told["rows"], counts(told)) == (10_000, (10_000, 0, 0, 0))


def test_metres_without_a_word_of_it_are_seen_to_lie_nowhere_and_refused(
    command: Sender, tmp_path: Path
) -> None:
    seen = command.send(text(tmp_path / "a.csv", "code,name,x,y\nP1,E,500000,60000\n"))
    assert seen["found"]["guesses"]["lon"] == "x"
    told = command.go_on(seen)
    assert counts(told) == (0, 0, 0, 1) and "out of range" in command.refused(told["id"])[1]
    # With a word of it they are turned.
    made = tmp_path / "b.gpkg"
    pyogrio.raw.write(
        str(made), geometry=np.array([shapely.to_wkb(shapely.Point(500000, 60000))], dtype=object),
        field_data=[np.array(["P1"], dtype=object)] * 2, fields=["code", "name"], geometry_type="Point", crs="EPSG:32631",
    )  # fmt: skip
    seen = command.send(made)
    assert seen["found"]["extent"][0] == pytest.approx(3.0) and "32631" in seen["found"]["system"]


def test_mixed_and_broken_shapes_are_refused_row_by_row(command: Sender, tmp_path: Path) -> None:
    nowhere = {"type": "Point", "coordinates": [float("nan"), 0.5]}
    line = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}
    shapes = [{"type": "Point", "coordinates": [0.5, 0.5]}, nowhere, line, None, {"type": "Point", "coordinates": []},
              {"type": "Zwickel", "coordinates": 5}]  # fmt: skip
    path = collection(
        tmp_path / "a.geojson", *(({"code": f"P{n}", "name": "E"}, s) for n, s in enumerate(shapes))
    )
    seen = command.send(path)
    assert seen["found"]["extent"] == [0.0, 0.0, 1.0, 1.0]
    assert counts(command.go_on(seen)) == (1, 0, 0, 5)
    roads = collection(tmp_path / "r.geojson", ({"code": "R1"}, {**line, "coordinates": [[0, 0], [float("nan"), 1]]}),
                       ({"code": "R2"}, {**line, "coordinates": [[0, 0], [999, 1]]}))  # fmt: skip
    assert counts(command.bring_in(roads, "roads")) == (0, 0, 0, 2)


def test_a_table_of_an_old_spreadsheet_keeps_its_letters(command: Sender, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        "code;name;lon;lat\nP1;EXERCISE Bogotá – Ñandú;0,5;0.5\nP2;EXERCISE Bogotá;0.5;0.5\n".encode("cp1252")
    )
    seen = command.send(path)
    assert [row["name"] for row in seen["found"]["first"]] == ["EXERCISE Bogotá – Ñandú", "EXERCISE Bogotá"]


def test_a_cell_that_a_spreadsheet_would_run_is_tamed_in_the_report(command: Sender, tmp_path: Path) -> None:
    told = command.bring_in(text(tmp_path / "a.csv", "code,name,lon,lat\nP1,,0.5,0.5\nP2,E,0.5,0.5\n"))
    command.owner.execute(
        "UPDATE imports SET refusals = '[[2, \"=HYPERLINK(1)\"]]' WHERE id = %s", [told["id"]]
    )
    assert command.refused(told["id"]) == ["row,reason", "2,'=HYPERLINK(1)"]


def test_ten_files_at_once_are_enough(command: Sender, tmp_path: Path) -> None:
    path = written(tmp_path, "csv")
    assert [command.post(path, "places").status_code for _n in range(11)] == [202] * 10 + [409]
