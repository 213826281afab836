"""What the operator's command does with a file: batch after batch, one transaction each, and the bad rows into a file of
their own."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import click
from tqdm import tqdm

from app.mission.importing.keeping import Importing, Outcome, keep
from app.mission.importing.reading import Row
from app.mission.importing.wording import row_words
from app.operator import operator_connection, record_as_operator

BATCH = 500


def run(importing: Importing, path: Path, rows: Iterable[tuple[int, Row]]) -> Outcome:
    """Store all good rows; each batch is its own transaction, so that an interruption loses one batch at most."""
    outcome = Outcome()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    shown = tqdm(rows, desc=f"{importing.table} from {path.name}", unit=" rows", mininterval=0.5)
    for batch in batches(shown):
        with operator_connection() as connection:
            kept = keep(connection, importing, batch)
            if kept.stored:
                details = {"rows": kept.stored, "file_sha256": digest}
                record_as_operator(connection, importing.action, importing.table, "batch", details)
        outcome.add(kept)
    return outcome


def batches(rows: Iterable[tuple[int, Row]], size: int = BATCH) -> Iterator[list[tuple[int, Row]]]:
    them = iter(rows)
    while batch := list(islice(them, size)):
        yield batch


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
        writer.writerows(sorted((number, row_words(code, facts)) for number, code, facts in outcome.refused))
    click.echo(f"The refused rows with their reasons: {target}")
