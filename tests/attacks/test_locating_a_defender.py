"""Somebody files reports and watches what comes of them, to find where a defender lives."""

from __future__ import annotations

from typing import Any

import psycopg
from flask import Flask

from app.permissions import Role
from app.sessions import COOKIE
from tests.people import Staff, record
from tests.reports import body, defender_near, put
from tests.servers import Clone

# Inside the coarse cell around 0.5, 0.5 (some 10 km wide) and around it.
ASKED_AT = [
    (0.5 + dx, 0.5 + dy) for dx in (-0.1, -0.04, 0.0, 0.04, 0.1) for dy in (-0.1, -0.04, 0.0, 0.04, 0.1)
]


def watched(app: Flask, staff: Staff) -> list[Any]:
    """What a duty officer, who sees coarse cells alone, reads of the warnings that he has filed himself."""
    client, duty = app.test_client(), staff.bearer(Role.WATCHKEEPER_JOC)
    for lon, lat in ASKED_AT:
        sent = body(kind="armed_group_movement", place={"lon": lon, "lat": lat})
        assert put(client, duty, sent).status_code == 201
    newest = client.get("/api/v1/alerts?sort=-serial", headers=duty).json
    assert newest
    found = []
    for alert in newest["alerts"][: len(ASKED_AT)]:
        whole = client.get(f"/api/v1/alerts/{alert['id']}", headers=duty).json
        assert whole
        found.append((whole["priority"], whole["score"], whole["weighing"], whole["reasons"]))
    return found


def moves_within_the_coarse_cell(owner: psycopg.Connection, defender: int, lon: float, lat: float) -> None:
    with owner.transaction():
        owner.execute(
            "UPDATE defender_cells SET cell = ST_MakeEnvelope(%s, %s, %s, %s, 4326) "
            "WHERE defender_id = %s AND tier = 'fine'",
            [lon - 0.0045, lat - 0.0045, lon + 0.0045, lat + 0.0045, defender],
        )
        record(owner)


def test_reports_tell_no_more_of_a_defender_than_the_coarse_cell(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    defender = defender_near(owner, staff.sectors["WEST"], lon=0.5, lat=0.5, band="extreme")
    here = watched(app, staff)
    moves_within_the_coarse_cell(owner, defender, 0.535, 0.465)
    assert watched(app, staff) == here


def test_the_bell_rings_for_one_s_own_sectors_alone(app: Flask, staff: Staff, clone: Clone) -> None:
    """An officer reports into the other sector and listens whether that raised an alert there."""
    from workers.live import Watch

    watch = Watch(clone.plain_url("vigil_app"))
    client = app.test_client()
    west, east, duty = (
        staff.client(*who) for who in ((Role.SECTOR_OPS,), (Role.SECTOR_OPS, "EAST"), (Role.HOM,))
    )

    def heard() -> list[tuple[str, str]]:
        with psycopg.connect(watch.url) as c:
            watch.look(c)
        found = []
        for browser in (west, east, duty):
            cookie = browser.get_cookie(COOKIE)
            who = watch.listener(cookie.value if cookie else "")
            assert who
            found.append(
                (watch.heard_by(who).get("alerts", ""), browser.get("/alerts/version").get_data(as_text=True))
            )
        return found

    before = heard()
    assert put(client, staff.bearer(Role.SECTOR_OPS, "EAST"), body()).status_code == 201
    after = heard()
    for old, new, rings in zip(before, after, (True, False, True), strict=True):
        assert [a != b for a, b in zip(old, new, strict=True)] == [rings, rings]


def test_a_warning_still_knows_of_a_defender_where_too_few_live_to_hide_among(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    client, officer = app.test_client(), staff.bearer(Role.PATROL_CDR)
    sent = body(kind="armed_group_movement")
    put(client, officer, sent)
    defender = defender_near(owner, staff.sectors["WEST"], band="extreme")
    with owner.transaction():
        owner.execute(
            "UPDATE defender_cells SET cell = ST_GeomFromText('POLYGON EMPTY', 4326) "
            "WHERE defender_id = %s AND tier = 'coarse'",
            [defender],
        )
        record(owner)
    for lon in (0.5, 0.1, 0.9):
        put(client, officer, body(kind="armed_group_movement", place={"lon": lon, "lat": 0.5}))
    rows = owner.execute("SELECT score FROM alert_weighings ORDER BY alert_id").fetchall()
    without, *near = [row[0] for row in rows]
    assert all(score == near[0] > without for score in near), "known to a degree, and no closer"
