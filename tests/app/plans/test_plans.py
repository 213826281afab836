"""A plan is asked for, searched as whoever asked, checked, changed by hand, and becomes patrols with their lines."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.permissions import MAP, Permission, Role
from app.plans.frozen import problem_of
from app.plans.results import plan_of
from app.plans.wishes import Wishes
from app.plans.wording import at_stop
from geo.patrols.check import faults
from tests.app.patrol_orders.world import decision, issued
from tests.app.plans.test_ground import WHY, means, post, site
from tests.people import EAST, WEST, Staff, record
from tests.planning_ground import Country, small_country
from workers import solves

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()


@pytest.fixture
def country(owner: psycopg.Connection, staff: Staff) -> Country:
    return small_country(owner, staff)


@pytest.fixture
def officer(staff: Staff) -> FlaskClient:
    return staff.client(Role.SECTOR_OPS)


def searched(worker: Flask, owner: psycopg.Connection, answer: Any) -> int:
    """The worker's part, and the plan's number."""
    assert answer.status_code == 303, answer.get_data(as_text=True)
    with worker.app_context():
        for (solve,) in owner.execute("SELECT id FROM solves WHERE state = 'waiting'").fetchall():
            solves.run(str(solve))
    told = owner.execute("SELECT state, error FROM solves ORDER BY id DESC LIMIT 1").fetchone()
    assert told == ("done", None)
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def asked(staff: Staff, officer: FlaskClient, **changes: str) -> Any:
    form = {"sector": str(staff.sectors[WEST]), "first": TOMORROW, "days": "1", "seconds": "0.3"}
    return post(officer, "/plans", {**form, **changes})


def stored(
    owner: psycopg.Connection, plan: int
) -> tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]:
    row = owner.execute("SELECT state, wishes, ground, result FROM plans WHERE id = %s", [plan]).fetchone()
    assert row
    return row


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few sites need no seconds."""
    monkeypatch.setattr("app.plans.forms.SECONDS", [("0.3", "soon")])
    monkeypatch.setattr("app.plans.actions.AGAIN_SECONDS", 0.2)


