"""The weeks of patrols before the exercise begins into the database: in a few statements, after all else is there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, text

from app.exercise.dataset import Dataset
from app.exercise.orders import content
from app.exercise.past_patrols import Goal, Past, Team, recall_patrols
from app.exercise.roads import RoadGraph
from app.operator import record_as_operator

GOALS = text("""
SELECT p.code, c.code AS sector_code, s.priority, s.longest_gap_days AS gap, s.visit_minutes AS minutes
FROM sites s JOIN places p ON p.id = s.place_id JOIN sectors c ON c.id = s.sector_id ORDER BY p.code
""")
MEANS = text("""
SELECT u.code AS unit_code, u.call_sign, u.kind, c.code AS sector_code, m.going, m.shift_from AS begins,
    m.shift_until AS ends, m.longest_duty_minutes AS longest, m.days
FROM unit_means m JOIN units u ON u.id = m.unit_id JOIN sectors c ON c.id = u.sector_id ORDER BY u.code
""")
CLOSED = text(
    "SELECT l.code FROM road_conditions r JOIN road_links l ON l.id = r.link_id WHERE r.condition = 'closed'"
)
PATROLS = text("""
INSERT INTO patrols (call_sign, unit_id, sector_id, purpose, mode, state, task, planned_start, planned_end, started_at,
    ended_at, abandoned_reason, route, created_at)
SELECT x.call_sign, u.id, s.id, x.purpose, x.mode, x.state, x.task, x.planned_start, x.planned_end, x.started_at,
    x.ended_at, x.abandoned_reason, ST_GeomFromText(x.way, 4326), x.planned_start - interval '12 hours'
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x (n int, call_sign text, unit text, sector text, purpose text,
    mode text, state text, task text, planned_start timestamptz, planned_end timestamptz, started_at timestamptz,
    ended_at timestamptz, abandoned_reason text, way text)
JOIN units u ON u.code = x.unit JOIN sectors s ON s.code = x.sector ORDER BY x.n
RETURNING id, call_sign
""")
STOPS = text("""
INSERT INTO patrol_stops (patrol_id, sequence, name, place, place_id, arrive_planned, depart_planned, arrived_at,
    departed_at)
SELECT x.patrol, x.sequence, p.name, p.place, p.id, x.arrive_planned, x.depart_planned, x.arrived_at, x.departed_at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x (patrol bigint, sequence int, code text, arrive_planned timestamptz,
    depart_planned timestamptz, arrived_at timestamptz, departed_at timestamptz)
JOIN places p ON p.code = x.code ORDER BY x.patrol, x.sequence
""")
TRACKS = text("""
INSERT INTO positions (tracked_id, at, place, received_at)
SELECT t.id, f.at, ST_SetSRID(ST_MakePoint(f.lon, f.lat), 4326), f.at
FROM unnest(CAST(:patrols AS bigint[]), CAST(:times AS float8[]), CAST(:lons AS float8[]), CAST(:lats AS float8[]))
    AS x (patrol, epoch, lon, lat)
JOIN tracked t ON t.patrol_id = x.patrol
CROSS JOIN LATERAL (SELECT to_timestamp(x.epoch) AS at, x.lon, x.lat) f ORDER BY f.at, t.id
""")
LATEST = text("""
INSERT INTO latest_positions (tracked_id, patrol_id, sector_id, at, place)
SELECT t.id, t.patrol_id, t.sector_id, f.at, f.place
FROM tracked t CROSS JOIN LATERAL (
    SELECT p.at, p.place FROM positions p WHERE p.tracked_id = t.id ORDER BY p.at DESC LIMIT 1) f
WHERE t.patrol_id = ANY (CAST(:patrols AS bigint[]))
""")
ORDERS = text("""
INSERT INTO patrol_orders (patrol_id, version, content, route, straight, joint, written_by_id, written_by_role,
    written_at, approved_by_id, approved_by_role, approved_at)
SELECT p.id, 1, CAST(:content AS jsonb), p.route, false, false, w.id, w.role, p.planned_start - interval '6 hours',
    a.id, a.role, p.planned_start - interval '5 hours'
