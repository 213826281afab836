"""How much one person may file: a burst, then so much a minute; refused in words, and nothing stored is taken back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg
import pytest
from flask import Flask

from app.permissions import Role
from tests.people import Staff, csrf_of, record
from tests.reports import body, put

BY_HAND = {
    "kind": "attack_under_way", "priority": "P1", "channel": "hotline", "verbatim": "EXERCISE: men at the well",
    "place": {"lon": 0.5, "lat": 0.5},
}  # fmt: skip


@pytest.fixture(autouse=True)
def few(staff: Staff, owner: psycopg.Connection) -> None:
    """Ten at once, and one a minute after that."""
    allow(owner, burst=10, rate=1)


def allow(owner: psycopg.Connection, burst: int, rate: int) -> None:
    with owner.transaction():
        owner.execute("UPDATE procedures SET value = %s WHERE key = 'reports_burst'", [burst])
        owner.execute("UPDATE procedures SET value = %s WHERE key = 'reports_per_minute'", [rate])
        record(owner)


def stored(owner: psycopg.Connection) -> int:
    row = owner.execute("SELECT count(*) FROM field_reports").fetchone()
    assert row
    return int(row[0])


def test_after_the_burst_a_report_is_refused_and_says_that_it_was_not_stored(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    client, phone = app.test_client(), staff.bearer(Role.PATROL_CDR)
    assert [put(client, phone, body()).status_code for _n in range(10)] == [201] * 10
    refused = put(client, phone, body())
    assert refused.status_code == 429
    assert refused.content_type == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 120
    assert "NOT stored" in refused.json["detail"]
    assert "call the operations centre" in refused.json["detail"]
    assert stored(owner) == 10
    assert owner.execute("SELECT count(*) FROM alerts").fetchone() == (10,)
    assert put(client, staff.bearer(Role.CLA), body()).status_code == 201, "others are not held up"


def test_a_refused_report_is_taken_under_the_same_id_once_there_is_room(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    client, phone, sent, report_id = app.test_client(), staff.bearer(Role.PATROL_CDR), body(), str(uuid4())
    for _n in range(10):
        put(client, phone, body())
    assert put(client, phone, sent, report_id).status_code == 429
    owner.execute("UPDATE report_allowances SET at = at - interval '3 minutes'")
    assert put(client, phone, sent, report_id).status_code == 201


def test_the_same_report_again_is_not_counted(app: Flask, staff: Staff, owner: psycopg.Connection) -> None:
    client, phone, sent, report_id = app.test_client(), staff.bearer(Role.PATROL_CDR), body(), str(uuid4())
    put(client, phone, sent, report_id)
    assert [put(client, phone, sent, report_id).status_code for _n in range(20)] == [200] * 20
    assert [put(client, phone, body()).status_code for _n in range(9)] == [201] * 9
    assert put(client, phone, body()).status_code == 429
    assert put(client, phone, sent, report_id).status_code == 200, "a receipt is given even then"


def test_other_bodies_under_one_id_are_counted_too(app: Flask, staff: Staff) -> None:
    client, phone, report_id = app.test_client(), staff.bearer(Role.PATROL_CDR), str(uuid4())
    put(client, phone, body(), report_id)
    statuses = [put(client, phone, body(what=f"EXERCISE {n}"), report_id).status_code for n in range(12)]
    assert statuses == [409] * 9 + [429] * 3


def test_alerts_by_hand_are_counted_with_the_reports(app: Flask, staff: Staff) -> None:
    client, liaison = app.test_client(), staff.bearer(Role.CLA)
    for _n in range(5):
        assert put(client, liaison, body()).status_code == 201
        assert client.post("/api/v1/alerts", json=BY_HAND, headers=liaison).status_code == 201
    refused = client.post("/api/v1/alerts", json=BY_HAND, headers=liaison)
    assert refused.status_code == 429
    assert "Retry-After" in refused.headers


def test_the_forms_keep_what_was_typed_and_say_when_to_send_again(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    allow(owner, burst=5, rate=1)
    phone = staff.bearer(Role.CLA)
    for _n in range(5):
        put(app.test_client(), phone, body())
    client = staff.client(Role.CLA)
    typed = {
        "csrf_token": csrf_of(client, "/reports/new"), "id": str(uuid4()), "kind": "abduction",
        "what": "EXERCISE: two were taken", "place": "0.5, 0.5", "occurred_at": body()["occurred_at"],
    }  # fmt: skip
    refused = client.post("/reports/new", data=typed)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 1
    page = refused.get_data(as_text=True)
    assert "NOT stored" in page
    assert "EXERCISE: two were taken" in page
    assert typed["id"] in page


def test_side_by_side_no_more_than_the_burst_goes_through(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    allow(owner, burst=40, rate=1)
    phone = staff.bearer(Role.PATROL_CDR)
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda _n: put(app.test_client(), phone, body(kind="all_quiet")).status_code, range(60))
        )
    assert answers.count(201) == 40
    assert answers.count(429) == 20
    assert stored(owner) == 40


def test_it_fills_up_again_and_no_higher_than_the_burst(staff: Staff, owner: psycopg.Connection) -> None:
    allow(owner, burst=12, rate=60)
    person = staff.person(Role.CLA)

    def taken() -> int:
        taken = 0
        while owner.execute("SELECT vigil.may_report(%s)", [person]).fetchone() == (0.0,):
            taken += 1
        return taken

    assert 12 <= taken() <= 13
    owner.execute("UPDATE report_allowances SET at = at - interval '5 seconds'")
    assert 4 <= taken() <= 6
    owner.execute("UPDATE report_allowances SET at = at - interval '1 day'")
    assert 12 <= taken() <= 13


def test_what_the_operator_loads_is_not_counted(staff: Staff, owner: psycopg.Connection) -> None:
    person = staff.person(Role.CLA)
    with owner.transaction():
        for _n in range(30):
            owner.execute(
                "INSERT INTO field_reports (id, receipt, body_hash, kind, occurred_at, place, place_as_given, "
                "reporter_id, what, text) VALUES (gen_random_uuid(), 'x', 'x', 'all_quiet', now(), "
                "'SRID=4326;POINT(0 0)', 'x', %s, 'x', 'x')", [person],
            )  # fmt: skip
        record(owner)
    assert stored(owner) == 30


def test_nobody_spends_another_s_allowance_by_sql(staff: Staff) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import ProgrammingError

    from app.db import db

    with staff.acting(Role.CLA) as who:
        for statement in (
            "SELECT vigil.may_report(:id)",
            "UPDATE report_allowances SET spare = 0 WHERE person_id = :id",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
                db.session.execute(text(statement), {"id": who.person_id})
