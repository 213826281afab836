"""Writing rules, and switching them on and off. An edit is a new version: none is ever overwritten."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import gettext as _
from geoalchemy2.shape import from_shape
from sqlalchemy import select

from app.db import db
from app.errors import Invalid, NotAllowed, NotFound
from app.ledger.actions import record
from app.mission.models import Sector
from app.permissions import Permission, viewer
from app.rules.body import RuleBody
from app.rules.models import Rule, RuleVersion


def write_rule(body: RuleBody) -> Rule:
    """A new rule, switched off: somebody enables it once it has been tried. Raises Invalid or NotAllowed."""
    check_sector(body.sector_id)
    area = body.shape()
    body.check_place(area)
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
    area = body.shape()
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
    """Let a rule watch, in one's own name, or let it rest."""
    rule = taken(rule_id)
    if on:
        enable(rule)
    else:
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
