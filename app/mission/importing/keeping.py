"""One batch of rows into the database, row by row where one of them does not fit. Used by the operator's command and by
the worker alike: the one path by which files come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.exc import DataError, IntegrityError, InternalError, ProgrammingError

from app.mission.importing.reading import Row, RowRefused

# What a row may be at fault for. ProgrammingError: a policy that refuses the row (another sector's, no permission).
FAULTS = (IntegrityError, DataError, InternalError, ProgrammingError)
REFUSED_BY_POLICY = "42501"


@dataclass
class Outcome:
    """What an import did: rows that are new, rows that changed what stood, rows that stood already, rows refused (number,
    code, facts)."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)

    @property
    def stored(self) -> int:
        return self.new + self.changed

    def refuse(self, number: int, why: RowRefused) -> None:
        # Not the exception itself: its trace would hold on to the row.
        self.refused.append((number, why.code, why.facts))

    def add(self, other: Outcome) -> None:
        self.new += other.new
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.refused += other.refused


@dataclass(frozen=True)
class Importing:
    """One kind of import. `make` turns a row into the statement's parameters or raises RowRefused. The
    statement inserts or changes one row by its source's id, and touches none that says the same already."""

    table: str
    action: str
    make: Callable[[Row], dict[str, Any]]
    statement: TextClause
    # Said of a row of which the statement stored nothing, if that is not "it stood already".
    instead: Callable[[Connection, dict[str, Any]], RowRefused | None] | None = None


def keep(connection: Connection, importing: Importing, batch: Sequence[tuple[int, Row]]) -> Outcome:
    """Store a batch within the caller's transaction: (number, row) each. Never raises for a single row."""
    outcome, made = Outcome(), []
    for number, row in batch:
        try:
            made.append((number, importing.make(row)))
        except RowRefused as refused:
            outcome.refuse(number, refused)
        except (ValueError, OverflowError):
            outcome.refuse(number, RowRefused("unread_value"))
    told = Outcome()
    try:
        with connection.begin_nested():
            for number, parameters in made:
                one(connection, importing, number, parameters, told)
    except FAULTS:
        # One bad row spoils its batch: go through it again, each row by itself, and keep the good ones.
        told = Outcome()
        for number, parameters in made:
            try:
                with connection.begin_nested():
                    one(connection, importing, number, parameters, told)
            except FAULTS as error:
                told.refuse(number, reason(error))
    outcome.add(told)
    return outcome


def one(
    connection: Connection, importing: Importing, number: int, parameters: dict[str, Any], told: Outcome
) -> None:
    is_new = connection.execute(returning(importing.statement), parameters).scalar()
    if is_new is None:
        said = importing.instead(connection, parameters) if importing.instead else None
        if said is not None:
            told.refuse(number, said)
        else:
            told.unchanged += 1
    elif is_new:
        told.new += 1
    else:
        told.changed += 1


@lru_cache(maxsize=32)
def returning(statement: TextClause) -> TextClause:
    """The statement, telling of its row whether it is new: one that was updated bears this transaction in xmax."""
    return text(f"{statement.text} RETURNING xmax = 0")


def reason(error: Exception) -> RowRefused:
    """The database's refusal by a code of ours; its own message may quote the row."""
    original = getattr(error, "orig", None)
    if getattr(original, "sqlstate", None) == REFUSED_BY_POLICY:
        return RowRefused("not_yours")
    name = getattr(getattr(original, "diag", None), "constraint_name", None) or ""
    if name.startswith("fk_"):
        return RowRefused("not_known", rule=name)
    if name:
        return RowRefused("breaks_rule", rule=name)
    return RowRefused("does_not_fit")
