"""A report goes in once, is weighed at once, and nothing of it is lost."""

from __future__ import annotations

from uuid import uuid4

import psycopg
from flask import Flask

from app.permissions import Permission, Role
from tests.people import EAST, Staff
from tests.reports import body, defender_near, put


def alerts_of(owner: psycopg.Connection) -> list[tuple[str, str]]:
    return owner.execute("SELECT priority, kind FROM alerts ORDER BY id").fetchall()


def test_a_report_is_stored_and_answered_with_a_receipt(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    answer = put(app.test_client(), staff.bearer(Role.PATROL_CDR), body())
    assert answer.status_code == 201
    stored = owner.execute("SELECT receipt, what, sector_id FROM field_reports").fetchone()
    assert stored == (answer.json["receipt"], body()["what"], staff.sectors["WEST"])


def test_the_same_report_again_gets_the_same_receipt_and_raises_nothing_twice(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    client, headers, report_id, sent = app.test_client(), staff.bearer(Role.PATROL_CDR), str(uuid4()), body()
    first = put(client, headers, sent, report_id)
    again = put(client, headers, dict(reversed(sent.items())), report_id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert len(alerts_of(owner)) == 1


def test_another_body_under_the_same_id_is_refused_and_both_are_kept(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    client, headers, report_id = app.test_client(), staff.bearer(Role.PATROL_CDR), str(uuid4())
    put(client, headers, body(), report_id)
    other = body(what="EXERCISE: something else")
    for _ in range(2):
        answer = put(client, headers, other, report_id)
        assert answer.status_code == 409
        assert answer.json["code"] == "report_differs"
    kept = owner.execute("SELECT body->>'what' FROM report_conflicts").fetchall()
    assert kept == [("EXERCISE: something else",)]


def test_an_attack_under_way_raises_an_immediate_alert_with_reasons_and_clocks(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    put(app.test_client(), staff.bearer(Role.PATROL_CDR), body())
    assert alerts_of(owner) == [("P1", "attack_under_way")]
    clocks = owner.execute("SELECT clock FROM alert_clocks ORDER BY clock").fetchall()
    assert clocks == [("acknowledge",), ("decide",), ("verify",)]
    # Clocks ask for no job: their process finds them by these rows, whatever has become of Redis.
    assert owner.execute("SELECT count(*) FROM outbox").fetchone() == (0,)


def test_all_quiet_with_nothing_near_raises_no_alert(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    assert put(app.test_client(), staff.bearer(Role.PATROL_CDR), body(kind="all_quiet")).status_code == 201
    assert alerts_of(owner) == []


def test_a_defender_s_cell_near_the_place_makes_an_alert_more_urgent(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    client, headers = app.test_client(), staff.bearer(Role.PATROL_CDR)
    put(client, headers, body(kind="armed_group_movement"))
    defender_near(owner, staff.sectors["WEST"], band="extreme")
    put(client, headers, body(kind="armed_group_movement"))
    scores = [
        row[0] for row in owner.execute("SELECT score FROM alert_weighings ORDER BY alert_id").fetchall()
    ]
    assert scores[1] > scores[0]


def test_a_defender_whose_consent_to_share_has_ended_weighs_nothing(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    client, headers = app.test_client(), staff.bearer(Role.PATROL_CDR)
    put(client, headers, body(kind="armed_group_movement"))
    defender_near(owner, staff.sectors["WEST"], band="extreme", shared="2020-01-01")
    put(client, headers, body(kind="armed_group_movement"))
    scores = [
        row[0] for row in owner.execute("SELECT score FROM alert_weighings ORDER BY alert_id").fetchall()
    ]
    assert scores[1] == scores[0]


def test_the_reporter_learns_nothing_of_the_alert_that_was_raised(app: Flask, staff: Staff) -> None:
    client, headers = app.test_client(), staff.bearer(Role.PATROL_CDR)
    answer = put(client, headers, body())
    assert set(answer.json) == {"id", "serial", "receipt", "received_at"}
    assert client.get("/api/v1/alerts/1", headers=headers).status_code == 403


def test_a_grid_reference_is_kept_as_a_cell_with_its_radius(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    answer = put(app.test_client(), staff.bearer(Role.PATROL_CDR), body(place={"mgrs": "31N BA 22 66"}))
    assert answer.status_code == 201
    row = owner.execute(
        "SELECT ST_Contains(extent, place), radius_metres, place_as_given FROM field_reports"
    ).fetchone()
    assert row == (True, 708, "31N BA 22 66")


def test_a_report_outside_every_sector_is_kept_all_the_same(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    assert (
        put(app.test_client(), staff.bearer(Role.PATROL_CDR), body(place={"lon": 9, "lat": 9})).status_code
        == 201
    )
    assert owner.execute("SELECT sector_id FROM field_reports").fetchone() == (None,)


def test_a_token_without_the_scope_files_nothing(app: Flask, staff: Staff) -> None:
    headers = staff.bearer(Role.PATROL_CDR, scopes=[Permission.OWN_ACCOUNT])
    assert put(app.test_client(), headers, body()).status_code == 403


def test_a_report_of_another_sector_answers_as_one_that_does_not_exist(app: Flask, staff: Staff) -> None:
    client, report_id = app.test_client(), str(uuid4())
    put(client, staff.bearer(Role.PATROL_CDR), body(), report_id)
    other = client.get(f"/api/v1/reports/{report_id}", headers=staff.bearer(Role.SECTOR_OPS, EAST))
    nothing = client.get(f"/api/v1/reports/{uuid4()}", headers=staff.bearer(Role.SECTOR_OPS, EAST))
    assert (other.status_code, other.data) == (nothing.status_code, nothing.data) == (404, other.data)
    own = client.get(f"/api/v1/reports/{report_id}", headers=staff.bearer(Role.SECTOR_OPS))
    assert own.status_code == 200


def test_the_page_form_files_the_same_report_without_scripts(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    client = staff.client(Role.PATROL_CDR)
    page = client.get("/reports/new").get_data(as_text=True)
    token = page.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    sent = {
        "csrf_token": token, "id": str(uuid4()), "kind": "abduction", "what": "EXERCISE: two people were taken",
        "place": "0.5, 0.5", "occurred_at": "", "affected_count": "2", "affected_effect": "abducted",
    }  # fmt: skip
    refused = client.post("/reports/new", data=sent)
    assert refused.status_code == 422
    assert "two people were taken" in refused.get_data(as_text=True)
    for unknown in ("Nowhere at all", "31N BA 2 66", "91, 0", "a\x00b"):
        lost = client.post(
            "/reports/new", data=sent | {"place": unknown, "occurred_at": body()["occurred_at"]}
        )
        assert (unknown, lost.status_code) == (unknown, 422)
    filed = client.post("/reports/new", data=sent | {"occurred_at": body()["occurred_at"]})
    assert filed.status_code == 303
    assert owner.execute("SELECT kind, people_affected->0->>'count' FROM field_reports").fetchall() == [
        ("abduction", "2")
    ]
