"""`flask ledger …`: keys, verification, export and the latest checkpoint, for the operator and the auditor."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import text

from app.ledger import exporting, verifying, walls
from app.ledger.checkpoint import CheckpointError, load_signer, make_keys, parse_vkey
from app.operator import operator_connection, record_as_operator
from app.settings import Settings, settings_of

ledger = AppGroup("ledger", help="The accountability log: keys, verification, export.")
COMMANDS = (ledger,)

AUDITOR = "VIGIL_AUDITOR_DATABASE_URL"


def settings() -> Settings:
    found = settings_of(current_app)
    return found


def auditor_url() -> str:
    url = os.environ.get(AUDITOR)
    if not url:
        raise click.UsageError(f"Set {AUDITOR}: this command reads the ledger as the auditor.")
    return url


@ledger.command("keys")
@click.option("--name", help="The ledger's name in its checkpoints; chosen at random when left out.")
def keys(name: str | None) -> None:
    """Make the key that signs checkpoints, unless it stands already; prints the public half.

    Give the public half to those who are to verify the ledger: a key that comes with the bundle proves nothing.
    """
    private, public = settings().ledger_key_file, settings().ledger_public_key_file
    try:
        if not private.exists() and not public.exists():
            for file in (private, public):
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            make_keys(private, public, name or f"vigil-{secrets.token_hex(4)}")
        elif not public.exists():
            public.write_text(load_signer(private).public.vkey + "\n", encoding="utf-8")
        elif not private.exists():
            raise CheckpointError(
                f"{public} stands there and {private} does not: a ledger's key is never replaced."
            )
        click.echo(parse_vkey(public.read_text(encoding="utf-8")).vkey)
    except CheckpointError as error:
        raise click.ClickException(str(error)) from None


@ledger.command("verify")
@click.option(
    "--witness", "witnesses", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of checkpoints that a witness keeps; may be given several times.",
)  # fmt: skip
@click.pass_context
def verify(context: click.Context, witnesses: tuple[Path, ...]) -> None:
    """Verify the whole ledger against this database and store the result.

    Exit codes are those of bin/verify-ledger; beyond them 41 an entry is shown otherwise than it was signed, 42 a
    guard of the database is missing, 43 a change has no event, 44 events wait for the sequencer, 45 a kept hash differs.
    """
    try:
        result = verifying.verify_and_store(auditor_url(), settings(), witnesses)
    except (CheckpointError, OSError) as error:
        raise click.ClickException(f"The ledger's public key can't be read: {error}") from None
    click.echo(f"OK: {result.sentence}" if result.ok else f"FAULT {result.code} {result.fault}")
    for sentence in result.sentences:
        click.echo(sentence)
    if not result.ok:
        click.echo(f"Verified all the same: {result.size} entries, head {result.root or 'none'}.")
    for warning in result.warnings:
        click.echo(f"WARNING: {warning}")
    context.exit(result.code)


@ledger.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """Write the bundle that bin/verify-ledger checks; packed when FILE ends in .gz."""
    try:
        key = parse_vkey(settings().ledger_public_key_file.read_text(encoding="utf-8"))
        with operator_connection() as connection:
            record_as_operator(connection, "ledger.exported", "ledger_leaves", "all")
        with exporting.auditor_engine(auditor_url()) as engine, exporting.snapshot(engine) as snapshot:
            exporting.write_to(file, snapshot, key)
    except FileExistsError:
        raise click.ClickException(f"{file} exists: choose another name.") from None
    except (CheckpointError, OSError) as error:
        raise click.ClickException(str(error)) from None


@ledger.command("walls")
def print_walls() -> None:
    """Print the triggers and policies of this database, for app/ledger/walls.json after a migration."""
    with operator_connection() as connection:
        click.echo(json.dumps(walls.standing(connection), indent=1, sort_keys=True))


@ledger.command("checkpoint")
def checkpoint() -> None:
    """Print the latest signed checkpoint, for a witness to keep."""
    query = text("SELECT note FROM ledger_checkpoints ORDER BY size DESC LIMIT 1")
    with exporting.auditor_engine(auditor_url()) as engine, engine.connect() as connection:
        note = connection.execute(query).scalar()
    if note is None:
        raise click.ClickException("There is no checkpoint yet: the sequencer has not run.")
    click.echo(note, nl=False)