def test_a_plan_is_made_changed_by_hand_and_issued_once(
    staff: Staff, officer: FlaskClient, country: Country, worker: Flask, owner: psycopg.Connection
) -> None:
    for n in (1, 2, 3):
        site(officer, f"V{n}", priority="must" if n == 3 else "could")
    means(officer, country, tours_a_day="2")
    first = searched(worker, owner, asked(staff, officer))
    state, _wishes, ground, result = stored(owner, first)
    assert state == "ready"
    # Replayed from what is stored alone.
    assert not faults(problem_of(ground), plan_of(result))
    assert sum(len(each["stops"]) for each in result["rounds"]) == 3
    text = officer.get(f"/plans/{first}").get_data(as_text=True)
    for said in ("Every site that must be protected is visited", "EXERCISE village 3", "no visit on record",
                 "1000 people", "One more unit would bring no further visit", "Issue orders"):  # fmt: skip
        assert said in text, said
    assert "Waits for a decision" in officer.get("/plans").get_data(as_text=True)
    told = officer.get(f"/api/v1/plans/{first}").json
    assert told["figures"]["people"] == 3000

    # One visit to the other tour, one left out; the plan before stays as it was.
    tour_of = {stop[0]: n for n, each in enumerate(result["rounds"]) for stop in each["stops"]}
    about = {fact["name"]: task for task, fact in enumerate(ground["about"])}
    moved, out = about["EXERCISE village 1"], about["EXERCISE village 2"]
    other = 1 - tour_of[moved]
    answer = post(officer, f"/plans/{first}/again", {f"wish_{moved}": f"move:{other}", f"wish_{out}": "out"})
    second = searched(worker, owner, answer)
    _state, wishes, ground, result = stored(owner, second)
    assert not faults(Wishes.read(wishes).on(problem_of(ground)), plan_of(result))
    placed = {stop[0]: n for n, each in enumerate(result["rounds"]) for stop in each["stops"]}
    assert placed[moved] == other
    assert out not in placed
    text = officer.get(f"/plans/{second}").get_data(as_text=True)
    assert "an officer left it out" in text
    compared = officer.get(f"/plans/compare?a={first}&b={second}").get_data(as_text=True)
    assert "EXERCISE village 2" in compared.split("What differs", 1)[1]
    for refused in ({"wish_0": "move:99"}, {"order_0": "0;1"}, {"order_99": "keep"}):
        assert post(officer, f"/plans/{second}/again", refused).status_code == 422

    assert post(officer, f"/plans/{second}/issue", {}).status_code == 303
    patrols = owner.execute(
        "SELECT p.id, ST_NPoints(p.route), (SELECT count(*) FROM patrol_stops s WHERE s.patrol_id = p.id), l.tour "
        "FROM patrols p JOIN plan_patrols l ON l.patrol_id = p.id WHERE l.plan_id = %s ORDER BY p.id", [second],
    ).fetchall()  # fmt: skip
    assert [row[3] for row in patrols] == [n for n, each in enumerate(result["rounds"]) if each["stops"]]
    assert all(points > 1 and stops >= 1 for _id, points, stops, _tour in patrols)
    # Once: what was issued is neither issued again nor put aside.
    assert post(officer, f"/plans/{second}/issue", {}).status_code == 409
    assert post(officer, f"/plans/{second}/withdraw", {}).status_code == 409
    assert post(officer, f"/plans/{first}/withdraw", {}).status_code == 303
    assert f"/plans/{second}" in officer.get(f"/patrols/{patrols[0][0]}").get_data(as_text=True)
    assert f"/patrols/{patrols[0][0]}" in officer.get(f"/plans/{second}").get_data(as_text=True)


def test_an_issued_plan_says_which_of_its_patrols_may_not_go_with_state_forces_any_more(
    staff: Staff, officer: FlaskClient, client: FlaskClient, country: Country, worker: Flask,
    owner: psycopg.Connection,
) -> None:  # fmt: skip
    site(officer, "V2")
    means(officer, country)
    plan = searched(worker, owner, asked(staff, officer))
    assert post(officer, f"/plans/{plan}/issue", {}).status_code == 303
    patrol = owner.execute("SELECT patrol_id FROM plan_patrols").fetchone()
    clearance = decision(client, staff)
    assert patrol
    issued(client, staff, patrol[0], composition={"strength": 12, "state_forces": 6}, clearance_id=clearance)
    mark = "support to State forces ended"
    assert mark not in officer.get(f"/plans/{plan}").get_data(as_text=True)
    why = {"reason": "EXERCISE: its men burnt a village"}
    path = f"/api/v1/due-diligence/{clearance}/suspend"
    assert client.post(path, json=why, headers=staff.bearer(Role.HOM)).status_code == 200
    assert mark in officer.get(f"/plans/{plan}").get_data(as_text=True)


