"""A thousand alerts under a moved clock, with acts at random and processes killed at random, and Redis dead throughout:
every step happens exactly once at its time ± 5 s, or once on recovery."""

from __future__ import annotations

import os
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask

from app.alerts import actions, clocks
from app.alerts.models import Authority, NonResponseReason, ResponseKind
from app.db import db
from app.errors import Refusal
from app.ladders.climbing import Turn, as_ladder, next_due
from app.permissions import Role
from tests.people import WEST, Staff, record
from tests.servers import Clone
from tests.workers.moved_clock import Killable, MovedClock
from tests.workers.told import contact, on_watch, spool

ALERTS = int(os.environ.get("VIGIL_TEST_ALERTS") or 1000)
LASTS, RAISED_IN = timedelta(minutes=50), timedelta(minutes=20)
# Moments are drawn on a grid: what falls into the same one is due at once, and the clock is set a third as often.
GRID = timedelta(seconds=12)
WINDOW = timedelta(seconds=4)
GRACE = timedelta(seconds=5)
KILLS = 6
# A busy machine starts a process within a minute; that is not what is tried here.
PATIENCE_SECONDS = 240
DUE = {"P1": (5, 15, 10), "P2": (8, 20, 16), "P3": (12, 25, 20), "P4": (20, 40, 45)}
CLOCKS = ("acknowledge", "verify", "decide")
WHY = "EXERCISE: said in a sentence why."
RAISE = """
INSERT INTO alerts (id, alert_key, kind, channel, priority, occurred_at, received_at, raised_at, place, place_as_given,
                    sector_id, verbatim, owner_echelon, source_reliability, credibility)
VALUES (%(id)s, %(id)s::text, 'abduction', 'hotline', %(priority)s, %(at)s, %(at)s, %(at)s,
        'SRID=4326;POINT(0.5 0.5)', 'EXERCISE', %(sector)s, 'EXERCISE', 'duty_officer', 'B', 2)
"""


