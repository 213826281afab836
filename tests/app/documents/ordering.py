"""Orders for tests: a mission with something to report on, and documents ordered and written for real."""

from __future__ import annotations

from typing import Any

import psycopg
from flask.testing import FlaskClient

from app.permissions import Role
from tests.people import WEST, Staff, record, square
from tests.reports import body, put
from workers import runtime

WHY = "EXERCISE: two focal points confirm it"


def act(client: FlaskClient, headers: dict[str, str], alert: int, name: str, **fields: Any) -> None:
    answer = client.post(f"/api/v1/alerts/{alert}/{name}", json=fields, headers=headers)
    assert answer.status_code == 200, answer.get_json()


def raise_alert(staff: Staff, owner: psycopg.Connection, sector: str = WEST, lon: float = 0.5) -> int:
    sent = body(place={"lon": lon, "lat": 0.5})
    put(staff.app.test_client(), staff.bearer(Role.PATROL_CDR, sector), sent)
    row = owner.execute("SELECT max(id) FROM alerts").fetchone()
    assert row
    return int(row[0])


def whole_chain(staff: Staff, alert: int) -> None:
    """From acknowledgement to the close, by a duty officer."""
    client, duty = staff.app.test_client(), staff.bearer(Role.WATCHKEEPER_JOC)
    act(client, duty, alert, "acknowledge")
    act(
        client,
        duty,
        alert,
        "verify",
        verification="corroborated",
        source_reliability="B",
        credibility=2,
        note=WHY,
    )
    act(client, duty, alert, "decide", response="patrol", authority="standing_order", note=WHY)
    act(client, duty, alert, "task", response="patrol", order="EXERCISE: go")
    act(client, duty, alert, "depart")
    act(client, duty, alert, "arrive")
    act(client, duty, alert, "outcome", outcome="threat_averted", note="EXERCISE: they withdrew")
    act(client, duty, alert, "feedback", told=True)
    act(client, duty, alert, "close", lesson="EXERCISE: patrol the market road earlier")


def surroundings(owner: psycopg.Connection, sector_id: int) -> None:
    """A district, a road, a settlement and a base near lon 0.5, lat 0.5."""
    owner.execute(
        "INSERT INTO admin_areas (code, name, level, area) VALUES ('EX', 'EXERCISE land', 0, %s), "
        "('EX0101', 'EXERCISE district', 2, %s)", [square(-1, -1, 4), square(0.2, 0.2, 0.6)],
    )  # fmt: skip
    owner.execute(
        "INSERT INTO places (code, name, kind, population, place) "
        "VALUES ('EX-P1', 'EXERCISE Harrowby', 'village', 900, 'SRID=4326;POINT(0.51 0.5)')"
    )
    owner.execute(
        "INSERT INTO bases (code, name, kind, place, sector_id) "
        "VALUES ('EX-B1', 'EXERCISE Base Lima', 'COB', 'SRID=4326;POINT(0.6 0.5)', %s)", [sector_id],
    )  # fmt: skip


def ucdp_event(owner: psycopg.Connection, sector_id: int, precision: int = 3, **changes: Any) -> int:
    """An event as the import from UCDP stores it: the day alone, the place to the district."""
    values: dict[str, Any] = {
        "source": "ucdp", "source_id": "990001", "kind": "attack_on_civilians", "original_kind": "3 one-sided",
        "occurred_from": "2026-10-03T00:00:00Z", "occurred_to": "2026-10-04T23:59:59Z", "date_precision": 2,
        "place_precision": precision, "place": "SRID=4326;POINT(0.5 0.5)", "place_name": "EXERCISE district",
        "sector_id": sector_id, "side_a": "EXERCISE group", "side_b": "Civilians", "killed_low": 3,
        "killed_best": 7, "killed_high": 11, "killed_by_side": '{"deaths_civilians": 7}', "summary": "",
        "source_reliability": "B", "credibility": 3,
    } | changes  # fmt: skip
    columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    with owner.transaction():
        row = owner.execute(
            f"INSERT INTO incidents ({columns}) VALUES ({marks}) RETURNING id", list(values.values())
        ).fetchone()
        record(owner)
    assert row
    return int(row[0])


def order(staff: Staff, role: Role, subject: dict[str, Any], sector: str = WEST, **changes: Any) -> Any:
    kind = "accountability_report" if "since" in subject else "incident_report"
    sent = {"kind": kind, "subject": subject} | changes
    return staff.app.test_client().post("/api/v1/documents", json=sent, headers=staff.bearer(role, sector))


def write_all(owner: psycopg.Connection) -> None:
    """Do what the outbox holds of documents, as a worker does."""
    rows = owner.execute(
        "SELECT id FROM outbox WHERE job = 'workers.documents.render' AND finished_at IS NULL ORDER BY id"
    ).fetchall()
    for (outbox_id,) in rows:
        runtime.run(outbox_id)


def written(staff: Staff, owner: psycopg.Connection, role: Role, subject: dict[str, Any], **more: Any) -> Any:
    """Order, write, and return the document as the API tells it."""
    answer = order(staff, role, subject, **more)
    assert answer.status_code == 202, answer.get_json()
    write_all(owner)
    sector = more.get("sector", WEST)
    return staff.app.test_client().get(answer.json["status_url"], headers=staff.bearer(role, sector)).json