@pytest.mark.parametrize("later", [timedelta(hours=1), timedelta(hours=-1)], ids=["spring", "autumn"])
def test_every_day_of_a_week_in_which_clocks_change_keeps_its_date_and_its_hours(
    staff: Staff, officer: FlaskClient, country: Country, worker: Flask, owner: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch, later: timedelta,
) -> None:  # fmt: skip
    zone = ZoneInfo("Europe/Belgrade")
    with owner.transaction():
        owner.execute("UPDATE mission_identity SET time_zone = %s", [zone.key])
        record(owner)
    monkeypatch.setattr("app.plans.actions.FARTHEST", timedelta(days=400))
    changes_on = next(
        day
        for n in range(3, 390)
        if midnight(day := date.today() + timedelta(days=n), zone).utcoffset() + later  # type: ignore[operator]
        == midnight(day + timedelta(days=1), zone).utcoffset()
    )
    first = changes_on - timedelta(days=1)
    site(officer, "V1", priority="must", visits_a_week="7")
    means(officer, country, shift_from="07:00", shift_until="12:00")
    plan = searched(worker, owner, asked(staff, officer, first=first.isoformat(), days="7"))
    text = officer.get(f"/plans/{plan}").get_data(as_text=True)
    days = [first + timedelta(days=n) for n in range(7)]
    told = re.findall(r"<summary><h2>([^<]+)</h2>", text)
    assert [said.split() for said in told] == [day.strftime("%a %-d %b").split() for day in days]
    # On each of the seven days within the hours of the shift, by the clocks on the wall.
    assert post(officer, f"/plans/{plan}/issue", {}).status_code == 303
    rows = owner.execute(
        "SELECT p.planned_start, p.planned_end, s.arrive_planned FROM patrols p JOIN plan_patrols l "
        "ON l.patrol_id = p.id JOIN patrol_stops s ON s.patrol_id = p.id WHERE l.plan_id = %s "
        "ORDER BY p.planned_start", [plan],
    ).fetchall()  # fmt: skip
    assert [row[0].astimezone(zone).date() for row in rows] == days
    for moments in rows:
        assert all(time(7) <= at.astimezone(zone).time() <= time(12) for at in moments)
    patrol = owner.execute("SELECT max(patrol_id) FROM plan_patrols WHERE plan_id = %s", [plan]).fetchone()
    assert patrol and officer.get(f"/patrols/{patrol[0]}").status_code == 200


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def test_alerts_that_wait_to_be_verified_are_visits_at_the_nearest_place(
    staff: Staff, officer: FlaskClient, country: Country, worker: Flask, owner: psycopg.Connection
) -> None:
    site(officer, "V3")
    means(officer, country)
    told = [
        (901, "attack_under_way", "P3", 0.21, 0.5, 1, "received", WEST),
        (902, "attack_under_way", "P1", 0.19, 0.5, 2, "acknowledged", WEST),
        (903, "abduction", "P1", 0.3, 0.5, 1, "received", WEST),  # about one person
        (904, "attack_under_way", "P1", 0.4, 0.5, 3, "received", WEST),  # somewhere in the district
        (905, "attack_under_way", "P1", 0.4, 0.5, 1, "verified", WEST),
        (906, "attack_under_way", "P1", 0.3, 0.8, 1, "received", WEST),  # no place is near
        (907, "attack_under_way", "P1", 0.5, 0.5, 1, "received", EAST),
        (908, "crsv", "P1", 0.3, 0.5, 1, "received", WEST),  # soldiers don't ask survivors
        (909, "child_recruitment", "P1", 0.3, 0.5, 1, "received", WEST),
        (
            910,
            "mob_risk",
            "P1",
            0.4,
            0.5,
            1,
            "received",
            WEST,
        ),  # leads the next one, which is about one person
        (911, "abduction", "P1", 0.4, 0.5, 1, "received", WEST),
    ]
    with owner.transaction():
        for number, kind, priority, lon, lat, precision, status, sector in told:
            owner.execute(
                "INSERT INTO alerts (id, alert_key, kind, channel, priority, status, occurred_at, place, "
                "place_precision, place_as_given, sector_id, verbatim) VALUES (%s, %s, %s, 'hotline', %s, %s, now(), "
                "ST_SetSRID(ST_MakePoint(%s, %s), 4326), %s, 'EXERCISE', %s, 'EXERCISE')",
                [number, f"k{number}", kind, priority, status, lon, lat, precision, staff.sectors[sector]],
            )
        record(owner)
    with owner.transaction():
        owner.execute("UPDATE alerts SET leader_id = 910 WHERE id = 911")
        record(owner)
    plan = searched(worker, owner, asked(staff, officer))
    _state, _wishes, ground, result = stored(owner, plan)
    found = [(n, fact) for n, fact in enumerate(ground["about"]) if fact["kind"] == "alert"]
    assert [(fact["alert_ids"], fact["code"], fact["priority"]) for _n, fact in found] == [
        ([902, 901], "V1", "must")
    ]
    # By day, and on the first one; where the place lies, not where the alert was told from.
    assert ground["tasks"]["windows"][found[0][0]][0] == [360.0, 1080.0]
    assert ground["spots"][ground["tasks"]["node"][found[0][0]]] == [0.2, 0.5]
    assert found[0][0] in [stop[0] for each in result["rounds"] for stop in each["stops"]]
    text = officer.get(f"/plans/{plan}").get_data(as_text=True)
    assert "2 alerts near it wait to be verified; priority P1" in text
    assert 'href="/alerts/902"' in text
    # What soldiers carry on paper names no alert.
    assert not any("90" in said for _n, fact in found for said in at_stop(fact))
    # Answered meanwhile: nobody is sent to ask.
    with owner.transaction():
        owner.execute("UPDATE alerts SET status = 'verified' WHERE id = 901")
        record(owner)
    late = post(officer, f"/plans/{plan}/issue", {})
    assert late.status_code == 409 and "Leave its visit out" in late.get_data(as_text=True)
    # The plan's readers are told of an alert by its number alone because they read it anyway.
    patrols, alerts = MAP[Permission.READ_PATROLS], MAP[Permission.READ_ALERTS]
    assert patrols.anywhere <= alerts.anywhere
    assert patrols.in_sector <= alerts.in_sector


