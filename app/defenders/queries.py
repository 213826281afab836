"""Reads of defenders. Each row goes through the gate (gate.py) before anybody sees it; nothing here is sealed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, false, func, or_, select, text

from app.db import db
from app.defenders import gate
from app.defenders.gate import Answer, Facts, Purpose
from app.defenders.models import Consent, Defender, Unmasking
from app.errors import NotFound
from app.mission.models import Sector
from app.permissions import Permission, viewer, within

PAGE = 50
MOST_EXPORTED = 5_000
ENDS_SOON = timedelta(days=30)


@dataclass(frozen=True)
class Filters:
    search: str = ""
    band: str = ""
    profile: str = ""
    sector: str = ""
    consent: str = ""
    due: str = ""
    sort: str = "review"


@dataclass(frozen=True)
class Line:
    """A row of the register: what the gate lets through, and words that go with it. Absent is None."""

    fields: dict[str, Any]
    sector: str
    overdue_days: int
    ends_soon: bool

    def __getattr__(self, name: str) -> Any:
        if name in Facts.__dataclass_fields__ or name == "consent_state":
            return self.fields.get(name)
        raise AttributeError(name)


def kept() -> ColumnElement[bool]:
    return gate.consented(Defender.id, gate.KEEPING)


def shared() -> ColumnElement[bool]:
    return gate.consented(Defender.id, gate.SHARING)


# A field that consent hides must not show through a filter or the order of rows either.
def visible_band() -> ColumnElement[int]:
    order = {"ordinary": 1, "elevated": 2, "high": 3, "extreme": 4}
    return case((kept(), case(order, value=Defender.risk_band)), else_=0)


def state_order() -> ColumnElement[int]:
    return case((shared(), 2), (kept(), 1), else_=0)


def facts_query() -> Select[Any]:
    scopes = (
        select(func.array_agg(Consent.scope))
        .where(Consent.defender_id == Defender.id, gate.in_force())
        .correlate(Defender)
        .scalar_subquery()
    )
    until = (
        select(func.max(Consent.until))
        .where(Consent.defender_id == Defender.id, gate.in_force(gate.KEEPING))
        .correlate(Defender)
        .scalar_subquery()
    )
    d = Defender
    return (
        select(
            d.id, d.codename, d.profiles, d.work, d.compartment, d.sector_id, d.case_status, d.case_officer_id,
            d.risk_band, d.review_on, d.registered_at, scopes.label("scopes"), until.label("consent_until"),
            Sector.name.label("sector"),
        )
        .join(Sector, Sector.id == d.sector_id)
        .where(gate.readable(viewer()))
    )  # fmt: skip


def facts_of(row: Row[Any]) -> Facts:
    values = {name: getattr(row, name) for name in Facts.__dataclass_fields__}
    return Facts(
        **values | {"profiles": tuple(values["profiles"]), "scopes": frozenset(values["scopes"] or ())}
    )


def asked(filters: Filters, purpose: Purpose) -> Select[Any]:
    query = facts_query()
    keeps = and_(within(Permission.KEEP_DEFENDERS, Defender.sector_id), gate.readable(viewer()))
    # The gate's own predicates in SQL, so that counts and pages agree with what it lets through.
    query = query.where(shared() if purpose is Purpose.EXPORT else or_(kept(), keeps))
    if filters.search:
        query = query.where(Defender.codename.icontains(filters.search, autoescape=True))
    if filters.band:
        query = query.where(Defender.risk_band == filters.band, kept())
    if filters.profile:
        query = query.where(Defender.profiles.contains([filters.profile]), kept())
    if filters.sector:
        query = query.where(Sector.code == filters.sector)
    if filters.due:
        query = query.where(Defender.review_on < gate.today())
    states = {"shared": shared(), "kept": and_(kept(), ~shared()), "ended": ~kept()}
    if filters.consent:
        query = query.where(states.get(filters.consent, false()))
    return query


def ordered(query: Select[Any], sort: str) -> Select[Any]:
    sorts = {
        "review": Defender.review_on, "codename": Defender.codename, "band": visible_band(),
        "sector": Sector.code, "consent": state_order(), "status": Defender.case_status,
    }  # fmt: skip
    column = sorts.get(sort.removeprefix("-"), Defender.review_on)
    return query.order_by(column.desc() if sort.startswith("-") else column, Defender.id)


def line_of(row: Row[Any], purpose: Purpose) -> Line:
    facts = facts_of(row)
    late = (gate.today() - facts.review_on).days
    until = facts.consent_until
    return Line(
        gate.fields_for(viewer(), facts, purpose),
        row.sector,
        max(late, 0),
        until is not None and until - gate.today() <= ENDS_SOON,
    )


def register(filters: Filters, page: int) -> tuple[list[Line], int, int]:
    """(rows of this page, how many in all, pages): overdue reviews first unless another order is asked for."""
    query = asked(filters, Purpose.REGISTER)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = db.session.execute(ordered(query, filters.sort).limit(PAGE).offset((page - 1) * PAGE))
    return [line_of(row, Purpose.REGISTER) for row in rows], total, max(1, math.ceil(total / PAGE))


def export(filters: Filters) -> list[Line]:
    rows = db.session.execute(ordered(asked(filters, Purpose.EXPORT), filters.sort).limit(MOST_EXPORTED))
    return [line_of(row, Purpose.EXPORT) for row in rows]


def counts() -> dict[str, int]:
    """What waits for a keeper: reviews overdue, consents ended or ending within 30 days."""
    inner = asked(Filters(), Purpose.REGISTER).subquery()
    day = gate.today()
    row = db.session.execute(
        select(
            func.count().filter(inner.c.review_on < day).label("overdue"),
            func.count().filter(inner.c.consent_until.is_(None)).label("ended"),
            func.count().filter(inner.c.consent_until <= day + ENDS_SOON).label("ending"),
        )
    ).one()
    return dict(row._mapping)


def facts(defender_id: int) -> Facts:
    """The facts of one defender whose file the viewer reads; NotFound otherwise."""
    row = db.session.execute(facts_query().where(Defender.id == defender_id)).first()
    if row is None:
        raise NotFound
    return facts_of(row)


def gated(defender_id: int, purpose: Purpose) -> tuple[Facts, Answer]:
    """The facts with the gate's answer; NotFound where it lets nothing through."""
    found = facts(defender_id)
    answer = gate.answer_for(viewer(), found, purpose)
    if not answer.fields:
        raise NotFound
    return found, answer


