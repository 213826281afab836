"""Holding patrols against their orders: what lacks on the record is written once, what the positions show of arrivals
too, and the watch is told once of a patrol of which nothing is heard.

Runs in the rules' process (workers/rules.py), for the house; looking twice writes nothing the second time. What arrives
late corrects the record and pages nobody.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from geoalchemy2.shape import from_shape, to_shape
from shapely import Point
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from app.alerts.by_rule import Seen, note_on_alert, raise_by_rule
from app.alerts.models import Alert
from app.db import db
from app.deviations import wording
from app.deviations.facts import Ordered, ordered
from app.deviations.looking import Held, all_of, stays
from app.deviations.models import Deviation, DeviationKind
from app.ledger.actions import record
from app.locks import Lock
from app.patrols.actions import NEAR_METRES
from app.patrols.models import CheckedIn, PatrolStop
from app.rules import facts
from geo.patrols.comparison import Visit
from geo.watching.lapses import Change, Lapse, judge

log = logging.getLogger("vigil.rules")

# As app/rules/judging.py: what a fix older than this tells is a matter of record.
PAGE_WITHIN = 1800.0
FIRST_LOOK = timedelta(days=2)
# Transactions that began before the last look and were committed after it.
OVERLAP = timedelta(minutes=2)


def watch_orders(last: datetime | None = None, now: datetime | None = None) -> int:
    """Look once at every patrol with an order; how many changes were written, none while another process looks. `last`:
    the look before; without one, two days are looked at. A patrol that can't be judged keeps no other from it."""
    if not db.session.execute(text("SELECT pg_try_advisory_xact_lock(:n)"), {"n": Lock.ORDERS}).scalar():
        return 0
    moment = now or datetime.now(UTC)
    since = moment - FIRST_LOOK if last is None else last - OVERLAP
    return sum(one(patrol, moment) for patrol in ordered(since, moment))


def one(patrol: Ordered, now: datetime) -> int:
    try:
        with db.session.begin_nested():
            return arrivals(patrol) + deviations(patrol, now)
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        log.error("patrol not judged", extra={"patrol": patrol.row.id, "error": type(error).__name__})
        return 0


def deviations(patrol: Ordered, now: datetime) -> int:
    count = 0
    for held in all_of(patrol, now.timestamp()):
        known = patrol.known.get((held.kind.value, held.stop_id), [])
        for change in judge(held.readings, held.bands, known, now.timestamp(), PAGE_WITHIN, held.ended):
            count += write(patrol, held, change, now)
    for row in patrol.outdated:
        row.cleared_at = max(row.opened_at, patrol.row.since)
        db.session.flush()
        record(
            "patrols.deviation_over", "patrol_deviations", row.id, {"patrol": patrol.row.id, "why": "amended"}
        )
    return count + len(patrol.outdated)


def write(patrol: Ordered, held: Held, change: Change, now: datetime) -> int:
    row = db.session.get(Deviation, change.id) if change.id is not None else None
    if change.lapse is None:
        assert row is not None
        row.withdrawn_at = now
        told(patrol, row, "withdrawn")
        if row.alert_id is not None:
            note_on_alert(row.alert_id, wording.never_silent(), now)
        return 1
    was_open = row is None or row.cleared_at is None
    if row is None:
        row = Deviation(
            patrol_id=patrol.row.id, order_id=patrol.row.order_id, kind=held.kind.value, stop_id=held.stop_id
        )
        db.session.add(row)
    put(row, change.lapse)
    db.session.flush()
    if change.page and held.kind is DeviationKind.SILENT:
        tell_watch(patrol, row, now)
    told(patrol, row, "over" if row.cleared_at is not None else "noticed")
    if row.alert_id is not None and was_open and row.cleared_at is not None:
        note_on_alert(row.alert_id, wording.heard_again(row.cleared_at), now)
    return 1


def told(patrol: Ordered, row: Deviation, what: str) -> None:
    db.session.flush()
    details = {"patrol": patrol.row.id, "kind": row.kind}
    record(f"patrols.deviation_{what}", "patrol_deviations", row.id, details)


