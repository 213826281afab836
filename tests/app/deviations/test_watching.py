"""Patrols held against their orders: each lapse once, arrivals by position marked so, the watch told once of silence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.errors import InsufficientPrivilege, ObjectNotInPrerequisiteState

from app.db import ENTER
from app.locks import Lock
from app.permissions import Role, Viewer
from tests.app.patrol_orders.world import issued
from tests.app.patrols.world import leader_of, unit
from tests.people import EAST, WEST, Staff, csrf_of, record
from workers import rules

NOW = datetime.now(UTC)
# A line of 11 km along a parallel, a stop in its middle and one at its end.
LINE = "SRID=4326;LINESTRING(0.4 0.5, 0.5 0.5)"
STOPS = ((0.45, 0.5), (0.5, 0.5))


@dataclass
class Out:
    """A patrol under an order, three hours out."""

    id: int
    tracked: int
    stops: list[int]
    owner: psycopg.Connection
    worker: Flask

    def told(self, place: tuple[float, float], *minutes_ago: float) -> None:
        for minutes in minutes_ago:
            self.owner.execute(
                "INSERT INTO positions (tracked_id, at, place, accuracy_metres) "
                "VALUES (%s, %s, ST_SetSRID(ST_MakePoint(%s, %s), 4326), 10) ON CONFLICT DO NOTHING",
                [self.tracked, NOW - timedelta(minutes=minutes), *place],
            )

    def look(self) -> int:
        with self.worker.app_context():
            return rules.watch()

    def record(self, what: str = "kind, stop_id, cleared_at IS NOT NULL, withdrawn_at IS NOT NULL") -> Any:
        return self.owner.execute(f"SELECT {what} FROM patrol_deviations ORDER BY id").fetchall()  # type: ignore[arg-type]

    def arrivals(self) -> Any:
        return self.owner.execute(
            "SELECT arrived_by, departed_by FROM patrol_stops WHERE patrol_id = %s ORDER BY sequence",
            [self.id],
        ).fetchall()


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


@pytest.fixture
def out(client: FlaskClient, staff: Staff, owner: psycopg.Connection, worker: Flask) -> Out:
    """With an order of before it set off, so that all of its way is held against it."""
    number = unit(owner, staff.sectors[WEST], "1", 0.4)
    leader = leader_of(owner, staff, number)
    with owner.transaction():
        made = owner.execute(
            "INSERT INTO patrols (call_sign, unit_id, leader_id, sector_id, purpose, planned_start, planned_end, route) "
            "VALUES ('HAWK 1-1', %s, %s, %s, 'presence', %s, %s, %s) RETURNING id",
            [number, leader, staff.sectors[WEST], ago(180), ago(-300), LINE],
        ).fetchone()
        assert made
        stops = [
            owner.execute(
                "INSERT INTO patrol_stops (patrol_id, sequence, name, place, arrive_planned) "
                "VALUES (%s, %s, %s, ST_SetSRID(ST_MakePoint(%s, %s), 4326), %s) RETURNING id",
                [made[0], n, f"EXERCISE stop {n}", *place, ago(due)],
            ).fetchone()[0]  # type: ignore[index]
            for n, (place, due) in enumerate(zip(STOPS, (150, -60), strict=True), start=1)
        ]
        record(owner)
    issued(client, staff, made[0])
    with owner.transaction():
        owner.execute("UPDATE patrol_orders SET approved_at = %s", [ago(200)])
        owner.execute(
            "UPDATE patrols SET state = 'under_way', started_at = %s, planned_start = %s",
            [ago(170), ago(180)],
        )
        record(owner)
    tracked = owner.execute("SELECT id FROM tracked WHERE patrol_id = %s", [made[0]]).fetchone()
    assert tracked
    return Out(made[0], tracked[0], stops, owner, worker)


def test_patrols_are_looked_at_while_a_surface_is_made(out: Out, owner: psycopg.Connection) -> None:
    out.told((0.5, 0.53), 100, 98, 96)
    with owner.transaction():
        owner.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.SURFACES])
        assert out.look() > 0


def test_a_patrol_on_its_line_arrives_by_position_and_nothing_is_noticed(out: Out) -> None:
    out.told((0.42, 0.5), 165, 160)
    out.told(STOPS[0], 155, 150, 145, 140)
    out.told((0.47, 0.503), 120, 90, 60, 30, 20)
    out.told(STOPS[1], 12, 8, 4, 1)
    assert out.look() == 3
    # It stands at the second stop: nothing is known of its leaving.
    assert out.arrivals() == [("position", "position"), ("position", None)]
    assert (out.look(), out.record()) == (0, [])


def test_off_the_line_a_stop_left_out_and_late_are_noticed_once_and_explained_by_the_leader(
    out: Out, client: FlaskClient, staff: Staff
) -> None:
    # Some 5 km north of the line and past the first stop, to the second.
    out.told((0.42, 0.5), 165, 160)
    out.told((0.45, 0.55), *range(150, 60, -5))
    out.told(STOPS[1], *range(50, 0, -5))
    # Late at the first stop until it was given up, off the line until it was back on it.
    assert out.look() == 4
    found = out.record()
    assert sorted(found) == sorted(
        [("off_route", None, True, False), ("stop_skipped", out.stops[0], False, False),
         ("late", out.stops[0], True, False)]
    )  # fmt: skip
    assert out.look() == 0
    assert out.owner.execute("SELECT count(*) FROM alerts").fetchone() == (0,)
    number = out.record("id, kind")
    off = next(row[0] for row in number if row[1] == "off_route")
    metres = out.owner.execute("SELECT value FROM patrol_deviations WHERE id = %s", [off]).fetchone()
    assert metres and metres[0] == pytest.approx(5_530, abs=60)
    leads = staff.client(Role.PATROL_CDR)
    mine = leads.get("/patrols/mine").get_data(as_text=True)
    assert mine.count("deviation-reason") >= 3 and "5,500 m off its planned line" in mine
    token = {"csrf_token": csrf_of(leads, "/patrols/mine")}
    address = f"/patrols/{out.id}/deviations/{off}"
    assert leads.post(address, data=token | {"reason": "other", "note": "ok"}).status_code == 422
    assert leads.post(address, data=token | {"reason": "road_closed"}).status_code == 303
    again = client.post(
        f"/api/v1{address}", json={"reason": "weather"}, headers=staff.bearer(Role.SECTOR_OPS)
    )
    assert again.status_code == 409
    other = client.post(
        f"/api/v1{address}", json={"reason": "weather"}, headers=staff.bearer(Role.SECTOR_OPS, EAST)
    )
    assert other.status_code == 404
    page = staff.client(Role.SECTOR_OPS).get(f"/patrols/{out.id}").get_data(as_text=True)
    assert "Road, bridge or ford closed" in page and "Planned beside done" in page
    assert ("off_route", "road_closed", "patrol_cdr") in out.record("kind, reason, acknowledged_by_role")


def test_the_watch_is_told_once_of_silence_again_after_recovery_and_not_of_what_is_long_past(
    out: Out,
) -> None:
    out.told((0.42, 0.5), 165, 160)
    out.told((0.42, 0.5), 50, 49)
    # From minute 160 to 50 it was silent: that is on record. Since 49 it is silent again, and the watch is told.
    out.look()
    silences = "cleared_at IS NOT NULL, told_at IS NOT NULL, withdrawn_at IS NOT NULL"

    def silent() -> Any:
        return out.owner.execute(
            f"SELECT {silences} FROM patrol_deviations WHERE kind = 'silent' ORDER BY opened_at"  # type: ignore[arg-type]
        ).fetchall()

    assert silent() == [(True, False, False), (False, True, False)]
    alert = out.owner.execute("SELECT verbatim, ST_X(place), channel FROM alerts").fetchall()
    assert alert == [("Nothing was heard of patrol HAWK 1-1 for 45 minutes.", 0.42, "rule")]
    assert out.look() == 0
    # Positions of the first silence arrive late: it never was. Those of now end the second, and the alert says so.
    out.told((0.42, 0.5), *range(155, 55, -5))
    out.told((0.42, 0.5), 1)
    out.look()
    assert silent() == [(True, False, True), (True, True, False)]
    notes = out.owner.execute("SELECT note FROM alert_steps WHERE kind = 'note'").fetchall()
    assert len(notes) == 1 and "heard of again" in notes[0][0]
    assert out.look() == 0 and out.owner.execute("SELECT count(*) FROM alerts").fetchone() == (1,)


def test_a_code_from_the_card_proves_a_stop_and_cannot_be_guessed_for_ever(
    out: Out, client: FlaskClient, staff: Staff
) -> None:
    ops, leader = staff.client(Role.SECTOR_OPS), staff.bearer(Role.PATROL_CDR)
    token = {"csrf_token": csrf_of(ops, f"/patrols/{out.id}/order")}
    address = f"/api/v1/patrols/{out.id}/check-in"
    assert client.post(address, json={"code": "ABC-234"}, headers=leader).json["code"] == "no_codes"
    shown = ops.post(f"/patrols/{out.id}/order/codes", data=token)
    assert shown.headers["Cache-Control"] == "no-store"
    found = [part.split("<")[0] for part in shown.get_data(as_text=True).split('class="mono fs-4">')[1:]]
    assert len(found) == 2 and all(len(code) == 7 for code in found)
    kept = out.owner.execute("SELECT code_hash, salt FROM stop_codes").fetchall()
    assert all(
        code.replace("-", "").encode() not in bytes(cell) for row in kept for cell in row for code in found
    )
    kept_ids = out.owner.execute("SELECT id FROM stop_codes").fetchall()
    # By hand first, then proved; read out loosely; the second by the code alone.
    hand = {"stop_id": out.stops[0]}
    assert client.post(f"/api/v1/patrols/{out.id}/arrive", json=hand, headers=leader).status_code == 200
    assert client.post(address, json={"code": f" {found[0].lower()} "}, headers=leader).status_code == 200
    assert client.post(f"/api/v1/patrols/{out.id}/leave", json=hand, headers=leader).status_code == 200
    assert client.post(address, json={"code": found[1].replace("-", " ")}, headers=leader).status_code == 200
    assert out.arrivals() == [("code", "hand"), ("code", None)]
    tries = [client.post(address, json={"code": "AAA-AAA"}, headers=leader).json["code"] for _n in range(11)]
    assert tries == ["wrong_code"] * 10 + ["too_many"]
    # Nor by a hand on the table, under the leader's own eyes: the count stands, and what is compared is not shown.
    with led(staff, out) as hand:
        for statement in (
            "UPDATE stop_codes SET refused = 0",
            "UPDATE stop_codes SET read_at = now()",
            "SELECT code_hash FROM stop_codes",
            "SELECT salt FROM stop_codes",
            "UPDATE patrol_stops SET arrived_by = 'code' WHERE arrived_by = 'code'",
        ):
            with pytest.raises(InsufficientPrivilege), hand.transaction():
                hand.execute(statement)  # type: ignore[arg-type]
        known = [[row[0] for row in kept_ids], [bytes(row[0]) for row in kept]]
        with pytest.raises(ObjectNotInPrerequisiteState), hand.transaction():
            hand.execute("SELECT vigil.try_stop_code(%s, %s, %s)", [out.id, *known])
    with led(staff, out, Role.ANALYST_JMAC) as hand:
        assert hand.execute("SELECT * FROM vigil.stop_salts(%s)", [out.id]).fetchall() == []
        with pytest.raises(InsufficientPrivilege), hand.transaction():
            hand.execute("SELECT vigil.try_stop_code(%s, %s, %s)", [out.id, *known])


@contextmanager
def led(staff: Staff, out: Out, role: Role = Role.PATROL_CDR) -> Iterator[psycopg.Connection]:
    """SQL of his own as the web's role: the patrol's leader, or another."""
    person = staff.person(role)
    viewer = Viewer(person, role, frozenset({staff.sectors[WEST]}))
    with psycopg.connect(staff.clone.plain_url("vigil_app")) as hand:
        hand.execute(ENTER, viewer.as_database_context())
        yield hand
        hand.rollback()


def test_nobody_arrives_at_a_stop_that_was_called_off(out: Out, client: FlaskClient, staff: Staff) -> None:
    ops, leader = staff.client(Role.SECTOR_OPS), staff.bearer(Role.PATROL_CDR)
    token = {"csrf_token": csrf_of(ops, f"/patrols/{out.id}/order")}
    shown = ops.post(f"/patrols/{out.id}/order/codes", data=token).get_data(as_text=True)
    code = shown.split('class="mono fs-4">')[2].split("<")[0]
    with out.owner.transaction():
        out.owner.execute(
            "UPDATE patrol_stops SET called_off_at = now(), called_off_for_id = %s WHERE id = %s",
            [out.id, out.stops[1]],
        )
        record(out.owner)
    address = f"/api/v1/patrols/{out.id}"
    said = client.post(f"{address}/arrive", json={"stop_id": out.stops[1]}, headers=leader)
    read = client.post(f"{address}/check-in", json={"code": code}, headers=leader)
    assert [(each.status_code, each.json["code"]) for each in (said, read)] == [(409, "called_off")] * 2
    with led(staff, out) as hand:
        for change in (
            "arrived_at = now()",
            "arrived_at = now(), arrived_by = 'hand'",
            "departed_at = now()",
        ):
            with pytest.raises(InsufficientPrivilege), hand.transaction():
                hand.execute(f"UPDATE patrol_stops SET {change} WHERE id = {out.stops[1]}")  # type: ignore[arg-type]
    out.told(STOPS[1], 12, 8, 4, 1)
    out.look()
    assert out.arrivals()[1] == (None, None)
