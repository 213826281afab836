"""The exercise's alerts: two months of history with each step at its time, and some that wait for somebody now."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from app.alerts.models import Clock
from app.alerts.raising import CLOCKS
from app.exercise.alert_history import AlertScript
from app.exercise.dataset import Dataset
from app.exercise.told import told
from app.ladders.climbing import Post
from app.mission.procedures import SEEDS

# Who takes which step in the exercise's history.
DUTY, FORCE, PATROL = "watchkeeper_joc", "fc_staff", "patrol_cdr"


def steps_of(a: AlertScript) -> Iterator[tuple[datetime, str, str | None, str, dict[str, Any]]]:
    """(when, kind, role, note, details) of each step that the script tells of, in the order of time."""
    told: list[tuple[datetime | None, str, str | None, str, dict[str, Any]]] = [
        (a.raised_at, "raised", "cla", "", {}),
        (a.acknowledged_at, "acknowledged", DUTY, "", {}),
        (a.escalated_at, "escalated", None, "",
         {"clock": Clock.ACKNOWLEDGE, "from": Post.DUTY_OFFICER, "to": Post.SECTOR}),
        (a.immediate_action_at, "immediate_action", DUTY, "", {}),
        (a.verified_at, "verified", DUTY, "EXERCISE",
         {"verification": a.verification, "reliability": a.source_reliability, "credibility": a.credibility}),
        (a.decided_at if a.decision == "respond" else None, "decided", DUTY, "",
         {"response": a.response_kind, "authority": a.authority}),
        (a.declined_at, "declined", DUTY, a.non_response_note,
         {"reason": a.non_response_reason, "authority": a.authority}),
        (a.non_response_approved_at, "non_response_approved", FORCE, "EXERCISE", {}),
        (a.tasked_at, "tasked", DUTY, "", {"response": a.response_kind}),
        (a.departed_at, "departed", PATROL, "", {}),
        (a.arrived_at, "arrived", PATROL, "", {}),
        (a.outcome_at, "outcome", DUTY, "EXERCISE", {"outcome": a.outcome}),
        (a.feedback_at, "feedback", DUTY, "", {"told": True}),
        (a.closed_at, "closed", DUTY, "", {}),
    ]  # fmt: skip
    found = [(when, kind, role, note, more) for when, kind, role, note, more in told if when is not None]
    yield from sorted(found, key=lambda step: step[0])


def load_alerts(c: Connection, data: Dataset) -> None:
    for a in data.alert_history:
        alert_id = store_alert(c, a)
        carry_on(c, a, alert_id, data.now)
        if a.tasked_at:
            c.execute(
                text('INSERT INTO taskings (alert_id, response, unit_id, haven_id, "order", ordered_at, departed_at, '
                     "arrived_at) VALUES (:id, :response, (SELECT id FROM units WHERE code = :unit), "
                     "(SELECT id FROM havens WHERE code = :haven), 'EXERCISE', :at, :departed, :arrived)"),
                {"id": alert_id, "response": a.response_kind, "unit": a.unit_code, "haven": a.haven_code,
                 "at": a.tasked_at, "departed": a.departed_at, "arrived": a.arrived_at},
            )  # fmt: skip


def carry_on(c: Connection, a: AlertScript, alert_id: int, now: datetime) -> None:
    """From `received` to where the alert stands, with its steps and its clocks."""
    live_through(c, a, alert_id)
    for when, kind, role, note, details in steps_of(a):
        c.execute(
            text("INSERT INTO alert_steps (alert_id, kind, at, recorded_at, by_role, note, details) "
                 "VALUES (:id, :kind, :at, :at, :role, :note, CAST(:details AS jsonb))"),
            {"id": alert_id, "kind": kind, "at": when, "role": role, "note": note, "details": json.dumps(details)},
        )  # fmt: skip
    start_clocks(c, a, alert_id, {s.key: s.value for s in SEEDS.values()}, now)


# The state that an alert is in from a step on. Declining leaves the state to the approval.
STATES = {"acknowledged": "acknowledged", "verified": "verified", "decided": "decided", "tasked": "tasked",
          "departed": "responding", "arrived": "on_scene", "outcome": "responded", "closed": "closed"}  # fmt: skip


def live_through(c: Connection, a: AlertScript, alert_id: int) -> None:
    """Takes the alert from `received` to where it stands, each change at its own time: the map's past shows it so."""
    for when, kind, _role, _note, _details in steps_of(a):
        changes: dict[str, Any] = {"status": STATES[kind]} if kind in STATES else {}
        if kind == "verified":
            changes |= {"verification": a.verification}
        if changes:
            told(c, when)
            sets = ", ".join(f"{column} = :{column}" for column in changes)
            c.execute(text(f"UPDATE alerts SET {sets} WHERE id = :id"), {**changes, "id": alert_id})  # noqa: S608
    c.execute(
        text("UPDATE alerts SET status = :status, verification = :verification, decision = :decision, "
             "non_response_reason = :reason, outcome = :outcome WHERE id = :id"),
        {"id": alert_id, "status": a.status, "verification": a.verification,
         "decision": {"respond": "respond", "decline": "not_respond"}.get(a.decision or ""),
         "reason": a.non_response_reason, "outcome": a.outcome},
    )  # fmt: skip
    told(c, None)


