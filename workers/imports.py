"""Looking into files that people sent, bringing them in, and sweeping away what nobody waits for.

Rows are stored with the rights that the sender has now, batch by batch, each in one transaction with its count: a worker
that was killed half way is followed by one that goes on behind the last batch.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from rq.timeouts import BaseTimeoutException
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError

from app.db import db
from app.errors import NotAllowed, NotFound
from app.imports import keeping, queries
from app.imports.kinds import KINDS, Kind
from app.imports.marks import Marks
from app.imports.models import KEPT, Import, ImportKind, ImportState
from app.ledger.actions import record
from app.mission.importing.keeping import Outcome
from app.mission.importing.looking import guesses
from app.mission.importing.looking import look as look_at
from app.mission.importing.reading import GEOMETRY, Row, Unreadable
from app.permissions import viewer
from workers.reading_apart import Read, reading
from workers.runtime import acting_for

log = logging.getLogger("vigil.imports")

BATCH = 500
SHOWN_ROWS = 20
LONGEST_CELL = 120
MOST_COLUMNS = 200
MOST_REFUSALS = 10_000
# A track's points are what is wanted of a GPX, and stand in its last layer.
OF_TRACKS = "track_points"


class TooMuch(Exception):
    """More than one person may bring in a day."""


def look(import_id: str) -> None:
    """Look into a file, and write down what its sender needs to say which column is what."""
    found = loaded(int(import_id), ImportState.WAITING)
    if found is None:
        return
    try:
        seen = seen_in(found)
    except Unreadable as error:
        end(found, ImportState.UNREADABLE, error.code)
        record("imports.refused", "imports", found.id, {"reason": "unreadable"})
        db.session.commit()
        return
    except (OperationalError, BaseTimeoutException):
        raise
    except Exception as error:
        fail(found, error)
        return
    db.session.execute(
        update(Import)
        .where(Import.id == found.id, Import.state == ImportState.WAITING)
        .values(state=ImportState.LOOKED.value, layer=seen.pop("layer"), total=seen["rows"], found=seen)
    )
    db.session.commit()


def seen_in(found: Import) -> dict[str, Any]:
    path = keeping.path_of(found.stored_as)
    if not path.is_file():
        raise Unreadable("gone")
    layer = found.layer
    if layer is None and found.kind == "tracks":
        with reading(path) as first:
            layer = OF_TRACKS if OF_TRACKS in first.layers else None
    marks = Marks()
    with reading(path, layer) as read:
        told = look_at(marks.watching(read.rows), SHOWN_ROWS)
        layers, layer, system = read.layers, read.layer, read.system
    if len(told.columns) > MOST_COLUMNS:
        raise Unreadable("too_many_columns")
    return {
        "layers": layers, "layer": layer, "system": system, "rows": told.rows, "whole": told.whole,
        "columns": told.columns, "shapes": told.shapes, "extent": list(told.extent) if told.extent else None,
        "first": [{k: cell(v) for k, v in row.items() if k != GEOMETRY} for row in told.first],
        "guesses": guesses(told.columns, KINDS[found.kind].meant()), "marks": marks.told(),
    }  # fmt: skip


def cell(value: Any) -> str:
    written = "" if value is None else str(value).replace("\x00", "")
    return written if len(written) <= LONGEST_CELL else f"{written[:LONGEST_CELL]}…"


def bring_in(import_id: str) -> None:
    """Store a file's rows from where the last worker stopped."""
    found = loaded(int(import_id), ImportState.RUNNING)
    if found is None:
        return
    try:
        store(found)
    except (OperationalError, BaseTimeoutException):
        raise  # the database is away, or the time is up: the outbox tries again, and goes on behind the last batch
    except Exception as error:
        fail(found, error)


def fail(found: Import, error: Exception) -> None:
    """Tell the sender why, by a code (app/imports/wording.py: FAILURES)."""
    db.session.rollback()
    reason = reason_of(error)
    end(found, ImportState.FAILED, reason)
    known = reason if reason in ("gone", "no_rights", "too_many", "unexpected") else "unreadable"
    record("imports.failed", "imports", found.id, {"reason": known})
    db.session.commit()
    log.error("import failed", extra={"import": found.id, "error": type(error).__name__})


