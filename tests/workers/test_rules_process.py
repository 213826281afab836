"""Rules fire with Redis dead, with processes killed in the midst of a look and their connections cut: each thing once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from flask.testing import FlaskClient

from app.permissions import Role
from tests.app.rules.world import INSIDE, OUTSIDE, Ground, rule
from tests.people import Staff
from tests.servers import Clone, administrator
from tests.workers.moved_clock import Killable

# A busy machine starts a process within a minute; that is not what is tried here.
PATIENCE_SECONDS = 120


def test_each_lapse_fires_once_and_is_over_once_whatever_is_killed(
    client: FlaskClient, clone: Clone, staff: Staff, owner: psycopg.Connection, tmp_path: Path
) -> None:
    chance, ground = random.Random(20261121), Ground(owner, staff)
    headers = staff.bearer(Role.POC_OFFICER)
    made = client.post("/api/v1/rules", json=rule(), headers=headers).get_json()["id"]
    assert client.post(f"/api/v1/rules/{made}/switch", json={"on": True}, headers=headers).status_code == 200
    more = {"VIGIL_RULES_EVERY_SECONDS": "0.01", "VIGIL_REDIS_URL": f"unix://{tmp_path}/no-redis-here"}
    first, second = (Killable("workers.rules", clone, None, more) for _ in range(2))
    carriers: list[int] = []

    def told(place: tuple[float, float], *minutes_ago: float) -> None:
        for carrier in carriers:
            ground.told(carrier, place, *minutes_ago)

    def arrive(count: int) -> None:
        for _ in range(count):
            carriers.append(ground.patrol(call_sign=f"HAWK {len(carriers)}"))
            ground.told(carriers[-1], INSIDE, 28, 25, 22, 19)

    def wait(state: str) -> None:
        wait_until(lambda: said(owner) == [state] * len(carriers), first, second)

    def lose_line() -> None:
        time.sleep(chance.random() * 0.05)
        administrator().execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE usename = 'vigil_worker' AND datname = %s", [clone.name],
        )  # fmt: skip

    try:
        for process in (first, second):
            process.start()
        arrive(4)
        wait("red")
        for _ in range(3):
            arrive(2)
            lose_line()
        wait("red")
        arrive(4)
        time.sleep(chance.random() * 0.05)
        first.kill()
        wait("red")
        told(OUTSIDE, 16, 13)
        second.kill()
        told(OUTSIDE, 10, 1)
        arrive(1)
        told(OUTSIDE, 16, 13, 10, 1.5)
        first.start()
        # The last one came and left while nothing ran: on record, and nobody is told of what is over.
        wait("over")
    finally:
        first.kill()
        second.kill()
    assert owner.execute("SELECT count(*) FROM alerts").fetchone() == (len(carriers) - 1,)
    notes = owner.execute(
        "SELECT count(*), count(DISTINCT alert_id) FROM alert_steps WHERE kind = 'note'"
    ).fetchone()
    assert notes == (len(carriers) - 1, len(carriers) - 1)


def said(owner: psycopg.Connection) -> list[str]:
    rows = owner.execute(
        "SELECT CASE WHEN withdrawn_at IS NOT NULL THEN 'withdrawn' WHEN cleared_at IS NOT NULL THEN 'over' "
        "WHEN paged_at IS NOT NULL THEN 'red' ELSE 'untold' END FROM rule_lapses ORDER BY id"
    )
    return [str(row[0]) for row in rows]


def wait_until(true: Callable[[], bool], *processes: Killable) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not true():
        for process in processes:
            assert process.process is None or process.lives(), f"a process ended by itself\n{process.said()}"
        assert time.monotonic() < until, "\n".join(process.said() for process in processes)
        time.sleep(0.02)
