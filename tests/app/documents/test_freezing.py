"""What is frozen: the facts as they stand, no finer than they are known, and nothing that the reader may not have."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask import Flask

from app.documents.accountability_report_brief import AccountabilityBrief
from app.documents.brief import thaw
from app.documents.freezing import Ordered, freeze_document
from app.documents.incident_report_brief import IncidentBrief
from app.errors import NotFound
from app.permissions import Role
from tests.app.documents.ordering import WHY, act, raise_alert, surroundings, ucdp_event, whole_chain
from tests.people import EAST, WEST, Staff, record
from tests.reports import defender_near

PERIOD = {"since": "2026-01-01T00:00:00+00:00", "until": "2099-01-01T00:00:00+00:00", "sectors": None}


def frozen(
    staff: Staff, role: Role, subject: dict[str, Any], audience: str = "command", sector: str = WEST
) -> bytes:
    kind = "accountability_report" if "since" in subject else "incident_report"
    with staff.acting(role, sector):
        return freeze_document(Ordered("DOC-2026-00001", kind, subject, audience))  # type: ignore[arg-type]


def incident(staff: Staff, subject: dict[str, Any], role: Role = Role.HOM, **more: Any) -> IncidentBrief:
    brief = thaw(frozen(staff, role, subject, **more))
    assert isinstance(brief, IncidentBrief)
    return brief


def period(staff: Staff, role: Role = Role.HOM, **changes: Any) -> AccountabilityBrief:
    brief = thaw(frozen(staff, role, PERIOD | changes))
    assert isinstance(brief, AccountabilityBrief)
    return brief


def test_an_alert_s_report_tells_its_whole_chain_with_the_time_of_each_step(
    staff: Staff, owner: psycopg.Connection
) -> None:
    surroundings(owner, staff.sectors[WEST])
    alert = raise_alert(staff, owner)
    whole_chain(staff, alert)
    brief = incident(staff, {"alert_id": alert})
    assert [step.step for step in brief.chain] == [
        "Raised", "Acknowledged", "Verified", "Decided to respond", "Tasked", "Departed", "Arrived",
        "Outcome recorded", "Feedback to the source", "Closed",
    ]  # fmt: skip
    assert all(step.at is not None for step in brief.chain)
    assert [s.limit_minutes for s in brief.chain[1:4]] == [5, 15, 10]
    assert brief.decision == f"Respond: Patrol; Standing order; {WHY}"
    assert (brief.outcome or "").startswith("Outcome recorded: Threat averted")
    assert "patrol the market road earlier" in (brief.assessment or "")
    assert brief.place.exact and brief.place.admin_name == "EXERCISE district"
    assert brief.presence[0].base == "EXERCISE Base Lima"
    assert brief.presence[0].distance_km == pytest.approx(11.1, abs=0.1)
    assert brief.map is not None and {m.name for m in brief.map.marks} >= {
        "EXERCISE Base Lima",
        "EXERCISE Harrowby",
    }
    assert brief.follow_up == ()


def test_a_step_that_was_due_and_was_not_taken_stands_there_as_missing(
    staff: Staff, owner: psycopg.Connection
) -> None:
    brief = incident(staff, {"alert_id": raise_alert(staff, owner)})
    missing = [step.step for step in brief.chain if step.at is None]
    assert missing[:3] == ["Acknowledged", "Verified", "Decided to respond"]
    assert "What came of it" in brief.not_known
    assert {f.action for f in brief.follow_up} == {"Acknowledge", "Verify", "Decide"}


def test_nothing_of_a_defender_enters_a_document(staff: Staff, owner: psycopg.Connection) -> None:
    defender_near(owner, staff.sectors[WEST], codename="Quiet Heron")
    alert = raise_alert(staff, owner)
    for subject in ({"alert_id": alert}, PERIOD):
        text = frozen(staff, Role.HR_CASE_SUPERVISOR, subject).decode().lower()
        assert "heron" not in text and "points" not in text
    told = owner.execute("SELECT reasons FROM alerts WHERE id = %s", [alert]).fetchone()
    weighed = owner.execute("SELECT reasons FROM alert_weighings WHERE alert_id = %s", [alert]).fetchone()
    assert told and weighed
    kept_back = {r["sentence"] for r in weighed[0]} - set(told[0])
    assert kept_back, "the weighing says more than every reader may see"
    text = frozen(staff, Role.POC_OFFICER, {"alert_id": alert}).decode()
    assert not any(sentence in text for sentence in kept_back)


def test_an_exact_event_of_ucdp_has_a_point_its_warnings_and_no_hour(
    staff: Staff, owner: psycopg.Connection
) -> None:
    surroundings(owner, staff.sectors[WEST])
    alert = raise_alert(staff, owner, lon=0.55)
    far = raise_alert(staff, owner, lon=0.95)
    with owner.transaction():
        owner.execute("UPDATE alerts SET received_at = '2026-09-30T06:00:00Z'")
        record(owner)
    event = ucdp_event(owner, staff.sectors[WEST], precision=1, date_precision=1)
    brief = incident(staff, {"incident_id": event})
    assert brief.place.exact and (brief.place.lon, brief.place.lat) == (0.5, 0.5)
    assert brief.map is not None and brief.map.place == "POINT(0.50000 0.50000)"
    warned = {w.alert_serial: w for w in brief.warnings}
    assert f"Alert {alert}" in warned and f"Alert {far}" not in warned
    assert warned[f"Alert {alert}"].distance_km == pytest.approx(5.6, abs=0.1)
    assert warned[f"Alert {alert}"].lead_minutes is None, "a day has no minutes"
    assert brief.event_at is None and "the hour is not known" in brief.event_precision
    assert brief.monthly is not None and brief.monthly.panels[0].values[-1] == 1
    assert brief.monthly.panels[0].values[0] is None, "before anything was recorded nobody counted"


@pytest.mark.parametrize("precision", [2, 3, 4, 5, 6, 7])
def test_a_coarse_place_is_an_area_or_nothing_and_never_a_point(
    staff: Staff, owner: psycopg.Connection, precision: int
) -> None:
    surroundings(owner, staff.sectors[WEST])
    brief = incident(staff, {"incident_id": ucdp_event(owner, staff.sectors[WEST], precision=precision)})
    assert not brief.place.exact and brief.place.lon is None
    assert len((brief.place.mgrs or "").replace(" ", "")) <= 5, "a square of 100 km at the finest"
    assert all(b.distance_km is None for b in brief.presence)
    if precision == 7:
        assert brief.map is None
    else:
        assert (
            brief.map is not None and "POINT" not in (brief.map.place or "") and not brief.map.place_is_exact
        )


def test_an_incident_s_report_follows_its_alert_and_says_so_where_that_may_not_be_read(
    staff: Staff, owner: psycopg.Connection
) -> None:
    alert = raise_alert(staff, owner, EAST, 1.5)
    whole_chain(staff, alert)
    event = ucdp_event(owner, staff.sectors[WEST], alert_id=alert)
    assert "Acknowledged" in [s.step for s in incident(staff, {"incident_id": event}).chain]
    hidden = incident(staff, {"incident_id": event}, Role.HEAD_OF_OFFICE)
    assert [s.step for s in hidden.chain] == ["Chain"]
    assert hidden.received_at is None and hidden.decision is None
    assert "the alert behind this incident, with its chain" in hidden.header.withheld


def test_each_audience_gets_what_it_needs_and_the_head_names_what_was_withheld(
    staff: Staff, owner: psycopg.Connection
) -> None:
    surroundings(owner, staff.sectors[WEST])
    alert = raise_alert(staff, owner)
    whole_chain(staff, alert)
    subject = {"alert_id": alert}
    protection = frozen(staff, Role.HOM, subject, "protection").decode()
    assert "Base Lima" not in protection and WHY in protection
    auditor = frozen(staff, Role.HOM, subject, "auditor").decode()
    for word in ("Base Lima", WHY, "twenty armed men", "0.50000, 0.50000", "market road"):
        assert word not in auditor, word
    assert "Respond: Patrol; Standing order" in auditor and "Acknowledged" in auditor
    brief = incident(staff, subject, audience="auditor")
    assert brief.place.mgrs is None or len(brief.place.mgrs.replace(" ", "")) <= 5
    assert not brief.place.exact and brief.map is not None and brief.map.place_is_exact is False
    assert "words of sources and officers" in brief.header.withheld


def test_a_subject_that_one_may_not_read_cannot_be_frozen(staff: Staff, owner: psycopg.Connection) -> None:
    far, event = raise_alert(staff, owner, EAST, 1.5), ucdp_event(owner, staff.sectors[EAST])
    for subject in ({"alert_id": far}, {"incident_id": event}, {"alert_id": 999}):
        with pytest.raises(NotFound):
            frozen(staff, Role.HEAD_OF_OFFICE, subject)


def decline(staff: Staff, alert: int, reason: str, approve: bool | None) -> None:
    client = staff.app.test_client()
    duty, command = staff.bearer(Role.WATCHKEEPER_JOC), staff.bearer(Role.HOM)
    act(client, duty, alert, "acknowledge")
    act(client, duty, alert, "decline", reason=reason, authority="tactical_control", note=WHY)
    if approve is not None:
        act(client, command, alert, "review", approve=approve, note=WHY)


def test_who_answered_is_told_from_what_was_done_and_not_from_what_was_decided(
    staff: Staff, owner: psycopg.Connection
) -> None:
    client, duty = staff.app.test_client(), staff.bearer(Role.WATCHKEEPER_JOC)
    names = ("sent", "joint", "state", "partner", "promised", "declined", "unapproved", "refused", "double",
             "waiting", "forgotten", "at_once")  # fmt: skip
    alerts = {name: raise_alert(staff, owner, lon=0.05 + 0.07 * n) for n, name in enumerate(names)}
    whole_chain(staff, alerts["sent"])
    for name, response in (
        ("joint", "joint_patrol"), ("state", "state_forces_only"), ("partner", "medical"), ("promised", "patrol"),
    ):  # fmt: skip
        act(client, duty, alerts[name], "acknowledge")
        act(client, duty, alerts[name], "decide", response=response, authority="standing_order", note=WHY)
        if name in ("joint", "state"):
            act(client, duty, alerts[name], "task", response=response)
    act(client, duty, alerts["partner"], "hand-over", to="partner", note=WHY)
    decline(staff, alerts["declined"], "distance_time", True)
    decline(staff, alerts["unapproved"], "not_credible", None)
    decline(staff, alerts["refused"], "not_credible", False)
    decline(staff, alerts["double"], "duplicate", True)
    act(client, duty, alerts["at_once"], "acknowledge")
    act(client, duty, alerts["at_once"], "act-at-once", note=WHY)
    with owner.transaction():
        late = "UPDATE alert_clocks SET due_at = now() - interval '1 minute' WHERE alert_id = %s"
        owner.execute(late, [alerts["forgotten"]])
        record(owner)
    brief = period(staff)
    facts = {name: next(a for a in brief.alerts if a.serial == f"Alert {i}") for name, i in alerts.items()}
    assert {name: a.answered_by for name, a in facts.items()} == {
        "sent": "mission", "joint": "joint", "state": "state", "partner": "partner", "promised": "open",
        "declined": "nobody", "unapproved": "nobody", "refused": "open", "double": "nobody", "waiting": "open",
        "forgotten": "nobody", "at_once": "mission",
    }  # fmt: skip
    assert facts["declined"].non_response_reason == "Too far to be in time"
    assert facts["declined"].non_response_approver == "Head of mission"
    assert facts["declined"].decision == "Not to respond; Sector or battalion (tactical control)"
    assert facts["unapproved"].non_response_approver is None
    assert (facts["refused"].non_response_reason, facts["refused"].decided) == (None, None)
    assert [name for name, a in facts.items() if not a.actionable] == ["double"]
    assert set(facts["forgotten"].late) == {"acknowledged", "verified", "decided"}
    assert facts["partner"].handed_over and not facts["sent"].handed_over
    assert facts["sent"].outcome == "Threat averted" and facts["sent"].feedback is not None


def test_telling_that_a_source_could_not_be_told_is_no_feedback(
    staff: Staff, owner: psycopg.Connection
) -> None:
    alert, client, duty = (
        raise_alert(staff, owner),
        staff.app.test_client(),
        staff.bearer(Role.WATCHKEEPER_JOC),
    )
    decline(staff, alert, "not_credible", True)
    act(client, duty, alert, "feedback", told=False, note=WHY)
    assert period(staff).alerts[0].feedback is None


def test_an_escalated_clock_is_a_breach_with_its_limit(staff: Staff, owner: psycopg.Connection) -> None:
    alert = raise_alert(staff, owner)
    with owner.transaction():
        owner.execute(
            "INSERT INTO alert_steps (alert_id, kind, at, details) SELECT id, 'escalated', now(), jsonb_build_object("
            "'clock', 'verify', 'to', 'sector', 'due_at', received_at + interval '15 minutes') FROM alerts"
        )
        record(owner)
    (breach,) = period(staff).breaches
    assert (breach.alert_serial, breach.step, breach.limit_minutes) == (f"Alert {alert}", "Verify", 15)
    assert (breach.actual_minutes, breach.escalated_to) == (None, "Sector headquarters")


def test_what_is_passed_on_in_time_is_no_breach_and_nobody_s_silence(
    staff: Staff, owner: psycopg.Connection
) -> None:
    raise_alert(staff, owner)
    with owner.transaction():
        owner.execute(
            "UPDATE alert_clocks SET ran_out_at = now(), due_at = now() + interval '20 minutes' WHERE clock = 'decide'"
        )
        owner.execute(
            "INSERT INTO alert_steps (alert_id, kind, at, details) SELECT alert_id, 'escalated', now(), "
            "jsonb_build_object('clock', clock, 'to', 'sector', 'due_at', due_at, 'passed_on', true) "
            "FROM alert_clocks WHERE clock = 'decide'"
        )
        record(owner)
    brief = period(staff)
    assert brief.breaches == ()
    assert (brief.alerts[0].answered_by, "decided" in brief.alerts[0].late) == ("open", False)


def test_a_period_holds_the_alerts_of_the_orderer_s_reach_and_of_no_more_than_was_ordered(
    staff: Staff, owner: psycopg.Connection
) -> None:
    west, east = raise_alert(staff, owner), raise_alert(staff, owner, EAST, 1.5)
    assert [a.serial for a in period(staff).alerts] == [f"Alert {west}", f"Alert {east}"]
    own = period(staff, Role.HEAD_OF_OFFICE, sectors=[staff.sectors[WEST]])
    assert [a.serial for a in own.alerts] == [f"Alert {west}"]
    assert own.map is not None and [a.name for a in own.map.areas] == ["Sector West"]
    assert own.header.withheld[0] == "what lies outside the sectors of the person who ordered this"
    grown = period(staff, Role.HOM, sectors=[staff.sectors[EAST]])
    assert [a.serial for a in grown.alerts] == [f"Alert {east}"], (
        "rights that grew after the order add nothing"
    )
    assert {a.name: a.count for a in (period(staff).map or grown.map).areas} == {
        "Sector West": 1,
        "Sector East": 1,
    }  # type: ignore[union-attr]
    before = {"since": "2020-01-01T00:00:00+00:00", "until": "2020-02-01T00:00:00+00:00"}
    assert period(staff, **before).alerts == ()


def test_looks_at_sealed_records_are_counted_by_role_without_their_reasons(
    staff: Staff, owner: psycopg.Connection
) -> None:
    defender = defender_near(owner, staff.sectors[WEST])
    officer = staff.person(Role.HR_OFFICER)
    with owner.transaction():
        for seen in (None, officer):
            owner.execute(
                "INSERT INTO unmaskings (defender_id, fields, by_id, role, reason, seen_by_supervisor_id, "
                "seen_by_supervisor_at) VALUES (%s, '{name}', %s, 'hr_officer', 'EXERCISE secret visit', %s, "
                "CASE WHEN %s::bigint IS NULL THEN NULL ELSE now() END)", [defender, officer, seen, seen],
            )  # fmt: skip
        record(owner, "defenders.unmask_refused")
        owner.execute(
            "UPDATE ledger_events SET role = 'hr_officer' WHERE action = 'defenders.unmask_refused'"
        )
    (look,) = period(staff).unmaskings or ()
    assert (look.role, look.granted, look.seen, look.refused) == ("Human rights officer", 2, 1, 1)
    assert b"secret" not in frozen(staff, Role.HOM, PERIOD)
    (seen_by_supervisor,) = period(staff, Role.HR_CASE_SUPERVISOR).unmaskings or ()
    assert (seen_by_supervisor.granted, seen_by_supervisor.refused) == (2, None)
    officer_s = period(staff, Role.HR_OFFICER)
    assert officer_s.unmaskings is None
    assert "who looked at sealed records" in officer_s.header.withheld


def test_the_ledger_s_head_and_last_verification_stand_in_the_brief(
    staff: Staff, owner: psycopg.Connection
) -> None:
    nothing = period(staff)
    assert nothing.ledger.result == "not verified" and nothing.header.checkpoint is None
    owner.execute(
        "INSERT INTO ledger_checkpoints (size, root, note) VALUES (7, '\\x01', 'old'), (12, '\\x0a0b', 'newest')"
    )
    told = (
        "INSERT INTO ledger_verifications (ok, fault, sentence, size, root) VALUES (%s, %s, %s, 12, '0a0b')"
    )
    owner.execute(told, [False, "leaf_altered", "Entry 3 was altered."])
    head = period(staff).header.checkpoint
    assert head is not None and (head.note, head.size, head.root_hex) == ("newest", 12, "0a0b")
    altered = period(staff).ledger
    assert (altered.result, altered.finding, altered.entries) == ("altered", "Entry 3 was altered.", 12)
    owner.execute(told, [True, "", ""])
    assert period(staff).ledger.result == "unaltered"


MANY = """
WITH made AS (
    INSERT INTO alerts (id, alert_key, kind, channel, priority, occurred_at, received_at, raised_at, place,
        place_as_given, sector_id, verbatim)
    SELECT n, 'many:' || n, 'cattle_raid', 'hotline', 'P' || (1 + n %% 4), t, t, t,
        ST_SetSRID(ST_MakePoint(0.5, 0.5), 4326), 'EXERCISE', %(sector)s, 'EXERCISE'
    FROM (SELECT n, now() - (n - 1000000) * interval '1 hour' AS t FROM generate_series(1000001, 1000500) n) AS s
    RETURNING id, received_at)
