"""Incidents: recorded once, verified by somebody else with grounds; a coarse place says that it is coarse."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from app.db import db
from app.incidents import wording
from app.incidents.models import Incident, IncidentKind
from app.permissions import Role
from tests.app.patrols.world import decided_alert
from tests.people import EAST, WEST, Staff, csrf_of, record
from tests.reports import body as report_body
from tests.reports import put

WHY = "EXERCISE: three sources that do not know each other."


def incident(**changes: Any) -> dict[str, Any]:
    body = {
        "kind": "killing", "occurred_from": (datetime.now(UTC) - timedelta(hours=5)).isoformat(),
        "place": {"lon": 0.5, "lat": 0.5}, "killed_low": 2, "killed_best": 3, "killed_high": 5,
        "side_a": "EXERCISE Red Column", "summary": "EXERCISE: three herders were killed.",
    } | changes  # fmt: skip
    return {k: v for k, v in body.items() if v is not ...}


def post(client: FlaskClient, headers: dict[str, str], body: Any) -> Any:
    return client.post("/api/v1/incidents", json=body, headers=headers)


def judge(client: FlaskClient, headers: dict[str, str], number: int, **fields: Any) -> Any:
    sent = {"verification": "verified", "note": WHY} | fields
    return client.post(f"/api/v1/incidents/{number}/verify", json=sent, headers=headers)


def test_all_codes_have_words() -> None:
    assert set(wording.KINDS) == set(IncidentKind)
    assert set(wording.PLACE_PRECISION) == set(range(1, 8)) and set(wording.DATE_PRECISION) == set(
        range(1, 6)
    )


def test_an_incident_is_recorded_once_under_the_sender_s_id(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    ops, sent = staff.bearer(Role.SECTOR_OPS), incident(id=str(uuid4()))
    first, again = post(client, ops, sent), post(client, ops, sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert first.json["killed"] == {"low": 2, "best": 3, "high": 5, "by_side": {}}
    assert (first.json["verification"], first.json["grade"]) == ("reported", "F6")
    assert post(client, ops, sent | {"killed_best": 4}).status_code == 409
    assert owner.execute("SELECT count(*), min(sector_id) FROM incidents").fetchone() == (
        1,
        staff.sectors[WEST],
    )
    told = owner.execute("SELECT count(*) FROM ledger_events WHERE action = 'incidents.recorded'").fetchone()
    assert told == (1,)


@pytest.mark.parametrize("changes", [
    {"killed_low": 4}, {"killed_high": 2}, {"killed_best": -1}, {"kind": "war"}, {"summary": ""}, {"summary": "\x00"},
    {"occurred_from": "2999-01-01T00:00:00Z"}, {"occurred_from": "2026-11-20T10:00:00"},
    {"occurred_from": "1980-01-01T00:00Z"},
    {"occurred_from": "2026-01-02T00:00:00Z", "occurred_to": "2026-01-01T00:00:00Z"}, {"place": {"lon": 0.5}},
    {"place": {"code": "NOSUCH"}}, {"date_precision": 6}, {"credibility": 0}, {"surprise": 1}, {"alert_id": "x"},
])  # fmt: skip
def test_what_is_no_incident_is_refused(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, changes: dict[str, Any]
) -> None:
    assert post(client, staff.bearer(Role.WATCHKEEPER_JOC), incident(**changes)).status_code in (400, 422)
    assert owner.execute("SELECT count(*) FROM incidents").fetchone() == (0,)


@pytest.mark.parametrize(("role", "sector", "record_it", "read_it"), [
    (Role.SECTOR_OPS, WEST, 201, 200), (Role.SECTOR_OPS, EAST, 403, 404), (Role.HR_OFFICER, EAST, 201, 200),
    (Role.PATROL_CDR, WEST, 403, 200), (Role.CLA, EAST, 403, 404), (Role.LEGAL, WEST, 403, 200),
    (Role.AUDITOR, WEST, 403, 403),
])  # fmt: skip
def test_who_records_and_who_reads(
    client: FlaskClient, staff: Staff, role: Role, sector: str, record_it: int, read_it: int
) -> None:
    standing = post(client, staff.bearer(Role.WATCHKEEPER_JOC), incident()).json["id"]
    headers = staff.bearer(role, sector)
    assert post(client, headers, incident()).status_code == record_it
    assert client.get(f"/api/v1/incidents/{standing}", headers=headers).status_code == read_it
    if read_it == 404:
        assert client.get("/api/v1/incidents", headers=headers).json["total"] == 0


def test_the_database_keeps_incidents_within_sectors_and_their_words_as_they_are(
    client: FlaskClient, staff: Staff
) -> None:
    post(client, staff.bearer(Role.WATCHKEEPER_JOC), incident())
    for role, sector, seen in (
        (Role.SECTOR_OPS, WEST, 1),
        (Role.SECTOR_OPS, EAST, 0),
        (Role.AUDITOR, WEST, 0),
    ):
        with staff.acting(role, sector):
            assert db.session.scalar(db.select(db.func.count()).select_from(Incident)) == seen
    with staff.acting(Role.HR_OFFICER):
        with pytest.raises(Exception, match="permission denied"):
            db.session.execute(db.text("UPDATE incidents SET killed_best = 0, killed_low = 0"))


def test_verifying_takes_grounds_and_another_person_of_human_rights(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    recorder, other = staff.bearer(Role.HR_OFFICER), staff.bearer(Role.HR_OFFICER, EAST)
    number = post(client, recorder, incident()).json["id"]
    assert judge(client, recorder, number).status_code == 403
    assert judge(client, staff.bearer(Role.WATCHKEEPER_JOC), number).status_code == 403
    assert judge(client, other, number, note="sure").status_code == 422
    assert judge(client, other, number, verification="true").status_code == 422
    assert judge(client, other, 10**9).status_code == 404
    answer = judge(client, other, number, verification="corroborated", source_reliability="B", credibility=2)
    assert (answer.json["verification"], answer.json["grade"]) == ("corroborated", "B2")
    answer = judge(client, staff.bearer(Role.HR_CASE_SUPERVISOR), number)
    assert [(v["from"], v["to"]) for v in answer.json["verifications"]] == [
        ("reported", "corroborated"), ("corroborated", "verified"),
    ]  # fmt: skip
    assert answer.json["verifications"][0]["note"] == WHY
    event = owner.execute(
        "SELECT details FROM ledger_events WHERE action = 'incidents.verified' ORDER BY id"
    ).fetchone()
    assert event and event[0] == {"from": "reported", "to": "corroborated", "grade": "B2"}


def test_the_database_refuses_a_judgement_on_one_s_own_record(client: FlaskClient, staff: Staff) -> None:
    number = post(client, staff.bearer(Role.HR_OFFICER), incident()).json["id"]
    with staff.acting(Role.HR_OFFICER) as who:
        with pytest.raises(Exception, match="row-level security"):
            db.session.execute(
                db.text(
                    "INSERT INTO incident_verifications (incident_id, from_status, to_status, note, by_id, by_role) "
                    "VALUES (:i, 'reported', 'verified', 'x', :p, 'hr_officer')"
                ),
                {"i": number, "p": who.person_id},
            )


def test_an_incident_from_an_alert_or_a_report_is_filled_in(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    alert = decided_alert(client, staff, owner)
    ops = staff.client(Role.SECTOR_OPS)
    page = ops.get(f"/incidents/new?alert={alert}").get_data(as_text=True)
    assert "some twenty armed men" in page and 'selected value="attack_on_civilians"' in page
    assert f'name="alert_id" type="hidden" value="{alert}"' in page
    fields = {
        m[0]: m[1] for m in re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page)
    } | {"kind": "killing", "summary": "EXERCISE: what happened", "place_precision": "2", "date_precision": "1",
         "source_reliability": "C", "credibility": "3", "killed_best": "2"}  # fmt: skip
    made = ops.post("/incidents/new", data=fields)
    assert made.status_code == 303, made.get_data(as_text=True)
    row = owner.execute(
        "SELECT alert_id, place_precision, killed_low, killed_best, killed_high FROM incidents"
    ).fetchone()
    assert row == (alert, 2, 2, 2, 2)
    report = str(uuid4())
    put(client, staff.bearer(Role.UNPOL_OPS), report_body(), report)
    assert "some twenty armed men" in ops.get(f"/incidents/new?report={report}").get_data(as_text=True)
    other = staff.client(Role.SECTOR_OPS, EAST)
    assert other.get(f"/incidents/new?alert={alert}").status_code == 404
    assert other.get(f"/incidents/new?report={report}").status_code == 404
    refused = post(
        client, staff.bearer(Role.SECTOR_OPS, EAST), incident(place={"lon": 1.5, "lat": 0.5}, alert_id=alert)
    )
    assert refused.status_code == 404


def test_a_wrong_form_is_shown_again(staff: Staff, owner: psycopg.Connection) -> None:
    ops = staff.client(Role.SECTOR_OPS)
    sound = {
        "csrf_token": csrf_of(ops, "/incidents/new"), "id": str(uuid4()), "kind": "killing", "summary": "EXERCISE: words",
        "place": "0.5, 0.5", "occurred_from": "2026-01-02T00:00:00Z", "date_precision": "1", "place_precision": "",
        "source_reliability": "F", "credibility": "6",
    }  # fmt: skip
    for wrong in ({"place": "nowhere"}, {"place": "95, 0"}, {"killed_low": "3", "killed_best": "1"}, {"summary": ""},
                  {"place": "\x00"}, {"occurred_from": "soon"}, {"place": "0.5, 1.5"}, {"alert_id": "x"}):  # fmt: skip
        answer = ops.post("/incidents/new", data=sound | wrong)
        assert answer.status_code == 422, wrong
    assert owner.execute("SELECT count(*) FROM incidents").fetchone() == (0,)
    assert ops.post("/incidents/new", data=sound).status_code == 303


def imported(owner: psycopg.Connection, sector: int | None, many: int = 1, precision: int = 4) -> None:
    with owner.transaction():
        owner.execute(
            "INSERT INTO incidents (source, source_id, kind, original_kind, occurred_from, occurred_to, place, "
            "place_name, place_precision, sector_id, side_a, side_b, killed_low, killed_best, killed_high, "
            "killed_by_side) SELECT 'ucdp', n::text, (ARRAY['armed_clash','attack_on_civilians'])[n %% 2 + 1], "
            "'one-sided', now() - n * interval '1 hour', now() - n * interval '1 hour', "
            "ST_SetSRID(ST_MakePoint((n %% 100) / 100.0, (n %% 97) / 97.0), 4326), 'EXERCISE province ' || n %% 30, "
            "%s, %s, 'EXERCISE Red', 'Civilians', n %% 5, n %% 5 + 1, n %% 5 + 2, "
            '\'{"deaths_civilians": 1, "deaths_unknown": 0}\' FROM generate_series(1, %s) n',
            [precision, sector, many],
        )
        record(owner)


def test_a_coarse_place_says_so_and_shows_no_grid(staff: Staff, owner: psycopg.Connection) -> None:
    imported(owner, staff.sectors[WEST])
    number = owner.execute("SELECT id FROM incidents").fetchone()
    assert number
    reader = staff.client(Role.HR_OFFICER)
    panel = reader.get(f"/incidents/{number[0]}/panel").get_data(as_text=True)
    assert "<html" not in panel and "Record verification" in panel
    assert "somewhere in the province" in panel and "shown as an area" in panel
    assert "31N" not in panel  # no grid reference of a middle that means nothing
    assert "2, at least 1, at most 3" in panel and "Civilians: 1" in panel and "Not known who" not in panel
    page = reader.get("/incidents").get_data(as_text=True)
    assert "somewhere in the province" in page and "UCDP" in page
    token = csrf_of(reader, f"/incidents/{number[0]}")
    done = reader.post(
        f"/incidents/{number[0]}/verify",
        data={
            "csrf_token": token,
            "verification": "verified",
            "note": WHY,
            "source_reliability": "A",
            "credibility": "1",
        },
    )
    assert done.status_code == 303
    assert WHY in reader.get(f"/incidents/{number[0]}").get_data(as_text=True)


def test_the_table_filters_and_sorts_twelve_thousand(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    imported(owner, staff.sectors[WEST], many=12_000, precision=2)
    owner.execute("ANALYZE incidents")
    ops = staff.bearer(Role.SECTOR_OPS)

    def total(query: str) -> int:
        answer = client.get(f"/api/v1/incidents?{query}", headers=ops)
        assert answer.status_code == 200, answer.json
        assert len(answer.json["incidents"]) == min(50, answer.json["total"])
        return int(answer.json["total"])

    assert total("") == 12_000
    assert total("kind=armed_clash") == 6_000
    assert total("bbox=0.0,0.0,0.105,1.0") == 1_320
    assert total("precision=coarse") == 0 and total("precision=2") == 12_000
    since = (datetime.now(UTC) - timedelta(hours=100, minutes=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert total(f"since={since}") == 100
    assert total(f"until={since}") == 11_900
    assert total("verification=verified") == 0 and total("source=ucdp&search=province+7") == 400
    killed = [
        i["killed"]["best"]
        for i in client.get("/api/v1/incidents?sort=-killed", headers=ops).json["incidents"]
    ]
    assert killed == [5] * 50
    page = staff.client(Role.SECTOR_OPS)
    for query in ("", "?sort=killed&page=200", "?search=province", "?kind=armed_clash&sort=precision"):
        assert page.get(f"/incidents{query}").status_code == 200


@pytest.mark.parametrize("query", [
    "bbox=1,2,3", "bbox=nan,0,1,1", "bbox=1,0,0,1", "bbox=0,0,1,91", "since=yesterday", "until=2026-13-01", "since=inf",
    "since=0001-01-01T00:00:00%2B14:00",
])  # fmt: skip
def test_a_filter_that_can_t_be_read_is_refused(client: FlaskClient, staff: Staff, query: str) -> None:
    answer = client.get(f"/api/v1/incidents?{query}", headers=staff.bearer(Role.WATCHKEEPER_JOC))
    assert answer.status_code == 422
    assert (
        staff.client(Role.WATCHKEEPER_JOC).get("/incidents?search=%00&sort=%00&page=9999999").status_code
        == 200
    )
