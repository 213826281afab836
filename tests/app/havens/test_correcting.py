"""A wrong name, kind or place is corrected: by whom it concerns, at once everywhere, and what stood there is kept."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.errors import CheckViolation, InsufficientPrivilege
from sqlalchemy import text

from app.db import db
from app.documents.brief import thaw
from app.documents.freezing import Ordered, freeze_document
from app.documents.outline import outline
from app.havens.first import pressing
from app.permissions import Role, Viewer
from app.rules.facts import targets
from tests.app.documents.conftest import said_in
from tests.app.evacuations.test_evacuations import again, planned
from tests.app.havens.conftest import Build
from tests.people import EAST, WEST, Staff, csrf_of, record
from tests.planning_ground import small_country

WHY = "EXERCISE: the list had the wrong bank of the river."
EASTWARDS = {"lon": 1.5, "lat": 0.5}


def correct(client: FlaskClient, headers: dict[str, str], haven: int, **fields: Any) -> Any:
    return client.post(f"/api/v1/havens/{haven}/correction", json={"why": WHY} | fields, headers=headers)


def test_it_is_corrected_on_a_page_which_keeps_what_stood_before_and_why(
    staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    keeper, haven = staff.client(Role.SECTOR_OPS), build("A", occupancy=3)
    page = keeper.get(f"/havens/{haven}").get_data(as_text=True)
    assert f'href="/havens/{haven}/correction"' in page and "What was corrected" not in page
    address = f"/havens/{haven}/correction"
    shown = keeper.get(address).get_data(as_text=True)
    assert 'value="EXERCISE haven A"' in shown and "0.50000, 0.50000" in shown
    typed = {"csrf_token": csrf_of(keeper, address), "name": "EXERCISE chapel", "kind": "secured_area",
             "place": "31N BA", "why": WHY, "seen": "0"}  # fmt: skip
    refused = keeper.post(address, data=typed)
    words = refused.get_data(as_text=True)
    assert refused.status_code == 422 and 'value="EXERCISE chapel"' in words and WHY in words
    assert keeper.post(address, data=typed | {"place": "0.5, 0.51"}).status_code == 303
    page = keeper.get(f"/havens/{haven}").get_data(as_text=True)
    for said in (
        "Name: EXERCISE haven A → <strong>EXERCISE chapel</strong>",
        "Kind: Shelter in a base → <strong>Guarded area, church or school</strong>",
        "(0.50000, 0.51000), 1.1 km away</strong>", WHY, "Name, kind or place corrected", "3 of 10",
    ):  # fmt: skip
        assert said in page, said
    # What is left empty stays where it is.
    again = typed | {"name": "EXERCISE chapel of the ford", "place": "", "seen": ""}
    assert keeper.post(address, data=again).status_code == 303
    kept = owner.execute(
        "SELECT name_before, name, kind_before, kind, ST_X(place_before), ST_X(place), why FROM haven_corrections "
        "ORDER BY id"
    ).fetchall()
    assert kept == [
        ("EXERCISE haven A", "EXERCISE chapel", "base_shelter", "secured_area", 0.5, 0.51, WHY),
        ("EXERCISE chapel", "EXERCISE chapel of the ford", "secured_area", "secured_area", 0.51, 0.51, WHY),
    ]
    told = owner.execute("SELECT details FROM ledger_events WHERE action = 'havens.corrected' ORDER BY id")
    assert [details for (details,) in told] == [
        {"haven": haven, "fields": ["kind", "name", "place"]}, {"haven": haven, "fields": ["name"]},
    ]  # fmt: skip


def test_whatever_looks_for_it_finds_it_as_it_is_now_and_by_the_road_that_leads_there(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    small_country(owner, staff)
    keeper, haven = staff.bearer(Role.SECTOR_OPS), build("A", lon=0.4)

    def seen() -> dict[str, Any]:
        [near] = client.get("/api/v1/havens/nearest?place=0.5, 0.3", headers=keeper).json["havens"]
        layer = staff.client(Role.SECTOR_OPS).get("/map/layers/havens.geojson?zoom=9").json
        found = client.get("/api/v1/find?q=EXERCISE chapel", headers=keeper).json
        with staff.acting(Role.SECTOR_OPS):
            around = db.session.execute(text("SELECT * FROM vigil.surroundings(0.1, 0.5, 5000, now())")).all()
            watched = targets("haven", staff.sectors[WEST])
        return {
            "minutes": near["minutes"], "metres": round(near["metres"], -3),
            "drawn": layer["features"][0]["geometry"]["coordinates"],
            "found": [each["title"] for each in found["found"] if each["kind"] == "haven"],
            "around": [row for row in around if row[0] == "haven"], "watched": [(p.x, p.y) for p in watched],
        }  # fmt: skip

    before = seen()
    answer = correct(client, keeper, haven, name="EXERCISE chapel", place={"lon": 0.1, "lat": 0.5}, seen=0)
    assert answer.status_code == 200, answer.json
    assert (answer.json["name"], answer.json["place"]["lon"]) == ("EXERCISE chapel", 0.1)
    now = seen()
    assert (before["metres"], now["metres"]) == (11_000, 22_000)
    assert (before["minutes"], now["minutes"]) == (20, 40)
    assert (before["drawn"][0], now["drawn"][0]) == (0.4, 0.1)
    assert (before["around"], len(now["around"])) == ([], 1)
    assert (before["watched"], now["watched"]) == ([(0.4, 0.5)], [(0.1, 0.5)])
    assert "EXERCISE chapel" not in before["found"] and now["found"] == ["EXERCISE chapel"]


@pytest.mark.parametrize(
    ("role", "sent", "status"),
    [
        (Role.SECTOR_OPS, {}, 422),
        (Role.SECTOR_OPS, {"name": "EXERCISE haven A", "kind": "base_shelter"}, 422),
        (Role.SECTOR_OPS, {"place": {"lon": 0.500001, "lat": 0.5}}, 422),  # ten centimetres
        (Role.SECTOR_OPS, {"place": {"mgrs": "31N BA 22 55"}}, 422),  # a square of a kilometre
        (Role.SECTOR_OPS, {"place": {"lon": 0.5, "lat": 50.0}}, 422),  # no sector of the mission
        (Role.WATCHKEEPER_JOC, {"place": {"lon": 50.0, "lat": 0.5}}, 422),
        (Role.SECTOR_OPS, {"kind": "safe_house"}, 422),
        (Role.SECTOR_OPS, {"name": "x"}, 422),
        (Role.SECTOR_OPS, {"name": "EXERCISE chapel", "why": "no"}, 422),
        (Role.SECTOR_OPS, {"name": "EXERCISE chapel", "exposure": "secret"}, 422),
        (Role.SECTOR_OPS, {"place": EASTWARDS}, 403),
        (Role.HOM, {"name": "EXERCISE chapel"}, 403),
        (Role.SECTOR_OPS, {"name": "EXERCISE haven B"}, 409),  # stands 300 metres away
        (Role.SECTOR_OPS, {"name": "EXERCISE haven A", "place": {"lon": 0.503, "lat": 0.501}}, 200),
        (Role.WATCHKEEPER_JOC, {"place": EASTWARDS}, 200),
    ],
)
def test_who_may_correct_what(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection, role: Role, sent: dict[str, Any],
    status: int,
) -> None:  # fmt: skip
    haven = build("A")
    build("B", lon=0.503)
    answer = correct(client, staff.bearer(role), haven, **sent)
    assert answer.status_code == status, answer.json
    kept = owner.execute("SELECT count(*) FROM haven_corrections").fetchone()
    assert kept == (int(status == 200),)


def test_of_two_officers_who_correct_at_once_the_second_looks_again(
    client: FlaskClient, staff: Staff, build: Build
) -> None:
    haven, one, other = build("A"), staff.bearer(Role.SECTOR_OPS), staff.bearer(Role.WATCHKEEPER_JOC)
    assert correct(client, one, haven, name="EXERCISE chapel", seen=0).status_code == 200
    late = correct(client, other, haven, name="EXERCISE church", seen=0)
    assert (late.status_code, late.json["code"]) == (409, "changed_meanwhile")
    [standing] = client.get(f"/api/v1/havens/{haven}", headers=other).json["corrections"]
    assert (standing["before"]["name"], standing["after"]["name"]) == ("EXERCISE haven A", "EXERCISE chapel")
    assert correct(client, other, haven, name="EXERCISE church", seen=1).status_code == 200
    # What is numbered through tells how many there are of others.
    assert set(standing) == {"at", "by_role", "why", "before", "after"}


def test_one_that_is_compromised_is_neither_renamed_nor_moved_until_it_is_closed(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    keeper, haven = staff.bearer(Role.SECTOR_OPS), build("A", state="compromised")
    for sent in ({"name": "EXERCISE chapel"}, {"place": {"lon": 0.7, "lat": 0.5}}, {"kind": "hospital"}):
        assert correct(client, keeper, haven, **sent).json["code"] == "wrong_state"
    assert "/correction" not in staff.client(Role.SECTOR_OPS).get(f"/havens/{haven}").get_data(as_text=True)
    with owner.transaction():
        owner.execute("UPDATE havens SET state = 'closed'")
        record(owner)
    assert correct(client, keeper, haven, name="EXERCISE chapel").json["state"] == "closed"


ADD = (
    "INSERT INTO haven_corrections (haven_id, by_id, by_role, why, name, kind, place) "
    "VALUES (%s, %s, 'x', 'x', 'EXERCISE chapel', %s, ST_SetSRID(ST_MakePoint(%s, 0.5), 4326)) RETURNING id"
)


def enter(c: psycopg.Connection, who: Viewer) -> None:
    c.execute("SELECT vigil.enter(%s, %s, %s, %s, %s)", who.as_database_context())


def test_by_hand_on_the_database_nobody_corrects_more_than_he_may(
    staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    known, hidden, bad = build("A"), build("S", exposure="secret"), build("C", state="compromised")
    east, me = build("E", lon=1.5), staff.person(Role.SECTOR_OPS)
    with staff.acting(Role.SECTOR_OPS) as who:
        pass
    with psycopg.connect(staff.clone.plain_url("vigil_app")) as c:
        for refused in (
            (known, me, "hospital", 1.5), (known, me, "hospital", 60.0), (known, me, "safe_house", 0.6),
            (known, staff.person(Role.HOM), "hospital", 0.6), (hidden, me, "hospital", 0.6),
            (bad, me, "hospital", 0.6), (east, me, "hospital", 0.6), (999_999, me, "hospital", 0.6),
        ):  # fmt: skip
            enter(c, who)
            with pytest.raises(InsufficientPrivilege, match="row-level security"):
                c.execute(ADD, refused)
            c.rollback()
        for column in ("name = 'x'", "kind = 'hospital'", "place = place", "sector_id = NULL"):
            enter(c, who)
            with pytest.raises(InsufficientPrivilege):
                c.execute(f"UPDATE havens SET {column}")  # type: ignore[arg-type]
            c.rollback()
        # What may be is in force at once, and not without its event.
        enter(c, who)
        assert c.execute(ADD, [known, me, "hospital", 0.6]).fetchone()
        assert c.execute("SELECT name, kind FROM havens WHERE id = %s", [known]).fetchone() == (
            "EXERCISE chapel", "hospital",
        )  # fmt: skip
        with pytest.raises(psycopg.errors.IntegrityError, match="not recorded"):
            c.commit()
    assert owner.execute("SELECT count(*) FROM haven_corrections").fetchone() == (0,)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("''", "'POINT(0.5 0.5)'"),
        ("repeat('x', 121)", "'POINT(0.5 0.5)'"),
        ("'EXERCISE chapel'", "'POINT EMPTY'"),
    ],
)
def test_the_database_itself_takes_no_name_that_is_none_and_no_place_that_is_nowhere(
    staff: Staff, build: Build, owner: psycopg.Connection, name: str, place: str
) -> None:
    haven, me = build("A"), staff.person(Role.SECTOR_OPS)
    with pytest.raises(CheckViolation):
        owner.execute(
            "INSERT INTO haven_corrections (haven_id, by_id, by_role, why, name, kind, place) "
            f"VALUES (%s, %s, 'x', 'x', {name}, 'hospital', ST_GeomFromText({place}, 4326))",  # type: ignore[arg-type]
            [haven, me],
        )
    with pytest.raises(CheckViolation):
        owner.execute(f"UPDATE havens SET name = {name}, place = ST_GeomFromText({place}, 4326)")  # type: ignore[arg-type]


def test_heads_that_were_counted_are_no_younger_for_another_name(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    keeper, haven = staff.bearer(Role.SECTOR_OPS), build("A", occupancy=3)
    counted = client.get(f"/api/v1/havens/{haven}", headers=keeper).json["changed_at"]
    answer = correct(client, keeper, haven, name="EXERCISE chapel", place={"lon": 0.51, "lat": 0.5})
    assert (answer.json["name"], answer.json["changed_at"]) == ("EXERCISE chapel", counted)
    noted = owner.execute("SELECT reason FROM haven_changes").fetchall()
    assert noted == [("corrected",)]
    told = owner.execute("SELECT count(*) FROM ledger_events WHERE action = 'havens.changed'").fetchone()
    assert told == (1,)


def test_every_correction_is_listed(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    haven, me = build("A"), staff.person(Role.SECTOR_OPS)
    with owner.transaction():
        owner.execute(
            "INSERT INTO haven_corrections (haven_id, by_id, by_role, why, name, kind, place) "
            "SELECT %s, %s, 'sector_ops', 'EXERCISE', 'EXERCISE ' || n, 'hospital', 'SRID=4326;POINT(0.5 0.5)' "
            "FROM generate_series(1, 21) n",
            [haven, me],
        )
        record(owner)
    told = client.get(f"/api/v1/havens/{haven}", headers=staff.bearer(Role.SECTOR_OPS)).json["corrections"]
    assert [each["after"]["name"] for each in told] == [f"EXERCISE {n}" for n in range(21, 0, -1)]


def test_moved_into_another_sector_it_is_that_one_s_and_its_past_stays_with_the_first(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    haven = build("A")
    build("X")  # of which nothing is corrected
    moment = owner.execute("SELECT clock_timestamp()").fetchone()
    assert moment
    then = f"&known_at={moment[0].isoformat().replace('+', '%2B')}"
    assert correct(client, staff.bearer(Role.POC_OFFICER), haven, place=EASTWARDS).status_code == 200

    def drawn(sector: str, when: str) -> set[float]:
        answer = staff.client(Role.SECTOR_OPS, sector).get(f"/map/layers/havens.geojson?zoom=9{when}").json
        return {feature["geometry"]["coordinates"][0] for feature in answer["features"]}

    def kept(sector: str) -> list[tuple[Any, ...]]:
        with staff.acting(Role.SECTOR_OPS, sector):
            asked = text(
                "SELECT ST_X(shape), known_until = 'infinity' FROM revisions WHERE row_id = :haven AND layer = 'havens'"
            )
            return [tuple(row) for row in db.session.execute(asked, {"haven": haven})]

    assert (drawn(WEST, ""), drawn(EAST, "")) == ({0.5}, {1.5})
    assert (drawn(WEST, then), drawn(EAST, then)) == ({0.5}, set())
    assert (kept(WEST), kept(EAST)) == ([(0.5, False)], [(1.5, True)])
    for sector, status in ((WEST, 404), (EAST, 200)):
        headers = staff.bearer(Role.SECTOR_OPS, sector)
        assert client.get(f"/api/v1/havens/{haven}", headers=headers).status_code == status
        assert correct(client, headers, haven, name="EXERCISE chapel").status_code == status


def test_a_siting_study_stays_with_those_who_read_it_after_a_haven_of_it_was_put_into_another_sector(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    haven, reader = build("A"), staff.bearer(Role.SECTOR_OPS)
    with owner.transaction():
        row = owner.execute(
            "INSERT INTO siting_studies (sector_id, goal, seasons, new_sites, minutes, haven_states, haven_ids, "
            "asked_by_id) VALUES (%s, 'most_within', 'dry', 1, 60, '{open}', %s, %s) RETURNING id",
            [staff.sectors[WEST], [haven], staff.person(Role.SECTOR_OPS)],
        ).fetchone()
        record(owner)
    assert row and correct(client, staff.bearer(Role.POC_OFFICER), haven, place=EASTWARDS).status_code == 200
    assert client.get(f"/api/v1/siting/{row[0]}", headers=reader).status_code == 200
    assert (
        client.get(f"/api/v1/siting/{row[0]}", headers=staff.bearer(Role.SECTOR_OPS, EAST)).status_code == 404
    )
    with owner.transaction():
        owner.execute("UPDATE havens SET exposure = 'secret'")
        record(owner)
    assert client.get(f"/api/v1/siting/{row[0]}", headers=reader).status_code == 404


def test_a_hidden_one_is_corrected_by_the_cleared_and_for_all_others_nothing_has_happened(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    haven = build("S", exposure="secret")
    blind, asking = staff.client(Role.WATCHKEEPER_JOC), staff.bearer(Role.WATCHKEEPER_JOC)

    def looked() -> list[tuple[int, bytes]]:
        pages = [blind.get(f"/havens/{haven}{what}").status_code for what in ("", "/correction")]
        told = [client.get(f"/api/v1/{what}", headers=asking) for what in ("havens", f"havens/{haven}")]
        told.append(blind.get("/map/layers/havens.geojson?zoom=9"))
        return [*((status, b"") for status in pages), *((answer.status_code, answer.data) for answer in told)]

    before = looked()
    cleared = staff.bearer(Role.POC_OFFICER)
    sent = {"name": "EXERCISE seventh house", "kind": "safe_house", "place": EASTWARDS}
    assert correct(client, cleared, haven, **sent).status_code == 200
    assert looked() == before
    refused = [correct(client, staff.bearer(Role.WATCHKEEPER_JOC), n, **sent) for n in (haven, 999_999)]
    assert [r.status_code for r in refused] == [404, 404] and refused[0].data == refused[1].data
    told = owner.execute("SELECT details FROM ledger_events WHERE action LIKE 'havens.c%'").fetchall()
    assert told == [(None,), (None,)]
    # It may become a kind that is known openly, and stays hidden; its name is that of no haven that others see.
    assert correct(client, cleared, haven, kind="hospital").json["exposure"] == "secret"
    other = build("B", lon=1.501)
    taken = correct(client, staff.bearer(Role.WATCHKEEPER_JOC), other, name="EXERCISE seventh house")
    assert taken.status_code == 200


def test_a_record_that_was_written_before_the_place_was_corrected_is_asked_for_anew(
    client: FlaskClient, staff: Staff, build: Build
) -> None:
    keeper, haven = staff.bearer(Role.SECTOR_OPS), build("A")
    ways = [{"to": "EXERCISE junction"}, {"to": "EXERCISE ford"}]

    def asked() -> bool:
        with staff.acting(Role.SECTOR_OPS):
            return any("ways_from_elsewhere" in each.faults for each in pressing()[0])

    for act, fields, expected in (
        ("record", {"ways": ways}, False), ("correction", {"name": "EXERCISE chapel"}, False),
        ("correction", {"place": {"lon": 0.51, "lat": 0.5}}, True), ("record", {"ways": ways[:1]}, False),
    ):  # fmt: skip
        answer = client.post(f"/api/v1/havens/{haven}/{act}", json={"why": WHY} | fields, headers=keeper)
        assert answer.status_code == 200, answer.json
        assert asked() is expected, (act, fields)


@pytest.fixture
def roomy(staff: Staff, build: Build, owner: psycopg.Connection) -> int:
    """A haven with places for a village, on the road of a small country."""
    small_country(owner, staff)
    haven = build("A", lon=0.4)
    with owner.transaction():
        owner.execute("UPDATE havens SET capacity_night = 2000")
        record(owner)
    return haven


def issue(watch: FlaskClient, made: dict[str, Any]) -> Any:
    page = f"/evacuations/{made['id']}"
    return watch.post(f"{page}/1/issue", data={"csrf_token": csrf_of(watch, page)})


def test_an_order_in_force_keeps_what_it_said_and_its_page_says_what_is_true_now(
    client: FlaskClient, staff: Staff, roomy: int, owner: psycopg.Connection
) -> None:
    watch, ordered = staff.client(Role.WATCHKEEPER_JOC), planned(client, staff.bearer(Role.SECTOR_OPS))
    assert issue(watch, ordered).status_code == 303
    mover, address = staff.bearer(Role.POC_OFFICER), f"/evacuations/{ordered['id']}"
    there = {"lon": 0.41, "lat": 0.5}
    assert correct(client, mover, roomy, name="EXERCISE chapel", place=there).status_code == 200
    page = watch.get(address).get_data(as_text=True)
    assert (
        "the order in force says otherwise" in page
        and "EXERCISE haven A is called EXERCISE chapel now." in page
    )
    assert "1.1 km from where this plan has it" in page
    own = watch.get(f"/havens/{roomy}").get_data(as_text=True)
    assert "Orders in force have this haven by another name" in own and f"EV-{ordered['id']:05d}/1" in own
    # So does the document that is ordered from now on, and the API.
    with staff.acting(Role.HOM):
        subject = {"evacuation_id": ordered["id"], "version": 1}
        brief = thaw(freeze_document(Ordered("DOC-2026-00001", "evacuation_order", subject, "command")))
        told = " ".join(said_in(outline(brief)))
    assert "Tell those on the way" in told and "1.1 km from where this plan has it" in told

    def by_api() -> list[str]:
        found = client.get(f"/api/v1{address}", headers=staff.bearer(Role.WATCHKEEPER_JOC)).json
        return list(found["corrected"])

    renamed, moved = by_api()
    assert renamed == "EXERCISE haven A is called EXERCISE chapel now." and "1.1 km" in moved
    # Also to those who do not read the sector that it lies in now: they are to know where people go.
    assert correct(client, mover, roomy, place=EASTWARDS).status_code == 200
    reader = staff.client(Role.SECTOR_OPS)
    assert reader.get(f"/havens/{roomy}").status_code == 404
    assert "122.4 km from where" in reader.get(address).get_data(as_text=True)
    kept = owner.execute("SELECT content -> 'havens' -> 0 ->> 'name' FROM evacuation_plans").fetchone()
    assert kept == ("EXERCISE haven A",)
    # After a week nobody is on the road by it, nor once it is ended.
    with owner.transaction():
        owner.execute("UPDATE evacuation_plans SET issued_at = issued_at - interval '8 days'")
        record(owner)
    page = watch.get(address).get_data(as_text=True)
    assert "the order in force says otherwise" not in page and "This plan says otherwise" in page
    with owner.transaction():
        owner.execute(
            "UPDATE evacuations SET ended_at = now(), ended_by_id = made_by_id, ended_by_role = made_by_role"
        )
        record(owner)
    assert by_api() == []


def test_an_order_that_says_neither_name_nor_place_of_its_haven_is_passed_over(
    client: FlaskClient, staff: Staff, roomy: int, owner: psycopg.Connection
) -> None:
    watch, ops = staff.client(Role.WATCHKEEPER_JOC), staff.bearer(Role.SECTOR_OPS)
    ordered = planned(client, ops)
    assert issue(watch, ordered).status_code == 303
    assert correct(client, ops, roomy, name="EXERCISE chapel").status_code == 200
    for wrong in ("NULL", "'9e9'"):
        with owner.transaction():
            owner.execute(
                "UPDATE evacuation_plans SET content = jsonb_set(content, '{havens,0,lon}', "
                f"coalesce(to_jsonb({wrong}::float), 'null'))"  # type: ignore[arg-type]
            )
            record(owner)
        shown = watch.get(f"/havens/{roomy}")
        assert shown.status_code == 200 and "Orders in force have" not in shown.get_data(as_text=True)
        told = client.get(f"/api/v1/evacuations/{ordered['id']}", headers=ops)
        assert (told.status_code, told.json["corrected"]) == (200, [])


def test_a_plan_that_has_a_haven_otherwise_is_made_anew_before_it_is_ordered(
    client: FlaskClient, staff: Staff, roomy: int
) -> None:
    ops = staff.bearer(Role.SECTOR_OPS)
    made = planned(client, ops)
    assert correct(client, ops, roomy, name="EXERCISE chapel").status_code == 200
    refused = issue(staff.client(Role.WATCHKEEPER_JOC), made)
    assert refused.status_code == 409 and "is called EXERCISE chapel now" in refused.get_data(as_text=True)
    assert again(client, ops, made)["plan"]["havens"][0]["name"] == "EXERCISE chapel"


def test_what_an_evacuation_names_is_told_by_the_database_to_its_readers_alone(
    client: FlaskClient, staff: Staff, roomy: int, owner: psycopg.Connection
) -> None:
    made = planned(client, staff.bearer(Role.SECTOR_OPS))

    def told(role: Role, sector: str = WEST) -> list[int]:
        with staff.acting(role, sector):
            asked = text("SELECT id FROM vigil.havens_named(:evacuation)")
            return list(db.session.execute(asked, {"evacuation": made["id"]}).scalars())

    seen = (told(Role.SECTOR_OPS), told(Role.SECTOR_OPS, EAST), told(Role.CLA), told(Role.HR_CASE_SUPERVISOR))
    assert seen == ([roomy], [], [], [])
    end = "UPDATE evacuations SET ended_at = {0}, ended_by_id = {1}, ended_by_role = {2}"
    for values, found in (("now()", "made_by_id", "made_by_role"), []), (("NULL",) * 3, [roomy]):
        with owner.transaction():
            owner.execute(end.format(*values))  # type: ignore[arg-type]
            record(owner)
        assert told(Role.SECTOR_OPS) == found
    with owner.transaction():
        owner.execute("UPDATE havens SET exposure = 'secret'")
        record(owner)
    assert (told(Role.SECTOR_OPS), told(Role.WATCHKEEPER_JOC), told(Role.POC_OFFICER)) == ([], [], [roomy])
