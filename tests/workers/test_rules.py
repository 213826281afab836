"""Rules look, fire once, say why, and say when it is over; what is late corrects the record and pages nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.permissions import Role
from tests.app.alerts.entries import entered
from tests.app.rules.world import INSIDE, NOW, OUTSIDE, Ground, rule
from tests.people import EAST, Staff, record
from workers import rules

Look = Callable[[], None]
Write = Callable[..., int]


@pytest.fixture
def ground(owner: psycopg.Connection, staff: Staff) -> Ground:
    return Ground(owner, staff)


@pytest.fixture
def look(worker: Flask) -> Look:
    def once() -> None:
        with worker.app_context():
            rules.watch()

    return once


@pytest.fixture
def write(client: FlaskClient, staff: Staff) -> Write:
    """Write a rule and switch it on; its id."""

    def made(role: Role = Role.POC_OFFICER, **changes: Any) -> int:
        headers = staff.bearer(role)
        answer = client.post("/api/v1/rules", json=rule(**changes), headers=headers)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        number = int(answer.get_json()["id"])
        assert (
            client.post(f"/api/v1/rules/{number}/switch", json={"on": True}, headers=headers).status_code
            == 200
        )
        return number

    return made


def alerts(owner: psycopg.Connection) -> list[tuple[Any, ...]]:
    return owner.execute("SELECT channel, priority, reasons, reporter_id FROM alerts ORDER BY id").fetchall()


def test_a_patrol_inside_for_long_enough_raises_one_alert_that_says_why(
    ground: Ground, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    number = write()
    ground.told(ground.patrol(), INSIDE, 9, 7, 5, 3, 1)
    look()
    look()
    assert [state for _subject, state in ground.record_of()] == ["red"]
    ((channel, priority, reasons, reporter),) = alerts(owner)
    assert (channel, priority, reporter) == ("rule", "P2", None)
    assert reasons[0].startswith("HAWK 2 is surely at least") and f"Rule {number}, version 1" in reasons[1]
    assert reasons[2] == "It tells when a patrol is inside the area for 5 minutes."
    # Its clocks run as any alert's.
    assert owner.execute("SELECT count(*) FROM alert_clocks").fetchone() == (3,)


def test_a_fix_whose_error_reaches_over_the_edge_fires_nothing(
    ground: Ground, write: Write, look: Look
) -> None:
    write()
    ground.told(ground.patrol(), (0.401, 0.5), 9, 7, 5, 3, 1, error=500.0)
    look()
    assert ground.record_of() == []


def test_the_all_clear_is_noted_and_the_alert_stays_until_somebody_decides(
    ground: Ground, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    write()
    carrier = ground.patrol()
    ground.told(carrier, INSIDE, 25, 22, 19, 16)
    look()
    ground.told(carrier, OUTSIDE, 14, 11, 8, 1)
    look()
    assert [state for _subject, state in ground.record_of()] == ["over"]
    notes = owner.execute("SELECT note, by_id FROM alert_steps WHERE kind = 'note'").fetchall()
    assert len(notes) == 1 and "all-clear" in notes[0][0] and notes[0][1] is None
    assert owner.execute("SELECT status FROM alerts").fetchone() == ("received",)


def test_what_was_told_hours_late_is_on_the_record_and_pages_nobody(
    ground: Ground, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    write()
    carrier = ground.patrol(hours_ago=8)
    ground.told(carrier, INSIDE, 300, 290, 280)
    look()
    assert [state for _subject, state in ground.record_of()] == ["red"] and alerts(owner) == []
    ground.told(carrier, INSIDE, 1)
    look()
    assert len(alerts(owner)) == 1, "it is so still"


def test_a_late_fix_takes_back_what_was_not_so_and_says_so_on_the_alert(
    ground: Ground, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    write()
    carrier = ground.patrol()
    ground.told(carrier, INSIDE, 20, 12)
    look()
    assert len(alerts(owner)) == 1
    ground.told(carrier, OUTSIDE, 16)
    look()
    assert [state for _subject, state in ground.record_of()] == ["withdrawn"]
    (note,) = owner.execute("SELECT note FROM alert_steps WHERE kind = 'note'").fetchall()
    assert "arrived late" in note[0]


def test_recovery_arms_it_again(ground: Ground, owner: psycopg.Connection, write: Write, look: Look) -> None:
    write()
    carrier = ground.patrol()
    ground.told(carrier, INSIDE, 60, 50)
    ground.told(carrier, OUTSIDE, 45, 35)
    ground.told(carrier, INSIDE, 20, 10, 1)
    look()
    assert [state for _subject, state in ground.record_of()] == ["over", "red"]
    assert len(alerts(owner)) == 1, "only for what is so now"


def test_two_workers_at_once_fire_once(
    ground: Ground, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    number = write()
    ground.told(ground.patrol(), INSIDE, 9, 3, 1)
    look()
    row = owner.execute("SELECT subject FROM rule_lapses").fetchone()
    assert row
    with pytest.raises(psycopg.errors.UniqueViolation):
        owner.execute(
            "INSERT INTO rule_lapses (rule_id, version, subject, opened_at, red_at, explanation) "
            "VALUES (%s, 1, %s, now(), now(), '{\"value\": 1}')", [number, row[0]],
        )  # fmt: skip


def test_a_rule_of_a_sector_watches_that_sector_alone(
    ground: Ground, staff: Staff, write: Write, look: Look
) -> None:
    over_the_border = [[[0.4, 0.4], [1.2, 0.4], [1.2, 0.6], [0.4, 0.6], [0.4, 0.4]]]
    write(sector_id=staff.sectors[EAST], area={"type": "Polygon", "coordinates": over_the_border})
    ground.told(ground.patrol(), INSIDE, 9, 3, 1)
    look()
    assert ground.record_of() == []


def test_leaving_the_area_fires_for_what_was_inside(ground: Ground, write: Write, look: Look) -> None:
    write(parameters={"kind": "area", "carriers": ["patrol"], "mode": "leaving", "dwell_minutes": 0})
    carrier = ground.patrol()
    ground.told(carrier, INSIDE, 20, 15)
    ground.told(carrier, OUTSIDE, 5)
    ground.told(ground.patrol(call_sign="HAWK 3"), OUTSIDE, 20, 5)
    look()
    assert ground.record_of() == [(f"tracked:{carrier}", "red")]


def test_a_patrol_near_a_threat_is_amber_then_red(ground: Ground, write: Write, look: Look) -> None:
    actor = ground.add("actors", code="A1", name="EXERCISE actor", kind="armed_group")
    ground.add(
        "threats", name="EXERCISE", actor_id=actor, target="EXERCISE", kind="mob_risk", intent=3, capability=3,
        area="SRID=4326;MULTIPOLYGON(((0.4 0.4,0.6 0.4,0.6 0.6,0.4 0.6,0.4 0.4)))", likelihood=4, impact=4,
        review_on=NOW.date() + timedelta(days=9),
    )  # fmt: skip
    near = {
        "kind": "distance",
        "carriers": ["patrol"],
        "to": "threat",
        "red_km": 2,
        "amber_km": 10,
        "dwell_minutes": 0,
    }
    write(area=None, parameters=near)
    first, second = ground.patrol(), ground.patrol(call_sign="HAWK 3")
    ground.told(first, (0.35, 0.5), 2)
    ground.told(second, (0.39, 0.5), 2)
    look()
    assert sorted(state for _subject, state in ground.record_of()) == ["amber", "red"]


def test_no_patrol_for_so_long_fires_at_once_and_is_over_with_the_next_visit(
    ground: Ground, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    write(parameters={"kind": "absence", "carriers": ["patrol"], "red": 2, "amber": 1})
    carrier = ground.patrol(hours_ago=20)
    ground.told(carrier, OUTSIDE, 5)
    look()
    assert ground.record_of() == [("area", "red")] and len(alerts(owner)) == 1
    ground.told(carrier, INSIDE, 1)
    look()
    look()
    assert ground.record_of() == [("area", "over")] and len(alerts(owner)) == 1


def places(owner: psycopg.Connection) -> list[tuple[Any, ...]]:
    return owner.execute(
        "SELECT place_as_given, radius_metres, place_precision, admin_code, reasons::text "
        "FROM alerts ORDER BY id"
    ).fetchall()


def test_what_may_be_anywhere_in_an_area_is_not_told_as_at_its_middle(
    ground: Ground, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    ring = [[0.5, 0.5], [0.504, 0.5], [0.504, 0.504], [0.5, 0.504], [0.5, 0.5]]
    small = {"type": "Polygon", "coordinates": [ring]}
    ground.told(ground.patrol(hours_ago=20), OUTSIDE, 5)
    ground.incident(30)
    absence = {"kind": "absence", "carriers": ["patrol"], "red": 2}
    number = write(parameters=absence)
    look()
    write(area=None, sector_id=ground.staff.sectors[EAST], parameters=absence)
    look()
    write(area=small, parameters=absence)
    look()
    square, sector, near = places(owner)
    # From the middle of a square of 0.2 degrees to its corner.
    assert square[:4] == (f"the area of rule {number}", pytest.approx(15_700, rel=0.02), 3, None)
    assert sector[0] == "Sector East" and 70_000 < sector[1] < 90_000 and sector[2] == 5
    assert near[1] == pytest.approx(314, rel=0.02) and near[2] == 1
    assert "lies" not in square[4] + sector[4] and "lies" in near[4]


def test_a_patrol_that_never_told_where_it_is_may_be_anywhere(
    ground: Ground, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    write(area=None, parameters={"kind": "overdue", "red": 60})
    ground.patrol(call_sign="MUTE", ends=-2)
    ground.told(ground.patrol(call_sign="HEARD", ends=-2), INSIDE, 30)
    look()
    mute, heard = sorted(places(owner), key=lambda row: row[4], reverse=True)
    assert mute[0] == "the whole mission" and mute[1] > 50_000 and mute[2] >= 4 and "lies" not in mute[4]
    assert heard[:3] == ("0.5000, 0.5000", 0, 1)


def test_a_patrol_that_was_there_lately_leaves_the_rule_of_absence_calm(
    ground: Ground, write: Write, look: Look
) -> None:
    ground.told(ground.patrol(hours_ago=20), INSIDE, 90)
    write(parameters={"kind": "absence", "carriers": ["patrol"], "red": 2, "amber": 1})
    look()
    assert ground.record_of() == [("area", "amber")]


def watch_patrols(write: Write) -> None:
    for name, parameters in (
        ("overdue", {"kind": "overdue", "red": 60, "amber": 10}),
        ("check-in", {"kind": "check_in", "red": 45}),
        ("still", {"kind": "immobility", "within_metres": 200, "red": 60}),
    ):
        write(area=None, name=f"EXERCISE {name}", parameters=parameters)


def test_an_overdue_patrol_and_a_missed_check_in_and_one_that_stands_still(
    ground: Ground, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    watch_patrols(write)
    late = ground.patrol(call_sign="LATE", ends=-2)
    ground.told(late, OUTSIDE, 40, 20, 1)
    ground.told(ground.patrol(call_sign="SILENT"), OUTSIDE, 60)
    still = ground.patrol(call_sign="STILL")
    ground.told(still, INSIDE, *range(1, 100, 9))
    look()
    said = sorted(reasons[0] for _c, _p, reasons, _r in alerts(owner))
    assert [s.split()[0] for s in said] == ["LATE", "SILENT", "STILL"]
    assert "overdue" in said[0] and "no position" in said[1] and "has not left" in said[2]
    with owner.transaction():
        owner.execute("UPDATE patrols SET state = 'done', ended_at = now()")
        record(owner)
    look()
    assert {state for _subject, state in ground.record_of()} == {"over"}, "all-clear always"


def test_no_rule_tells_where_a_visit_to_a_defender_is(
    ground: Ground, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    """It stands still, is silent and late like the one beside it; that it is late is told, of the sector alone."""
    watch_patrols(write)
    visit = ground.patrol(call_sign="VISIT", ends=-2)
    with owner.transaction():
        owner.execute("UPDATE patrols SET purpose = 'defender_visit'")
        record(owner)
    ground.told(visit, INSIDE, *range(60, 200, 9))
    look()
    there = "SELECT reasons::text, ST_X(place) = %s AND ST_Y(place) = %s FROM alerts"
    ((words, at_its_place),) = owner.execute(there, [*INSIDE]).fetchall()
    assert "overdue" in words and not at_its_place
    assert not any(f"{degrees:.2f}" in words for degrees in INSIDE)


def test_incidents_that_gather_and_indicators_that_add_up(
    ground: Ground, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    write(
        area=None,
        parameters={"kind": "gathering", "within_km": 5, "period_hours": 72, "red": 3, "kinds": ["killing"]},
    )
    write(
        parameters={
            "kind": "indicator",
            "source": "incidents",
            "period_hours": 48,
            "red": 2,
            "kinds": ["displacement"],
        }
    )
    ground.incident(50)
    ground.incident(30, lon=0.51)
    look()
    assert ground.record_of() == []
    third = ground.incident(20, lon=0.52)
    ground.incident(9, kind="displacement")
    ground.incident(8, lon=0.45, kind="displacement")
    ground.incident(7, lon=0.9, kind="displacement")
    look()
    look()
    assert sorted(ground.record_of()) == [("area", "red"), (f"incident:{third}", "red")]
    assert len(alerts(owner)) == 2


def test_a_stale_assessment_of_a_threat_is_over_once_it_is_assessed_anew(
    ground: Ground, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    actor = ground.add("actors", code="A1", name="EXERCISE actor", kind="armed_group")
    threat = ground.add(
        "threats", name="EXERCISE", actor_id=actor, target="EXERCISE", kind="mob_risk", intent=3, capability=3,
        area="SRID=4326;MULTIPOLYGON(((0.4 0.4,0.6 0.4,0.6 0.6,0.4 0.6,0.4 0.4)))", likelihood=4, impact=4,
        review_on=NOW.date() - timedelta(days=9), changed_at=NOW - timedelta(days=30),
    )  # fmt: skip
    write(area=None, parameters={"kind": "stale_threat", "red": 7, "amber": 1})
    look()
    assert ground.record_of() == [(f"threat:{threat}", "red")] and len(alerts(owner)) == 1
    ((place, radius, precision, *_),) = places(owner)
    assert (place, radius, precision) == (f"Threat {threat}", pytest.approx(15_700, rel=0.02), 3)
    with owner.transaction():
        owner.execute(
            "UPDATE threats SET review_on = %s, changed_at = now()", [NOW.date() + timedelta(days=30)]
        )
        record(owner)
    look()
    assert ground.record_of() == [(f"threat:{threat}", "over")]


def test_reports_count_by_their_kind_and_place_alone(
    client: FlaskClient, ground: Ground, staff: Staff, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    from tests.reports import body, put

    write(alert_kind="hate_speech", parameters={
        "kind": "indicator", "source": "reports", "period_hours": 24, "red": 2, "kinds": ["hate_speech"]})  # fmt: skip
    for _n in range(2):
        put(client, staff.bearer(Role.PATROL_CDR), body(kind="hate_speech"))
    look()
    assert ground.record_of() == [("area", "red")]
    raised = [reasons[0] for channel, _p, reasons, _r in alerts(owner) if channel == "rule"]
    assert raised == ["2 field reports within 24 hours."]


def test_indicators_that_independent_sources_tell_of_raise_one_alert(
    client: FlaskClient, ground: Ground, staff: Staff, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    from tests.app.alerts.entries import entered
    from tests.reports import body, put

    counted = {"source": "indicators", "kinds": ["market_empty"], "period_hours": 24, "red": 2}
    write(parameters={"kind": "indicator", **counted})
    told = {"indicators": ["market_empty"]}
    put(client, staff.bearer(Role.PATROL_CDR), body(kind="all_quiet", **told))
    look()
    assert ground.record_of() == [], "one source"
    entered(client, staff.bearer(Role.WATCHKEEPER_JOC), source_code="S-1", **told)
    for _turn in range(2):
        look()
    assert ground.record_of() == [("area", "red")]
    (raised,) = [reasons[0] for channel, _p, reasons, _r in alerts(owner) if channel == "rule"]
    assert raised.startswith("2 independent sources tell of indicators (Market empty) within 24 hours")


def test_an_alert_near_a_haven_is_told_of_while_both_stand_and_never_of_one_that_is_hidden(
    client: FlaskClient, ground: Ground, staff: Staff, owner: psycopg.Connection, write: Write, look: Look
) -> None:
    from tests.app.alerts.entries import entered

    write(area=None, parameters={"kind": "distance", "near": "alerts", "to": "haven", "red_km": 5})
    haven = ground.add(
        "havens", code="HVN-0001", name="EXERCISE QZHIDDEN", kind="base_shelter", exposure="need_to_know", state="open",
        place="SRID=4326;POINT(0.5 0.51)", sector_id=staff.sectors["WEST"], capacity_day=10, capacity_night=10,
    )  # fmt: skip
    alert = entered(client, staff.bearer(Role.WATCHKEEPER_JOC))
    look()
    assert ground.record_of() == []
    for exposure, found in (("mission", "red"), ("secret", "over")):
        with owner.transaction():
            owner.execute("UPDATE havens SET exposure = %s WHERE id = %s", [exposure, haven])
            record(owner)
        look()
        assert ground.record_of() == [(f"alert:{alert}", found)], exposure
    (raised,) = [reasons for channel, _p, reasons, _r in alerts(owner) if channel == "rule"]
    assert raised[0].startswith(f"Alert {alert} is within") and "QZHIDDEN" not in str(raised)


def test_a_rule_that_is_switched_off_holds_nothing_open(
    client: FlaskClient, ground: Ground, staff: Staff, write: Write, look: Look
) -> None:
    number = write()
    ground.told(ground.patrol(), INSIDE, 9, 3, 1)
    look()
    client.post(f"/api/v1/rules/{number}/switch", json={"on": False}, headers=staff.bearer(Role.POC_OFFICER))
    look()
    assert [state for _subject, state in ground.record_of()] == ["over"]


def test_a_rule_that_can_t_be_judged_keeps_no_other_from_it(
    ground: Ground, owner: psycopg.Connection, write: Write, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.rules import facts

    broken = write(area=None, parameters={"kind": "stale_threat", "red": 7})
    write()

    def fails(sector_id: int | None) -> None:
        raise RuntimeError

    monkeypatch.setattr(facts, "threats", fails)
    ground.told(ground.patrol(), INSIDE, 9, 3, 1)
    look()
    assert [state for _subject, state in ground.record_of()] == ["red"]
    looked = {row[0] for row in owner.execute("SELECT rule_id FROM rule_watches")}
    assert broken not in looked


def test_a_rule_s_alert_is_no_surer_and_no_nearer_than_the_alert_that_came_near(
    client: FlaskClient, staff: Staff, ground: Ground, owner: psycopg.Connection, look: Look, write: Write
) -> None:
    told = entered(client, staff.bearer(Role.WATCHKEEPER_JOC), source_reliability="E", credibility=5)
    with owner.transaction():
        owner.execute(
            "UPDATE alerts SET place = 'SRID=4326;POINT(0.1 0.11)', place_precision = 2, radius_metres = 900 "
            "WHERE id = %s", [told],
        )  # fmt: skip
        record(owner)
    write(parameters={"kind": "distance", "near": "alerts", "to": "base", "red_km": 5}, area=None)
    look()
    found = owner.execute(
        "SELECT source_reliability, credibility, place_precision, radius_metres FROM alerts WHERE channel = 'rule'"
    ).fetchall()
    assert found == [("E", 5, 2, 900)]
