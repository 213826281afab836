"""Writing rules, and switching them on and off. An edit is a new version: none is ever overwritten."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import gettext as _
from geoalchemy2.shape import from_shape
from shapely import MultiPolygon
from sqlalchemy import func, select

from app.db import db
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.ledger.actions import record
from app.mission.models import Sector
from app.permissions import Permission, viewer
from app.rules import facts
from app.rules.body import RuleBody
from app.rules.models import Rule, RuleVersion
from app.rules.parameters import DistanceRule, HavenStockRule

MOST_ENABLED = 100


def write_rule(body: RuleBody) -> Rule:
    """A new rule, switched off: somebody enables it once it has been tried. Raises Invalid or NotAllowed."""
    check_sector(body.sector_id)
    check_reads(body)
    area = body.shape()
    body.check_place(area)
    check_ground(body.sector_id, area)
    rule = Rule(
        kind=body.parameters.kind, sector_id=body.sector_id, version=1, created_by_id=viewer().person_id
    )
    db.session.add(rule)
    db.session.flush()
    db.session.add(version_of(rule, 1, body, None if area is None else from_shape(area, srid=4326)))
    db.session.flush()
    record("rules.written", "rules", rule.id, {"version": 1, "kind": rule.kind})
    return rule


def rewrite_rule(rule_id: int, body: RuleBody) -> Rule:
    """A new version, which holds from now on; without an area the old one stands. If the rule is on, it stays on, and
    whoever wrote this answers for it. Raises NotFound, NotAllowed or Invalid."""
    rule = taken(rule_id)
    if body.parameters.kind != rule.kind:
        raise Invalid(
            _("The kind of a rule stays. Write a new rule, and switch this one off."),
            fields={"parameters": _("Another kind than before.")},
        )
    if body.sector_id != rule.sector_id:
        raise Invalid(
            _("The sector of a rule stays. Write a new rule, and switch this one off."),
            fields={"sector_id": _("Another sector than before.")},
        )
    check_reads(body)
    area = body.shape()
    check_ground(body.sector_id, area)
    kept = from_shape(area, srid=4326) if area is not None else latest(rule).area
    body.check_place(kept)
    rule.version += 1
    db.session.add(version_of(rule, rule.version, body, kept))
    if rule.enabled_at is not None:
        enable(rule)
    db.session.flush()
    record("rules.rewritten", "rules", rule.id, {"version": rule.version})
    return rule


def switch(rule_id: int, on: bool) -> Rule:
    """Let a rule watch, or let it rest; either in one's own name, which stands on its page."""
    rule = taken(rule_id)
    if on:
        if rule.enabled_at is None:
            check_count()
        enable(rule)
    elif rule.enabled_at is not None:
        rule.rested_at, rule.rested_by_id = datetime.now(UTC), viewer().person_id
        rule.enabled_at = rule.enabled_by_id = None
    db.session.flush()
    record("rules.enabled" if on else "rules.disabled", "rules", rule.id, {"version": rule.version})
    return rule


def enable(rule: Rule) -> None:
    rule.enabled_at, rule.enabled_by_id = datetime.now(UTC), viewer().person_id


def version_of(rule: Rule, number: int, body: RuleBody, area: object) -> RuleVersion:
    who = viewer()
    return RuleVersion(
        rule_id=rule.id, version=number, name=body.name, parameters=body.parameters.model_dump(mode="json"),
        area=area, priority=body.priority.value, alert_kind=body.alert_kind, why=body.why, by_id=who.person_id,
        by_role=who.role.value,
    )  # fmt: skip


def latest(rule: Rule) -> RuleVersion:
    return db.session.execute(
        select(RuleVersion).where(RuleVersion.rule_id == rule.id, RuleVersion.version == rule.version)
    ).scalar_one()


def check_sector(sector_id: int | None) -> None:
    if sector_id is not None and db.session.get(Sector, sector_id) is None:
        raise Invalid(_("There is no such sector."), fields={"sector_id": _("Choose one of the list.")})
    if not viewer().may(Permission.KEEP_RULES, sector_id):
        raise NotAllowed(_("You write rules for your own sectors. Choose one of them."))


def check_reads(body: RuleBody) -> None:
    """What fires tells where the thing is that it watches for."""
    watched = body.parameters
    of_havens = (isinstance(watched, DistanceRule) and watched.to == "haven") or isinstance(
        watched, HavenStockRule
    )
    if of_havens and not viewer().may(Permission.READ_HAVENS, body.sector_id):
        raise NotAllowed(
            _("Your role reads no havens there, and writes no rule that would tell where they lie.")
        )


def check_ground(sector_id: int | None, area: MultiPolygon | None) -> None:
    """A sector's rule watches that sector: elsewhere it would raise its alerts in others' queues."""
    ground = facts.sector_area(sector_id) if sector_id is not None and area is not None else None
    if ground is not None and not ground.intersects(area):
        words = _("The area lies outside the sector that the rule is for.")
        raise Invalid(words, fields={"area": words})


def check_count() -> None:
    """A captured account must not drown the room in rules."""
    mine = select(func.count()).where(Rule.enabled_by_id == viewer().person_id)
    if db.session.execute(mine).scalar_one() >= MOST_ENABLED:
        raise Conflict(_("You have switched on as many rules as one person may. Switch one off first."))


def taken(rule_id: int) -> Rule:
    """The rule, locked; NotFound if the viewer may not see it."""
    who = viewer()
    rule = db.session.get(Rule, rule_id)
    if rule is None or not who.may(Permission.READ_RULES, rule.sector_id):
        raise NotFound
    if not who.may(Permission.KEEP_RULES, rule.sector_id):
        raise NotAllowed(_("Your role may read this rule and may not change it."))
    db.session.refresh(rule, with_for_update=True)
    return rule
