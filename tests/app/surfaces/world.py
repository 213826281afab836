"""A small past in the two sectors of the tests: weeks of violence at one place, once at others. Cells are 20 km."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import psycopg
from flask import Flask

from app.db import db
from tests.people import EAST, WEST, Staff, record

HOT, ONCE, QUIET = (0.5, 0.5), (1.5, 0.5), (1.2, 0.8)
WEEK = timedelta(days=7)


class Past:
    def __init__(self, owner: psycopg.Connection, staff: Staff) -> None:
        self.owner, self.staff = owner, staff

    def add(self, table: str, **values: Any) -> Any:
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        with self.owner.transaction():
            row = self.owner.execute(
                f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING *",  # type: ignore[arg-type]
                list(values.values()),
            ).fetchone()
            record(self.owner)
        assert row
        return row[0]

    def sector(self, place: tuple[float, float]) -> int:
        return self.staff.sectors[WEST if place[0] < 1 else EAST]

    def incident(
        self, place: tuple[float, float], at: datetime, recorded: datetime | None = None, **more: Any
    ) -> int:
        values: dict[str, Any] = {
            "kind": "attack_on_civilians", "occurred_from": at, "occurred_to": at, "killed_best": 1, "killed_low": 1,
            "killed_high": 1, "place": f"SRID=4326;POINT({place[0]} {place[1]})", "sector_id": self.sector(place),
            "recorded_at": recorded or at, "summary": "EXERCISE",
        }  # fmt: skip
        return int(self.add("incidents", **values | more))

    def alert(self, number: int, place: tuple[float, float], at: datetime, **more: Any) -> None:
        values: dict[str, Any] = {
            "id": number, "alert_key": f"test:{number}", "kind": "attack_under_way", "channel": "patrol",
            "priority": "P2", "occurred_at": at, "received_at": at, "raised_at": at, "place_as_given": "EXERCISE",
            "place": f"SRID=4326;POINT({place[0]} {place[1]})", "sector_id": self.sector(place), "verbatim": "EXERCISE",
            "place_precision": 1,
        }  # fmt: skip
        self.add("alerts", **values | more)

    def weeks(self, now: datetime, count: int = 6) -> None:
        """An attack at the hot place in each of the last weeks, and one elsewhere in the second last."""
        for back in range(count):
            self.incident(HOT, now - back * WEEK - timedelta(days=1))
        self.incident(ONCE, now - WEEK - timedelta(days=3))


def in_worker(worker: Flask, what: Any, *arguments: Any) -> Any:
    """Do it as the worker does, in one transaction."""
    with worker.app_context():
        done = what(*arguments)
        db.session.commit()
        return done
