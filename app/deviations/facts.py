"""What is held against an order: patrols that have one and have set off, their stops, and what is on record already.

Read by the rules' process for the house (policies in migrations/sql/0026_patrol_orders.sql).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import shapely
from shapely import LineString
from sqlalchemy import Row, select, text

from app.db import db
from app.deviations.models import Deviation, DeviationKind
from app.patrols.models import PatrolStop
from app.rules import facts
from geo.watching.lapses import Known, Lapse

# The order in force of each patrol that is out, or is back and of which something came late or stands open.
ORDERED = text("""
SELECT p.id, p.call_sign, p.state, p.alert_id, p.started_at, p.ended_at, p.planned_end, t.id AS tracked_id,
    o.id AS order_id, greatest(p.started_at, o.approved_at) AS since, ST_AsText(o.route) AS line, o.straight,
    CAST(o.content ->> 'lost_comms_minutes' AS float8) AS silent_minutes
FROM patrols p JOIN tracked t ON t.patrol_id = p.id
CROSS JOIN LATERAL (SELECT * FROM patrol_orders x WHERE x.patrol_id = p.id AND x.approved_at IS NOT NULL
                    ORDER BY x.version DESC LIMIT 1) o
WHERE p.started_at IS NOT NULL AND (p.ended_at IS NULL OR p.ended_at > :since OR t.id = ANY (:arrived)
    OR EXISTS (SELECT 1 FROM patrol_deviations d WHERE d.patrol_id = p.id AND d.cleared_at IS NULL
               AND d.withdrawn_at IS NULL AND d.kind <> 'stop_skipped'))
ORDER BY p.id
""")
LONGEST_BACK = timedelta(days=30)


@dataclass(frozen=True)
class Ordered:
    """A patrol with the order in force, its stops in order and its believed fixes since it set off. `known`: what is on
    record under this order; `outdated`: open under an older one. A version answers for the time while it is in force."""

    row: Row[Any]
    line: LineString
    stops: Sequence[PatrolStop]
    track: Any
    known: dict[tuple[str, int | None], list[Known]]
    outdated: list[Deviation]


def ordered(since: datetime, now: datetime) -> list[Ordered]:
    """`since`: the last look; what has arrived after it is judged anew, however old it is."""
    arrived = list(facts.arrived_since(since))
    rows = db.session.execute(ORDERED, {"since": since, "arrived": arrived}).all()
    if not rows:
        return []
    wanted = {row.tracked_id: max(row.started_at, now - LONGEST_BACK) for row in rows}
    tracks = facts.tracks(wanted, now, every=60)
    stops: dict[int, list[PatrolStop]] = {row.id: [] for row in rows}
    known: dict[int, dict[tuple[str, int | None], list[Known]]] = {row.id: {} for row in rows}
    outdated: dict[int, list[Deviation]] = {row.id: [] for row in rows}
    orders = {row.order_id for row in rows}
    for stop in db.session.scalars(
        # What was called off for an alert nobody skips.
        select(PatrolStop)
        .where(PatrolStop.patrol_id.in_(stops), PatrolStop.called_off_at.is_(None))
        .order_by(PatrolStop.sequence)
    ):
        stops[stop.patrol_id].append(stop)
    for lapse in db.session.scalars(
        select(Deviation).where(Deviation.patrol_id.in_(known), Deviation.withdrawn_at.is_(None))
    ):
        if lapse.order_id not in orders:
            if lapse.cleared_at is None and lapse.kind != DeviationKind.STOP_SKIPPED:
                outdated[lapse.patrol_id].append(lapse)
            continue
        kept = known[lapse.patrol_id].setdefault((lapse.kind, lapse.stop_id), [])
        # The watch is told of silence alone: of the rest there is nobody to tell again at each look.
        told = lapse.told_at is not None or lapse.kind != DeviationKind.SILENT
        kept.append(Known(lapse.id, lapse_of(lapse), told))
    found = []
    for row in rows:
        line = shapely.from_wkt(row.line)
        assert isinstance(line, LineString)
        track = tracks.get(row.tracked_id)
        found.append(Ordered(row, line, stops[row.id], track, known[row.id], outdated[row.id]))
    return found


def lapse_of(row: Deviation) -> Lapse:
    return Lapse(
        row.opened_at.timestamp(), row.value, None, row.fired_at.timestamp(), facts.seconds(row.cleared_at)
    )