FROM patrols p JOIN people w ON w.username = 'sector_ops' JOIN people a ON a.username = 'fc_staff'
WHERE p.id = ANY (CAST(:patrols AS bigint[]))
""")
# Who went along, in turn; of every fifth patrol no order tells.
COMPOSITIONS: tuple[Mapping[str, int] | None, ...] = (
    {"strength": 14},
    {"strength": 18, "women": 4, "interpreters": 1},
    {"strength": 16, "women": 1},
    {"strength": 15, "police": 2, "interpreters": 1, "liaison": 1},
    None,
    {"strength": 12, "women": 2, "civil_affairs": 2, "interpreters": 1},
    {"strength": 20},
    {"strength": 14, "human_rights": 1, "interpreters": 1},
    {"strength": 16, "interpreters": 1},
    None,
)


def load_past_patrols(c: Connection, data: Dataset) -> None:
    """After sites, means and the orders' officers: with these, and on the roads that are open."""
    past = recalled(c, data)
    if not past:
        return
    plain = ("call_sign", "purpose", "mode", "state", "task", "abandoned_reason")
    moments = ("planned_start", "planned_end", "started_at", "ended_at")
    rows = [
        {
            **{name: getattr(each.patrol, name) for name in plain},
            **{name: told(getattr(each.patrol, name)) for name in moments},
            "n": n, "unit": each.patrol.unit_code, "sector": each.patrol.sector_code, "way": each.patrol.way.wkt,
        }
        for n, each in enumerate(past)
    ]  # fmt: skip
    numbers = {row.call_sign: int(row.id) for row in c.execute(PATROLS, {"rows": json.dumps(rows)})}
    ids = [numbers[each.patrol.call_sign] for each in past]
    stops(c, past, ids)
    tracks(c, past, ids)
    orders(c, past, ids)
    record_as_operator(c, "exercise.past_patrols_loaded", "patrols", "all", {"count": len(past)})


def recalled(c: Connection, data: Dataset) -> list[Past]:
    bases, homes = {b.code: b for b in data.bases}, {u.code: u.base_code for u in data.units}
    teams = [
        Team(
            home=bases[homes[row.unit_code]].settlement_code, base=bases[homes[row.unit_code]].place,
            **{**row._mapping, "days": tuple(row.days)},
        )
        for row in c.execute(MEANS)
    ]  # fmt: skip
    goals = [Goal(**row._mapping) for row in c.execute(GOALS)]
    closed = set(c.execute(CLOSED).scalars())
    links = [replace(link, state="closed") if link.code in closed else link for link in data.road_links]
    zone = ZoneInfo(c.execute(text("SELECT time_zone FROM mission_identity")).scalar_one())
    roads = RoadGraph(list(data.road_nodes), links)
    return recall_patrols(data.seed, data.now, zone, teams, goals, data.settlements, roads)


def stops(c: Connection, past: Sequence[Past], ids: Sequence[int]) -> None:
    moments = ("arrive_planned", "depart_planned", "arrived_at", "departed_at")
    rows = [
        {"patrol": patrol, "sequence": stop.sequence, "code": stop.settlement_code,
         **{name: told(getattr(stop, name)) for name in moments}}
        for each, patrol in zip(past, ids, strict=True) for stop in each.patrol.stops
    ]  # fmt: skip
    c.execute(STOPS, {"rows": json.dumps(rows)})


def tracks(c: Connection, past: Sequence[Past], ids: Sequence[int]) -> None:
    began = [each.patrol.started_at.timestamp() for each in past if each.patrol.started_at]
    counts = [len(each.minutes) for each in past]
    spots = np.concatenate([each.spots for each in past])
    times = np.concatenate([b + 60 * each.minutes for b, each in zip(began, past, strict=True)])
    c.execute(TRACKS, {"patrols": np.repeat(ids, counts).tolist(), "times": times.tolist(),
                       "lons": spots[:, 0].tolist(), "lats": spots[:, 1].tolist()})  # fmt: skip
    c.execute(LATEST, {"patrols": list(ids)})


def orders(c: Connection, past: Sequence[Past], ids: Sequence[int]) -> None:
    """The task of an order speaks of two stops."""
    able = [patrol for each, patrol in zip(past, ids, strict=True) if len(each.patrol.stops) > 1]
    for n, composition in enumerate(COMPOSITIONS):
        if composition is not None:
            given = {
                "content": json.dumps(content(composition)), "patrols": able[n :: len(COMPOSITIONS)]
            }  # fmt: skip
            c.execute(ORDERS, given)


def told(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
