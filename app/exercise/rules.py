"""A few rules that watch the exercise, so that a newcomer sees them work: most switched on, with an amber band that
its history reaches; two left to be tried against it and switched on."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, text

from app.operator import record_as_operator

WHY = "EXERCISE: the protection working group asked for it"
# (name, kind of alert, priority, whether it is on, parameters)
RULES: tuple[tuple[str, str, str, bool, dict[str, Any]], ...] = (
    ("EXERCISE Patrol overdue", "other", "P3", True, {"kind": "overdue", "red": 240, "amber": 30}),
    ("EXERCISE Threats are looked at again", "other", "P4", True, {"kind": "stale_threat", "red": 30, "amber": 1}),
    ("EXERCISE Attacks that gather", "imminent_attack", "P3", True,
     {"kind": "gathering", "kinds": ["attack_on_civilians", "killing", "abduction"], "within_km": 10.0,
      "period_hours": 168, "red": 30, "amber": 3}),
    ("EXERCISE Words before deeds", "hate_speech", "P3", True,
     {"kind": "indicator", "source": "reports", "kinds": ["hate_speech", "threat_to_named_person"],
      "period_hours": 72, "red": 10, "amber": 3}),
    ("EXERCISE Missed check-in", "threat_to_named_person", "P1", True,
     {"kind": "check_in", "of": "protected", "red": 1}),
    ("EXERCISE Haven without water or food", "other", "P2", True, {"kind": "haven_stock", "red": 6, "amber": 48}),
    ("EXERCISE Patrol near a threat", "other", "P4", False,
     {"kind": "distance", "carriers": ["patrol"], "to": "threat", "red_km": 0.5, "amber_km": 5.0,
      "dwell_minutes": 60}),
    ("EXERCISE Patrol silent", "other", "P3", False, {"kind": "check_in", "red": 90, "amber": 45}),
)  # fmt: skip


def load_rules(connection: Connection) -> None:
    """Written and switched on by the exercise's protection officer, for the whole mission."""
    officer = connection.execute(text("SELECT id FROM people WHERE username = 'poc_officer'")).scalar_one()
    for name, alert_kind, priority, on, parameters in RULES:
        number = connection.execute(
            text(
                "INSERT INTO rules (kind, created_by_id, enabled_at, enabled_by_id) VALUES (:kind, :by, "
                "CASE WHEN :is_on THEN now() END, CASE WHEN :is_on THEN CAST(:by AS bigint) END) RETURNING id"
            ),
            {"kind": parameters["kind"], "by": officer, "is_on": on},
        ).scalar_one()
        connection.execute(
            text(
                "INSERT INTO rule_versions (rule_id, version, name, parameters, priority, alert_kind, why, by_id, "
                "by_role) VALUES (:rule, 1, :name, CAST(:parameters AS jsonb), :priority, :alert_kind, :why, :by, "
                "'poc_officer')"
            ),
            {
                "rule": number, "name": name, "parameters": json.dumps(parameters), "priority": priority,
                "alert_kind": alert_kind, "why": WHY, "by": officer,
            },
        )  # fmt: skip
    record_as_operator(connection, "exercise.rules_written", "rules", "all", {"count": len(RULES)})
