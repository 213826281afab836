"""Sending a file, saying what its columns are, having it brought in, taking it back. Reading and storing it is a worker's
work (workers/imports.py)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import IO

from flask_babel import gettext as _
from sqlalchemy import insert

from app.db import db
from app.errors import Conflict, Invalid, NotAllowed
from app.imports import keeping, queries
from app.imports.body import Start
from app.imports.kinds import KINDS, Kind
from app.imports.models import Import, ImportKind, ImportState
from app.ledger.actions import record
from app.outbox import later
from app.permissions import viewer
from app.positions.importing import check_carrier

LOOK, BRING_IN = "workers.imports.look", "workers.imports.bring_in"
MOST_LYING = 10


def kind_for(code: str) -> Kind:
    """Raises Invalid for a kind that there is not, NotAllowed for one that the viewer may not write."""
    kind = KINDS.get(code)
    if kind is None:
        raise Invalid(_("Say what the file holds."), fields={"kind": _("Say what the file holds.")})
    if not kind.permits(viewer()):
        raise NotAllowed(_("Your role does not bring in files of this kind."))
    return kind


def send(code: str, own_name: str | None, stream: IO[bytes]) -> int:
    """Keep a file and have it looked into; its number. Raises NotAllowed, Conflict (too many lie there already) or
    Invalid.

    Where the caller's transaction fails later, the file is left over, and swept away within the hour.
    """
    kind = kind_for(code)
    if queries.lying() >= MOST_LYING:
        raise Conflict(_("Ten of your files lie here already. Bring one in or remove it first."))
    name = keeping.plain_name(own_name)
    kept = keeping.keep(stream, keeping.ending_of(name))
    made = db.session.execute(
        insert(Import).returning(Import.id),
        {
            "kind": kind.code.value, "own_name": name, "stored_as": kept.stored_as, "size_bytes": kept.size_bytes,
            "sha256": kept.sha256, "by_id": viewer().person_id,
        },
    ).scalar_one()  # fmt: skip
    later(LOOK, made, queue="files")
    # Without its name: people write into names what belongs into no log.
    record(
        "imports.sent", "imports", made, {"kind": code, "file_sha256": kept.sha256, "bytes": kept.size_bytes}
    )
    return int(made)


def in_state(import_id: int, *states: ImportState) -> Import:
    found = queries.one(import_id)
    db.session.refresh(found, with_for_update=True)
    if found.state not in states:
        raise Conflict(
            _("The file is no longer waiting for this. Look at where it is now."), code="wrong_state"
        )
    return found


def look_again(import_id: int, layer: str) -> None:
    """Look into another layer of the file. Raises NotFound, Conflict, or Invalid for a layer that there is not."""
    found = in_state(import_id, ImportState.LOOKED)
    if layer not in found.found.get("layers", ()):
        raise Invalid(_("There is no such layer."), fields={"layer": _("There is no such layer.")})
    found.state, found.layer, found.found = ImportState.WAITING.value, layer, {}
    db.session.flush()
    later(LOOK, import_id, queue="files")


def start(import_id: int, said: Start) -> None:
    """Have a file brought in with these columns. Raises NotFound, Conflict, NotAllowed or Invalid."""
    found = in_state(import_id, ImportState.LOOKED)
    kind = kind_for(found.kind)
    columns, every = checked(kind, found, said)
    if kind.asks_source and said.source is None:
        raise Invalid(_("Say where these are from."), fields={"source": _("Say where these are from.")})
    if kind.asks_carrier:
        if said.tracked_id is None:
            raise Invalid(_("Say whose track this is."), fields={"tracked_id": _("Say whose track this is.")})
        check_carrier(said.tracked_id)
    if found.kind == ImportKind.INCIDENTS and (found.total or 0) > queries.room_for_incidents(found.by_id):
        raise Conflict(
            _(
                "That is more incidents than one person may bring in a day. Ask for the standing procedure to be set."
            ),
            code="too_many",
        )
    found.state, found.columns, found.every = ImportState.RUNNING.value, columns, every
    found.source = said.source if kind.asks_source else None
    found.tracked_id = said.tracked_id if kind.asks_carrier else None
    db.session.flush()
    later(BRING_IN, import_id, queue="files")
    record("imports.started", "imports", import_id, {"kind": found.kind, "file_sha256": found.sha256})


def checked(kind: Kind, found: Import, said: Start) -> tuple[dict[str, str], dict[str, str]]:
    """(our field → the file's column, our field → a value for all); Invalid where the kind has no such field, the file no
    such column, or a required one is missing."""
    fields = {f.name: f for f in kind.fields}
    there = found.found.get("columns", {})
    columns = {s.field: s.column for s in said.fields if s.column is not None}
    every = {s.field: s.every for s in said.fields if s.every is not None}
    wrong = {}
    for name in [*columns, *every]:
        if name not in fields:
            wrong["fields"] = _("There is no such field in this kind of file.")
        elif name in columns and columns[name] not in there:
            wrong[f"fields.{name}"] = _("The file has no such column.")
        elif name in every and every[name] not in fields[name].every:
            wrong[f"fields.{name}"] = _("This can’t be said of every row.")
    for field in kind.fields:
        if field.required and field.name not in columns and field.name not in every:
            wrong[f"fields.{field.name}"] = _("This is needed.")
    if wrong:
        raise Invalid(_("Some columns can’t be used so. Nothing was stored."), fields=wrong)
    return columns, every


def remove(import_id: int) -> None:
    """Take a file back that was not brought in. Raises NotFound, or Conflict where it is being stored, or is gone."""
    found = in_state(import_id, ImportState.WAITING, ImportState.LOOKED)
    found.state, found.found, found.ended_at = ImportState.REMOVED.value, {}, datetime.now(UTC)
    db.session.flush()
    keeping.remove(found.stored_as)
    record("imports.removed", "imports", import_id)
