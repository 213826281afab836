"""Separation of duty: whoever manages accounts sees none of what they protect."""

from __future__ import annotations

import psycopg
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule

from app.db import db
from app.permissions import Role
from tests.app.routes import address_of, routes
from tests.people import Staff

# What an administrator may open: accounts, the own account, the API's description.
OPEN_TO_HIM = {"people", "api", "static"}

# A device's key opens it, and nobody's session.
FOR_DEVICES = {"/api/v1/positions/osmand": 401}


def content_routes(app: Flask) -> list[Rule]:
    return [r for r in routes(app) if r.endpoint.split(".")[0] not in OPEN_TO_HIM]


def test_every_content_route_refuses_the_administrator(staff: Staff, app: Flask) -> None:
    admin = staff.client(Role.SYSADMIN)
    content = content_routes(app)
    assert len(content) > 20
    answers = {
        rule.rule: admin.get(address_of(rule)).status_code
        for rule in content
        if "GET" in (rule.methods or ())
    }
    assert {r: s for r, s in answers.items() if s not in (302, 403, 404)} == FOR_DEVICES
    # A redirection leads to a page of his own and tells nothing.
    for rule, status in answers.items():
        assert status != 302 or admin.get(rule).headers["Location"] in ("/people", "/account")


FILLED = {
    "havens": "INSERT INTO havens (code, name, kind, place, sector_id, capacity_day, capacity_night, exposure) "
    "VALUES ('H-1', 'EXERCISE haven', 'base_shelter', {point}, {sector}, 10, 10, 'public')",
    "incidents": "INSERT INTO incidents (kind, occurred_from, occurred_to, place, sector_id) "
    "VALUES ('other', now(), now(), {point}, {sector})",
    "defenders": "INSERT INTO defenders (codename, profiles, work, compartment, sector_id, review_on) "
    "VALUES ('EXERCISE-CEDAR', '{{}}', 'land', 'north', {sector}, current_date)",
    "defender_cells": "INSERT INTO defender_cells "
    "(defender_id, tier, cell, compartment, sector_id, risk_band, shared_until) "
    "SELECT id, 'coarse', ST_Envelope(ST_Buffer({point}, 0.05)), 'north', sector_id, 'high', now() + interval '1 day' "
    "FROM defenders",
    "alerts": "INSERT INTO alerts (id, alert_key, kind, channel, priority, occurred_at, place, place_as_given, "
    "sector_id, verbatim) VALUES (1, 'k', 'other', 'hotline', 'P1', now(), {point}, 'x', {sector}, 'EXERCISE')",
    "alert_steps": "INSERT INTO alert_steps (alert_id, kind, at) VALUES (1, 'raised', now())",
    "ledger_events": "INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 'tests.x', 't:0', '{{}}')",
}  # fmt: skip


def test_the_database_shows_the_administrator_no_content(staff: Staff, owner: psycopg.Connection) -> None:
    with owner.transaction():
        for statement in FILLED.values():
            point = "ST_SetSRID(ST_MakePoint(0.5, 0.5), 4326)"
            owner.execute(statement.format(point=point, sector=staff.sectors["WEST"]))
    for table in FILLED:
        assert owner.execute(f"SELECT count(*) FROM {table}").fetchone() != (0,), table
    with staff.acting(Role.SYSADMIN):
        for table in FILLED:
            assert db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0, table