def store_alert(c: Connection, a: AlertScript) -> int:
    """The alert as it was when it was raised."""
    alert_id = c.execute(text("SELECT nextval('alert_ids')")).scalar_one()
    reasons = [f"EXERCISE: {a.kind.replace('_', ' ').capitalize()} is reported"]
    c.execute(
        text("INSERT INTO alerts (id, alert_key, kind, channel, priority, status, verification, reasons, occurred_at, "
             "received_at, raised_at, place, place_as_given, admin_code, sector_id, verbatim, source_code, "
             "source_contactable, owner_echelon, source_reliability, credibility, place_precision) "
             "VALUES (:id, :key, :kind, :channel, :priority, 'received', 'reported', "
             "CAST(:reasons AS jsonb), :occurred_at, :received_at, :raised_at, ST_GeomFromText(:place, 4326), "
             ":place_name, :admin, (SELECT id FROM sectors WHERE code = :sector), :verbatim, :source_code, "
             ":contactable, :echelon, :reliability, :credibility, :precision)"),
        {"id": alert_id, "key": f"exercise:{a.code}", "kind": a.kind, "channel": a.channel, "priority": a.priority,
         "reasons": json.dumps(reasons),
         "occurred_at": a.occurred_at, "received_at": a.received_at, "raised_at": a.raised_at,
         "place": a.place.wkt, "place_name": a.place_name, "admin": a.district_code, "sector": a.sector_code,
         "verbatim": a.verbatim, "source_code": a.source_code, "contactable": a.source_contactable,
         "echelon": Post.SECTOR if a.escalated_at else Post.DUTY_OFFICER, "reliability": a.source_reliability,
         "credibility": a.credibility, "precision": a.place_precision},
    )  # fmt: skip
    c.execute(
        text("INSERT INTO alert_weighings (alert_id, score, reasons) VALUES (:id, :score, CAST(:reasons AS jsonb))"),
        {"id": alert_id, "score": a.score,
         "reasons": json.dumps([{"points": a.score, "sentence": r} for r in reasons])},
    )  # fmt: skip
    return int(alert_id)


def start_clocks(
    c: Connection, a: AlertScript, alert_id: int, values: dict[str, float], now: datetime
) -> None:
    """The clocks as they would stand now; those still running are watched by the workers from here on."""
    stopped = {
        Clock.ACKNOWLEDGE: a.acknowledged_at or a.closed_at,
        Clock.VERIFY: a.verified_at or a.closed_at,
        Clock.DECIDE: a.decided_at or a.declined_at or a.closed_at,
    }
    for clock in CLOCKS:
        due = a.received_at + timedelta(minutes=values[f"{clock}_minutes_{a.priority.lower()}"])
        ran_out = stopped[clock] is None and due < now
        clock_id = c.execute(text("SELECT nextval('alert_clock_ids')")).scalar_one()
        c.execute(
            text("INSERT INTO alert_clocks (id, alert_id, clock, echelon, due_at, stopped_at, ran_out_at) "
                 "VALUES (:id, :alert, :clock, :echelon, :due, :stopped, :ran_out)"),
            {"id": clock_id, "alert": alert_id, "clock": clock, "echelon": Post.DUTY_OFFICER, "due": due,
             "stopped": stopped[clock], "ran_out": due if ran_out else None},
        )  # fmt: skip
