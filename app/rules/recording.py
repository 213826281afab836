"""Writing what rules saw: lapses, the alert of a red one, and the note of its all-clear."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from geoalchemy2.shape import from_shape, to_shape
from shapely import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Row, func, select

from app.alerts.by_rule import SECTOR_PRECISION, Seen, Somewhere, note_on_alert, raise_by_rule
from app.alerts.models import Channel
from app.db import db
from app.ledger.actions import record
from app.mission.placing import precision_of
from app.rules import facts, wording
from app.rules.looking import AGREED, WATCHED, Spec, Subject, at, reach_metres, watched
from app.rules.models import Rule, RuleLapse
from geo.watching.lapses import Change, Lapse

log = logging.getLogger("vigil.rules")

HOUR = timedelta(hours=1)
MOST_ALERTS_AN_HOUR = 30


def apply(spec: Spec, subject: Subject, change: Change, now: datetime) -> None:
    """Write one change of the record. A lapse that is red now and of which nobody was told raises its alert."""
    row = db.session.get(RuleLapse, change.id) if change.id is not None else None
    held = change.page and floods(spec.rule_id, now)
    if held:
        change = replace(change, page=False)
        if row is not None and change.lapse is not None and stands(row, change.lapse):
            return  # told once there is room, if it is so still
    if change.lapse is None:
        if row is not None:
            withdraw(row, now)
        return
    if row is None:
        row = RuleLapse(rule_id=spec.rule_id, version=spec.version, subject=subject.key)
        db.session.add(row)
    was_open, was_red = row.id is None or row.cleared_at is None, row.red_at is not None
    write(row, change.lapse, held)
    db.session.flush()
    if change.page:
        page(spec, row, change.lapse, now)
    record(f"rules.{said_of(row)}", "rule_lapses", row.id, {"rule": spec.rule_id, "version": row.version})
    if row.alert_id is None:
        return
    if was_red and row.red_at is None:
        note_on_alert(row.alert_id, wording.never_was(), now)
    elif was_open and row.cleared_at is not None:
        note_on_alert(row.alert_id, wording.all_clear(row.cleared_at), now)


def floods(rule_id: int, now: datetime) -> bool:
    """Whether the rule has raised as many alerts within the hour as it may: one that was badly written, or written to do
    so, would bury everybody else's. What is red stays so on the rules' page."""
    lately = select(func.count()).where(RuleLapse.rule_id == rule_id, RuleLapse.paged_at > now - HOUR)
    if db.session.execute(lately).scalar_one() < MOST_ALERTS_AN_HOUR:
        return False
    log.warning("rule held back", extra={"rule": rule_id})
    return True


def stands(row: RuleLapse, lapse: Lapse) -> bool:
    """Whether the record has these times already."""
    return (row.opened_at, row.amber_at, row.red_at, row.cleared_at) == (
        at(lapse.opened_at), moment(lapse.amber_at), moment(lapse.red_at), moment(lapse.cleared_at),
    )  # fmt: skip


def write(row: RuleLapse, lapse: Lapse, held: bool) -> None:
    """`held`: nobody is told of it, since the rule has raised as many alerts as it may."""
    row.opened_at, row.amber_at = at(lapse.opened_at), moment(lapse.amber_at)
    row.red_at, row.cleared_at = moment(lapse.red_at), moment(lapse.cleared_at)
    # A lapse that was read back from the record knows no place: the first one stands.
    if lapse.lon is not None and lapse.lat is not None:
        row.place = from_shape(Point(lapse.lon, lapse.lat), srid=4326)
    # Of those from before it was kept nobody knows whether they were held back.
    before = row.explanation or {"held": False}
    row.explanation = before | {"value": round(lapse.value, 3)} | ({"held": True} if held else {})


def moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else at(seconds)


def said_of(row: RuleLapse) -> str:
    if row.cleared_at is not None:
        return "cleared"
    return "red" if row.red_at is not None else "amber"


def withdraw(row: RuleLapse, now: datetime) -> None:
    """What arrived late shows that it never was. Its alert stays until somebody decides, and says so."""
    row.withdrawn_at = now
    db.session.flush()
    record("rules.withdrawn", "rule_lapses", row.id, {"rule": row.rule_id})
    if row.alert_id is not None:
        note_on_alert(row.alert_id, wording.never_was(), now)


def page(spec: Spec, row: RuleLapse, lapse: Lapse, now: datetime) -> None:
    sector = facts.sector_name(spec.sector_id) if spec.sector_id is not None else None
    words = wording.reasons(spec, called(row.subject), lapse, sector)
    if row.subject.startswith(f"{AGREED}:"):
        row.alert_id = raise_by_rule(of_person(spec, row, lapse, now, words))
        row.paged_at = now
        db.session.flush()
        return
    place, area = place_of(spec, row, lapse)
    seen = Seen(
        key=f"rule-lapse:{row.id}", kind=spec.alert_kind, priority=spec.priority, lon=place.x, lat=place.y,
        occurred_at=at(lapse.opened_at), received_at=now, words=words,
        somewhere=None if area is None else within(spec, row.subject, place, area),
    )  # fmt: skip
    row.alert_id = raise_by_rule(as_sure_as_told(seen, facts.as_told(row.subject)))
    row.paged_at = now
    db.session.flush()


def as_sure_as_told(seen: Seen, told: Row[Any] | None) -> Seen:
    """A rule makes nothing surer: what came near is known no better, and no nearer, than it was told."""
    if told is None:
        return seen
    somewhere = Somewhere(None, told.name or "", told.radius_metres, told.place_precision)
    return replace(
        seen, source_reliability=told.source_reliability, credibility=told.credibility,
        somewhere=somewhere if told.place_precision > 1 or told.radius_metres else None,
    )  # fmt: skip


def of_person(spec: Spec, row: RuleLapse, lapse: Lapse, now: datetime, words: list[str]) -> Seen:
    """A person under protection, somewhere in a sector: no nearer place may be told, and none is weighed."""
    found = facts.plan_sector(int(row.subject.partition(":")[2]))
    if found is None:
        raise LookupError("an agreement without a sector")
    sector_id, name, outline = found
    middle = outline.representative_point()
    return Seen(
        key=f"rule-lapse:{row.id}", kind=spec.alert_kind, priority=spec.priority, lon=middle.x, lat=middle.y,
        occurred_at=at(lapse.opened_at), received_at=now, words=words, channel=Channel.MISSED_CHECK_IN,
        somewhere=Somewhere(sector_id, name, reach_metres(middle, outline), SECTOR_PRECISION),
    )  # fmt: skip


def called(subject: str) -> str:
    return facts.labels([subject]).get(subject, wording.serial(subject))


def place_of(spec: Spec, row: RuleLapse, lapse: Lapse) -> tuple[Point, BaseGeometry | None]:
    """Where it is: where it was seen, or where the patrol was last. Else the middle of an area, and that area: it may be
    anywhere there."""
    area = whole(spec, row.subject)
    if area is None:
        if lapse.lon is not None and lapse.lat is not None:
            return Point(lapse.lon, lapse.lat), None
        if row.place is not None:
            return to_shape(row.place).centroid, None
        if row.subject.startswith("patrol:"):
            found = facts.last_place(int(row.subject.removeprefix("patrol:")))
            if found is not None:
                return Point(*found), None
        area = watched(spec)
    if area is None:
        raise LookupError("a lapse without a place")
    return area.representative_point(), area


def whole(spec: Spec, subject: str) -> BaseGeometry | None:
    """The area that a lapse is about; None where it is about one thing at one place."""
    if subject == WATCHED:
        return watched(spec)
    if subject.startswith("threat:"):
        return facts.threat_area(int(subject.removeprefix("threat:")))
    return None


def within(spec: Spec, subject: str, middle: Point, area: BaseGeometry) -> Somewhere:
    """All that a rule knows of a place where it knows an area alone."""
    metres = reach_metres(middle, area)
    whole_sector = spec.sector_id if spec.area is None and not subject.startswith("threat:") else None
    if subject.startswith("threat:"):
        name = called(subject)
    elif whole_sector is not None:
        name = facts.sector_name(whole_sector)
    else:
        name = wording.area_of(spec)
    return Somewhere(whole_sector, name, metres, precision_of(metres))


def close_all(enabled: set[int], now: datetime) -> None:
    """A rule that is switched off watches nothing any more: what it held open is over, and says why."""
    open_ones = db.session.scalars(
        select(RuleLapse)
        .join(Rule, Rule.id == RuleLapse.rule_id)
        .where(
            RuleLapse.cleared_at.is_(None), RuleLapse.withdrawn_at.is_(None), Rule.id.not_in(enabled or {0})
        )
    ).all()
    for row in open_ones:
        row.cleared_at = now
        db.session.flush()
        record("rules.cleared", "rule_lapses", row.id, {"rule": row.rule_id, "why": "switched off"})
        if row.alert_id is not None:
            note_on_alert(row.alert_id, wording.switched_off(), now)
