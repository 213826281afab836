"""Handing a shift over, and taking it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.db import db
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.handovers import queries
from app.handovers.body import HandOver
from app.handovers.freezing import open_items
from app.handovers.models import Handover
from app.ledger.actions import record
from app.mission.models import Sector
from app.permissions import Permission, viewer


def hand_over(body: HandOver) -> int:
    """Freeze what is open, put the note beside it and sign; returns the handover's id. The same id again is the same
    note. Raises NotAllowed outside the viewer's sectors, Invalid for a sector that is not there, Conflict for an id that
    somebody else has used."""
    who = viewer()
    if not who.may(Permission.HAND_OVER, body.sector_id):
        raise NotAllowed(_("You hand over the shift of your own sectors alone."))
    if body.sector_id is not None and db.session.get(Sector, body.sector_id) is None:
        words = _("There is no such sector.")
        raise Invalid(words, fields={"sector_id": words})
    new = insert(Handover).values(
        request_id=body.id, sector_id=body.sector_id, note=body.note, tasks=list(body.tasks),
        items=open_items(body.sector_id), written_by_id=who.person_id, written_by_role=who.role.value,
    )  # fmt: skip
    made = db.session.execute(
        new.on_conflict_do_nothing(index_elements=["request_id"]).returning(Handover.id)
    )
    handover_id = made.scalar()
    if handover_id is None:
        return already(body)
    record("shifts.handed_over", "handovers", handover_id, {"sector": body.sector_id})
    return int(handover_id)


def already(body: HandOver) -> int:
    """The note that was sent before under this id, if it is the sender's own."""
    h = Handover
    found = select(h.id).where(
        h.request_id == body.id, h.written_by_id == viewer().person_id, queries.visible()
    )
    handover_id = db.session.execute(found).scalar()
    if handover_id is None:
        raise Conflict(_("Another note has this id. Send this one under a new id."), code="id_taken")
    return int(handover_id)


def accept(handover_id: int, remark: str) -> None:
    """Sign as the incoming officer. Raises NotFound, NotAllowed for the one who wrote it or outside one's sectors,
    Conflict where it was accepted before."""
    found = queries.one(handover_id)
    who = viewer()
    if not who.may(Permission.HAND_OVER, found.sector_id):
        raise NotAllowed(_("The shift of this sector is taken by others."))
    if found.written_by_id == who.person_id:
        raise NotAllowed(
            _("Whoever hands a shift over does not take it as well. The incoming officer signs.")
        )
    signed = db.session.execute(
        update(Handover)
        .where(Handover.id == handover_id, Handover.accepted_at.is_(None))
        .values(
            accepted_by_id=who.person_id, accepted_by_role=who.role.value, accepted_at=datetime.now(UTC),
            remark=remark,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if signed.rowcount == 0:  # type: ignore[attr-defined]
        if queries.one(handover_id).accepted_at is None:
            raise NotFound
        raise Conflict(_("This shift has been accepted already."), code="wrong_state")
    record("shifts.accepted", "handovers", handover_id)
