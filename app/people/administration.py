"""What an administrator does with people: adds them, gives rights, takes them away. Sees no content. Never commits.

Whatever gives somebody rights or a password takes two: it shuts the account until another administrator opens it. The
database keeps the two apart as well (migrations/sql/0006_two_managers.sql).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_new

from app.db import db
from app.errors import Conflict, Invalid, NotAllowed
from app.ledger.actions import record
from app.mission.models import Sector
from app.people import passwords, queries
from app.people.actions import by_hand, end_sessions, end_tokens
from app.people.models import Person, PersonCompartment, PersonSector
from app.permissions import Permission, Role, viewer

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
COMPARTMENT = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def manages(person_id: int | None = None) -> None:
    """Refuse whoever does not manage people, and whoever would change rights of his own. The account is locked."""
    by_hand()
    if not viewer().holds(Permission.MANAGE_PEOPLE):
        raise NotAllowed(_("Your role does not manage people."))
    if person_id == viewer().person_id:
        raise NotAllowed(
            _("Nobody changes rights of their own. Ask another administrator."), code="own_rights"
        )
    if person_id is not None:
        queries.person(person_id)
        db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())


def changes(person_id: int) -> None:
    """Refuse to change an account on which another administrator's changes wait: whoever made those would then approve
    his own together with these."""
    manages(person_id)
    if queries.person(person_id).waits_for not in (None, viewer().person_id):
        raise Conflict(
            _(
                "Another administrator’s changes of this account wait. Open it, or leave it shut; then change it."
            ),
            code="waits_for_another",
        )


def add_person(
    username: str, name: str, role: Role, sector_ids: Iterable[int], compartments: Iterable[str]
) -> tuple[int, str]:
    """Add somebody; returns the id and the first password, shown once. Another administrator opens the account."""
    manages()
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise Invalid(
            _("This user name can't be used."),
            fields={
                "username": _("3 to 40 small letters, digits, dots or dashes, with a letter or digit first.")
            },
        )
    password = passwords.new_password()
    person_id = db.session.execute(
        insert_new(Person).on_conflict_do_nothing().returning(Person.id),
        {
            "username": username,
            "name": name.strip(),
            "role": role.value,
            "password_hash": passwords.hash_password(password),
        },
    ).scalar()
    if person_id is None:
        raise Conflict(_("Somebody has this user name already. Choose another."), code="username_taken")
    given = give_scopes(person_id, sector_ids, compartments)
    record("people.added", "people", person_id, {"role": role.value} | given)
    return person_id, password


def give_scopes(person_id: int, sector_ids: Iterable[int], compartments: Iterable[str]) -> dict[str, Any]:
    """Replace a person's sectors and compartments; returns them for the record."""
    sectors = sorted(set(sector_ids))
    rooms = sorted({c.strip().lower() for c in compartments if c.strip()})
    if not all(COMPARTMENT.fullmatch(room) for room in rooms):
        raise Invalid(
            _("A compartment's code can't be used."),
            fields={"compartments": _("Codes of small letters, digits and dashes, separated by commas.")},
        )
    known = set(db.session.scalars(select(Sector.id).where(Sector.id.in_(sectors))))
    if known != set(sectors):
        raise Invalid(_("One of these sectors does not exist."))
    db.session.execute(delete(PersonSector).where(PersonSector.person_id == person_id))
    db.session.execute(delete(PersonCompartment).where(PersonCompartment.person_id == person_id))
    if sectors:
        rows = [{"person_id": person_id, "sector_id": s} for s in sectors]
        db.session.execute(insert(PersonSector).inline(), rows)
    if rooms:
        in_rooms = [{"person_id": person_id, "compartment": room} for room in rooms]
        db.session.execute(insert(PersonCompartment).inline(), in_rooms)
    return {"sectors": sectors, "compartments": rooms}


def change_rights(person_id: int, role: Role, sector_ids: Iterable[int], compartments: Iterable[str]) -> None:
    """Give another role and scopes. The account is shut until another administrator opens it; sessions and tokens end."""
    changes(person_id)
    before = queries.person(person_id).role
    # The time tells the database of a change even where the role stays: sectors and compartments are rights too.
    db.session.execute(
        update(Person).where(Person.id == person_id).values(role=role.value, changed_at=func.now())
    )
    given = give_scopes(person_id, sector_ids, compartments)
    end_sessions(person_id)
    end_tokens(person_id)
    record("people.rights_changed", "people", person_id, {"from": before, "role": role.value} | given)


def disable(person_id: int) -> None:
    """Nobody is deleted: the account stays in the record, and lets nobody in."""
    manages(person_id)
    now = datetime.now(UTC)
    db.session.execute(
        update(Person).where(Person.id == person_id, Person.disabled_at.is_(None)).values(disabled_at=now)
    )
    end_sessions(person_id)
    end_tokens(person_id)
    record("people.disabled", "people", person_id)


def enable(person_id: int, seen: str = "") -> None:
    """Open an account. Changes that wait on it are approved with that, by somebody else than who made them.

    `seen` is the time of the changes that the administrator looked at: later ones are not approved unseen.
    """
    manages(person_id)
    person = queries.person(person_id)
    if person.waits_for == viewer().person_id:
        raise NotAllowed(
            _("You changed this account yourself. Another administrator must look at it and open it."),
            code="takes_two",
        )
    if person.waits_for is not None and seen != person.changed_at.isoformat():
        raise Conflict(
            _("This account was changed meanwhile. Look at it again, then open it."), code="changed_meanwhile"
        )
    db.session.execute(update(Person).where(Person.id == person_id).values(disabled_at=None))
    if person.waits_for is None:
        record("people.enabled", "people", person_id)
    else:
        details = {"changes_of": person.waits_for, "changed": list(person.changed_what)}
        record("people.changes_approved", "people", person_id, details)


def reset_password(person_id: int) -> str:
    """A new random password for somebody who has lost theirs; shown once. Their sessions and tokens end, and another
    administrator opens the account: with a password that he has seen, one alone could act in the person's name."""
    changes(person_id)
    password = passwords.new_password()
    db.session.execute(
        update(Person).where(Person.id == person_id).values(password_hash=passwords.hash_password(password))
    )
    end_sessions(person_id)
    end_tokens(person_id)
    record("people.password_reset", "people", person_id)
    return password
