"""Batches of rows into the database: one transaction each, repeatable, and the bad rows into a file of their own."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection, TextClause
from sqlalchemy.exc import DataError, IntegrityError, InternalError
from tqdm import tqdm

from app.mission.importing.reading import Row
from app.operator import operator_connection, record_as_operator

BATCH = 500


@dataclass
class Outcome:
    """What an import did: rows stored (new or changed), rows that stood already, rows refused."""

    stored: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Importing:
    """One kind of import. `make` turns a row into the statement's parameters or raises ValueError with the reason."""

    table: str
    action: str
    make: Callable[[Row], dict[str, Any]]
    statement: TextClause


def run(importing: Importing, path: Path, rows: Iterable[tuple[int, Row]]) -> Outcome:
    """Store all good rows; each batch is its own transaction, so that an interruption loses one batch at most."""
    outcome = Outcome()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    batch: list[tuple[int, dict[str, Any]]] = []
    for line, row in tqdm(rows, desc=f"{importing.table} from {path.name}", unit=" rows", mininterval=0.5):
        try:
            batch.append((line, importing.make(row)))
        except ValueError as error:
            outcome.refused.append((line, str(error)))
        if len(batch) == BATCH:
            store(importing, batch, outcome, digest)
            batch = []
    if batch:
        store(importing, batch, outcome, digest)
    return outcome


def store(
    importing: Importing, batch: list[tuple[int, dict[str, Any]]], outcome: Outcome, digest: str
) -> None:
    try:
        with operator_connection() as connection:
            changed = connection.execute(importing.statement, [p for _line, p in batch]).rowcount
            note(importing, connection, changed, digest)
    except (IntegrityError, DataError, InternalError):
        # One bad row spoils its batch: go through it row by row and keep the good ones.
        changed = 0
        bad = 0
        with operator_connection() as connection:
            for line, parameters in batch:
                try:
                    with connection.begin_nested():
                        changed += connection.execute(importing.statement, parameters).rowcount
                except (IntegrityError, DataError, InternalError) as error:
                    bad += 1
                    outcome.refused.append((line, reason(error)))
            note(importing, connection, changed, digest)
        batch = batch[bad:]
    outcome.stored += changed
    outcome.unchanged += len(batch) - changed


def note(importing: Importing, connection: Connection, changed: int, digest: str) -> None:
    if changed:
        details = {"rows": changed, "file_sha256": digest}
        record_as_operator(connection, importing.action, importing.table, "batch", details)


def reason(error: Exception) -> str:
    """The database's refusal in a sentence; its own message may quote the row."""
    diagnosis = getattr(getattr(error, "orig", None), "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    if name.startswith("fk_"):
        return f"refers to something that is not known ({name})"
    if name:
        return f"does not fit the rule {name}"
    return "a value does not fit its column"


def report(outcome: Outcome, path: Path) -> None:
    """Tell the operator, and write the refused rows beside the input (or under VIGIL_VAR if that is read-only)."""
    click.echo(f"{outcome.stored} stored, {outcome.unchanged} stood already, {len(outcome.refused)} refused.")
    if not outcome.refused:
        return
    target = path.with_name(path.name + ".refused.csv")
    if not os.access(path.parent, os.W_OK):
        target = Path(os.environ.get("VIGIL_VAR", ".")) / target.name
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "reason"])
        writer.writerows(sorted(outcome.refused))
    click.echo(f"The refused rows with their reasons: {target}")
