"""Somebody wants that nobody is told: a row that no process can read, a ladder to nowhere, another's watch."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from flask import Flask

from app.alerts.models import Alert
from app.db import db
from app.ladders import queries
from app.ladders.climbing import Ladder, Rung, Then, Way
from app.permissions import Role
from tests.app.ladders.test_changing import put
from tests.people import Staff, record
from tests.workers.test_escalation import look, overdue_alert
from tests.workers.test_messages import DUTY, SECOND, Room, room, watched
from tests.workers.told import answer
from workers import alerts, messages, replies

__all__ = ["room", "watched"]


def test_a_ladder_that_nobody_can_climb_is_as_none(
    app: Flask, staff: Staff, owner: psycopg.Connection, worker: Flask
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute("UPDATE ladders SET rungs = '[]'")
    with owner.transaction():
        owner.execute('UPDATE ladders SET rungs = \'[{"post": "nobody"}]\'')
        record(owner)
    overdue_alert(app, staff, owner)
    look(worker)
    assert owner.execute("SELECT owner_echelon FROM alerts").fetchone() == ("sector",)
    with staff.acting(Role.HOM):
        assert queries.in_force("abduction", "P1") == (queries.WITHOUT_ANY, None)


def test_one_alert_that_can_t_be_told_on_stops_the_clocks_of_no_other(
    app: Flask, staff: Staff, owner: psycopg.Connection, worker: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    overdue_alert(app, staff, owner)
    poisoned = owner.execute("SELECT min(id) FROM alert_clocks").fetchone()
    assert poisoned
    climb = alerts.climb

    def stumbles(alert: Alert, clock: Any, *more: Any) -> None:
        if clock.id == poisoned[0]:
            raise IndexError("EXERCISE")
        climb(alert, clock, *more)

    monkeypatch.setattr(alerts, "climb", stumbles)
    look(worker)
    ran = owner.execute("SELECT id FROM alert_clocks WHERE ran_out_at IS NULL AND echelon = 'duty_officer'")
    assert ran.fetchall() == [poisoned]


def test_a_zone_that_nobody_knows_silences_no_telephone() -> None:
    ladder = Ladder((Rung("sector", 5, frozenset({Way.SMS})),), Then.STAY, 0, 720)
    noon = datetime(2026, 11, 21, 6, tzinfo=UTC)
    assert ladder.may_ring_from(noon, "UTC") > noon
    assert ladder.may_ring_from(noon, "Atlantis/Nowhere") == noon


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_from": 0, "quiet_until": 1439}, {"quiet_from": 1320, "quiet_until": 1319},
        {"priority": "P1", "then": "stay"},
    ],
)  # fmt: skip
def test_a_ladder_is_neither_quiet_all_day_nor_ends_for_a_p1(
    app: Flask, staff: Staff, owner: psycopg.Connection, wrong: dict[str, Any]
) -> None:
    assert put(app, staff, **wrong).status_code == 422
    columns = {"quiet_from": "quiet_from", "quiet_until": "quiet_until", "then": '"then"'}
    change = ", ".join(f"{columns[n]} = '{v}'" for n, v in wrong.items() if n in columns)
    statement = f"UPDATE ladders SET {change} WHERE priority = '{wrong.get('priority', 'P2')}'"
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(statement)  # type: ignore[arg-type]


def test_nobody_holds_a_post_for_good(staff: Staff) -> None:
    begin = (
        "INSERT INTO watches (post, sector_id, person_id, role, ways, from_at, until_at) "
        "VALUES ('duty_officer', NULL, vigil.person_id(), 'watchkeeper_joc', '{screen}', now(), %s)"
    )
    with staff.acting(Role.WATCHKEEPER_JOC):
        link = db.session.connection()
        link.exec_driver_sql(begin, ("tomorrow",))
        with pytest.raises(Exception, match="ck_watches_ends"):
            link.exec_driver_sql(begin, ("infinity",))


def test_one_reply_that_can_t_be_carried_out_keeps_no_other_waiting(
    watched: Room, alert: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.look()
    carried_out = replies.carried_out

    def stumbles(asked: str, alert_id: int, person_id: int) -> Any:
        if asked == "NO":
            raise TypeError("EXERCISE")
        return carried_out(asked, alert_id, person_id)

    monkeypatch.setattr(replies, "carried_out", stumbles)
    answer(watched.folders / "inbox", DUTY, watched.to(alert, "NO"))
    answer(watched.folders / "inbox", DUTY, watched.to(alert), 1)
    watched.look()
    found = watched.owner.execute("SELECT asked, result FROM replies ORDER BY id").fetchall()
    assert found == [("", "unknown"), ("OK", "done")]
    assert list((watched.folders / "inbox").iterdir()) == []


def test_a_flood_of_what_comes_in_does_not_hold_up_what_goes_out(
    watched: Room, alert: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "MOST_AT_ONCE", 3)
    for n in range(5):
        answer(watched.folders / "inbox", SECOND, "EXERCISE", n)
    with watched.app.app_context():
        messages.sweep(watched.ways, watched.now)
        db.session.remove()
    assert len(list((watched.folders / "inbox").iterdir())) == 2
