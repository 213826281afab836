"""The picture as the room knew it: whatever the present showed at a moment, the past of that moment shows too."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import InsufficientPrivilege, IntegrityConstraintViolation

from app.maps.models import REMEMBERED
from app.permissions import Role
from tests.people import WEST, Staff, record, square
from tests.servers import Clone

GRADES = {"source_reliability": "B", "credibility": 2, "place_precision": 1, "date_precision": 1}


class Room:
    """A small mission in which things happen: each act is a transaction of its own, by the database's own clock."""

    def __init__(self, staff: Staff, owner: psycopg.Connection) -> None:
        self.staff, self.owner = staff, owner
        self.sector = staff.sectors[WEST]
        self.watch = staff.client(Role.POC_OFFICER)
        self.things: dict[str, list[int]] = {layer: [] for layer in REMEMBERED}
        self.n = 0
        row = owner.execute(
            "INSERT INTO actors (code, name, kind) VALUES ('A', 'EXERCISE group', 'group') RETURNING id"
        )
        self.actor = row.fetchone()[0]  # type: ignore[index]
        row = owner.execute(
            "INSERT INTO units (code, name, call_sign, kind, sector_id) VALUES ('U', 'EXERCISE', 'HAWK', 'coy', %s) "
            "RETURNING id", [self.sector],
        )  # fmt: skip
        self.unit = row.fetchone()[0]  # type: ignore[index]

    def write(self, statement: str, *values: Any) -> Any:
        with self.owner.transaction():
            found = self.owner.execute(statement, values)  # type: ignore[arg-type]
            row = found.fetchone() if found.description else None
            record(self.owner)
        return row[0] if row else None

    def begin(self, layer: str, x: float) -> None:
        self.n += 1
        point = f"SRID=4326;POINT({x} 0.5)"
        if layer == "alerts":
            made = self.write(
                "INSERT INTO alerts (id, alert_key, kind, channel, priority, occurred_at, place, place_as_given, "
                "sector_id, verbatim) "
                "VALUES (nextval('alert_ids'), %s, 'mob_risk', 'radio', 'P2', now(), %s, 'x', %s, 'x') "
                "RETURNING id",
                f"test:{self.n}", point, self.sector,
            )  # fmt: skip
        elif layer == "incidents":
            made = self.write(
                "INSERT INTO incidents (kind, occurred_from, occurred_to, place, sector_id, killed_low, killed_best, "
                "killed_high) VALUES ('killing', now(), now(), %s, %s, %s, %s, %s) RETURNING id",
                point, self.sector, self.n, self.n, self.n,
            )  # fmt: skip
        elif layer == "threats":
            made = self.write(
                "INSERT INTO threats (name, actor_id, target, kind, area, sector_id, intent, capability, likelihood, "
                "impact, review_on) VALUES (%s, %s, 'x', 'mob_risk', %s, %s, 1, 1, 2, 2, now()) RETURNING id",
                f"T{self.n}", self.actor, square(x, 0.1, 0.2), self.sector,
            )  # fmt: skip
        elif layer == "havens":
            made = self.write(
                "INSERT INTO havens (code, name, kind, place, sector_id, capacity_day, capacity_night) "
                "VALUES (%s, %s, 'base_shelter', %s, %s, 90, 60) RETURNING id",
                f"H{self.n}", f"EXERCISE H{self.n}", point, self.sector,
            )  # fmt: skip
        else:
            with self.owner.transaction():
                made = self.write(
                    "INSERT INTO patrols (call_sign, unit_id, sector_id, purpose, planned_start, planned_end) "
                    "VALUES (%s, %s, %s, 'presence', now(), now()) RETURNING id",
                    f"P{self.n}", self.unit, self.sector,
                )  # fmt: skip
                for sequence in range(1, 2 + self.n % 3):
                    self.write(
                        "INSERT INTO patrol_stops (patrol_id, sequence, name, place) VALUES (%s, %s, 'x', %s)",
                        made, sequence, f"SRID=4326;POINT({x} {0.1 * sequence})",
                    )  # fmt: skip
        self.things[layer].append(made)

    def change(self, layer: str, which: int, how: int) -> None:
        if not self.things[layer]:
            return
        row = self.things[layer][which % len(self.things[layer])]
        if layer == "patrols" and how == 3:
            self.write(
                "INSERT INTO positions (tracked_id, at, place) SELECT id, clock_timestamp(), %s FROM tracked "
                "WHERE patrol_id = %s",
                POINT, row,
            )  # fmt: skip
            self.write(
                "INSERT INTO latest_positions (tracked_id, patrol_id, at, place, sector_id) "
                "SELECT id, patrol_id, clock_timestamp(), %s, %s FROM tracked WHERE patrol_id = %s "
                "ON CONFLICT (patrol_id) DO UPDATE SET at = excluded.at, place = excluded.place",
                POINT, self.sector, row,
            )  # fmt: skip
            return
        what = CHANGES[layer][how % len(CHANGES[layer])]
        self.write(f"UPDATE {layer} SET {what} WHERE id = %s", row)

    def picture(self, known_at: datetime | None = None) -> dict[str, list[str]]:
        # Of a period: all of time is told by sums, which know no past.
        question = "?zoom=8&since=2000-01-01T00:00Z"
        if known_at:
            question += f"&known_at={known_at.isoformat().replace('+', '%2B')}"
        return {layer: drawn(self.watch, layer, question) for layer in REMEMBERED}

    def clock(self) -> datetime:
        row = self.owner.execute("SELECT clock_timestamp()").fetchone()
        assert row
        found: datetime = row[0]
        return found