def test_a_village_too_far_for_a_day_is_reached_by_sleeping_at_a_post(
    staff: Staff, officer: FlaskClient, country: Country, worker: Flask, owner: psycopg.Connection
) -> None:
    # There and back with the visit takes 280 minutes at least; on to the post 260 at most.
    site(officer, "V4", visit_minutes="120")
    means(officer, country, longest_duty_minutes="270", overnight_places="V3")
    plan = searched(worker, owner, asked(staff, officer, days="7"))
    _state, _wishes, ground, result = stored(owner, plan)
    assert not faults(problem_of(ground), plan_of(result))
    out = [
        night[0]
        for night, node in zip(ground["nights"], result["nights"], strict=True)
        if node != night[2][0]
    ]
    visits = [len(each["stops"]) for each in result["rounds"]]
    assert out
    assert sum(visits) > 0
    text = officer.get(f"/plans/{plan}").get_data(as_text=True)
    assert "To EXERCISE village 3 for the night" in text
    assert "Sets out from EXERCISE village 3." in text
    assert post(officer, f"/plans/{plan}/issue", {}).status_code == 303
    there = owner.execute(
        "SELECT p.task, ST_X(ST_StartPoint(next.route)) FROM plan_patrols l JOIN patrols p ON p.id = l.patrol_id "
        "JOIN plan_patrols m ON m.plan_id = l.plan_id AND m.tour = l.tour + 1 JOIN patrols next ON next.id = m.patrol_id "
        "WHERE l.tour = %s", [out[0]],
    ).fetchone()  # fmt: skip
    assert there == (f"By patrol plan {plan}. The night is spent at EXERCISE village 3.", pytest.approx(0.4))
    # A plan from another begins with its nights, and is no worse.
    plan = searched(worker, owner, asked(staff, officer, days="7"))
    again = searched(worker, owner, post(officer, f"/plans/{plan}/again", {}))
    first, second = (plan_of(stored(owner, number)[3]) for number in (plan, again))
    assert not faults(problem_of(stored(owner, again)[2]), second)
    assert second.reward >= first.reward