def sectors() -> list[tuple[int, str, str]]:
    """(id, code, name) of the sectors in which the viewer keeps files."""
    rows = db.session.execute(
        select(Sector.id, Sector.code, Sector.name)
        .where(within(Permission.KEEP_DEFENDERS, Sector.id))
        .order_by(Sector.code)
    )
    return [(row.id, row.code, row.name) for row in rows]


def unmaskings(page: int) -> tuple[list[Row[Any]], int, int]:
    """Looks at sealed values, those that no supervisor has seen first, then the newest. Empty for others."""
    if not viewer().holds(Permission.SUPERVISE_UNMASKING):
        return [], 0, 1
    u = Unmasking
    total = db.session.scalar(select(func.count()).select_from(u)) or 0
    rows = db.session.execute(
        select(
            u.id, u.defender_id, u.fields, u.by_id, u.role, u.reason, u.at,
            u.seen_by_supervisor_id, u.seen_by_supervisor_at,
        )
        .order_by(u.seen_by_supervisor_at.is_not(None), u.at.desc(), u.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()  # fmt: skip
    return list(rows), total, max(1, math.ceil(total / PAGE))


def keepers() -> dict[int | None, str]:
    """The names of those who keep files, by person id, for who reads files."""
    return {row.person_id: row.name for row in db.session.execute(text("SELECT * FROM vigil.keepers()"))}


def lines(defender_ids: list[int]) -> list[Line]:
    """Register lines of these defenders, as far as the viewer reads them: the panel of a cell."""
    query = asked(Filters(), Purpose.REGISTER).where(Defender.id.in_(defender_ids))
    return [line_of(row, Purpose.REGISTER) for row in db.session.execute(ordered(query, "-band"))]


def called(codename: str, most: int) -> list[dict[str, Any]]:
    """What the gate lets through of the files whose codename holds these letters: for the search box."""
    query = asked(Filters(search=codename), Purpose.REGISTER)
    rows = db.session.execute(ordered(query, "codename").limit(most))
    return [gate.fields_for(viewer(), facts_of(row), Purpose.REGISTER) for row in rows]


def unseen() -> int:
    if not viewer().holds(Permission.SUPERVISE_UNMASKING):
        return 0
    query = select(func.count()).select_from(Unmasking).where(Unmasking.seen_by_supervisor_at.is_(None))
    return db.session.scalar(query) or 0
