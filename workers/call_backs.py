"""Reminders of call-backs that are overdue: whoever is to make it, then the watch, each once. The clocks' process looks.

As the clocks, it asks the database alone: who was reminded stands on the row, in the transaction that made the messages.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Row, text

from app.db import db
from app.ladders.climbing import LEAVING, Post
from app.ledger.actions import record
from app.mission.queries import procedures
from app.settings import routes_open, settings_of
from workers.looking import is_gone

log = logging.getLogger("vigil.clocks")

MOST_AT_ONCE = 200
# So long a call-back may be overdue before the watch hears of it besides whoever was to make it.
THEN_THE_WATCH = timedelta(minutes=15)
# So many reminders a telephone gets within an hour, however many are overdue: the console counts them all, and an alert
# must not wait behind them.
MOST_AN_HOUR = 6

OVERDUE = text("""
SELECT c.id FROM call_backs c JOIN alerts a ON a.id = c.alert_id
WHERE c.done_at IS NULL AND c.due_at <= :now AND a.status <> 'closed'
  AND (c.reminded_id IS DISTINCT FROM coalesce(c.handed_to_id, c.ordered_by_id)
       OR c.watch_reminded_at IS NULL AND c.due_at <= :watch_since)
ORDER BY a.priority, c.due_at, c.id LIMIT :most
""")
# The alert with it, as everybody who acts on one takes them; what somebody holds is left for the next look.
ONE = text("""
SELECT c.id, c.alert_id, c.due_at, a.sector_id, coalesce(c.handed_to_id, c.ordered_by_id) AS whose, c.reminded_id,
       c.watch_reminded_at
FROM call_backs c JOIN alerts a ON a.id = c.alert_id
WHERE c.id = :id AND c.done_at IS NULL AND a.status <> 'closed' FOR UPDATE OF a, c SKIP LOCKED
""")
# The key over call-back and contact is why nobody is told twice.
TELL = """
WITH reached AS (
    SELECT DISTINCT ON (c.id) c.id, c.route, c.person_id, {deputy} AS deputy,
        (SELECT count(*) FROM messages m WHERE m.contact_id = c.id AND m.call_back_id IS NOT NULL
         AND m.made_at > now() - interval '1 hour') >= :most AS spared
    FROM {who} w JOIN contacts c ON c.person_id = {person} AND c.removed_at IS NULL
    WHERE c.route = ANY (:routes) AND c.route = ANY (w.ways) AND c.tested_at >= w.since - CAST(:fresh AS interval)),
told AS (
    INSERT INTO messages (purpose, route, person_id, contact_id, alert_id, call_back_id, as_deputy)
    SELECT 'alert', route, person_id, id, CAST(:alert AS bigint), CAST(:call_back AS bigint), deputy
    FROM reached WHERE NOT spared ON CONFLICT DO NOTHING RETURNING id)
SELECT (SELECT count(*) FROM told) AS told, (SELECT count(*) FROM reached WHERE spared) AS spared
"""
TELL_WHOSE = text(
    TELL.format(who="vigil.watch_of(:whose, :at)", person="CAST(:whose AS bigint)", deputy="false")
)
TELL_WATCH = text(
    TELL.format(who="vigil.on_watch(:post, :sector, :at)", person="w.person_id", deputy="w.deputy")
)
REMINDED = text("UPDATE call_backs SET reminded_id = :whose, watch_reminded_at = :watch WHERE id = :id")


def sweep(now: datetime) -> int:
    """Remind of all that is overdue; how many call-backs were touched. Each is a transaction of its own."""
    asked = {"now": now, "watch_since": now - THEN_THE_WATCH, "most": MOST_AT_ONCE}
    ids = list(db.session.scalars(OVERDUE, asked))
    db.session.rollback()
    done = 0
    for call_back_id in ids:
        try:
            done += remind(call_back_id, now)
            db.session.commit()
        except Exception as error:
            if is_gone(error):
                raise
            db.session.rollback()
            log.error("call-back stumbled", extra={"call_back": call_back_id, "error": type(error).__name__})
    return done


def remind(call_back_id: int, now: datetime) -> int:
    row = db.session.execute(ONE, {"id": call_back_id}).first()
    if row is None:
        return 0
    told = spared = 0
    reached = True
    if row.reminded_id != row.whose:
        told, spared = tell(row, now, TELL_WHOSE, whose=row.whose)
        reached = told + spared > 0
    watch = row.watch_reminded_at
    # Where no telephone of his rings, the watch hears of it at once.
    if watch is None and (not reached or row.due_at <= now - THEN_THE_WATCH):
        also = tell(row, now, TELL_WATCH, post=Post.DUTY_OFFICER.value, sector=row.sector_id)
        told, spared = told + also[0], spared + also[1]
        watch = now
    db.session.execute(REMINDED, {"whose": row.whose, "watch": watch, "id": row.id})
    details = {"messages": told, "watch": watch == now} | ({"spared": spared} if spared else {})
    record("alerts.call_back_reminded", "call_backs", row.id, details)
    return 1


def tell(row: Row[Any], now: datetime, statement: Any, **to: Any) -> tuple[int, int]:
    """Put the messages into the queue: how many, and how many telephones were spared one, which had enough of them within
    the hour. The screen tells everybody on watch in any case."""
    routes = [way.value for way in LEAVING if way.value in routes_open(settings_of(current_app))]
    if not routes:
        return 0, 0
    said = {
        "alert": row.alert_id, "call_back": row.id, "at": now, "routes": routes, "most": MOST_AN_HOUR,
        "fresh": timedelta(hours=procedures()["contact_test_hours"]), **to,
    }  # fmt: skip
    found = db.session.execute(statement, said).one()
    return found.told, found.spared
