"""The exercise's sources into the database: their register, whose words each alert holds, and the alerts that follow
another one because they tell of the same."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import Connection, text

from app.exercise.alerts import DUTY, carry_on, store_alert
from app.exercise.dataset import Dataset
from app.exercise.told import told
from app.operator import record_as_operator

ALERT = "(SELECT id FROM alerts WHERE alert_key = :alert)"
SOURCE = "(SELECT id FROM sources WHERE code = :{})"


def load_sources(c: Connection, data: Dataset) -> None:
    """Written by the exercise's duty officer, who must have his account."""
    officer = c.execute(text("SELECT id FROM people WHERE username = :name"), {"name": DUTY}).scalar_one()
    begun = min(a.raised_at for a in data.alert_history)
    for s in data.sources:
        c.execute(
            text("INSERT INTO sources (code, kind, known_by, contactable, contact_held_by, sector_id, network_id, grade, "
                 "graded_by_id, graded_at, added_by_id, added_at) VALUES (:code, :kind, :known_by, :contactable, :held, "
                 "(SELECT id FROM sectors WHERE code = :sector), "
                 "(SELECT id FROM community_networks WHERE code = :network), "
                 ":grade, :graded_by, :graded, :by, :added)"),
            {"code": s.code, "kind": s.kind, "known_by": s.known_by, "contactable": s.contactable,
             "held": s.contact_held_by, "sector": s.sector_code, "network": s.network_code, "grade": s.grade,
             "graded_by": officer if s.grade else None, "graded": data.now - timedelta(days=3) if s.grade else None,
             "by": officer, "added": begun},
        )  # fmt: skip
    follow(c, data)
    taken = {
        a.code: a.acknowledged_at or a.raised_at
        for a in (*data.alert_history, *(e.alert for e in data.echoes))
    }
    for t in data.tellings:
        values = {"alert": f"exercise:{t.alert_code}", "source": t.source_code, "repeats": t.repeats_code,
                  "by": officer, "at": taken[t.alert_code], "role": DUTY}  # fmt: skip
        c.execute(
            text("INSERT INTO alert_sources (alert_id, source_id, repeats_id, by_id, at) VALUES "  # noqa: S608
                 f"({ALERT}, {SOURCE.format('source')}, {SOURCE.format('repeats')}, :by, :at)"),
            values,
        )  # fmt: skip
        c.execute(
            text("INSERT INTO alert_steps (alert_id, kind, at, recorded_at, by_role, note, details) VALUES "  # noqa: S608
                 f"({ALERT}, 'source_told', :at, :at, :role, '', jsonb_build_object('source', {SOURCE.format('source')}, "
                 f"'repeats_source', {SOURCE.format('repeats')}))"),
            values,
        )  # fmt: skip
    record_as_operator(c, "exercise.sources_written", "sources", "all", {"count": len(data.sources)})


def follow(c: Connection, data: Dataset) -> None:
    """The alerts that tell again what another one told: raised and taken as any, then merged."""
    for echo in data.echoes:
        alert_id = store_alert(c, echo.alert)
        carry_on(c, echo.alert, alert_id, data.now)
        assert echo.alert.acknowledged_at is not None
        at = echo.alert.acknowledged_at + timedelta(minutes=2)
        leader = c.execute(
            text("SELECT id FROM alerts WHERE alert_key = :key"), {"key": f"exercise:{echo.leader_code}"}
        ).scalar_one()
        stopped = c.execute(
            text(
                "UPDATE alert_clocks SET stopped_at = :at WHERE alert_id = :id AND stopped_at IS NULL RETURNING id"
            ),
            {"id": alert_id, "at": at},
        ).scalars()
        details = json.dumps({"into": leader, "clocks": sorted(stopped)})
        c.execute(
            text("INSERT INTO alert_steps (alert_id, kind, at, recorded_at, by_role, note, details) VALUES "
                 "(:id, 'merged', :at, :at, :role, 'EXERCISE: tells of the same leaflet', CAST(:details AS jsonb))"),
            {"id": alert_id, "at": at, "role": DUTY, "details": details},
        )  # fmt: skip
        told(c, at)
        c.execute(
            text("UPDATE alerts SET leader_id = :leader WHERE id = :id"), {"leader": leader, "id": alert_id}
        )
        told(c, None)