def put(row: Deviation, lapse: Lapse) -> None:
    row.opened_at, row.fired_at = at(lapse.opened_at), at(lapse.fired_at)
    row.cleared_at = None if lapse.cleared_at is None else at(lapse.cleared_at)
    row.value = round(lapse.value, 1)
    if lapse.lon is not None and lapse.lat is not None:
        row.place = from_shape(Point(lapse.lon, lapse.lat), srid=4326)


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def tell_watch(patrol: Ordered, row: Deviation, now: datetime) -> None:
    """An alert, as of a rule: whose turn it is hears of it, and its clocks run."""
    lon, lat = last_place(patrol)
    row.alert_id = raise_by_rule(
        Seen(
            key=f"patrol-silent:{row.id}", kind="other", priority="P2", lon=lon, lat=lat,
            occurred_at=row.opened_at, received_at=now,
            words=wording.silence(patrol.row.call_sign, round(patrol.row.silent_minutes)),
        )
    )  # fmt: skip
    row.told_at = now
    db.session.flush()


def last_place(patrol: Ordered) -> tuple[float, float]:
    """Where it was last, by its positions or its check-ins; else where it was to go first. Of a visit to a defender, too:
    people in danger are looked for, and nobody can call this up (docs/decisions/0025)."""
    found = facts.last_place(patrol.row.id, visits=True)
    if found is not None:
        return found
    reached = [s for s in patrol.stops if s.arrived_at is not None]
    place = to_shape((reached[-1] if reached else patrol.stops[0]).place)
    return float(place.centroid.x), float(place.centroid.y)


def arrivals(patrol: Ordered) -> int:
    """What the positions show of stops that nobody has spoken of: written with the mark "by position"."""
    count = 0
    for stop, stay in zip(patrol.stops, stays(patrol), strict=True):
        if stay is not None and fits(patrol, stop, stay):
            count += arrive(patrol, stop, stay)
    return count


def fits(patrol: Ordered, stop: PatrolStop, stay: Visit) -> bool:
    """Not while it stood at another stop, by what is on record: then one of both is wrong, and people decide which."""
    for other in patrol.stops:
        if other.id == stop.id or other.arrived_at is None:
            continue
        left = other.departed_at.timestamp() if other.departed_at is not None else float("inf")
        if other.arrived_at.timestamp() < (stay.left or stay.came) and stay.came < left:
            return False
    return True


def arrive(patrol: Ordered, stop: PatrolStop, stay: Visit) -> int:
    """Only where nobody has said so meanwhile."""
    came, left = at(stay.came), None if stay.left is None else at(stay.left)
    count = 0
    if stop.arrived_at is None:
        count += marked(patrol, stop, "arrived", came)
        if count and patrol.row.alert_id is not None:
            tell_alert(patrol, stop, came)
    arrived = stop.arrived_at
    if left is not None and stop.departed_at is None and arrived is not None and left >= arrived:
        count += marked(patrol, stop, "departed", left)
    return count


def marked(patrol: Ordered, stop: PatrolStop, what: str, when: datetime) -> int:
    column = getattr(PatrolStop, f"{what}_at")
    done = db.session.execute(
        update(PatrolStop)
        .where(PatrolStop.id == stop.id, column.is_(None), PatrolStop.called_off_at.is_(None))
        .values({f"{what}_at": when, f"{what}_by": CheckedIn.POSITION.value})
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(stop)
    if done.rowcount == 0:  # type: ignore[attr-defined]
        return 0
    details = {"stop": stop.id, "happened_at": when.isoformat()}
    record(f"patrols.{what}_by_position", "patrols", patrol.row.id, details)
    return 1


def tell_alert(patrol: Ordered, stop: PatrolStop, came: datetime) -> None:
    """A note on the alert that the patrol answers; its arrival is told by people."""
    near = func.ST_DistanceSphere(PatrolStop.place, Alert.place) <= func.greatest(
        Alert.radius_metres, NEAR_METRES
    )
    there = (
        select(near)
        .select_from(PatrolStop)
        .join(Alert, Alert.id == patrol.row.alert_id)
        .where(PatrolStop.id == stop.id)
    )
    if db.session.execute(there).scalar():
        note_on_alert(
            patrol.row.alert_id, wording.seen_there(patrol.row.call_sign, stop.name, came), datetime.now(UTC)
        )
