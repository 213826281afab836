"""The reports of the exercise's done patrols: invented, one in each state of its way, none with a person in it."""

from __future__ import annotations

import json
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, Row, text

from app.patrol_reports.blocks import BLOCKS
from app.patrol_reports.prefilling import light_of
from app.permissions import Role
from app.words import grid
from geo import date_time_group

WAYS = ("submitted", "debriefed", "approved")
WHY = "EXERCISE: the device was switched off to save its battery."
FACTS = (
    "EXERCISE: Market open, fewer traders than last week. Two families on the road with bundles.",
    "EXERCISE: Quiet. The head of the women’s group asks for a patrol on market days.",
    "EXERCISE: People calm by day; they say that armed men pass after dark.",
)


def report_patrols(c: Connection) -> None:
    """Reports of the done patrols in the patrol commander's sector, who is taken as their leader."""
    people = {
        row.role: row.id
        for row in c.execute(
            text("SELECT role, id FROM people WHERE role IN ('patrol_cdr', 'sector_ops', 'fc_staff')")
        )
    }
    done = c.execute(
        text(
            "WITH RECURSIVE below AS (SELECT sector_id AS id FROM person_sectors WHERE person_id = :leader "
            "UNION SELECT s.id FROM sectors s JOIN below b ON s.parent_id = b.id) "
            "SELECT p.id, p.call_sign, p.sector_id, p.mode, p.task, p.started_at, p.ended_at, u.name AS unit "
            "FROM patrols p JOIN units u ON u.id = p.unit_id JOIN below b ON b.id = p.sector_id "
            "WHERE p.state = 'done' ORDER BY p.id LIMIT 6"
        ),
        {"leader": people[Role.PATROL_CDR]},
    ).all()
    for n, patrol in enumerate(done):
        c.execute(
            text("UPDATE patrols SET leader_id = :leader WHERE id = :id"),
            {"leader": people[Role.PATROL_CDR], "id": patrol.id},
        )
        add_report(c, n, patrol, people)


def add_report(c: Connection, n: int, patrol: Row[Any], people: dict[str, int]) -> None:
    way = WAYS[n % len(WAYS)]
    steps = WAYS[: WAYS.index(way) + 1]
    gap = round((patrol.ended_at - patrol.started_at).total_seconds() / 60)
    flags = [{"code": "gap", "where": "", "number": gap, "at": date_time_group.format(patrol.started_at),
              "refused": False, "why": WHY}]  # fmt: skip
    by = {"submitted": Role.PATROL_CDR, "debriefed": Role.SECTOR_OPS, "approved": Role.FC_STAFF}
    report = c.execute(
        text(
            "INSERT INTO patrol_reports (device_id, patrol_id, sector_id, author_id, state, blocks, flags, "
            "submitted_at, debriefed_at, debriefed_by_id, approved_at, approved_by_id) "
            "VALUES (:device, :patrol, :sector, :author, :state, "
            "CAST(:blocks AS jsonb), CAST(:flags AS jsonb), :at, "
            "CASE WHEN :debriefed THEN CAST(:at AS timestamptz) END, "
            "CASE WHEN :debriefed THEN CAST(:officer AS bigint) END, "
            "CASE WHEN :approved THEN CAST(:at AS timestamptz) END, "
            "CASE WHEN :approved THEN CAST(:approver AS bigint) END) RETURNING id"
        ),
        {
            "device": uuid5(NAMESPACE_OID, f"exercise patrol {patrol.id}"), "patrol": patrol.id,
            "sector": patrol.sector_id, "author": people[Role.PATROL_CDR], "state": way,
            "blocks": json.dumps(blocks(c, n, patrol)), "flags": json.dumps(flags), "at": patrol.ended_at,
            "debriefed": "debriefed" in steps, "officer": people[Role.SECTOR_OPS], "approved": "approved" in steps,
            "approver": people[Role.FC_STAFF],
        },
    ).scalar_one()  # fmt: skip
    c.execute(text("SELECT vigil.tell_signals_of(:report)"), {"report": report})
    for kind in steps:
        c.execute(
            text(
                "INSERT INTO patrol_report_entries (report_id, kind, at, by_id, by_role) "
                "VALUES (:report, :kind, :at, :by, :role)"
            ),
            {
                "report": report,
                "kind": kind,
                "at": patrol.ended_at,
                "by": people[by[kind]],
                "role": by[kind].value,
            },
        )


def blocks(c: Connection, n: int, patrol: Row[Any]) -> dict[str, Any]:
    """All 17, as their models take them."""
    stops = c.execute(
        text(
            "SELECT name, ST_X(place) AS lon, ST_Y(place) AS lat, arrived_at, departed_at FROM patrol_stops "
            "WHERE patrol_id = :id AND arrived_at IS NOT NULL ORDER BY sequence"
        ),
        {"id": patrol.id},
    ).all()
    last = grid(stops[-1].lon, stops[-1].lat, 3) if stops else ""
    said: dict[str, dict[str, Any]] = {
        "header": {"order": f"EXERCISE order of {patrol.call_sign}", "prepared_at": dtg(patrol.ended_at)},
        "unit": {"unit": patrol.unit, "call_sign": patrol.call_sign, "rank": "Lieutenant", "men": 14, "women": 4,
                 "interpreters": 1},
        "vehicles": {"vehicles": 3, "serviceable": True},
        "task": {"mode": patrol.mode, "light": light_of((), stops), "task": patrol.task},
        "route": {
            "started_at": dtg(patrol.started_at), "ended_at": dtg(patrol.ended_at),
            "waypoints": [
                {"name": s.name, "place": grid(s.lon, s.lat), "arrived_at": dtg(s.arrived_at),
                 "departed_at": dtg(s.departed_at)}
                for s in stops
            ],
        },
        "contacts": {"contacts": [{"place": last, "women": 9, "men": 12, "youth": 5,
                                   "mood": ("normal", "tense", "fearful")[n % 3], "interpreter": True}]},
        "signal": {"child": n % 3 == 1, "sexual_violence": n % 2 == 0},
        "force": {"force_used": False, "weapon_pointed": False, "detained": False},
        "assessment": {"facts": FACTS[n % len(FACTS)]},
    }  # fmt: skip
    if n % 3 == 0:
        said["checkpoints"] = {"checkpoints": [{"place": last, "manned_by": "armed_group", "passage": "delayed",
                                                "delay_minutes": 25}]}  # fmt: skip
        said["roads"] = {
            "roads": [{"what": "ford", "place": last, "vehicle": "heavy", "trafficability": "amber"}]
        }
    return {
        code: block.model.model_validate(said.get(code, {})).model_dump(mode="json")
        for code, block in BLOCKS.items()
    }


def dtg(at: Any) -> str | None:
    return date_time_group.format(at) if at else None
