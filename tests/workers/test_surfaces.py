"""A surface is issued once a day of what was known, is kept as it was, and is scored once its days are over."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.factory import create_app
from app.permissions import Role
from app.surfaces import making, queries, scoring
from app.surfaces.models import Surface
from tests.app.surfaces.world import HOT, ONCE, QUIET, WEEK, Past, in_worker
from tests.people import EAST, WEST, Staff, csrf_of, record, square
from tests.reports import raised
from tests.servers import Clone
from workers import runtime, schedule, surfaces

NOW = datetime.now(UTC)


@pytest.fixture
def past(owner: psycopg.Connection, staff: Staff) -> Past:
    return Past(owner, staff)


@pytest.fixture
def worker(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application as the workers run it: on their own database role."""
    app = create_app(replace(clone.settings(), database_url=clone.url("vigil_worker")))
    monkeypatch.setattr(runtime, "worker_app", lambda: app)
    return app


def kinds(owner: psycopg.Connection) -> list[tuple[str, int]]:
    return owner.execute("SELECT kind, count(*) FROM surfaces GROUP BY 1 ORDER BY 1").fetchall()


def test_a_surface_says_what_is_likelier_and_why_and_looks_back_once(
    past: Past, worker: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    past.weeks(NOW)
    past.add(
        "places", code="P1", name="EXERCISE Hot", kind="town", population=900, place="SRID=4326;POINT(.5 .5)"
    )
    in_worker(worker, surfaces.make)
    in_worker(worker, surfaces.make)
    assert kinds(owner) == [("afterwards", 5), ("issued", 1)]
    events = owner.execute("SELECT count(*) FROM ledger_events WHERE action = 'surfaces.issued'").fetchone()
    assert events == (6,)
    with staff.acting(Role.POC_OFFICER):
        surface = queries.latest()
        assert surface is not None
        assert (surface.used, surface.learned, surface.people_known, surface.events) == (
            "persistence",
            False,
            True,
            7,
        )
        (risk, calm, outside) = queries.risk_at([HOT, QUIET, (40.0, 40.0)])
    assert risk is not None
    assert risk.cell.warned
    assert (risk.cell.lately, risk.cell.ever, risk.cell.since, risk.cell.place) == (4, 6, 0, "EXERCISE Hot")
    assert calm is not None
    assert (calm.cell.kind, calm.cell.warned, outside) == ("no_data", False, None)
    page = staff.client(Role.POC_OFFICER).get("/forecast").get_data(as_text=True)
    for said in ("4 incidents here in the last 28 days", "6 since ", "There is too little past to learn from",
                 "EXERCISE Hot", "Made afterwards", "Calibration of what was shown"):  # fmt: skip
        assert said in page, said


def test_a_surface_stands_on_what_was_known_when_it_was_issued(
    past: Past, worker: Flask, staff: Staff
) -> None:
    then = NOW - 3 * WEEK
    past.weeks(then)
    past.incident(QUIET, then - timedelta(days=2), recorded=then + timedelta(days=1))
    past.incident(QUIET, then - timedelta(days=2), verification="unfounded")
    past.incident(QUIET, then - timedelta(days=2), place_precision=4)
    past.incident(QUIET, then + timedelta(hours=1))
    made = in_worker(worker, making.make, then)
    with staff.acting(Role.ANALYST_JMAC):
        cells, _sectors = queries.cells_of(queries.one(made))
        found = {int(c["cell"]): int(c["ever"]) for c in cells if c["ever"]}
        assert sorted(found.values()) == [1, 6]


def test_what_came_is_scored_once_and_as_issued(
    past: Past, worker: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    then = NOW - 3 * WEEK
    past.weeks(then)
    in_worker(worker, making.make, then)
    past.incident(HOT, then + timedelta(hours=30))
    past.incident(HOT, then + timedelta(days=3))
    # Nothing was heard from there: neither a hit nor a miss.
    past.incident(QUIET, then + timedelta(days=1))
    assert in_worker(worker, scoring.score_all, then + timedelta(days=13)) == 0, "late reports are waited for"
    assert in_worker(worker, scoring.score_all, NOW) == 1
    past.incident(ONCE, then + timedelta(days=2), recorded=NOW)
    assert in_worker(worker, scoring.score_all, NOW) == 0
    scored = owner.execute(
        "SELECT sum(cells), sum(happened), sum(hits), sum(misses), sum(false_alarms), max(brier), jsonb_agg(leads) FROM "
        "surface_scores s JOIN surfaces f ON f.id = surface_id WHERE f.kind = 'issued' AND s.cells > 0"
    ).fetchone()
    assert scored is not None
    assert scored[:6] == (2, 1, 1, 0, 0, None)
    assert [30.0] in scored[6]
    told = "Warnings that came true: 1 of 1 (100 %)"
    for role, few in ((Role.POC_OFFICER, False), (Role.AUDITOR, True)):
        page = staff.client(role).get("/forecast").get_data(as_text=True)
        assert told in page
        assert "Its days are over" in page, "what was warned of three weeks ago is not warned of now"
        assert "Warned of now" not in page
        assert ("are left out" in page) == few, "one attack in a sector is for those who read incidents"


def test_nothing_is_heard_of_defenders_and_their_calls_count_nowhere(
    past: Past, worker: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    day = NOW - timedelta(days=1)
    past.weeks(NOW)
    for number, changes in enumerate(
        ({"channel": "defender_sos"}, {"channel": "missed_check_in"}, {"kind": "threat_to_named_person"}),
        start=1,
    ):
        past.alert(number, QUIET, day - 4 * WEEK, **changes)
        past.alert(number + 10, QUIET, day, **changes)
    past.alert(4, (0.2, 0.2), day)
    made = in_worker(worker, making.make, NOW)
    assert in_worker(worker, scoring.score_alerts, NOW) == 0
    with staff.acting(Role.POC_OFFICER):
        heard, silent, of_once = queries.risk_at([(0.2, 0.2), QUIET, ONCE])
        assert made == (queries.latest() or Surface()).id
    assert heard is not None
    assert silent is not None
    assert of_once is not None
    assert [heard.cell.kind == "no_data", silent.cell.kind, of_once.cell.kind == "no_data"] == [
        False,
        "no_data",
        False,
    ]


def test_each_alert_is_judged_once_by_what_was_found_out(
    past: Past, worker: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    then = NOW - 4 * WEEK
    # Whatever the quarter in which this runs: an auditor sees those that have ended.
    old = NOW - timedelta(days=120)
    for number in range(1, 7):
        past.alert(number, HOT, old, verification="verified", channel="hotline")
    past.alert(7, HOT, old, verification="unfounded", channel="radio")
    past.alert(8, HOT, then, channel="rule", reporter_id=None)
    rule = past.add("rules", kind="absence", created_by_id=staff.person(Role.POC_OFFICER))
    past.add("rule_lapses", rule_id=rule, version=1, subject="area", opened_at=then, red_at=then, alert_id=8,
             explanation='{"value": 1}')  # fmt: skip
    past.incident(HOT, then + timedelta(hours=5), alert_id=8)
    past.alert(9, HOT, NOW - timedelta(days=2))
    assert in_worker(worker, scoring.score_alerts, NOW) == 8
    with owner.transaction():
        owner.execute("UPDATE alerts SET verification = 'unfounded' WHERE id = 1")
        record(owner)
    assert in_worker(worker, scoring.score_alerts, NOW) == 0
    rows = owner.execute(
        "SELECT channel, verdict, count(*), max(lead_hours), max(rule_id) FROM alert_scores GROUP BY 1, 2 ORDER BY 1"
    ).fetchall()
    assert rows == [
        ("hotline", "confirmed", 6, None, None), ("radio", "unfounded", 1, None, None),
        ("rule", "undecided", 1, 5.0, rule),
    ]  # fmt: skip
    officer = staff.client(Role.POC_OFFICER).get("/forecast").get_data(as_text=True)
    assert "Hotline" in officer
    assert "Radio" in officer
    _before, _found, by_sector = officer.partition('id="alerts-by-sector"')
    row = by_sector.partition("Sector West")[2].partition("</tr>")[0]
    assert re.findall(r">(\d+)<", row) == ["6", "1", "1", "1"]
    other = staff.client(Role.SECTOR_OPS, EAST).get("/forecast").get_data(as_text=True)
    assert "alerts-by-sector" not in other
    # One alert by radio was unfounded: that number could tell whose it was. Rules tell of nobody.
    auditor = staff.client(Role.AUDITOR).get("/forecast").get_data(as_text=True)
    assert "Hotline" in auditor
    assert "Radio" not in auditor
    assert "alerts-by-sector" not in auditor


def test_cells_are_for_those_who_read_incidents_there_and_scores_for_auditors_too(
    past: Past, worker: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    past.weeks(NOW)
    in_worker(worker, making.make, NOW)
    with staff.acting(Role.SECTOR_OPS, EAST):
        west, east = queries.risk_at([HOT, ONCE])
        assert west is None
        assert east is not None
    surface = queries_latest(owner)
    auditor, sector = staff.client(Role.AUDITOR), staff.client(Role.SECTOR_OPS, WEST)
    page = auditor.get("/forecast").get_data(as_text=True)
    assert "How often it was right" in page
    assert "incidents here" not in page
    told = auditor.get(f"/api/v1/forecast/{surface}").get_json()
    assert told["surface"]["warned"] == []
    (cell,) = sector.get("/api/v1/forecast").get_json()["surface"]["warned"]
    assert cell["sector_id"] == staff.sectors[WEST]
    assert staff.client(Role.CLA).get("/forecast").status_code == 403
    # Of a week in a sector there may be one attack: for who reads none, a row is a whole surface.
    for who, count in ((staff.client(Role.POC_OFFICER), 6), (auditor, 5)):
        exported = post(who, "/forecast/export")
        assert exported.status_code == 200
        assert exported.get_data(as_text=True).count("afterwards") == count
        assert ("Sector West" in exported.get_data(as_text=True)) == (who is not auditor)


def test_surfaces_feed_the_map_and_the_risk_matrix_and_decide_nothing(
    past: Past, worker: Flask, staff: Staff
) -> None:
    past.weeks(NOW)
    in_worker(worker, making.make, NOW)
    actor = past.add("actors", code="A1", name="EXERCISE actor", kind="armed_group")
    threats = [
        past.add("threats", name="EXERCISE threat", actor_id=actor, target="EXERCISE", kind="mob_risk", intent=3,
                 capability=3, likelihood=1, impact=4, review_on=NOW.date(), sector_id=past.sector(place),
                 area=square(place[0] - 0.02, place[1] - 0.02, 0.04))
        for place in (HOT, QUIET)
    ]  # fmt: skip
    officer = staff.client(Role.POC_OFFICER)
    hot, quiet = (officer.get(f"/threats/{t}/edit").get_data(as_text=True) for t in threats)
    assert "The forecast suggests likelihood" in hot
    assert "4 incidents here in the last 28 days" in hot
    assert "from this area nothing is heard" in quiet

    def layer(client: FlaskClient, question: str = "") -> list[dict[str, Any]]:
        answer = client.get(f"/map/layers/hotspots.geojson{question}")
        assert answer.status_code == 200
        return [feature["properties"] for feature in answer.get_json(force=True)["features"]]

    drawn = layer(officer)
    assert drawn[0]["kind"] == "no_data"
    assert [p["warned"] for p in drawn] == [False, True]
    panel = officer.get(drawn[1]["url"])
    assert "chance of violence in the cell" in panel.get_data(as_text=True)
    assert layer(officer, "?known_at=2020-01-01T00:00:00Z") == []
    east = staff.client(Role.SECTOR_OPS, EAST)
    assert [p["warned"] for p in layer(east)] == [False]
    assert east.get(drawn[1]["url"]).status_code == 404
    commander = staff.client(Role.PATROL_CDR)
    assert layer(commander) == []
    assert 'data-layer="hotspots"' in officer.get("/map").get_data(as_text=True)
    assert 'data-layer="hotspots"' not in commander.get("/map").get_data(as_text=True)


def queries_latest(owner: psycopg.Connection) -> int:
    row = owner.execute("SELECT id FROM surfaces WHERE kind = 'issued'").fetchone()
    assert row
    return int(row[0])


def post(client: FlaskClient, path: str) -> Any:
    return client.post(path, data={"csrf_token": csrf_of(client, "/forecast")})


def test_it_is_asked_for_each_day_and_lets_a_house_that_has_just_started_settle(
    owner: psycopg.Connection, clone: Clone
) -> None:
    due = (
        "SELECT queue, not_before > now() + interval '1 minute' FROM outbox WHERE job = 'workers.surfaces.make' "
        "ORDER BY id"
    )
    with psycopg.connect(clone.plain_url("vigil_worker")) as database:
        schedule.ask_for_what_is_due(database)
        assert owner.execute(due).fetchall() == [("files", True)]
        assert owner.execute("SELECT count(*) FROM outbox WHERE not_before > now()").fetchone() == (1,)
        owner.execute("UPDATE outbox SET created_at = created_at - interval '25 hours', not_before = now()")
        schedule.ask_for_what_is_due(database)
        schedule.ask_for_what_is_due(database)
    assert owner.execute(due).fetchall() == [("files", False), ("files", False)]


def test_a_row_from_times_to_come_keeps_nothing_from_being_asked_for(
    owner: psycopg.Connection, clone: Clone
) -> None:
    owner.execute(
        "INSERT INTO outbox (queue, job, args, created_at, finished_at) "
        "VALUES ('slow', 'workers.ledger.verify', '[]', '2100-01-01', '2100-01-01')"
    )
    with psycopg.connect(clone.plain_url("vigil_worker")) as database:
        schedule.ask_for_what_is_due(database)
        schedule.ask_for_what_is_due(database)
    waits = "SELECT count(*) FROM outbox WHERE job = 'workers.ledger.verify' AND finished_at IS NULL"
    assert owner.execute(waits).fetchone() == (1,)


def test_an_officer_orders_the_first_surface_and_no_second_one(
    past: Past, worker: Flask, staff: Staff, client: FlaskClient, owner: psycopg.Connection
) -> None:
    officer = staff.client(Role.POC_OFFICER)
    empty = officer.get("/forecast").get_data(as_text=True)
    assert "No surface yet" in empty
    assert post(officer, "/forecast/order").status_code == 303
    row = owner.execute("SELECT id FROM outbox WHERE job = 'workers.surfaces.make'").fetchone()
    assert row
    raised(client, staff.bearer(Role.PATROL_CDR))
    runtime.run(row[0])
    assert kinds(owner) == [("issued", 1)], "there is no past to look back on"
    with staff.acting(Role.POC_OFFICER):
        (risk,) = queries.risk_at([HOT])
    # A report was heard from there, and nothing ever happened: known, and not warned of.
    assert risk is not None
    assert (risk.cell.kind, risk.cell.warned) == ("calm", False)
    assert post(officer, "/forecast/order").status_code == 409