, steps AS (
    INSERT INTO alert_steps (alert_id, kind, at, details)
    SELECT id, kind, received_at + place * interval '7 minutes', '{}' FROM made
    CROSS JOIN unnest(ARRAY['raised','acknowledged','verified','decided','tasked','departed','arrived','outcome',
        'feedback']) WITH ORDINALITY AS k (kind, place))
INSERT INTO alert_clocks (id, alert_id, clock, echelon, due_at, stopped_at)
SELECT nextval('alert_clock_ids'), id, clock, 'duty_officer', received_at + interval '30 minutes', received_at
FROM made CROSS JOIN unnest(ARRAY['acknowledge','verify','decide']) AS clock
"""


def test_five_hundred_alerts_are_frozen_in_no_more_statements_than_one(
    staff: Staff, owner: psycopg.Connection, app: Flask
) -> None:
    period_of_all = {"since": "2020-01-01T00:00:00+00:00"}
    raise_alert(staff, owner)
    few, _brief = statements(staff, PERIOD | period_of_all)
    with owner.transaction():
        owner.execute(MANY, {"sector": staff.sectors[WEST]})
        record(owner)
    owner.execute("ANALYZE alerts; ANALYZE alert_steps; ANALYZE alert_clocks")
    many, brief = statements(staff, PERIOD | period_of_all)
    assert len(brief.alerts) == 501
    assert many <= few


def statements(staff: Staff, subject: dict[str, Any]) -> tuple[int, AccountabilityBrief]:
    """How many statements freezing takes, and the brief."""
    from sqlalchemy import event

    from app.db import db

    count = 0

    def counted(*_arguments: Any) -> None:
        nonlocal count
        count += 1

    with staff.acting(Role.HOM):
        event.listen(db.engine, "before_cursor_execute", counted)
        made = freeze_document(Ordered("DOC-2026-00001", "accountability_report", subject, "command"))
        event.remove(db.engine, "before_cursor_execute", counted)
    brief = thaw(made)
    assert isinstance(brief, AccountabilityBrief)
    return count, brief
