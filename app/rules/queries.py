"""Reads of rules: the table, one with its versions, its lapses. Each goes through the viewer's scope."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select, text

from app.db import db
from app.errors import NotFound
from app.mission.models import Sector
from app.permissions import Permission, viewer, within
from app.rules import facts, wording
from app.rules.looking import AGREED, Spec
from app.rules.models import Rule, RuleLapse, RuleVersion, RuleWatch
from app.rules.parameters import STORED
from geo.watching.lapses import Lapse

PAGE = 50
COUNTED_DAYS = 30
# What rules see of people under protection stands on the alerts alone: by the number of what was agreed with somebody
# one could follow him from one lapse to the next.
NO_PERSON = RuleLapse.subject.not_like(f"{AGREED}:%")
OPEN = (RuleLapse.cleared_at.is_(None), RuleLapse.withdrawn_at.is_(None))


def rows() -> Select[Any]:
    recent = datetime.now(UTC) - timedelta(days=COUNTED_DAYS)
    of_rule = and_(RuleLapse.rule_id == Rule.id, NO_PERSON)

    def count(*more: Any) -> Any:
        return select(func.count()).where(of_rule, *more).correlate(Rule).scalar_subquery()

    fired = (RuleLapse.withdrawn_at.is_(None), RuleLapse.opened_at >= recent)
    return (
        select(
            Rule.id, Rule.kind, Rule.sector_id, Rule.version, Rule.enabled_at, Rule.enabled_by_id, Rule.created_at,
            Rule.rested_at, Rule.rested_by_id,
            Sector.name.label("sector"), RuleVersion.name, RuleVersion.parameters, RuleVersion.priority,
            RuleVersion.alert_kind, RuleVersion.why, RuleVersion.by_id, RuleVersion.at, RuleVersion.area,
            count(*fired).label("fired"), count(*fired, RuleLapse.red_at.is_not(None)).label("reds"),
            RuleWatch.ran_at, count(*OPEN).label("open"), count(*OPEN, RuleLapse.red_at.is_not(None)).label("open_red"),
        )
        .join(RuleVersion, (RuleVersion.rule_id == Rule.id) & (RuleVersion.version == Rule.version))
        .outerjoin(Sector, Sector.id == Rule.sector_id)
        .outerjoin(RuleWatch, RuleWatch.rule_id == Rule.id)
        .where(within(Permission.READ_RULES, Rule.sector_id))
    )  # fmt: skip


def table() -> Sequence[Row[Any]]:
    """All rules that the viewer reads: those that are on first, red before amber before calm."""
    found = db.session.execute(rows().order_by(Rule.enabled_at.is_(None), Rule.id)).all()
    return sorted(found, key=lambda r: (r.enabled_at is None, -r.open_red, -r.open, r.id))


def one(rule_id: int) -> Row[Any]:
    found = db.session.execute(rows().where(Rule.id == rule_id)).first()
    if found is None:
        raise NotFound
    return found


def state_of(rule: Row[Any]) -> str:
    if rule.enabled_at is None:
        return "off"
    return "red" if rule.open_red else "amber" if rule.open else "calm"


def sentence_of(rule: Any) -> str:
    return wording.sentence(
        STORED.validate_python(rule.parameters), rule.priority, rule.alert_kind, rule.area is not None,
        rule.sector,
    )  # fmt: skip


def spec_of(rule: Row[Any]) -> Spec:
    area = None if rule.area is None else facts.shape_of(rule.area)
    return Spec(rule.id, rule.version, rule.sector_id, STORED.validate_python(rule.parameters), area)


def versions(rule_id: int) -> Sequence[Row[Any]]:
    """Every version, the newest first."""
    return db.session.execute(
        select(
            RuleVersion.version, RuleVersion.name, RuleVersion.parameters, RuleVersion.priority, RuleVersion.why,
            RuleVersion.alert_kind, RuleVersion.by_id, RuleVersion.by_role, RuleVersion.at, RuleVersion.area,
            Sector.name.label("sector"),
        )
        .join(Rule, Rule.id == RuleVersion.rule_id)
        .outerjoin(Sector, Sector.id == Rule.sector_id)
        .where(RuleVersion.rule_id == rule_id, within(Permission.READ_RULES, Rule.sector_id))
        .order_by(RuleVersion.version.desc())
    ).all()  # fmt: skip


def lapses(rule_id: int | None = None, page: int = 1, open_only: bool = False) -> list[dict[str, Any]]:
    """Lapses of one rule or of all, open ones first, each with its sentence."""
    asked = (
        select(RuleLapse, RuleVersion.parameters, RuleVersion.name)
        .join(Rule, Rule.id == RuleLapse.rule_id)
        .join(
            RuleVersion,
            (RuleVersion.rule_id == RuleLapse.rule_id) & (RuleVersion.version == RuleLapse.version),
        )
        .where(within(Permission.READ_RULES, Rule.sector_id), NO_PERSON)
    )
    if rule_id is not None:
        asked = asked.where(RuleLapse.rule_id == rule_id)
    if open_only:
        asked = asked.where(*OPEN)
    over = or_(RuleLapse.cleared_at.is_not(None), RuleLapse.withdrawn_at.is_not(None))
    found = db.session.execute(
        asked.order_by(over, RuleLapse.opened_at.desc()).limit(PAGE).offset((page - 1) * PAGE)
    ).all()
    called = facts.labels(row.RuleLapse.subject for row in found)
    return [told(row.RuleLapse, row.parameters, row.name, called) for row in found]


def ambers() -> int:
    """How much stands at amber now, in the viewer's scope: no alert yet, and worth a look."""
    asked = (
        select(func.count())
        .select_from(RuleLapse)
        .join(Rule, Rule.id == RuleLapse.rule_id)
        .where(*OPEN, NO_PERSON, RuleLapse.red_at.is_(None), within(Permission.READ_RULES, Rule.sector_id))
    )
    return db.session.execute(asked).scalar_one()