def store(found: Import) -> None:
    kind, path = KINDS[found.kind], keeping.path_of(found.stored_as)
    if not path.is_file():
        raise FileNotFoundError
    with reading(path, found.layer) as read:
        rows = named(in_order(read, kind), found)
        done = found.at_row
        remaining = islice(rows, done, None)
        while batch := list(islice(remaining, BATCH)):
            done += len(batch)
            keep_batch(found, kind, batch, done)
    told = db.session.execute(
        select(Import.new, Import.changed, Import.unchanged, Import.refused).where(Import.id == found.id)
    ).one()
    end(found, ImportState.DONE, None)
    record("imports.done", "imports", found.id, dict(told._mapping) | {"file_sha256": found.sha256})
    db.session.commit()


def in_order(read: Read, kind: Kind) -> Iterable[tuple[int, Row]]:
    if kind.ordered is None:
        return read.rows
    ladder = kind.ordered
    return sorted(read.rows, key=lambda numbered: ladder(numbered[1]))


def named(rows: Iterable[tuple[int, Row]], found: Import) -> Iterator[tuple[int, Row]]:
    """The rows in our fields, and nothing of the file but what was named."""
    for number, row in rows:
        said = {ours: row.get(theirs) for ours, theirs in found.columns.items()}
        yield number, {**said, **found.every, GEOMETRY: row.get(GEOMETRY)}


def keep_batch(found: Import, kind: Kind, batch: list[tuple[int, Row]], done: int) -> None:
    """A batch, its event and its count in one transaction: the rows as the sender, the count as the worker."""
    with acting_for(found.by_id):
        if not kind.permits(viewer()):
            raise NotAllowed("the sender may no longer store this")
        if kind.code is ImportKind.INCIDENTS and len(batch) > queries.room_for_incidents(found.by_id):
            raise TooMuch
        outcome = kind.keep(batch, found)
        if outcome.stored:
            action, table = kind.event
            details = {"rows": outcome.stored, "file_sha256": found.sha256, "import": found.id}
            record(action, table, found.tracked_id or "batch", details)
        db.session.execute(text("RESET ROLE"))
        count(found.id, outcome, done)
        db.session.commit()


def count(import_id: int, outcome: Outcome, done: int) -> None:
    standing = db.session.execute(select(Import.refusals).where(Import.id == import_id)).scalar_one()
    room = max(MOST_REFUSALS - len(standing), 0)
    db.session.execute(
        update(Import)
        .where(Import.id == import_id)
        .values(
            at_row=done, new=Import.new + outcome.new, changed=Import.changed + outcome.changed,
            unchanged=Import.unchanged + outcome.unchanged, refused=Import.refused + len(outcome.refused),
            refusals=[*standing, *outcome.refused[:room]],
        )
    )  # fmt: skip


def loaded(import_id: int, state: ImportState) -> Import | None:
    """The row, apart from the session: what follows has transactions of its own. None where nothing is to be done."""
    found = db.session.execute(
        select(Import).where(Import.id == import_id, Import.state == state.value)
    ).scalar_one_or_none()
    if found is not None:
        db.session.expunge(found)
    db.session.rollback()
    return found


def end(found: Import, state: ImportState, failure: str | None) -> None:
    """Nothing of the file stays but its counts. Not yet committed."""
    db.session.execute(
        update(Import)
        .where(Import.id == found.id)
        .values(state=state.value, failure=failure, found={}, ended_at=datetime.now(UTC))
    )
    keeping.remove(found.stored_as)


def reason_of(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "gone"
    if isinstance(error, TooMuch):
        return "too_many"
    if isinstance(error, NotAllowed | NotFound) or type(error) is LookupError:
        return "no_rights"
    return error.code if isinstance(error, Unreadable) else "unexpected"


def remove_old() -> None:
    """Remove what was sent a day ago and not brought in, and files that stand in no row."""
    before = datetime.now(UTC) - keeping.LONGEST
    waiting = [ImportState.WAITING.value, ImportState.LOOKED.value]
    old = list(db.session.scalars(select(Import).where(Import.state.in_(waiting), Import.at < before)))
    for found in old:
        found.state, found.found, found.ended_at = ImportState.REMOVED.value, {}, datetime.now(UTC)
        record("imports.removed", "imports", found.id, {"by": "time"})
    db.session.flush()
    names = [i.stored_as for i in old]
    kept = db.session.scalars(select(Import.stored_as).where(Import.state.in_([s.value for s in KEPT])))
    keeping.remove_left_over(kept)
    for name in names:
        keeping.remove(name)