@dataclass
class Night:
    """What happens, and when: alerts raised, acts, and the times in which nothing ran."""

    chance: random.Random
    clock: MovedClock
    owner: psycopg.Connection
    staff: Staff
    begin: datetime
    folders: Path
    raised: list[tuple[datetime, int, str]] = field(default_factory=list)
    acts: list[tuple[datetime, int]] = field(default_factory=list)
    down: list[tuple[datetime, datetime]] = field(default_factory=list)

    def plan(self) -> None:
        for alert in range(1, ALERTS + 1):
            at = self.begin + self.drawn(RAISED_IN) + timedelta(seconds=self.chance.random())
            self.raised.append((at, alert, self.chance.choice(sorted(DUE))))
            while self.chance.random() < 0.6:
                self.acts.append((at + self.drawn(LASTS), alert))
        self.raised.sort()
        self.acts.sort()

    def drawn(self, within: timedelta) -> timedelta:
        return self.chance.randrange(within // GRID) * GRID

    def raise_due(self) -> None:
        while self.raised and self.raised[0][0] <= self.clock.now:
            at, alert, priority = self.raised.pop(0)
            with self.owner.transaction():
                self.owner.execute(
                    RAISE, {"id": alert, "priority": priority, "at": at, "sector": self.staff.sectors[WEST]}
                )
                for name, minutes in zip(CLOCKS, DUE[priority], strict=True):
                    self.owner.execute(
                        "INSERT INTO alert_clocks (id, alert_id, clock, echelon, due_at) "
                        "VALUES (nextval('alert_clock_ids'), %s, %s, 'duty_officer', %s)",
                        [alert, name, at + timedelta(minutes=minutes)],
                    )
                record(self.owner)

    def act_due(self) -> None:
        while self.acts and self.acts[0][0] <= self.clock.now:
            _at, alert = self.acts.pop(0)
            try:
                self.chance.choice((self.acknowledge, self.pass_on, self.decide, self.decline))(alert)
                db.session.commit()
            except Refusal:
                db.session.rollback()

    def acknowledge(self, alert: int) -> None:
        actions.acknowledge(alert)

    def pass_on(self, alert: int) -> None:
        actions.pass_on(alert, WHY)

    def decide(self, alert: int) -> None:
        actions.decide_to_respond(alert, ResponseKind.PATROL, Authority.STANDING_ORDER, WHY)

    def decline(self, alert: int) -> None:
        actions.decline_with_reason(alert, NonResponseReason.DISTANCE_TIME, Authority.TACTICAL_CONTROL, WHY)

    def next_moment(self) -> datetime:
        """Past the next thing that happens, by less than five seconds."""
        row = self.owner.execute(
            "SELECT min(coalesce(deputy_until, due_at)) FROM alert_clocks WHERE stopped_at IS NULL AND ran_out_at IS NULL"
        ).fetchone()
        coming = [
            self.clock.now + timedelta(minutes=2),
            *(t for t, *_ in self.raised[:1]),
            *(t for t, _ in self.acts[:1]),
        ]
        if row and row[0]:
            coming.append(row[0])
        return max(min(coming) + WINDOW, self.clock.now + timedelta(seconds=1))

    def send(self) -> None:
        """As the gateway's daemon: what lies in the outbox goes to the sent ones. Once."""
        for path in (self.folders / "outbox").glob("OUT*.txt"):
            to = self.folders / "sent" / path.name
            assert not to.exists(), "sent twice"
            path.rename(to)

    def settled(self) -> bool:
        """Whether all that is due has been done, and every message that may ring was handed over."""
        row = self.owner.execute(
            "SELECT (SELECT count(*) FROM alert_clocks WHERE stopped_at IS NULL AND ran_out_at IS NULL "
            "        AND (coalesce(deputy_until, due_at) <= %(now)s OR passed_on_by_id IS NOT NULL "
            "             OR (told_at IS NULL AND clock = 'acknowledge'))) "
            "     + (SELECT count(*) FROM messages WHERE state = 'queued' AND not_before <= %(now)s)",
            {"now": self.clock.now},
        ).fetchone()
        return row == (0,)


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MovedClock:
    """The clock of the processes and of the acts; begins now, since people sign in by the database's own."""
    clock = MovedClock(tmp_path, datetime.now(UTC).replace(microsecond=0))

    class Moved(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return clock.now.astimezone(tz)

    for module in (actions, clocks):
        monkeypatch.setattr(module, "datetime", Moved)
    return clock


def test_every_step_happens_once_at_its_time_or_once_on_recovery(
    app: Flask, clone: Clone, staff: Staff, owner: psycopg.Connection, moved: MovedClock, tmp_path: Path
) -> None:
    folders = spool(tmp_path)
    people(staff, owner, moved.now)
    night = Night(random.Random(20261121), moved, owner, staff, moved.now, folders)
    night.plan()
    more = {
        "VIGIL_SMS_SPOOL": str(folders), "VIGIL_CLOCKS_EVERY_SECONDS": "0.02",
        "VIGIL_REDIS_URL": f"unix://{tmp_path}/no-redis-here",
    }  # fmt: skip
    processes = [Killable(f"workers.{name}", clone, moved, more) for name in ("clocks", "messages")]
    try:
        live_through(night, processes)
    finally:
        for process in processes:
            process.kill()
    assert min(p.starts for p in processes) >= 2, "nothing was killed"
    steps_are_right(owner, night)
    messages_are_right(owner, folders)


def people(staff: Staff, owner: psycopg.Connection, now: datetime) -> None:
    stands = (
        (Role.WATCHKEEPER_JOC, "duty_officer", None, False), (Role.POC_OFFICER, "duty_officer", None, True),
        (Role.SECTOR_OPS, "sector", staff.sectors[WEST], False), (Role.FC_STAFF, "force_headquarters", None, False),
        (Role.HOM, "head_of_mission", None, False),
    )  # fmt: skip
    for n, (role, post, sector, deputy) in enumerate(stands):
        contact(owner, staff.person(role), f"+2439900000{n}")
        on_watch(owner, staff.person(role), post, sector, deputy, at=now)


def live_through(night: Night, processes: list[Killable]) -> None:
    for process in processes:
        process.start()
    kills = sorted(night.begin + night.chance.random() * LASTS for _ in range(KILLS))
    with night.staff.acting(Role.FC_STAFF):
        while night.clock.now < night.begin + LASTS:
            night.clock.set(night.next_moment())
            night.raise_due()
            night.act_due()
            if kills and kills[0] <= night.clock.now:
                kills.pop(0)
                lose(night, night.chance.choice([processes, processes[:1]]))
            wait_until_settled(night, processes)


def lose(night: Night, killed: list[Killable]) -> None:
    """Killed in the midst of what they do, and found minutes later; meanwhile alerts come in and people act."""
    time.sleep(night.chance.random() * 0.05)
    for process in killed:
        process.kill()
    night.send()
    lost = night.clock.now
    # One that still sends hands over what the gateway, which stands still here, would have sent within three minutes.
    most = 400 if len(killed) > 1 else 170
    night.clock.set(lost + timedelta(seconds=night.chance.randint(1, most)))
    night.raise_due()
    night.act_due()
    night.down.append((lost - GRACE, night.clock.now))
    for process in killed:
        process.start()


def wait_until_settled(night: Night, processes: list[Killable]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    # What was handed over after the last look has waited for two minutes already.
    night.send()
    while not night.settled():
        night.send()
        for process in processes:
            assert process.lives(), f"a process ended by itself\n{process.said()}"
            assert time.monotonic() < until, f"what is due is not done\n{process.said()}"
        time.sleep(0.01)


def steps_are_right(owner: psycopg.Connection, night: Night) -> None:
    rows = owner.execute(
        "SELECT c.alert_id, c.clock, coalesce(c.run, 1), coalesce(c.rung, 0), coalesce(c.again, 0), "
        "coalesce(c.deputy_until, c.due_at), c.stopped_at, c.ran_out_at, a.priority, c.echelon, "
        "c.passed_on_by_id IS NOT NULL, c.due_at FROM alert_clocks c JOIN alerts a ON a.id = c.alert_id "
        "ORDER BY 1, 2, 3, 4, 5"
    ).fetchall()
    ladders = {
        r[0]: as_ladder(*r[1:])
        for r in owner.execute(
            'SELECT priority, rungs, "then", quiet_from, quiet_until FROM ladders'
        ).fetchall()
    }
    strays = [str(row[7]) for row in rows if row[7] and row[7].microsecond]
    assert not strays, (
        f"a process did not live by the moved clock, which knows whole seconds alone: {strays[:3]}"
    )
    turns: dict[tuple[int, str, int], list[Any]] = defaultdict(list)
    for row in rows:
        turns[row[:3]].append(row)
    ran_out = 0
    for of_clock in turns.values():
        for n, (*_key, rung, again, due, stopped, ended, priority, echelon, passed, _limit) in enumerate(
            of_clock
        ):
            ladder = ladders[priority]
            assert ladder.rung(rung).post == echelon
            after = ladder.after(Turn(rung, again))
            following = of_clock[n + 1] if n + 1 < len(of_clock) else None
            if ended is None:
                assert following is None
                assert stopped is not None or due > night.clock.now, "a clock was forgotten"
                continue
            ran_out += 1
            on_time = timedelta(0) <= ended - due <= GRACE
            assert on_time or (passed and ended < due) or recovered(night, due, ended), (due, ended)
            assert (following is None) == (after is None)
            if following is not None and after is not None:
                assert Turn(following[3], following[4]) == after
                minutes = ladder.rung(after.rung).minutes
                planned = next_due(min(due, ended), ended, minutes, GRACE)
                # As it was set when its turn began, wherever that went: to the deputy, or on.
                assert following[11] == planned, (following, planned)
    steps = owner.execute(
        "SELECT count(*), count(DISTINCT (alert_id, details->>'clock', details->>'from', details->>'to', "
        "coalesce(details->>'again', ''), details->>'due_at')) FROM alert_steps WHERE kind = 'escalated' "
        "AND details ? 'clock'"
    ).fetchone()
    assert steps == (ran_out, ran_out)
    assert ran_out > ALERTS, "hardly anything ran out"


def recovered(night: Night, due: datetime, ended: datetime) -> bool:
    """Whether it was due while nothing ran, and done as soon as something did: once the process was back, before the
    clock had moved on by more than one window."""
    return any(
        lost <= due <= back and back - WINDOW <= ended <= back + GRACE + WINDOW for lost, back in night.down
    )


def messages_are_right(owner: psycopg.Connection, folders: Path) -> None:
    handed = owner.execute(
        "SELECT id, state FROM messages WHERE state NOT IN ('queued', 'not_needed')"
    ).fetchall()
    assert {state for _id, state in handed} <= {"handed_over", "sent"}
    files = [
        int(p.name.split("_")[2]) for name in ("outbox", "sent") for p in (folders / name).glob("OUT*.txt")
    ]
    assert len(files) == len(set(files)), "a message lies there twice"
    assert {r[0] for r in handed} == set(files)
    assert len(files) > ALERTS / 4, "hardly anybody was told"
    assert list((folders / "outbox").glob(".*")) == []
    untold = owner.execute(
        "SELECT count(*) FROM alert_clocks WHERE clock = 'acknowledge' AND told_at IS NULL AND stopped_at IS NULL"
    ).fetchone()
    assert untold == (0,)
