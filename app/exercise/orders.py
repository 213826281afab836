"""A few patrol orders of the exercise, one that waits for approval, deviations with and without their reasons, and a
decision on support to State forces, so that a newcomer sees what they look like."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from app.operator import record_as_operator
from app.patrol_orders.body import OrderBody

SAID = "EXERCISE: as trained; report at once, and keep people out of the line of fire."
# Nobody drives the patrols of an exercise that does not play: a word in twelve hours is enough.
LOST_COMMS = 720
DEVIATIONS: tuple[tuple[str, float, str | None, str], ...] = (
    ("off_route", 2_600.0, "road_closed", "EXERCISE: the ford was under water."),
    ("late", 1_800.0, "people_in_need", "EXERCISE: a wounded child was brought to the clinic."),
    ("off_route", 4_100.0, None, ""),
)


def content(composition: Mapping[str, int]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "commander_post": "EXERCISE commander of the platoon",
        "composition": dict(composition),
        "vehicles": "EXERCISE three armoured carriers, one ambulance", "weapons": "EXERCISE personal and mounted",
        "pace": {"primary": "EXERCISE VHF channel 4", "alternate": "EXERCISE HF 7.230",
                 "contingency": "EXERCISE satellite telephone", "emergency": "EXERCISE green flare"},
        "alternate_route": "EXERCISE back by the way that it came, or by the next secondary road.",
        "tasks": [{"stop": 1, "task": "EXERCISE: ask women and men apart about security.",
                   "meet": ["women_leaders", "village_chief"]},
                  {"stop": 2, "task": "EXERCISE: test the alert network.", "meet": ["alert_network", "health_staff"]}],
        "hazards": ["explosives", "ford"], "hazards_note": "EXERCISE: dismount before culverts.",
        "deconfliction": "EXERCISE: humanitarians and the neighbouring sector were told.",
        "medical": {"treatment": "EXERCISE level 1 at the company’s base", "evacuation": "EXERCISE by road or air",
                    "landing_site": "EXERCISE football ground of the second stop"},
        "reserve": {"unit": "EXERCISE battalion reserve", "notice_minutes": 30},
        "rules_of_engagement": "EXERCISE card 3",
        "actions_on": dict.fromkeys(("ambush", "explosive", "civilians", "detention", "breakdown"), SAID),
        "lost_comms_minutes": LOST_COMMS, "risk": "medium", "risk_signed_by": "EXERCISE sector operations officer",
    }  # fmt: skip
    return OrderBody.model_validate(body).model_dump(mode="json")


def composition(strength: int) -> dict[str, int]:
    return {"strength": strength, "women": strength // 4, "interpreters": 1, "liaison": 1, "police": 2}


ORDERED = text("""
SELECT p.id, p.state, p.planned_start, p.started_at, p.ended_at, p.leader_id IS NOT NULL AS led,
    (SELECT min(s.id) FROM patrol_stops s WHERE s.patrol_id = p.id) AS stop
FROM patrols p
WHERE p.route IS NOT NULL AND p.state IN ('planned', 'under_way', 'done') AND p.purpose <> 'poc_response'
ORDER BY led DESC, p.state, p.planned_start DESC, p.id
""")
WRITE = text("""
INSERT INTO patrol_orders (patrol_id, version, content, route, straight, joint, written_by_id, written_by_role,
    written_at, approved_by_id, approved_by_role, approved_at)
SELECT p.id, 1, CAST(:content AS jsonb), p.route, false, false, w.id, w.role, at.written, a.id, a.role,
    CASE WHEN a.id IS NOT NULL THEN at.written + interval '1 hour' END
FROM patrols p CROSS JOIN LATERAL (SELECT least(p.planned_start, now()) - interval '6 hours' AS written) at
JOIN people w ON w.username = 'sector_ops' LEFT JOIN people a ON a.username = 'fc_staff' AND :approved
WHERE p.id = :patrol RETURNING id
""")
DEVIATE = text("""
INSERT INTO patrol_deviations (patrol_id, order_id, kind, stop_id, opened_at, noticed_at, fired_at, cleared_at, value,
    place, acknowledged_at, acknowledged_by_id, acknowledged_by_role, reason, note)
SELECT p.id, :order, :kind, CASE WHEN :kind = 'late' THEN s.id END, t.began, t.began + interval '10 min',
    t.began + interval '10 min', t.began + interval '35 min', :value, s.place,
    CASE WHEN CAST(:reason AS text) IS NOT NULL THEN t.began + interval '1 hour' END,
    CASE WHEN CAST(:reason AS text) IS NOT NULL THEN w.id END,
    CASE WHEN CAST(:reason AS text) IS NOT NULL THEN w.role END,
    :reason, :note
FROM patrols p JOIN patrol_stops s ON s.id = :stop JOIN people w ON w.username = 'sector_ops'
CROSS JOIN LATERAL (SELECT p.started_at + interval '20 min' AS began) t WHERE p.id = :patrol
""")
DECIDE = text("""
INSERT INTO due_diligence (recipient, support, risk, mitigation, decision, review_on, decided_by_id, decided_by_role)
SELECT r.recipient, 'EXERCISE Joint patrols on the main road by day', r.risk,
    'EXERCISE Vetted commanders alone; the mission leads; human rights officers come along', r.decision,
    (now() + interval '60 days')::date, p.id, p.role
FROM people p CROSS JOIN (
    VALUES ('EXERCISE 4th company, State army', 'medium', 'conditional'),
           ('EXERCISE 2nd reaction battalion, State army', 'high', 'refuse')) AS r (recipient, risk, decision)
WHERE p.username = 'hr_case_supervisor'
""")


def load_orders(connection: Connection) -> None:
    """Issued for the patrol of the exercise's commander, one planned, one under way and three that are done; written and
    not approved for another planned one."""
    connection.execute(DECIDE)
    found = connection.execute(ORDERED).all()
    by_state = {state: [p for p in found if p.state == state] for state in ("planned", "under_way", "done")}
    chosen = [
        *((p, True) for p in [*by_state["planned"][:2], *by_state["under_way"][:1], *by_state["done"][:3]]),
        *((p, False) for p in by_state["planned"][2:3]),
    ]
    done = 0
    for number, (patrol, approved) in enumerate(chosen):
        values = {
            "patrol": patrol.id,
            "content": json.dumps(content(composition(12 + number))),
            "approved": approved,
        }
        order = connection.execute(WRITE, values).scalar_one()
        if patrol.state == "done":
            kind, value, reason, note = DEVIATIONS[done]
            done += 1
            more = {"kind": kind, "value": value, "reason": reason, "note": note}
            connection.execute(DEVIATE, {"patrol": patrol.id, "order": order, "stop": patrol.stop, **more})
    record_as_operator(connection, "exercise.orders_written", "patrol_orders", "all", {"count": len(chosen)})
