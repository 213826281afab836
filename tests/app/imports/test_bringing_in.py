"""A file is looked into, its columns are named, and its rows are stored with the rights of whoever sent it."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.permissions import Permission, Role
from tests.app.imports.files import KINDS_OF_FILES, Sender, collection, counts, text, work, written
from tests.people import EAST, WEST, Staff
from tests.servers import Clone
from workers import imports

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
INCIDENTS = (
    "id,type,date,lon,lat,description,deaths,witness\n"
    "1,Killing,2026-10-03,0.5,0.5,EXERCISE: two killed,2,A. Name\n"
    "2,abduction,2026-10-04T10:00:00+03:00,1.5,0.5,EXERCISE: one taken,0,B. Name\n"
)


@pytest.mark.parametrize("ending", KINDS_OF_FILES)
def test_places_come_in_from_every_format_and_again_without_change(
    command: Sender, owner: psycopg.Connection, tmp_path: Path, ending: str
) -> None:
    path = written(tmp_path, ending)
    seen = command.send(path)
    assert (seen["state"], seen["found"]["rows"], len(seen["found"]["first"])) == ("looked", 2, 2), seen
    assert seen["name"] == path.name
    if ending != "csv":
        assert seen["found"]["shapes"] == {"Point": 2} and seen["found"]["system"].startswith("EPSG:4326")
        assert seen["found"]["extent"] == [0.5, 0.4, 1.5, 0.6]
    if ending == "gpx":
        seen["found"]["guesses"]["code"] = "cmt"
    told = command.go_on(seen)
    assert (told["state"], counts(told)) == ("done", (2, 0, 0, 0)), told
    stored = owner.execute(
        "SELECT code, name, round(ST_X(place)::numeric, 5) FROM places ORDER BY code"
    ).fetchall()
    assert [(c, n, float(x)) for c, n, x in stored] == [
        ("P1", "EXERCISE Àbà", 0.5),
        ("P2", "EXERCISE B", 1.5),
    ]
    again = command.send(path)
    if ending == "gpx":
        again["found"]["guesses"]["code"] = "cmt"
    assert counts(command.go_on(again)) == (0, 0, 2, 0)


def test_what_changed_is_counted_apart_and_a_bad_row_keeps_nobody_out(
    command: Sender, owner: psycopg.Connection, tmp_path: Path
) -> None:
    command.bring_in(written(tmp_path, "csv"))
    rows = "code,name,lon,lat\nP1,EXERCISE renamed,0.5,0.6\nP2,EXERCISE B,1.5,0.4\n"
    rows += "P3,EXERCISE C,0.1,0.1\nP4,,0.1,0.1\nP5,E,nan,0\nP6,E,999,0\n"
    told = command.bring_in(text(tmp_path / "b.csv", rows))
    assert counts(told) == (1, 1, 1, 3)
    assert command.refused(told["id"]) == [
        "row,reason", "5,name is missing", "6,longitude and latitude are missing or not numbers",
        "7,longitude or latitude is out of range",
    ]  # fmt: skip
    # Codes are stored, and said in the reader's language when they are shown.
    stored = owner.execute("SELECT refusals FROM imports WHERE id = %s", [told["id"]]).fetchone()
    assert stored == (
        [[5, "missing", {"column": "name"}], [6, "no_position", {}], [7, "position_out_of_range", {}]],
    )


def test_the_page_and_the_list_say_codes_in_words_and_sentences_of_before_as_they_stand(
    command: Sender, staff: Staff, owner: psycopg.Connection, tmp_path: Path
) -> None:
    number = command.bring_in(written(tmp_path, "csv"))["id"]
    refusals = [[9, "no_number", {"column": "population"}], [9, "missing", {"column": "EXERCISE 5%"}],
                [4, "EXERCISE: 5% of a sentence"], [9, "missing", {"column": "EXERCISE 5%"}]]  # fmt: skip
    owner.execute("UPDATE imports SET refusals = %s WHERE id = %s", [json.dumps(refusals), number])
    assert command.refused(number)[1:] == [
        "4,EXERCISE: 5% of a sentence", "9,EXERCISE 5% is missing", "9,EXERCISE 5% is missing",
        "9,population is not a number",
    ]  # fmt: skip
    page = staff.client(Role.FC_STAFF).get(f"/imports/{number}").get_data(as_text=True)
    assert "<td>population is not a number</td>" in page and "<td>EXERCISE: 5% of a sentence</td>" in page


def test_roads_boundaries_and_units_come_in_by_their_shapes(
    command: Sender, owner: psycopg.Connection, tmp_path: Path
) -> None:
    line = {"type": "LineString", "coordinates": [[0, 0], [0.1, 0]]}
    roads = collection(
        tmp_path / "r.geojson", ({"id": "R1"}, line), ({"id": "R2"}, {"type": "Point", "coordinates": [0, 0]})
    )
    told = command.bring_in(roads, "roads", {"class": "track"})
    assert counts(told) == (1, 0, 0, 1)
    assert owner.execute("SELECT code, road_class FROM road_links").fetchall() == [("R1", "track")]
    # The child stands before its parent in the file, and after it in the table.
    areas = collection(
        tmp_path / "a.geojson",
        ({"pcode": "EX01", "name": "EXERCISE North", "level": 1, "parent": "EX"}, SQUARE),
        ({"pcode": "EX", "name": "EXERCISE Land", "level": 0, "parent": None}, SQUARE),
    )
    assert counts(command.bring_in(areas, "boundaries")) == (2, 0, 0, 0)
    units = text(tmp_path / "u.csv", "code,name,kind,lon,lat,strength\nB1,EXERCISE Bn,bn,1.5,0.5,700\n")
    assert counts(command.bring_in(units, "units")) == (1, 0, 0, 0)
    assert owner.execute("SELECT s.code FROM units u JOIN sectors s ON s.id = u.sector_id").fetchall() == [
        (EAST,)
    ]


def test_rivers_actors_and_networks_come_in_as_their_sender(
    command: Sender, staff: Staff, owner: psycopg.Connection, tmp_path: Path
) -> None:
    line = {"type": "LineString", "coordinates": [[0, 0], [0.1, 0]]}
    rivers = collection(
        tmp_path / "r.geojson", ({"id": "RV1", "nom": "EXERCISE Water"}, line), ({"id": "RV2"}, SQUARE)
    )
    assert counts(command.bring_in(rivers, "rivers")) == (1, 0, 0, 1)
    assert owner.execute("SELECT code, name FROM rivers").fetchall() == [("RV1", "EXERCISE Water")]
    actors = text(tmp_path / "a.csv", "code,name\nRED,EXERCISE Red Column\nBLUE,EXERCISE Blue Column\n")
    seen = command.send(actors, "actors")
    page = staff.client(Role.FC_STAFF).get(f"/imports/{seen['id']}").get_data(as_text=True)
    assert "rows without a shape" in page and '"e:rebel_group"' in page
    assert counts(command.go_on(seen, {"kind": "rebel_group"})) == (2, 0, 0, 0)
    told = command.bring_in(
        text(tmp_path / "b.csv", "code,name,kind\nRED,EXERCISE Red Column,knights\n"), "actors"
    )
    assert counts(told) == (0, 0, 0, 1) and "kind must be state_military" in command.refused(told["id"])[1]
    networks = (
        "code,name,channel,lon,lat,working\nN1,EXERCISE A,phone,0.5,0.5,no\nN2,EXERCISE B,radio,1.5,0.5,\n"
    )
    assert counts(command.bring_in(text(tmp_path / "n.csv", networks), "networks")) == (2, 0, 0, 0)
    assert counts(command.bring_in(text(tmp_path / "m.csv", networks), "networks")) == (0, 0, 2, 0)
    stored = "SELECT s.code, working FROM community_networks JOIN sectors s ON s.id = sector_id ORDER BY 1"
    assert owner.execute(stored).fetchall() == [("EAST", True), ("WEST", False)]
    recorded = owner.execute(
        "SELECT action, subject FROM ledger_events WHERE action LIKE 'mission.%_imported' ORDER BY id"
    )
    assert recorded.fetchall() == [
        ("mission.rivers_imported", "rivers:batch"), ("mission.actors_imported", "actors:batch"),
        ("mission.networks_imported", "community_networks:batch"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["rivers", "actors", "networks"])
def test_who_does_not_manage_the_mission_brings_none_of_these_in(
    staff: Staff, owner: psycopg.Connection, tmp_path: Path, kind: str
) -> None:
    sector = Sender(staff, owner, Role.SECTOR_OPS)
    assert sector.post(text(tmp_path / "a.csv", "code,name,kind\nA,B,unknown\n"), kind).status_code == 403


def test_incidents_come_in_once_with_the_columns_that_were_named_and_no_others(
    command: Sender, owner: psycopg.Connection, tmp_path: Path
) -> None:
    path = text(tmp_path / "i.csv", INCIDENTS)
    told = command.bring_in(path, "incidents", source="INSO weekly")
    assert counts(told) == (2, 0, 0, 0), command.refused(told["id"])
    rows = owner.execute(
        "SELECT kind, killed_best, occurred_from, source, source_reliability, original::text "
        "FROM incidents ORDER BY source_id"
    ).fetchall()
    assert [(r[0], r[1], r[2].isoformat(), r[3], r[4]) for r in rows] == [
        ("killing", 2, "2026-10-03T00:00:00+00:00", "INSO weekly", "F"),
        ("abduction", 0, "2026-10-04T07:00:00+00:00", "INSO weekly", "F"),
    ]
    assert "Name" not in "".join(r[5] for r in rows)
    assert owner.execute("SELECT DISTINCT import_id FROM incidents").fetchall() == [(told["id"],)]
    changed = text(tmp_path / "j.csv", INCIDENTS.replace("two killed,2", "three killed,3"))
    told = command.bring_in(changed, "incidents", source="INSO weekly")
    assert counts(told) == (0, 0, 1, 1) and "not rewritten" in command.refused(told["id"])[1]


def test_a_sector_s_officer_records_incidents_of_his_sector_alone(
    staff: Staff, owner: psycopg.Connection, tmp_path: Path
) -> None:
    path = text(tmp_path / "i.csv", INCIDENTS)
    west = Sender(staff, owner, Role.SECTOR_OPS, WEST)
    told = west.bring_in(path, "incidents", source="INSO weekly")
    assert counts(told) == (1, 0, 0, 1)
    assert west.refused(told["id"])[1] == "3,lies outside the sectors whose incidents you record"
    # What the other sector's officer brings in under the same numbers is not told to him, nor does it keep his out.
    east = Sender(staff, owner, Role.SECTOR_OPS, EAST)
    assert counts(east.bring_in(path, "incidents", source="INSO weekly")) == (1, 0, 0, 1)
    assert counts(west.bring_in(path, "incidents", source="INSO weekly")) == (0, 0, 1, 1)


@pytest.mark.parametrize("wall", ["policies", "application"])
def test_each_wall_keeps_another_sector_s_incident_out_by_itself(
    staff: Staff, owner: psycopg.Connection, tmp_path: Path, wall: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if wall == "policies":
        from app.imports import kinds
        from app.incidents.importing import house

        real = house.importing

        def blind(source: str, by_id: int, import_id: int) -> Any:
            made = real(source, by_id, import_id)
            make = made.make
            return type(made)(
                made.table, made.action, lambda row: make(row) | {"everywhere": True}, made.statement
            )

        monkeypatch.setattr(kinds, "incidents_importing", blind)
    else:
        owner.execute("ALTER TABLE incidents NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
    told = Sender(staff, owner, Role.SECTOR_OPS, WEST).bring_in(
        text(tmp_path / "i.csv", INCIDENTS), "incidents", source="INSO weekly"
    )
    assert counts(told) == (1, 0, 0, 1)


def test_each_kind_asks_for_the_right_to_write_what_it_holds(
    staff: Staff, owner: psycopg.Connection, tmp_path: Path
) -> None:
    path = written(tmp_path, "csv")
    assert Sender(staff, owner, Role.WATCHKEEPER_JOC).post(path, "places").status_code == 403
    assert Sender(staff, owner, Role.HR_OFFICER).post(path, "tracks").status_code == 403
    assert Sender(staff, owner, Role.AUDITOR).post(path, "incidents").status_code == 403
    assert Sender(staff, owner, Role.FC_STAFF).post(path, "defenders").status_code == 422
    narrow = Sender(staff, owner, Role.FC_STAFF)
    narrow.headers = staff.bearer(Role.FC_STAFF, scopes=[Permission.BRING_FILES_IN])
    assert narrow.post(path, "places").status_code == 403


def test_whoever_lost_the_right_meanwhile_stores_nothing(
    command: Sender, staff: Staff, owner: psycopg.Connection, tmp_path: Path
) -> None:
    seen = command.send(written(tmp_path, "csv"))
    fields = [{"field": k, "column": v} for k, v in seen["found"]["guesses"].items()]
    assert command.start(seen["id"], fields=fields).status_code == 202
    with owner.transaction():
        owner.execute(
            "UPDATE people SET role = 'watchkeeper_joc' WHERE id = %s", [staff.person(Role.FC_STAFF)]
        )
        owner.execute(
            "INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 'tests', 'tests:0', '{}')"
        )
    work(owner)
    told = command.told(seen["id"])
    assert told["state"] == "failed" and "may no longer store" in told["failure"]
    assert owner.execute("SELECT count(*) FROM places").fetchone() == (0,)


def test_nobody_sees_another_s_file_with_either_wall_alone(
    command: Sender, staff: Staff, owner: psycopg.Connection, tmp_path: Path
) -> None:
    seen = command.send(written(tmp_path, "csv"))
    other = Sender(staff, owner, Role.POC_OFFICER)
    address = f"/api/v1/imports/{seen['id']}"
    absent = other.client.get("/api/v1/imports/999999", headers=other.headers)
    for statement in (
        "SELECT 1",
        "ALTER TABLE imports NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY",
    ):
        owner.execute(statement)
        found = other.client.get(address, headers=other.headers)
        assert (found.status_code, found.data) == (404, absent.data)
        assert other.client.post(f"{address}/remove", json={}, headers=other.headers).status_code == 404
        assert other.client.get("/api/v1/imports", headers=other.headers).get_json() == {"imports": []}


def test_the_file_lies_under_a_name_of_ours_until_it_is_brought_in(
    command: Sender, clone: Clone, tmp_path: Path
) -> None:
    path = written(tmp_path, "csv").rename(tmp_path / "list of A. Name.csv")
    seen = command.send(path)
    (lying,) = (clone.var / "imports").iterdir()
    assert stat.S_IMODE(lying.stat().st_mode) == 0o600 and "Name" not in lying.name
    assert stat.S_IMODE(lying.parent.stat().st_mode) == 0o700
    command.go_on(seen)
    assert list((clone.var / "imports").iterdir()) == []


def test_everything_is_in_the_log_and_the_file_s_name_is_not(
    command: Sender, owner: psycopg.Connection, tmp_path: Path
) -> None:
    path = written(tmp_path, "csv").rename(tmp_path / "Zwickelbrot.csv")
    command.bring_in(path)
    number = command.send(path)["id"]
    assert (
        command.client.post(f"/api/v1/imports/{number}/remove", json={}, headers=command.headers).status_code
        == 200
    )
    events = owner.execute(
        "SELECT action, details, actor_id IS NOT NULL FROM ledger_events "
        "WHERE action LIKE 'imports.%' OR action = 'mission.places_imported' ORDER BY id"
    ).fetchall()
    assert [(e[0], e[2]) for e in events] == [
        ("imports.sent", True), ("imports.started", True), ("mission.places_imported", True), ("imports.done", False),
        ("imports.sent", True), ("imports.removed", True),
    ]  # fmt: skip
    assert "Zwickelbrot" not in json.dumps([e[1] for e in events])
    rows = owner.execute("SELECT args::text FROM outbox").fetchall()
    assert "Zwickelbrot" not in str(rows)


def test_what_nobody_brings_in_is_gone_after_a_day(
    command: Sender, clone: Clone, owner: psycopg.Connection, tmp_path: Path, worker: Any
) -> None:
    old, new = command.send(written(tmp_path, "csv")), command.send(written(tmp_path, "geojson"))
    owner.execute("UPDATE imports SET at = now() - interval '25 hours' WHERE id = %s", [old["id"]])
    with worker.app_context():
        imports.remove_old()
        imports.db.session.commit()
    assert command.told(old["id"])["state"] == "removed" and command.told(old["id"])["found"] is None
    assert command.told(new["id"])["state"] == "looked"
    assert [f.suffix for f in (clone.var / "imports").iterdir()] == [".geojson"]


def test_a_worker_that_was_killed_is_followed_by_one_that_counts_no_row_twice(
    command: Sender, owner: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(f"P{n}", f"EXERCISE {n}", 0.5, 0.5) for n in range(1200)]
    seen = command.send(written(tmp_path, "csv", rows))
    real, calls = imports.keep_batch, []

    def killed(*given: Any) -> None:
        calls.append(given[3])
        if len(calls) == 2:
            raise KeyboardInterrupt  # neither caught nor recorded, like the end of the process
        real(*given)

    with monkeypatch.context() as half_way:
        half_way.setattr(imports, "keep_batch", killed)
        with pytest.raises(KeyboardInterrupt):
            command.go_on(seen)
    told = command.told(seen["id"])
    assert (told["state"], told["done"], told["new"]) == ("running", 500, 500)
    owner.execute("UPDATE outbox SET enqueued_at = NULL")
    work(owner)
    told = command.told(seen["id"])
    assert (told["state"], told["done"], counts(told)) == ("done", 1200, (1200, 0, 0, 0))
