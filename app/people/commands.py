"""`flask people …` and `flask tokens …`: accounts and tokens, for the operator on the server."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_new

from app.mission.models import Sector
from app.operator import operator_connection, record_as_operator
from app.people import passwords
from app.people.administration import COMPARTMENT, USERNAME
from app.people.models import ApiToken, Person, PersonCompartment, PersonSector, SignedInSession
from app.permissions import Permission, Role, Viewer
from app.sessions import hash_secret, new_secret

people = AppGroup("people", help="Accounts: add, open and disable.")
tokens = AppGroup("tokens", help="Tokens of the API: create and revoke.")
COMMANDS = (people, tokens)


def person_called(connection: Connection, username: str) -> tuple[int, Role]:
    row = connection.execute(
        select(Person.id, Person.role).where(
            func.lower(Person.username) == username.strip().lower(), Person.disabled_at.is_(None)
        )
    ).first()
    if row is None:
        raise click.ClickException("There is no account of this name, or it is disabled.")
    return row.id, Role(row.role)


@people.command("add")
@click.option("--username", required=True)
@click.option("--name", required=True, help="The name shown to others in the mission.")
@click.option("--role", required=True, type=click.Choice([r.value for r in Role]))
@click.option("--sector", "sectors", multiple=True, help="Code of a sector; may be given several times.")
@click.option("--compartment", "compartments", multiple=True)
def add(username: str, name: str, role: str, sectors: tuple[str, ...], compartments: tuple[str, ...]) -> None:
    """Add somebody; prints the first password, once."""
    username = username.strip().lower()
    if not USERNAME.fullmatch(username) or not all(COMPARTMENT.fullmatch(c) for c in compartments):
        raise click.UsageError("User names and compartments take small letters, digits and dashes.")
    password = passwords.new_password()
    with operator_connection() as connection:
        sector_ids = ids_of(connection, sectors)
        person_id = connection.execute(
            insert_new(Person).on_conflict_do_nothing().returning(Person.id),
            {
                "username": username,
                "name": name,
                "role": role,
                "password_hash": passwords.hash_password(password),
            },
        ).scalar()
        if person_id is None:
            raise click.ClickException("Somebody has this user name already.")
        for sector_id in sector_ids:
            connection.execute(insert(PersonSector), {"person_id": person_id, "sector_id": sector_id})
        for compartment in compartments:
            connection.execute(
                insert(PersonCompartment), {"person_id": person_id, "compartment": compartment}
            )
        details = {"role": role, "sectors": sector_ids, "compartments": list(compartments)}
        record_as_operator(connection, "people.added", "people", person_id, details)
    click.echo(password)


def ids_of(connection: Connection, codes: Iterable[str]) -> list[int]:
    wanted = set(codes)
    rows = connection.execute(select(Sector.id, Sector.code).where(Sector.code.in_(wanted))).all()
    if missing := wanted - {row.code for row in rows}:
        raise click.ClickException(f"There is no sector {sorted(missing)[0]}.")
    return sorted(row.id for row in rows)


@people.command("enable")
@click.option("--user", "username", required=True)
def enable(username: str) -> None:
    """Open an account that is shut, with an administrator's changes that wait on it: where there is no second one."""
    p = Person
    with operator_connection() as connection:
        found = connection.execute(
            select(p.id, p.changed_by_id, p.changed_what)
            .where(func.lower(p.username) == username.strip().lower(), p.disabled_at.is_not(None))
            .with_for_update()
        ).first()
        if found is None:
            raise click.ClickException("There is no account of this name, or it is open.")
        opened: dict[str, Any] = {
            "disabled_at": None,
            "changed_by_id": None,
            "changed_at": None,
            "changed_what": [],
        }
        connection.execute(
            update(p).where(p.id == found.id).values(**opened, approved_by_id=None, approved_at=None)
        )
        details = {"changes_of": found.changed_by_id, "changed": list(found.changed_what)}
        record_as_operator(connection, "people.enabled", "people", found.id, details)
    click.echo("The account is open.")


@people.command("disable")
@click.option("--user", "username", required=True)
def disable(username: str) -> None:
    """Let somebody in no longer: the account stays, sessions and tokens end."""
    now = datetime.now(UTC)
    with operator_connection() as connection:
        person_id, _role = person_called(connection, username)
        connection.execute(update(Person).where(Person.id == person_id).values(disabled_at=now))
        s, t = SignedInSession, ApiToken
        connection.execute(
            update(s).where(s.person_id == person_id, s.revoked_at.is_(None)).values(revoked_at=now)
        )
        connection.execute(
            update(t).where(t.person_id == person_id, t.revoked_at.is_(None)).values(revoked_at=now)
        )
        record_as_operator(connection, "people.disabled", "people", person_id)


@tokens.command("create")
@click.option("--user", "username", required=True)
@click.option(
    "--scope", "scopes", required=True, multiple=True,
    type=click.Choice(["all", *(p.value for p in Permission)]),
    help="A permission, or `all` that the role holds; may be given several times.",
)  # fmt: skip
@click.option("--label", default="from the command line")
@click.option("--days", default=90, type=click.IntRange(1, 366), help="How long it lasts.")
def create(username: str, scopes: tuple[str, ...], label: str, days: int) -> None:
    """Print a new token, and nothing else."""
    secret = new_secret()
    with operator_connection() as connection:
        person_id, role = person_called(connection, username)
        held = {p.value for p in Permission if Viewer(person_id, role).holds(p)}
        if refused := set(scopes) - held - {"all"}:
            raise click.ClickException(f"The role {role.value} does not hold {sorted(refused)[0]}.")
        # Base data in any case: without it a report could not even be placed in its sector.
        kept = held if "all" in scopes else set(scopes) | {Permission.OWN_ACCOUNT.value}
        token_id = connection.execute(
            insert(ApiToken).returning(ApiToken.id),
            {
                "token_hash": hash_secret(secret),
                "person_id": person_id,
                "label": label,
                "scopes": sorted(kept),
                "expires_at": datetime.now(UTC) + timedelta(days=days),
            },
        ).scalar_one()
        details = {"person": person_id, "scopes": sorted(kept)}
        record_as_operator(connection, "people.token_created", "api_tokens", token_id, details)
    click.echo(secret)


@tokens.command("revoke")
@click.option("--user", "username", required=True)
@click.option("--label", help="Only tokens of this label; without it, all of the person's tokens.")
def revoke(username: str, label: str | None) -> None:
    """Revoke a person's tokens; they fail at their next request."""
    t = ApiToken
    with operator_connection() as connection:
        person_id, _role = person_called(connection, username)
        chosen = [t.person_id == person_id, t.revoked_at.is_(None)]
        if label is not None:
            chosen.append(t.label == label)
        ids = connection.scalars(
            update(t).where(*chosen).values(revoked_at=datetime.now(UTC)).returning(t.id)
        ).all()
        for token_id in ids:
            record_as_operator(
                connection, "people.token_revoked", "api_tokens", token_id, {"person": person_id}
            )
    click.echo(f"{len(ids)} revoked")
