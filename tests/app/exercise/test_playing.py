"""The exercise that plays: a living room through the same doors as everybody, and never in a real mission."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import click
import psycopg
import pytest
from flask import Flask

from app.db import db
from app.documents import measures as report
from app.documents.freezing_facts import facts
from app.documents.freezing_records import records
from app.documents.wording import duration
from app.exercise.acting import refuse_a_real_mission
from app.exercise.driving import Roads, Way, far, joined
from app.exercise.playing import play
from app.exercise.room import Room
from app.measures import queries
from app.measures.catalogue import CATALOGUE
from app.measures.periods import Period
from app.mission.queries import procedures
from app.operator import operator_connection
from app.permissions import current_viewer
from app.sessions import viewer_of
from tests import servers
from tests.people import record
from tests.servers import ROOT, Clone


def flask_command(environment: dict[str, str], *words: str) -> list[str]:
    return [sys.executable, "-m", "flask", *words]


@pytest.fixture(scope="module")
def loaded(
    template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Clone, dict[str, str]]]:
    """A clone with the exercise in it, and the environment of its commands."""
    var = tmp_path_factory.mktemp("play")
    clone = Clone.of(template_database, var)
    socket = Path(f"/tmp/vigil-test-{secrets.token_hex(4)}.sock")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VIGIL_")} | clone.environment()
    environment |= {"FLASK_APP": "wsgi:app", "PYTHONPATH": str(ROOT), "VIGIL_KEYHOLDER_SOCKET": str(socket)}
    try:
        done = subprocess.run(
            flask_command(environment, "exercise", "load"), cwd=ROOT, env=environment, capture_output=True, text=True,
            timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        yield clone, environment
    finally:
        clone.drop()


@pytest.fixture
def stage(loaded: tuple[Clone, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    clone, environment = loaded
    for name in ("VIGIL_OWNER_DATABASE_URL", "VIGIL_EXERCISE"):
        monkeypatch.setenv(name, environment[name])
    for app in servers.application(clone):
        with app.app_context():
            yield app


@pytest.fixture
def owner(loaded: tuple[Clone, dict[str, str]]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(loaded[0].plain_url("vigil_owner"), autocommit=True) as connection:
        yield connection


def count(owner: psycopg.Connection, what: str) -> int:
    row = owner.execute(f"SELECT count(*) FROM {what}").fetchone()
    assert row
    return int(row[0])


class Quick(Event):
    """A clock that does not wait, and ends after so many ticks."""

    def __init__(self, ticks: int) -> None:
        super().__init__()
        self.ticks = ticks

    def wait(self, timeout: float | None = None) -> bool:
        self.ticks -= 1
        if self.ticks <= 0:
            self.set()
        # A moment has to pass between two positions of a patrol.
        time.sleep(0.002)
        return self.is_set()


def played(ticks: int, speed: float = 60) -> Room:
    said: list[str] = []
    return play(speed=speed, minutes=None, seed=7, patrols=4, say=said.append, stop=Quick(ticks))


def test_patrols_drive_and_reports_become_alerts_that_are_answered(
    stage: Flask, owner: psycopg.Connection
) -> None:
    before = {
        t: count(owner, t) for t in ("positions", "field_reports", "alerts", "patrols", "haven_changes")
    }
    steps = count(owner, "alert_steps")
    room = played(240)
    after = {t: count(owner, t) for t in before}
    assert all(after[t] > before[t] for t in before), (before, after)
    assert room.raised >= 3 and room.closed >= 1
    assert count(owner, "alert_steps") - steps > 10
    made = f"patrols WHERE id > (SELECT max(id) - {after['patrols'] - before['patrols']} FROM patrols)"
    assert count(owner, f"{made} AND state IN ('planned', 'under_way', 'paused')") == 0, "everybody is home"
    people = owner.execute(
        "SELECT DISTINCT p.name FROM field_reports r JOIN people p ON p.id = r.reporter_id"
    ).fetchall()
    assert all(name.startswith("EXERCISE ") for (name,) in people)
    marked = owner.execute(
        "SELECT what FROM field_reports ORDER BY serial DESC LIMIT %s", [room.reports]
    ).fetchall()
    assert all(what.startswith("EXERCISE") for (what,) in marked)


def test_the_accountability_report_and_the_measures_tell_the_same_of_the_alerts(
    stage: Flask, owner: psycopg.Connection
) -> None:
    with owner.transaction():
        owner.execute("UPDATE alerts SET channel = 'rule' WHERE id % 5 = 0")
        owner.execute(
            "UPDATE alerts SET leader_id = pair.leader FROM (SELECT f.id, l.id AS leader FROM alerts f JOIN alerts l ON "
            "l.id <> f.id AND l.sector_id = f.sector_id AND l.priority <= f.priority AND l.leader_id IS NULL AND "
            "l.status NOT IN ('responded', 'closed') AND l.decision IS DISTINCT FROM 'not_respond' "
            "WHERE f.status = 'received' AND f.leader_id IS NULL LIMIT 1) pair WHERE alerts.id = pair.id"
        )
        record(owner)
    since, until = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    found = owner.cursor(row_factory=psycopg.rows.namedtuple_row).execute(
        "SELECT o.* FROM people p, vigil.of_person(p.id) o WHERE p.role = 'hom'"
    )
    token = current_viewer.set(viewer_of(found.fetchone()))
    try:
        alerts = [facts(each, None, datetime.now(UTC)) for each in records(since, until, None)]
        totals = queries.totals(CATALOGUE.values(), Period(since, until))
    finally:
        db.session.rollback()
        db.session.remove()
        current_viewer.reset(token)
    told, by_rules = report.told(alerts), report.seen_by_rules(alerts)
    assert len(told) > 50 and len(by_rules) > 10 and len(told) + len(by_rules) < len(alerts)
    anybody, mission = report.response_rates(told)
    limit = procedures()["feedback_hours"]
    for code, figure in {
        "response_any": anybody, "response_mission": mission, "rules_response": report.response_rates(by_rules)[1],
        "justified_non_response": report.justified_non_response(told), "feedback": report.feedback_rate(told, limit),
    }.items():  # fmt: skip
        measured = totals[code]
        assert (figure.numerator, figure.denominator) == (measured.numerator, measured.denominator), code
    for code, field, counted in (
        ("time_to_acknowledge", "acknowledged", told), ("time_to_decide", "decided", told),
        ("time_to_depart", "departed", told), ("time_to_arrive", "arrived", told),
        ("rules_time_to_decide", "decided", by_rules),
    ):  # fmt: skip
        spread, measured = report.spread(counted, field), totals[code]
        assert (spread.counted, spread.missing) == (measured.counted, measured.missing), code
        assert (spread.median_text, spread.p90_text) == (
            duration(measured.median),
            duration(measured.ninetieth),
        ), code


def test_nothing_is_played_in_a_real_mission(stage: Flask, owner: psycopg.Connection) -> None:
    owner.execute("UPDATE mission_identity SET exercise = false")
    try:
        before = count(owner, "ledger_events")
        with pytest.raises(click.ClickException):
            refuse_a_real_mission()
        with pytest.raises(click.ClickException):
            played(3)
        assert count(owner, "ledger_events") == before
    finally:
        owner.execute("UPDATE mission_identity SET exercise = true")


def test_control_c_ends_it_cleanly(loaded: tuple[Clone, dict[str, str]], owner: psycopg.Connection) -> None:
    _clone, environment = loaded
    row = owner.execute("SELECT clock_timestamp()").fetchone()
    assert row
    began = row[0]
    process = subprocess.Popen(
        flask_command(environment, "exercise", "play", "--speed", "300"), cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        first = process.stdout.readline() if process.stdout else ""
        assert "plays at 300 times" in first
        time.sleep(6)
        process.send_signal(signal.SIGINT)
        said, _none = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0 and "has ended" in said and "Traceback" not in said
    row = owner.execute(
        "SELECT count(*) FROM patrols WHERE state IN ('planned', 'under_way') AND created_at > %s", [began]
    ).fetchone()
    assert row == (0,)
    told = "positions WHERE received_at > %s::timestamptz"
    moved = owner.execute(
        f"SELECT count(*), count(*) FILTER (WHERE flags & 39 <> 0) FROM {told}", [began]
    ).fetchone()
    assert moved and moved[0] > 3 and moved[1] == 0, (
        "a play is faster than the clock, and its positions are believed"
    )


def test_a_way_leads_along_open_roads_and_its_time_only_grows(stage: Flask) -> None:
    with operator_connection() as connection:
        roads = Roads(connection)
    nodes = sorted(roads.links)
    ways = [w for a in nodes[:8] for b in nodes[-8:] if (w := roads.way(roads.nodes[a], roads.nodes[b]))]
    assert len(ways) > 20
    for way in ways:
        assert list(way.seconds) == sorted(way.seconds) and way.lasts > 0
        assert max(far(a, b) for a, b in zip(way.spots, way.spots[1:], strict=False)) < 0.5
        assert way.at(-1) == way.spots[0] and way.at(way.lasts + 1) == way.spots[-1]


def test_a_spot_between_two_is_found_by_its_time() -> None:
    way = joined([(1.0, ((0.0, 0.0), (0.0, 1.0))), (2.0, ((0.0, 1.0), (1.0, 1.0)))])
    assert isinstance(way, Way) and way.seconds == (0.0, 60.0, 180.0)
    assert way.at(30) == (0.0, 0.5) and way.at(120) == (0.5, 1.0)
