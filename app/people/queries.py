"""Reads of people, their scopes, sessions and tokens. The password's hash is read by no query of the application."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select, text, true
from sqlalchemy.orm import aliased

from app.db import db
from app.errors import NotFound
from app.mission.models import Sector
from app.mission.queries import procedures
from app.people.models import (
    ApiToken,
    Person,
    PersonCompartment,
    PersonSector,
    SessionSighting,
    SignedInSession,
)  # fmt: skip
from app.permissions import MAP, Permission, viewer

PAGE = 50
# Whose changes of the account wait until another administrator opens it; NULL where none do.
WAITS_FOR = case((Person.approved_by_id.is_(None), Person.changed_by_id))
COLUMNS = (
    Person.id, Person.username, Person.name, Person.role, Person.language, Person.disabled_at, Person.changed_at,
    Person.changed_what, WAITS_FOR.label("waits_for"),
)  # fmt: skip


@dataclass(frozen=True)
class Filter:
    role: str = ""
    sector_id: int | None = None
    state: str = ""
    sort: str = "name"
    page: int = 1


@dataclass(frozen=True)
class Page:
    rows: list[Row[Any]]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def own_or_managed(person_column: Any) -> ColumnElement[bool]:
    """The WHERE of a read: everybody's for those who manage people, otherwise the viewer's own."""
    who = viewer()
    own: ColumnElement[bool] = person_column == who.person_id
    return true() if who.holds(Permission.MANAGE_PEOPLE) else own


def last_seen() -> Any:
    s = SignedInSession
    return select(func.max(s.created_at)).where(s.person_id == Person.id).correlate(Person).scalar_subquery()


def sector_codes() -> Any:
    s, ps = Sector, PersonSector
    return (
        select(func.string_agg(s.code, text("', ' ORDER BY code")))
        .join(ps, ps.sector_id == s.id)
        .where(ps.person_id == Person.id)
        .correlate(Person)
        .scalar_subquery()
    )


SORTS = {
    "name": func.lower(Person.name),
    "username": func.lower(Person.username),
    "role": Person.role,
    "created": Person.created_at,
}


def people(asked: Filter, found_by: str | None = None) -> Page:
    """One page of people. `found_by`: a part of name or user name; it never stands in an address."""
    conditions: list[ColumnElement[bool]] = [own_or_managed(Person.id)]
    if asked.role:
        conditions.append(Person.role == asked.role)
    if asked.state == "waiting":
        conditions.append(WAITS_FOR.is_not(None))
    elif asked.state:
        gone = Person.disabled_at.is_not(None)
        conditions.append(gone if asked.state == "disabled" else ~gone)
    if asked.sector_id is not None:
        of_sector = select(PersonSector.person_id).where(PersonSector.sector_id == asked.sector_id)
        conditions.append(Person.id.in_(of_sector))
    if found_by:
        conditions.append(
            or_(
                Person.name.icontains(found_by, autoescape=True),
                Person.username.icontains(found_by, autoescape=True),
            )
        )
    order = SORTS.get(asked.sort.removeprefix("-"), SORTS["name"])
    total = db.session.execute(select(func.count()).select_from(Person).where(and_(*conditions))).scalar_one()
    rows = db.session.execute(
        select(*COLUMNS, Person.created_at, sector_codes().label("sectors"), last_seen().label("last_seen"))
        .where(and_(*conditions))
        .order_by(order.desc() if asked.sort.startswith("-") else order, Person.id)
        .limit(PAGE)
        .offset((asked.page - 1) * PAGE)
    )
    return Page(list(rows), total, asked.page)


def person(person_id: int) -> Row[Any]:
    """Raises NotFound for whom the viewer may not see."""
    row = db.session.execute(
        select(*COLUMNS).where(Person.id == person_id, own_or_managed(Person.id))
    ).first()
    if row is None:
        raise NotFound
    return row


def waiting() -> list[Row[Any]]:
    """Accounts that wait for a second administrator, the oldest change first; `changed_by` is who made it."""
    by = aliased(Person)
    return list(
        db.session.execute(
            select(*COLUMNS, by.name.label("changed_by"))
            .join(by, by.id == Person.changed_by_id)
            .where(WAITS_FOR.is_not(None), own_or_managed(Person.id))
            .order_by(Person.changed_at)
        )
    )


def other_managers() -> int:
    """How many others could open what the viewer changes."""
    managing = [r.value for r in MAP[Permission.MANAGE_PEOPLE].anywhere]
    p = Person
    others = (p.role.in_(managing), p.disabled_at.is_(None), p.id != viewer().person_id, own_or_managed(p.id))
    return db.session.execute(select(func.count()).select_from(p).where(*others)).scalar_one()


def name_of(person_id: int | None) -> str:
    """A name for those who manage people; empty for nobody."""
    asked = select(Person.name).where(Person.id == person_id, own_or_managed(Person.id))
    return db.session.execute(asked).scalar() or ""


def sectors_of(person_id: int) -> list[Row[Any]]:
    """The sectors that were given to a person; what lies below them is theirs too."""
    return list(
        db.session.execute(
            select(Sector.id, Sector.code, Sector.name)
            .join(PersonSector, PersonSector.sector_id == Sector.id)
            .where(PersonSector.person_id == person_id, own_or_managed(PersonSector.person_id))
            .order_by(Sector.code)
        )
    )


def compartments_of(person_id: int) -> list[str]:
    return list(
        db.session.scalars(
            select(PersonCompartment.compartment)
            .where(PersonCompartment.person_id == person_id, own_or_managed(PersonCompartment.person_id))
            .order_by(PersonCompartment.compartment)
        )
    )


def all_sectors() -> list[Row[Any]]:
    return list(db.session.execute(select(Sector.id, Sector.code, Sector.name).order_by(Sector.code)))


def sessions_of(person_id: int) -> list[Row[Any]]:
    """Sessions that still let somebody in, newest first, with when they were last used."""
    s, g = SignedInSession, SessionSighting
    now = datetime.now(UTC)
    seen = func.coalesce(g.seen_at, s.created_at)
    return list(
        db.session.execute(
            select(s.token_hash, s.created_at, s.expires_at, seen.label("seen_at"))
            .outerjoin(g, g.token_hash == s.token_hash)
            .where(
                s.person_id == person_id,
                own_or_managed(s.person_id),
                s.revoked_at.is_(None),
                s.expires_at > now,
                seen > now - timedelta(minutes=procedures()["session_idle_minutes"]),
            )
            .order_by(s.created_at.desc())
        )
    )


def tokens_of(person_id: int) -> list[Row[Any]]:
    """Tokens, living ones first; revoked and expired ones stay on the list as a record."""
    t = ApiToken
    return list(
        db.session.execute(
            select(t.id, t.label, t.scopes, t.created_at, t.expires_at, t.revoked_at)
            .where(t.person_id == person_id, own_or_managed(t.person_id))
            .order_by(t.revoked_at.is_not(None), t.created_at.desc())
        )
    )
