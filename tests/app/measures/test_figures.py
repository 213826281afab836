"""Each measure against a small history that was counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.types.json import Jsonb
from sqlalchemy import text

from app.db import db
from app.measures import queries, views
from app.measures.catalogue import CATALOGUE, measure_of
from app.measures.models import Figure, Shape, Source
from app.measures.periods import Period, read_period
from app.permissions import Role
from tests.app.measures.history import ANSWERED, DECLINED, Told, happened, tell
from tests.people import EAST, Staff, record, square

AUGUST = datetime(2026, 8, 10, 6, tzinfo=UTC)
PERIOD = read_period("2026-08")


def counted(staff: Staff, role: Role = Role.HOM, period: Period = PERIOD) -> dict[str, Figure]:
    with staff.acting(role):
        return {line.measure.code: line.figure for line in views.board(period) if line.figure}


def parts(figure: Figure) -> dict[str, Any]:
    return {part: count for part, count in figure.parts.items() if count}


@pytest.fixture
def history(owner: psycopg.Connection, staff: Staff) -> list[int]:
    """Ten alerts: four answered by the mission (one jointly), one by the State, one by a partner to whom it was passed,
    one declined with approval, one declined without, one that died quietly, one that is unfounded."""
    joint = (("decided", 30, {"response": "joint_patrol"}), ("tasked", 31, {"response": "joint_patrol"}),
             ("departed", 50, {}), ("arrived", 110, {}), ("outcome", 120, {"outcome": "arrived_after"}),
             ("feedback", 80 * 60, {"told": True}))  # fmt: skip
    state = (("acknowledged", 8, {}), ("decided", 12, {"response": "state_forces_only"}),
             ("tasked", 13, {"response": "state_forces_only"}),
             ("outcome", 200, {"outcome": "no_contact"}), ("feedback", 300, {"told": False}))  # fmt: skip
    return tell(
        owner, staff.sectors,
        Told(AUGUST, priority="P1", kind="armed_group_movement", steps=ANSWERED),
        Told(AUGUST + timedelta(days=1), steps=ANSWERED[:5]),
        Told(AUGUST + timedelta(days=2), steps=(("acknowledged", 4, {}), ("immediate_action", 5, {})), reachable=False),
        Told(AUGUST + timedelta(days=3), steps=joint, sector="EAST", lon=1.5),
        Told(AUGUST + timedelta(days=4), steps=state),
        Told(AUGUST + timedelta(days=5), steps=(("acknowledged", 10, {}), ("decided", 15, {}),
                                                ("handed_over", 20, {"to": "humanitarian"}))),
        Told(AUGUST + timedelta(days=6), steps=DECLINED),
        Told(AUGUST + timedelta(days=7), steps=DECLINED[:2]),
        Told(AUGUST + timedelta(days=8), decide=(60, None)),
        Told(AUGUST + timedelta(days=9), verification="unfounded", steps=(("acknowledged", 3, {}),), decide=(60, 3)),
        # Of another month.
        Told(AUGUST - timedelta(days=10), steps=ANSWERED),
    )  # fmt: skip


def test_rates_of_response_keep_their_denominators_apart(staff: Staff, history: list[int]) -> None:
    found = counted(staff)
    pairs = {code: (found[code].numerator, found[code].denominator) for code in (
        "actionable", "response_any", "response_mission", "justified_non_response", "feedback", "on_time_arrival",
    )}  # fmt: skip
    assert pairs == {
        "actionable": (9, 10), "response_any": (6, 9), "response_mission": (4, 9), "justified_non_response": (1, 3),
        # Nine can be reached; one was told in time, one after eighty hours, and "could not be told" is not told.
        "feedback": (1, 9),
        # Two set out and have an outcome: one averted the threat, one came after.
        "on_time_arrival": (1, 2),
    }  # fmt: skip
    assert parts(found["responders"]) == {"mission": 3, "joint": 1, "state": 1, "partner": 1, "nobody": 3}
    assert parts(found["outcomes"]) == {"threat_averted": 1, "arrived_after": 1, "no_contact": 1}


def test_times_tell_median_ninetieth_count_and_what_is_missing(staff: Staff, history: list[int]) -> None:
    found = counted(staff)
    # 2, 2, 3, 4, 6, 6, 8 minutes; the joint one and the one that died have none; the one passed on is left out.
    figure = found["time_to_acknowledge"]
    assert (figure.median, figure.ninetieth, figure.counted, figure.missing) == (4.0, 8.0, 7, 2)
    assert figure.missing_share == pytest.approx(2 / 9)
    # 10, 10, 12, 20, 20, 30; missing: at once, died, unfounded.
    decide = found["time_to_decide"]
    assert (decide.median, decide.ninetieth, decide.counted, decide.missing) == (16.0, 30.0, 6, 3)
    # Sent: two by the mission (23), one jointly (50), the State's (no departure on record).
    depart, arrive = found["time_to_depart"], found["time_to_arrive"]
    assert (depart.median, depart.ninetieth, depart.counted, depart.missing) == (23.0, 50.0, 3, 1)
    assert (arrive.median, arrive.ninetieth, arrive.counted, arrive.missing) == (64.0, 110.0, 3, 1)


def test_figures_are_divided_by_sector_kind_and_month(staff: Staff, history: list[int]) -> None:
    with staff.acting(Role.HOM):
        measure = measure_of("response_mission")
        by_sector = {f.key: (f.numerator, f.denominator) for f in views.one(measure, PERIOD, "sector").cells}
        assert by_sector == {"WEST": (3, 8), "EAST": (1, 1)}
        by_kind = {f.key: (f.numerator, f.denominator) for f in views.one(measure, PERIOD, "kind").cells}
        assert by_kind == {"armed_group_movement": (1, 1), "attack_under_way": (3, 8)}
        units = {f.key: f.denominator for f in views.one(measure, PERIOD, "unit").cells}
        assert units == {"not_known": 9}
        months = {f.month: f.denominator for f in views.one(measure, PERIOD).months}
        assert months == {"2026-07": 1, "2026-08": 9}


def test_what_rules_saw_is_counted_apart_and_is_no_warning_of_somebody_s(
    owner: psycopg.Connection, staff: Staff, history: list[int]
) -> None:
    before = counted(staff)
    (raised, _missed) = tell(
        owner, staff.sectors, Told(AUGUST, channel="rule", steps=ANSWERED[:5]),
        Told(AUGUST, channel="missed_check_in", reachable=False),
    )  # fmt: skip
    happened(owner, staff.sectors, AUGUST + timedelta(hours=1), lon=0.9)
    tell(owner, staff.sectors, Told(AUGUST, channel="rule", lon=0.9))
    found = counted(staff)
    told = [code for code, m in CATALOGUE.items() if m.source is Source.ALERTS and code in before]
    assert {code: found[code] for code in told} == {code: before[code] for code in told}
    assert (found["rules_response"].numerator, found["rules_response"].denominator) == (1, 3)
    decide = found["rules_time_to_decide"]
    assert (decide.median, decide.ninetieth, decide.counted, decide.missing) == (10.0, 10.0, 1, 2)
    assert (found["false_negatives"].numerator, found["false_negatives"].denominator) == (1, 1)
    with staff.acting(Role.HOM):
        by_kind = {
            f.key: f.denominator for f in views.one(measure_of("rules_response"), PERIOD, "kind").cells
        }
        behind = [row.id for row in queries.alerts_behind(measure_of("rules_response"), PERIOD)]
    assert by_kind == {"attack_under_way": 3} and raised in behind and len(behind) == 3


def test_a_decision_that_was_refused_never_stood(owner: psycopg.Connection, staff: Staff) -> None:
    refused = (*DECLINED[:2], ("non_response_refused", 30, {}), *ANSWERED[1:])
    tell(owner, staff.sectors, Told(AUGUST, steps=refused))
    found = counted(staff)
    assert (found["response_mission"].numerator, found["justified_non_response"].denominator) == (1, 0)
    assert found["time_to_decide"].median == 10


def test_a_duplicate_set_aside_with_approval_is_not_actionable(
    owner: psycopg.Connection, staff: Staff
) -> None:
    duplicate = (("declined", 5, {"reason": "duplicate"}), ("non_response_approved", 6, {}))
    tell(owner, staff.sectors, Told(AUGUST, steps=duplicate), Told(AUGUST, steps=duplicate[:1]))
    found = counted(staff)
    assert (found["actionable"].numerator, found["actionable"].denominator) == (1, 2)
    assert (found["justified_non_response"].numerator, found["justified_non_response"].denominator) == (0, 1)


def test_attacks_that_nobody_warned_of_and_how_early_others_were(
    owner: psycopg.Connection, staff: Staff
) -> None:
    tell(owner, staff.sectors, Told(AUGUST, lon=0.5), Told(AUGUST + timedelta(hours=1), lon=0.5))
    happened(owner, staff.sectors, AUGUST + timedelta(hours=30), lon=0.6)  # 11 km away, 30 hours later
    happened(owner, staff.sectors, AUGUST + timedelta(days=6), lon=0.5, kind="attack_on_civilians")
    happened(
        owner, staff.sectors, AUGUST + timedelta(days=8), lon=0.5
    )  # the warning is older than seven days
    happened(owner, staff.sectors, AUGUST + timedelta(days=1), lon=0.8)  # 33 km away
    happened(owner, staff.sectors, AUGUST - timedelta(minutes=1), lon=0.5)  # before the first alert
    # Not counted: not verified, no attack, coarser than 25 km, not known to the day.
    for change in (
        {"verification": "reported"},
        {"kind": "demonstration"},
        {"place_precision": 4},
        {"date_precision": 3},
    ):
        happened(owner, staff.sectors, AUGUST + timedelta(days=2), **change)  # fmt: skip
    found = counted(staff)
    assert (found["false_negatives"].numerator, found["false_negatives"].denominator) == (3, 5)
    lead = found["lead_time"]
    assert (lead.median, lead.ninetieth, lead.counted, lead.missing) == (87.0, 144.0, 2, 3)


def test_victims_by_perpetrator_and_area_of_verified_incidents_alone(
    owner: psycopg.Connection, staff: Staff
) -> None:
    happened(owner, staff.sectors, AUGUST, killed_low=5, killed_best=6, killed_high=9, injured=3)
    happened(
        owner,
        staff.sectors,
        AUGUST,
        lon=1.5,
        side_a="EXERCISE Group Y",
        killed_best=2,
        killed_high=2,
        abducted=7,
    )
    happened(owner, staff.sectors, AUGUST, kind="crsv", side_a=None)
    happened(owner, staff.sectors, AUGUST, killed_best=50, killed_high=50, verification="reported")  # fmt: skip
    found = counted(staff)
    totals = {code: found[code].numerator for code in ("killed", "injured", "abducted", "crsv")}
    assert totals == {"killed": 8, "injured": 3, "abducted": 7, "crsv": 1}
    with staff.acting(Role.ANALYST_JMAC):
        cells = {f.key: f.numerator for f in views.one(measure_of("killed"), PERIOD, "actor").cells}
    assert cells == {"EXERCISE Group X": 6, "EXERCISE Group Y": 2, "not_known": 0}


def patrol(
    owner: psycopg.Connection, staff: Staff, start: datetime, hours: float, mode: str, lon: float
) -> None:
    with owner.transaction():
        unit = owner.execute(
            "INSERT INTO units (code, name, call_sign, kind, sector_id) VALUES ('U1', 'EXERCISE', 'U1', 'company', %s) "
            "ON CONFLICT (code) DO UPDATE SET name = excluded.name RETURNING id", [staff.sectors["WEST"]],
        ).fetchone()  # fmt: skip
        end = start + timedelta(hours=hours)
        made = owner.execute(
            "INSERT INTO patrols (call_sign, unit_id, sector_id, purpose, mode, state, planned_start, planned_end, "
            "started_at, ended_at) VALUES ('P', %s, %s, 'presence', %s, 'done', %s, %s, %s, %s) RETURNING id",
            [unit and unit[0], staff.sectors["WEST"], mode, start, end, start, end],
        ).fetchone()  # fmt: skip
        owner.execute(
            "INSERT INTO patrol_stops (patrol_id, sequence, name, place, arrived_at) VALUES (%s, 1, 'EXERCISE', "
            "ST_SetSRID(ST_MakePoint(%s, 0.5), 4326), %s)", [made and made[0], lon, start],
        )  # fmt: skip
        record(owner)


def threat(
    owner: psycopg.Connection, staff: Staff, since: datetime, likelihood: int, impact: int, lon: float
) -> None:
    with owner.transaction():
        actor = owner.execute(
            "INSERT INTO actors (code, name, kind) VALUES ('X', 'EXERCISE X', 'armed_group') "
            "ON CONFLICT (code) DO UPDATE SET name = excluded.name RETURNING id"
        ).fetchone()
        owner.execute(
            "INSERT INTO threats (name, actor_id, target, kind, area, sector_id, intent, capability, likelihood, impact, "
            "review_on, opened_at) VALUES ('EXERCISE', %s, 'EXERCISE', 'imminent_attack', %s, %s, 2, 2, %s, %s, "
            "current_date, %s)",
            [actor and actor[0], square(lon, 0.4, 0.2), staff.sectors["WEST"], likelihood, impact, since],
        )  # fmt: skip
        record(owner)


def test_patrols_are_measured_by_hours_where_people_must_be_protected(
    owner: psycopg.Connection, staff: Staff
) -> None:
    threat(owner, staff, AUGUST - timedelta(days=30), 4, 4, lon=0.4)
    threat(owner, staff, AUGUST - timedelta(days=30), 2, 3, lon=0.0)  # not high
    night = AUGUST.replace(hour=16)
    patrol(owner, staff, night, 10, "foot", lon=0.5)  # 16-02: eight hours by night
    patrol(owner, staff, AUGUST, 6, "vehicle", lon=0.1)  # 06-12
    patrol(owner, staff, AUGUST.replace(hour=3), 4, "vehicle", lon=0.9)  # 03-07: three by night
    patrol(owner, staff, AUGUST.replace(hour=17), 14, "vehicle", lon=0.9)  # 17-07: a whole night
    patrol(owner, staff, AUGUST, 25, "riverine", lon=0.9)  # a day and an hour, a whole night in it
    found = counted(staff)
    codes = ("patrol_relevance", "patrol_night", "patrol_overnight", "patrol_long_range", "patrol_foot")
    pairs = {code: (found[code].numerator, found[code].denominator) for code in codes}
    assert pairs == {
        "patrol_relevance": (10, 59), "patrol_night": (35, 59), "patrol_overnight": (39, 59),
        "patrol_long_range": (25, 59), "patrol_foot": (10, 59),
    }  # fmt: skip


def test_hours_count_where_a_patrol_halted_at_a_site_that_must_or_should_be_protected(
    owner: psycopg.Connection, staff: Staff
) -> None:
    dropped = AUGUST + timedelta(days=2)
    with owner.transaction():
        for code, lon, priority, dropped_at in (
            ("A", 0.1, "must", None), ("B", 0.2, "should", None), ("C", 0.3, "could", None), ("D", 0.4, "must", dropped),
        ):  # fmt: skip
            owner.execute(
                "WITH l AS (INSERT INTO places (code, name, kind, place) VALUES (%s, 'EXERCISE', 'village', "
                "ST_SetSRID(ST_MakePoint(%s, 0.5), 4326)) RETURNING id) "
                "INSERT INTO sites (place_id, sector_id, priority, visits_a_week, longest_gap_days, visit_minutes, "
                "dropped_at, dropped_why) "
                "SELECT id, %s, %s, 2, 7, 60, %s, %s FROM l",
                [code, lon, staff.sectors["WEST"], priority, dropped_at, dropped_at and "EXERCISE"],
            )  # fmt: skip
        record(owner)
    patrol(owner, staff, AUGUST, 8, "vehicle", lon=0.1)
    patrol(owner, staff, AUGUST, 4, "vehicle", lon=0.205)  # half a kilometre off
    patrol(owner, staff, AUGUST, 2, "vehicle", lon=0.3)
    patrol(owner, staff, AUGUST, 16, "vehicle", lon=0.4)
    patrol(owner, staff, dropped + timedelta(days=1), 32, "vehicle", lon=0.4)
    patrol(owner, staff, AUGUST, 64, "vehicle", lon=0.22)  # two kilometres off
    found = counted(staff)["patrol_sites"]
    assert (found.numerator, found.denominator) == (28, 126)
    with owner.transaction():
        owner.execute("UPDATE patrols SET purpose = 'defender_visit'")
        record(owner)
    assert counted(staff)["patrol_sites"].numerator == 0, "where a visit to a defender came by is not told"
    with staff.acting(Role.SECTOR_OPS, EAST):
        assert (
            db.session.execute(text("SELECT vigil.patrols_at_sites('2026-01-01', '2027-01-01', 1000)")).all()
            == []
        )


def test_patrols_are_integrated_by_what_order_or_report_tell_and_nobody_guesses_the_others(
    owner: psycopg.Connection, staff: Staff
) -> None:
    for hours in (10, 6, 4, 3):
        patrol(owner, staff, AUGUST, hours, "vehicle", lon=0.5)
    ids = [row[0] for row in owner.execute("SELECT id FROM patrols ORDER BY id")]
    with owner.transaction():
        for number, who in ((ids[0], {"strength": 12, "police": 2}), (ids[1], {"strength": 12, "women": 1})):
            owner.execute(
                "INSERT INTO patrol_orders (patrol_id, version, content, route, straight, joint, written_by_id, "
                "written_by_role, approved_by_id, approved_by_role, approved_at) SELECT %s, 1, %s, "
                "'SRID=4326;LINESTRING(0.1 0.5, 0.2 0.5)', true, false, %s, 'sector_ops', %s, 'fc_staff', now()",
                [number, Jsonb({"composition": who}), staff.person(Role.SECTOR_OPS), staff.person(Role.FC_STAFF)],
            )  # fmt: skip
        blocks = Jsonb({"unit": {}, "task": {"participation": "integrated"}})
        for number, state in ((ids[2], "submitted"), (ids[3], "draft")):
            owner.execute(
                "INSERT INTO patrol_reports (device_id, patrol_id, sector_id, author_id, state, blocks) "
                "VALUES (gen_random_uuid(), %s, %s, %s, %s, %s)",
                [number, staff.sectors["WEST"], staff.person(Role.PATROL_CDR), state, blocks],
            )
        record(owner)
    found = counted(staff)["patrol_integrated"]
    assert (found.numerator, found.denominator) == (14, 20), "the fourth patrol's report is not sent"
    assert (found.counted, found.among, found.rows) == (2, 3, 4)


def test_coverage_is_of_people_of_places_that_must_be_protected(
    owner: psycopg.Connection, staff: Staff
) -> None:
    now = datetime.now(UTC)
    threat(owner, staff, now - timedelta(days=30), 1, 5, lon=0.4)
    with owner.transaction():
        for code, lon, people in (("A", 0.41, 300), ("B", 0.5, 200), ("C", 0.59, 100), ("D", 0.9, 5000)):
            owner.execute(
                "INSERT INTO places (code, name, kind, population, place) VALUES (%s, 'EXERCISE', 'village', %s, "
                "ST_SetSRID(ST_MakePoint(%s, 0.5), 4326))", [code, people, lon],
            )  # fmt: skip
        owner.execute(
            "INSERT INTO bases (code, name, kind, place) VALUES ('B1', 'EXERCISE', 'base', "
            "ST_SetSRID(ST_MakePoint(0.35, 0.5), 4326))"
        )
        record(owner)
    patrol(owner, staff, now - timedelta(days=2), 3, "foot", lon=0.62)
    patrol(owner, staff, now - timedelta(days=9), 3, "foot", lon=0.5)  # too long ago
    found = counted(staff)["coverage"]
    assert (found.numerator, found.denominator) == (400, 600)


def test_what_is_not_recorded_is_said_and_not_counted(staff: Staff) -> None:
    with staff.acting(Role.HOM):
        lines = {line.measure.code: line for line in views.board(PERIOD)}
    absent = {code for code, m in CATALOGUE.items() if m.shape is Shape.NOT_RECORDED}
    assert {"women_sources", "youth_sources", "minority_sources"} <= absent
    assert all(lines[code].figure is None for code in absent & lines.keys())
    page = staff.client(Role.HOM).get("/measures").get_data(as_text=True)
    assert "not counted" in page
    assert "Not recorded: alerts carry a source’s code" in page


def test_nothing_on_record_is_a_dash_and_no_percentage(staff: Staff) -> None:
    found = counted(staff)
    assert found["response_any"].share is None
    page = staff.client(Role.HOM).get("/measures?period=2026-08")
    assert page.status_code == 200
    assert "0 %" not in page.get_data(as_text=True)


def test_the_alerts_behind_a_figure_are_those_that_it_counts(
    staff: Staff, history: list[int], client: FlaskClient
) -> None:
    with staff.acting(Role.HOM):
        behind = queries.alerts_behind(measure_of("justified_non_response"), PERIOD)
        assert {row.id for row in behind} == set(history[6:9])
        east = queries.alerts_behind(measure_of("actionable"), PERIOD, "sector", "EAST")
        assert [row.id for row in east] == [history[3]]
    with staff.acting(Role.AUDITOR):
        assert queries.alerts_behind(measure_of("actionable"), PERIOD) == []
