"""Rules in bad hands: that find what their author may not read, drown a room, watch elsewhere, or stop the watching."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.permissions import Role
from app.rules import actions, recording
from tests.app.rules.world import INSIDE, SQUARE, WHY, Ground, rule
from tests.people import EAST, WEST, Staff, record
from tests.workers.test_rules import Look, Write, alerts, ground, look, write

__all__ = ["ground", "look", "write"]
FAR = {"type": "Polygon", "coordinates": [[[1.4, 0.4], [1.6, 0.4], [1.6, 0.6], [1.4, 0.6], [1.4, 0.4]]]}
WIDE = {"type": "Polygon", "coordinates": [[[0.9, 0.4], [1.9, 0.4], [1.9, 0.6], [0.9, 0.6], [0.9, 0.4]]]}
NEAR_HAVEN = {"kind": "distance", "carriers": ["patrol"], "to": "haven", "red_km": 0.1}
ABSENT = {"kind": "absence", "carriers": ["patrol"], "red": 1}


def test_who_reads_no_havens_writes_no_rule_that_would_find_them(client: FlaskClient, staff: Staff) -> None:
    sent = rule(parameters=NEAR_HAVEN, area=None)
    analyst = staff.bearer(Role.ANALYST_JMAC)
    assert client.post("/api/v1/rules", json=sent, headers=analyst).status_code == 403
    made = client.post("/api/v1/rules", json=sent, headers=staff.bearer(Role.POC_OFFICER))
    assert made.status_code == 201 and made.json is not None
    path = f"/api/v1/rules/{made.json['id']}"
    assert client.put(path, json=sent, headers=analyst).status_code == 403
    with staff.acting(Role.ANALYST_JMAC), pytest.raises(Exception, match="row-level security"):
        db.session.connection().exec_driver_sql(
            "INSERT INTO rule_versions (rule_id, version, name, parameters, priority, alert_kind, why, by_id, by_role) "
            "VALUES (%s, 2, 'x', '{\"to\": \"haven\"}', 'P3', 'other', 'x', vigil.person_id(), 'x')",
            (made.json["id"],),
        )


def test_a_sector_s_rule_raises_its_alerts_in_that_sector(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, look: Look, write: Write, ground: Ground
) -> None:
    west = {"sector_id": staff.sectors[WEST], "parameters": ABSENT}
    refused = client.post("/api/v1/rules", json=rule(**west, area=FAR), headers=staff.bearer(Role.SECTOR_OPS))
    assert refused.status_code == 422
    write(Role.SECTOR_OPS, **west, area=WIDE)
    look()
    assert owner.execute("SELECT sector_id FROM alerts").fetchall() == [(staff.sectors[WEST],)]


def test_a_rule_raises_so_many_alerts_an_hour_and_the_rest_when_there_is_room(
    owner: psycopg.Connection,
    staff: Staff,
    look: Look,
    write: Write,
    ground: Ground,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recording, "MOST_ALERTS_AN_HOUR", 2)
    write()
    for n in range(4):
        ground.told(ground.patrol(call_sign=f"HAWK {n}"), INSIDE, *range(12))
    look()
    assert len(alerts(owner)) == 2
    assert ground.record_of() == [(s, "red") for s, _state in ground.record_of()]
    table = staff.client(Role.POC_OFFICER).get("/rules").get_data(as_text=True)
    assert table.count("none: the rule had raised as many as it may within an hour") == 2
    assert "told late" not in table
    events = owner.execute("SELECT count(*) FROM ledger_events").fetchone()
    look()
    assert owner.execute("SELECT count(*) FROM ledger_events").fetchone() == events, (
        "and the log is not filled by it"
    )
    with owner.transaction():
        owner.execute(
            "UPDATE rule_lapses SET paged_at = now() - interval '2 hours' WHERE alert_id IS NOT NULL"
        )
        record(owner)
    look()
    assert len(alerts(owner)) == 4


def test_a_rule_that_nobody_can_read_keeps_no_other_from_watching(
    owner: psycopg.Connection, look: Look, write: Write, ground: Ground
) -> None:
    poisoned = write()
    write()
    with owner.transaction():
        owner.execute(
            'UPDATE rule_versions SET parameters = \'{"kind": "area"}\' WHERE rule_id = %s', [poisoned]
        )
        record(owner)
    ground.told(ground.patrol(), INSIDE, *range(12))
    look()
    assert len(alerts(owner)) == 1


def test_nobody_switches_a_rule_off_unseen(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, write: Write
) -> None:
    number = write(Role.SECTOR_OPS, sector_id=staff.sectors[WEST])
    with staff.acting(Role.SECTOR_OPS), pytest.raises(Exception, match="own name"):
        db.session.connection().exec_driver_sql("UPDATE rules SET enabled_at = NULL, enabled_by_id = NULL")
    browser = staff.client(Role.POC_OFFICER)
    off = client.post(
        f"/api/v1/rules/{number}/switch", json={"on": False}, headers=staff.bearer(Role.SECTOR_OPS)
    )
    assert off.status_code == 200
    for path in ("/rules", f"/rules/{number}"):
        assert "switched off by EXERCISE sector_ops" in browser.get(path).get_data(as_text=True)


def test_one_person_switches_on_so_many_rules(
    client: FlaskClient, staff: Staff, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_ENABLED", 1)
    headers = staff.bearer(Role.POC_OFFICER)
    first = write()
    made = client.post("/api/v1/rules", json=rule(), headers=headers).json
    assert made is not None
    path = f"/api/v1/rules/{made['id']}/switch"
    assert client.post(path, json={"on": True}, headers=headers).status_code == 409
    assert client.post(f"/api/v1/rules/{first}/switch", json={"on": True}, headers=headers).status_code == 200


def test_a_rule_of_one_sector_tells_nothing_of_another_in_its_test(
    app: Flask, client: FlaskClient, staff: Staff, ground: Ground
) -> None:
    ground.told(ground.patrol(sector=EAST), INSIDE, *range(12))
    ground.incident(3)
    headers = staff.bearer(Role.SECTOR_OPS, EAST)
    asked = rule(sector_id=staff.sectors[EAST], area=None, days=3)
    near = {"kind": "gathering", "within_km": 300, "period_hours": 48, "red": 2}
    ground.incident(2)
    answer = client.post("/api/v1/rules/test", json=asked | {"parameters": near}, headers=headers)
    assert (answer.status_code, answer.json and answer.json["count"]) == (200, 0), "incidents of the west"
    elsewhere = client.post("/api/v1/rules/test", json=asked | {"area": SQUARE, "why": WHY}, headers=headers)
    assert elsewhere.status_code == 422
    mission = client.post(
        "/api/v1/rules/test", json=asked | {"sector_id": None, "parameters": near}, headers=headers
    )
    assert mission.status_code == 403
