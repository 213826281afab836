"""One box finds what may be meant, misspelled too, and nothing that the searcher may not see."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.find import positions, queries
from app.permissions import Permission, Role
from tests.app.havens.conftest import build  # noqa: F401 - a fixture
from tests.app.patrols.world import unit
from tests.people import EAST, WEST, Staff, record
from tests.reports import defender_near, raised

DUTY, OFFICER = Role.WATCHKEEPER_JOC, Role.HR_OFFICER


def found(client: FlaskClient, headers: dict[str, str], asked: str) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/find", query_string={"q": asked}, headers=headers)
    assert answer.status_code == 200, answer.json
    assert answer.headers["Cache-Control"] == "no-store"
    return list(answer.json["found"])


def titles(client: FlaskClient, headers: dict[str, str], asked: str) -> list[str]:
    return [f["title"] for f in found(client, headers, asked)]


@pytest.fixture
def towns(owner: psycopg.Connection) -> None:
    for code, name, people in (
        ("T1", "Kandelé-Mbira", 900), ("T2", "Kandele", 40), ("T3", "Ngarawa", 7000), ("T4", "Bouar 50%_Camp", 1),
    ):  # fmt: skip
        owner.execute(
            "INSERT INTO places (code, name, kind, population, place) VALUES (%s, %s, 'village', %s, "
            "'SRID=4326;POINT(0.5 0.5)')", [code, name, people],
        )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("Kandele", "Kandele"), ("kandele", "Kandele"), ("KANDELÉ MBIRA", "Kandelé-Mbira"), ("Kandlee", "Kandele"),
        ("kandel", "Kandelé-Mbira"), ("Ngarwa", "Ngarawa"), ("Nagarawa", "Ngarawa"), ("mbira", "Kandelé-Mbira"),
        ("t3", "Ngarawa"), ("Bouar 50%_", "Bouar 50%_Camp"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("towns")
def test_a_place_is_found_by_its_name_whatever_the_case_accents_and_typos(
    client: FlaskClient, staff: Staff, asked: str, first: str
) -> None:
    assert titles(client, staff.bearer(DUTY), asked)[0] == first


@pytest.mark.usefixtures("towns")
def test_a_sign_that_means_any_letter_to_the_database_is_a_letter(client: FlaskClient, staff: Staff) -> None:
    assert titles(client, staff.bearer(DUTY), "%") == []
    assert titles(client, staff.bearer(DUTY), "%%%%") == []


def test_the_same_name_is_sure_and_a_like_one_says_so(client: FlaskClient, staff: Staff, towns: None) -> None:
    sure = {f["title"]: f["sure"] for f in found(client, staff.bearer(DUTY), "kandele")}
    assert sure == {"Kandele": "exact", "Kandelé-Mbira": "alike"}


def test_positions_grids_and_times_lead_to_the_map(client: FlaskClient, staff: Staff) -> None:
    headers = staff.bearer(DUTY)
    (there,) = found(client, headers, "0°30'00\"N 1°30'00\"E")
    assert (there["kind"], there["place"]) == ("position", {"lon": 1.5, "lat": 0.5})
    assert there["map_url"].startswith("/map?at=1.50000,0.50000&zoom=")
    (cell,) = found(client, headers, "36N SG 939 733")
    assert cell["kind"] == "grid" and "100 m" in cell["how_sure"] and cell["sure"] == "within"
    (moment,) = found(client, headers, "211430ZNOV26")
    assert moment["map_url"] == "/map?known_at=2026-11-21T14:30:00Z"


def test_what_is_meant_as_a_position_and_is_none_is_told(client: FlaskClient, staff: Staff) -> None:
    answer = client.get("/api/v1/find?q=95,+18", headers=staff.bearer(DUTY)).json
    assert answer["found"] == [] and "out of range" in answer["unread"]


def test_serials_call_signs_and_codes_are_found(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    raised(client, staff.bearer(Role.UNPOL_OPS))
    unit(owner, staff.sectors[WEST], "CF11", 0.5)
    (number,) = owner.execute("SELECT max(id) FROM alerts").fetchone() or (0,)
    (serial,) = owner.execute("SELECT max(serial) FROM field_reports").fetchone() or (0,)
    duty = staff.bearer(DUTY)
    for asked in (f"Alert {number}", f"alert{number}", f"#{number}", str(number)):
        assert f"Alert {number}" in titles(client, duty, asked), asked
    assert titles(client, duty, f"Incident {number}") == []
    assert f"Report {serial}" in titles(client, duty, f"report {serial}")
    for asked in ("HAWK CF11", "hawk-cf11", "cf11", "cf-11"):
        assert titles(client, duty, asked)[0] == "HAWK CF11 · EXERCISE unit CF11", asked


def test_of_another_sector_nothing_is_found(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    raised(client, staff.bearer(Role.UNPOL_OPS))
    (number,) = owner.execute("SELECT max(id) FROM alerts").fetchone() or (0,)
    west, east = staff.bearer(Role.SECTOR_OPS, WEST), staff.bearer(Role.SECTOR_OPS, EAST)
    assert f"Alert {number}" in titles(client, west, str(number))
    nothing = client.get("/api/v1/find?q=999999", headers=east)
    assert client.get(f"/api/v1/find?q={number}", headers=east).get_data() == nothing.get_data()


def test_a_restricted_haven_is_found_by_those_who_are_cleared_and_nobody_else(
    client: FlaskClient,
    staff: Staff,
    build: Any,  # noqa: F811
) -> None:
    build("SECRETHOUSE", exposure="secret")
    assert titles(client, staff.bearer(Role.POC_OFFICER), "secrethouse") == ["EXERCISE haven SECRETHOUSE"]
    for asked in ("secrethouse", "EXERCISE haven", "haven SECRETHOUS"):
        assert titles(client, staff.bearer(DUTY), asked) == []


def kept(owner: psycopg.Connection, sector_id: int, codename: str, compartment: str = "north") -> int:
    made = defender_near(owner, sector_id, codename=codename, compartment=compartment)
    with owner.transaction():
        owner.execute(
            "INSERT INTO consents (defender_id, scope, given_on, until, how) VALUES (%s, 2, current_date - 1, "
            "current_date + 90, 'signed_form')", [made],
        )  # fmt: skip
        record(owner)
    return made


def test_a_codename_is_found_by_those_who_read_the_file_without_a_place(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    made = kept(owner, staff.sectors[WEST], "Amber Crane")
    (there,) = found(client, staff.bearer(OFFICER), "amber crane")
    assert there["url"] == f"/defenders/{made}"
    assert (there["place"], there["map_url"], there["detail"]) == (None, None, "")
    for other in (
        staff.bearer(DUTY), staff.bearer(Role.HOM), staff.bearer(OFFICER, EAST), staff.bearer(OFFICER, WEST, ("south",)),
    ):  # fmt: skip
        assert found(client, other, "amber crane") == []


@pytest.fixture
def gated(staff: Staff, owner: psycopg.Connection) -> Staff:
    for codename, sector, room in (
        ("Amber Crane", WEST, "north"), ("Amber Finch", EAST, "north"), ("Amber Stork", WEST, "women"),
    ):  # fmt: skip
        kept(owner, staff.sectors[sector], codename, room)
    return staff


WORDS = st.sampled_from(
    ["Amber", "amber c", "Crane", "Finch", "Stork", "ork", "  finch ", "AMBER STORK", "mbe"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    WORDS,
    st.sampled_from(list(Role)),
    st.sampled_from([WEST, EAST]),
    st.sampled_from([("north",), ("women",), ()]),
)
def test_no_search_names_a_file_that_the_searcher_does_not_read(
    gated: Staff, asked: str, role: Role, sector: str, rooms: tuple[str, ...]
) -> None:
    where = {"Amber Crane": (WEST, "north"), "Amber Finch": (EAST, "north"), "Amber Stork": (WEST, "women")}
    with gated.acting(role, sector, rooms):
        named = {f.title for f in queries.find(asked).found if f.kind == "defender"}
    anywhere, here = role is Role.HR_CASE_SUPERVISOR, role is Role.HR_OFFICER
    wanted = " ".join(asked.split()).lower()
    assert named == {
        name for name, (its_sector, room) in where.items()
        if wanted in name.lower() and room in rooms and (anywhere or (here and sector == its_sector))
    }  # fmt: skip


@given(st.text(max_size=120))
def test_nothing_that_is_typed_breaks_the_reading_of_positions(asked: str) -> None:
    # Pure of the database; words are told in the request's language, so the sentences alone may differ.
    from flask import Flask
    from flask_babel import Babel

    app = Flask("reading")
    Babel(app)
    with app.test_request_context():
        read, unread = positions.read(asked)
    assert len(read) <= 1 and not (read and unread)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_the_box(staff: Staff, asked: str) -> None:
    answer = staff.app.test_client().get(
        "/api/v1/find", query_string={"q": asked}, headers=staff.bearer(DUTY)
    )
    assert answer.status_code in (200, 422)


def test_the_page_works_without_scripts_and_stands_in_the_bar(
    staff: Staff, owner: psycopg.Connection, towns: None
) -> None:
    client = staff.client(DUTY)
    page = client.get("/find?q=Ngarwa")
    body = page.get_data(as_text=True)
    assert page.headers["Cache-Control"] == "no-store"
    assert "Ngarawa" in body and re.search(r'href="/map\?at=0\.50000,0\.50000&amp;zoom=13"', body)
    assert 'action="/find"' in client.get("/alerts").get_data(as_text=True)
    assert 'action="/find"' not in staff.client(Role.SYSADMIN).get("/account").get_data(as_text=True)


def test_among_many_places_the_index_answers(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    owner.execute(
        "INSERT INTO places (code, name, kind, place) SELECT 'G' || n, initcap(translate(md5(n::text), '0123456789', "
        "'aeiouaeiou')), 'village', 'SRID=4326;POINT(0.5 0.5)' FROM generate_series(1, 20000) n"
    )
    owner.execute("ANALYZE places")
    plan = "\n".join(
        str(line[0])
        for line in owner.execute(
            "EXPLAIN SELECT id FROM places WHERE vigil.folded(name) % 'kandele' OR 'kandele' <% vigil.folded(name)"
        )
    )
    assert "ix_places_folded" in plan and "Seq Scan" not in plan
    starts = str(owner.execute(
        "EXPLAIN SELECT id FROM places WHERE vigil.folded(name) LIKE 'kan%' ORDER BY vigil.folded(name) LIMIT 40"
    ).fetchall())  # fmt: skip
    assert "ix_places_folded" in starts and "Seq Scan" not in starts
    (name,) = owner.execute("SELECT name FROM places WHERE code = 'G777'").fetchone() or ("",)
    headers = staff.bearer(DUTY)
    assert titles(client, headers, name[:-2] + "x")[0] == name


def test_behind_the_application_places_are_found_by_whom_the_policy_lets_read_them(
    staff: Staff, towns: None
) -> None:
    """The function reads as its owner: it must ask by itself what the policy asks."""
    ask = "SELECT name FROM vigil.places_like('Ngarawa', 8)"
    with psycopg.connect(staff.clone.plain_url("vigil_app")) as c:
        assert c.execute(ask).fetchall() == []
        with staff.acting(DUTY) as viewer:
            c.execute("SELECT vigil.enter(%s, %s, %s, %s, %s)", viewer.as_database_context())
        assert c.execute(ask).fetchall() == [("Ngarawa",)]
        c.rollback()
        narrowed = replace(viewer, narrowed=frozenset({Permission.READ_ALERTS}))
        c.execute("SELECT vigil.enter(%s, %s, %s, %s, %s)", narrowed.as_database_context())
        assert c.execute(ask).fetchall() == c.execute("SELECT name FROM places").fetchall() == []


def test_an_old_patrol_of_the_same_call_sign_is_not_in_the_way(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    company = unit(owner, staff.sectors[WEST], "CF11", 0.5)
    now = datetime.now(UTC)
    with owner.transaction():
        for days, state in ((200, "done"), (1, "under_way")):
            owner.execute(
                "INSERT INTO patrols (call_sign, unit_id, sector_id, purpose, state, planned_start, planned_end) "
                "VALUES ('LION 4', %s, %s, 'presence', %s, %s, %s)",
                [company, staff.sectors[WEST], state, now - timedelta(days=days), now],
            )
        record(owner)
    patrols = [f for f in found(client, staff.bearer(DUTY), "lion4") if f["kind"] == "patrol"]
    assert [p["detail"] for p in patrols] == ["Under way"]