POINT = "SRID=4326;POINT(0.9 0.9)"
CHANGES: dict[str, list[str]] = {
    "alerts": [
        "status = 'acknowledged'",
        "status = 'closed'",
        "source_reliability = 'A'",
        "status = 'tasked'",
    ],
    "incidents": ["verification = 'verified'", "credibility = 1", "verification = 'unfounded'"],
    "threats": ["ended_at = now()", "likelihood = 5", "name = name || 'x'", "ended_at = NULL"],
    "havens": [
        "state = 'open'",
        "occupancy = 30",
        "state = 'compromised'",
        "exposure = 'secret'",
        "name = name || 'x'",
        "place = ST_Translate(place, 0.01, 0)",
    ],
    "patrols": ["state = 'under_way'", "state = 'done'", "state = 'paused'"],
}


def drawn(client: FlaskClient, layer: str, question: str) -> list[str]:
    answer = client.get(f"/map/layers/{layer}.geojson{question}")
    assert answer.status_code == 200 and answer.json
    return sorted(json.dumps(f, sort_keys=True) for f in answer.json["features"])


@pytest.fixture
def room(staff: Staff, owner: psycopg.Connection) -> Room:
    return Room(staff, owner)


ACT = st.tuples(
    st.sampled_from(REMEMBERED),
    st.integers(0, 3),
    st.integers(0, 5),
    st.floats(0.05, 0.95).map(lambda x: round(x, 3)),
    st.booleans(),
)


@given(st.lists(ACT, min_size=3, max_size=14))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_history_played_by_hand_is_shown_again_as_it_was_at_each_of_its_moments(
    room: Room, acts: list[tuple[str, int, int, float, bool]]
) -> None:
    seen = []
    for layer, which, how, x, begins in acts:
        if begins or not room.things[layer]:
            room.begin(layer, x)
        else:
            room.change(layer, which, how)
        seen.append((room.clock(), room.picture()))
    for known_at, picture in seen:
        assert room.picture(known_at) == picture


def test_what_was_changed_twice_in_one_transaction_was_known_once(room: Room) -> None:
    room.begin("alerts", 0.5)
    with room.owner.transaction():
        for status in ("acknowledged", "verified", "decided"):
            room.owner.execute("UPDATE alerts SET status = %s", [status])
        record(room.owner)
    rows = room.owner.execute(
        "SELECT content ->> 'status', known_until = 'infinity' FROM revisions WHERE layer = 'alerts' ORDER BY known_from"
    ).fetchall()
    assert rows == [("received", False), ("decided", True)]


def test_a_writer_who_waited_for_another_learns_after_him(room: Room, clone: Clone) -> None:
    room.begin("alerts", 0.5)
    with psycopg.connect(clone.plain_url("vigil_owner")) as early:
        early.execute("SELECT now()")  # his transaction begins, and with it his time
        room.change("alerts", 0, 0)
        early.execute("UPDATE alerts SET status = 'tasked'")
        record(early)
    rows = room.owner.execute(
        "SELECT content ->> 'status' FROM revisions WHERE layer = 'alerts' ORDER BY known_from"
    ).fetchall()
    assert rows == [("received",), ("acknowledged",), ("tasked",)]


def test_nobody_rewrites_what_was_known(room: Room, clone: Clone) -> None:
    room.begin("alerts", 0.5)
    room.change("alerts", 0, 0)
    for statement in (
        "UPDATE revisions SET content = '{}'",
        "UPDATE revisions SET known_until = 'infinity' WHERE known_until < 'infinity'",
        "UPDATE revisions SET known_from = known_from - interval '1 hour'",
        "DELETE FROM revisions",
    ):
        with pytest.raises(IntegrityConstraintViolation):
            room.owner.execute(statement)
    with psycopg.connect(clone.plain_url("vigil_app"), autocommit=True) as app:
        for statement in (
            "UPDATE revisions SET known_until = now()",
            "DELETE FROM revisions",
            "INSERT INTO revisions (layer, row_id, known_from, content) VALUES ('alerts', 9, now(), '{}')",
            "SELECT vigil.hold_true('alerts', 9, NULL, NULL, '{}', now())",
        ):
            with pytest.raises(InsufficientPrivilege):
                app.execute(statement)


def test_only_the_owner_says_when_something_was_known(room: Room, clone: Clone) -> None:
    told = "SELECT set_config('vigil.told_at', '2020-01-01T00:00:00Z', false)"
    room.owner.execute(told)
    room.begin("havens", 0.5)
    row = room.owner.execute("SELECT extract(year FROM known_from)::int FROM revisions").fetchone()
    assert row == (2020,)
    with psycopg.connect(clone.plain_url("vigil_app")) as app:
        app.execute(told)
        app.execute("SELECT vigil.enter('1', 'havens:keep,havens:read', '', '', '')")
        app.execute("UPDATE havens SET occupancy = 7")
        row = app.execute(
            "SELECT known_from = now() FROM revisions WHERE known_until = 'infinity'"
        ).fetchone()
        assert row == (True,)
        app.rollback()


def test_a_haven_that_is_hidden_now_is_hidden_in_the_past_too(room: Room) -> None:
    room.begin("havens", 0.5)
    then = room.clock()
    duty = room.staff.client(Role.WATCHKEEPER_JOC)
    past = f"?known_at={then.isoformat().replace('+', '%2B')}"
    assert len(drawn(duty, "havens", past)) == 1
    room.write("UPDATE havens SET exposure = 'secret'")
    assert drawn(duty, "havens", past) == []
    assert len(drawn(room.watch, "havens", past)) == 1