def told(row: RuleLapse, parameters: dict[str, Any], name: str, called: dict[str, str]) -> dict[str, Any]:
    lapse = Lapse(row.opened_at.timestamp(), float(row.explanation["value"]))
    label = called.get(row.subject, wording.serial(row.subject))
    return {
        "id": row.id, "rule_id": row.rule_id, "rule": name, "subject": row.subject, "label": label,
        "why": wording.explained(STORED.validate_python(parameters), label, lapse),
        "opened_at": row.opened_at, "amber_at": row.amber_at, "red_at": row.red_at, "cleared_at": row.cleared_at,
        "withdrawn_at": row.withdrawn_at, "alert_id": row.alert_id, "held": row.explanation.get("held"),
        "state": "over" if row.cleared_at or row.withdrawn_at else "red" if row.red_at else "amber",
    }  # fmt: skip


def names() -> dict[int, str]:
    """Who wrote and enabled the rules that the viewer reads."""
    return {
        row.person_id: row.name for row in db.session.execute(text("SELECT * FROM vigil.keepers_of_rules()"))
    }


def may_keep(sector_id: int | None) -> bool:
    return viewer().may(Permission.KEEP_RULES, sector_id)


def area_of(rule: Row[Any]) -> dict[str, Any] | None:
    """The area as a GeoJSON geometry in degrees."""
    if rule.area is None:
        return None
    return dict(json.loads(db.session.execute(select(func.ST_AsGeoJSON(rule.area, 6))).scalar_one()))


def as_json(rule: Row[Any]) -> dict[str, Any]:
    return {
        "id": rule.id, "kind": rule.kind, "sector_id": rule.sector_id, "version": rule.version, "name": rule.name,
        "sentence": sentence_of(rule), "parameters": rule.parameters, "priority": rule.priority,
        "alert_kind": rule.alert_kind, "why": rule.why, "written_at": rule.at.isoformat(), "state": state_of(rule),
        "enabled_at": rule.enabled_at.isoformat() if rule.enabled_at else None,
        "rested_at": rule.rested_at.isoformat() if rule.rested_at else None,
        "looked_at": rule.ran_at.isoformat() if rule.ran_at else None,
        "fired_30_days": rule.fired, "red_30_days": rule.reds, "open": rule.open,
    }  # fmt: skip


def lapse_json(lapse: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in lapse.items()}
