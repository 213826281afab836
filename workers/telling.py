"""Telling those whose turn has begun of new alerts, all of them at once: where two hundred come in a second, one by one
would cost the processor more than the reports did. One transaction: told and recorded, or neither."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import BigInteger, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from app.db import db
from app.ladders.climbing import Ladder, Rung, Way
from app.ladders.queries import WITHOUT_ANY, all_in_force, climbable
from app.ledger.actions import record_all
from app.mission.queries import identity, procedures
from app.settings import routes_open, settings_of

MOST_AT_ONCE = 1000

# The alert with the clock, as everybody who acts on one takes them; what somebody holds is left for the next look. The
# clocks beside the first one start with it, for the same people about the same alert: one message is enough. The
# approver's starts later.
UNTOLD = text("""
SELECT c.id, c.alert_id, c.echelon, coalesce(c.rung, 0) AS rung, a.kind, a.priority, a.sector_id
FROM alert_clocks c JOIN alerts a ON a.id = c.alert_id
WHERE c.stopped_at IS NULL AND c.ran_out_at IS NULL AND c.told_at IS NULL AND coalesce(c.deputy_until, c.due_at) > :now
  AND c.passed_on_by_id IS NULL
  AND (c.clock IN ('acknowledge', 'approve') OR c.run IS NOT NULL)
ORDER BY c.due_at, c.id LIMIT :most FOR UPDATE OF a, c SKIP LOCKED
""")
TELL = text("""
INSERT INTO messages (purpose, route, person_id, contact_id, alert_id, clock_id, as_deputy, not_before)
SELECT 'alert', c.route, w.person_id, c.id, t.alert, t.clock, w.deputy, :not_before
FROM unnest(:alerts, :clocks) AS t (alert, clock) CROSS JOIN vigil.on_watch(:post, :sector, :at) w
JOIN contacts c ON c.person_id = w.person_id AND c.removed_at IS NULL
WHERE w.deputy = :deputy AND c.route = ANY (:routes) AND c.route = ANY (w.ways)
    -- Tested lately when the watch began, or since: an old number rings whoever has it now.
    AND c.tested_at >= w.since - CAST(:fresh AS interval)
ON CONFLICT DO NOTHING RETURNING clock_id
""").bindparams(bindparam("alerts", type_=ARRAY(BigInteger)), bindparam("clocks", type_=ARRAY(BigInteger)))
TOLD = text("UPDATE alert_clocks SET told_at = :now WHERE id = ANY (:clocks)")


@dataclass(frozen=True)
class Together:
    """What alerts have in common that are told in one statement: whose turn, where, by which routes, from when on."""

    post: str
    sector: int | None
    routes: tuple[str, ...]
    not_before: datetime


def tell_new(now: datetime) -> int:
    """Tell of every alert whose first turn runs and of which nobody was told; how many. The commit is the caller's."""
    found = db.session.execute(UNTOLD, {"now": now, "most": MOST_AT_ONCE}).all()
    if not found:
        return 0
    ladders = {(row.kind, row.priority): climbable(row) for row in all_in_force()}
    groups: dict[tuple[Any, ...], dict[int, int]] = defaultdict(dict)
    for row in found:
        groups[row.kind, row.priority, row.rung, row.echelon, row.sector_id][row.id] = row.alert_id
    told = {row.id: 0 for row in found}
    for (kind, priority, rung, post, sector), alerts in groups.items():
        ladder = ladders.get((kind, priority)) or ladders.get(("", priority)) or WITHOUT_ANY
        for clock_id in tell(together(ladder, ladder.rung(rung), post, sector, now), alerts, now):
            told[clock_id] += 1
    db.session.execute(TOLD, {"now": now, "clocks": list(told)})
    details = {row.id: {"post": row.echelon, "messages": told[row.id]} for row in found}
    record_all("alerts.told", "alert_clocks", details)
    return len(found)


def together(ladder: Ladder, rung: Rung, post: str, sector: int | None, now: datetime) -> Together:
    open_now = routes_open(settings_of(current_app))
    routes = tuple(sorted(way.value for way in rung.ways - {Way.SCREEN} if way.value in open_now))
    return Together(post, sector, routes, ladder.may_ring_from(now, identity().time_zone))


def tell(alike: Together, alerts: dict[int, int], now: datetime, *, deputy: bool = False) -> list[int]:
    """Put messages about these alerts, by the clock whose turn runs, into the queue: the clock of each message. Those
    whom no message reaches see it on the screen, as everybody does; where nobody stands first, the deputies are told."""
    if not alike.routes:
        return []
    said = {
        "post": alike.post, "sector": alike.sector, "at": now, "not_before": alike.not_before,
        "routes": list(alike.routes), "alerts": list(alerts.values()), "clocks": list(alerts),
        "fresh": timedelta(hours=procedures()["contact_test_hours"]),
    }  # fmt: skip
    told = list(db.session.scalars(TELL, {**said, "deputy": deputy}))
    return told if told or deputy else list(db.session.scalars(TELL, {**said, "deputy": True}))