def test_a_draft_follows_the_units_newest_order_and_is_a_joint_one_for_no_reason_of_that_order(
    staff: Staff, officer: FlaskClient, client: FlaskClient, country: Country, worker: Flask,
    owner: psycopg.Connection,
) -> None:  # fmt: skip
    site(officer, "V2")
    means(officer, country)
    first = searched(worker, owner, asked(staff, officer))
    assert post(officer, f"/plans/{first}/issue", {}).status_code == 303
    assert owner.execute("SELECT count(*) FROM patrol_orders").fetchone() == (0,)  # nothing to take it from
    patrol = owner.execute("SELECT patrol_id FROM plan_patrols").fetchone()
    assert patrol
    joint = {"strength": 12, "women": 3, "state_forces": 6}
    issued(client, staff, patrol[0], composition=joint, clearance_id=decision(client, staff))
    day_after = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    second = searched(worker, owner, asked(staff, officer, first=day_after))
    assert post(officer, f"/plans/{second}/issue", {}).status_code == 303
    drafted = owner.execute(
        "SELECT o.joint, o.clearance_id, o.approved_at, o.straight, o.content -> 'composition' -> 'women', "
        "o.content -> 'tasks' -> 0 ->> 'task' FROM patrol_orders o JOIN plan_patrols l USING (patrol_id) "
        "WHERE l.plan_id = %s", [second],
    ).fetchone()  # fmt: skip
    assert drafted is not None
    assert drafted[:5] == (False, None, None, False, 3)
    assert "Planned because" in drafted[5]
    # What was said of another way is said anew before it is approved.
    row = owner.execute(
        "SELECT o.patrol_id, o.version, o.content FROM patrol_orders o JOIN plan_patrols l USING (patrol_id) "
        "WHERE l.plan_id = %s", [second],
    ).fetchone()  # fmt: skip
    assert row is not None
    number, version, content = row
    assert (content["alternate_route"], content["risk_signed_by"], content["hazards"]) == ("???", "???", [])
    assert content["medical"]["landing_site"] == "???" and content["medical"]["treatment"] != "???"
    approve, staff_of_force = f"/api/v1/patrols/{number}/order/{version}/approve", staff.bearer(Role.FC_STAFF)
    refused = client.post(approve, json={}, headers=staff_of_force)
    assert (refused.status_code, refused.json["code"]) == (409, "draft")
    issued(client, staff, number, hazards_note="EXERCISE: is the ford mined???")


def test_a_road_that_was_closed_meanwhile_stops_the_plan(
    staff: Staff, officer: FlaskClient, country: Country, worker: Flask, owner: psycopg.Connection
) -> None:
    site(officer, "V2")
    site(officer, "V4", priority="could")
    means(officer, country)
    plan = searched(worker, owner, asked(staff, officer))
    closed = {"condition": "closed", "cause": "bridge", "reason": WHY}
    assert post(officer, f"/roads/links/{country.links[2]}", closed).status_code == 303
    assert post(officer, f"/plans/{plan}/issue", {}).status_code == 409
    assert owner.execute("SELECT count(*) FROM patrols").fetchone() == (0,)
    again = searched(worker, owner, post(officer, f"/plans/{plan}/again", {}))
    text = officer.get(f"/plans/{again}").get_data(as_text=True)
    assert "no unit gets there and back within its hours" in text
    assert post(officer, f"/plans/{again}/issue", {}).status_code == 303


def test_who_plans_nothing_there_makes_and_reads_no_plan(
    staff: Staff, officer: FlaskClient, country: Country, worker: Flask, owner: psycopg.Connection
) -> None:
    site(officer, "V2")
    means(officer, country)
    plan = searched(worker, owner, asked(staff, officer))
    stranger, reader = staff.client(Role.SECTOR_OPS, EAST), staff.client(Role.ANALYST_JMAC)
    assert asked(staff, stranger).status_code == 422
    assert stranger.get(f"/plans/{plan}").status_code == 404
    assert post(stranger, f"/plans/{plan}/issue", {}).status_code == 404
    assert "Issue orders" not in reader.get(f"/plans/{plan}").get_data(as_text=True)
    assert post(reader, f"/plans/{plan}/issue", {}).status_code == 403
