"""The file that a keeper is about to change: his to change, and locked until the transaction ends."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from app.db import db
from app.defenders import gate
from app.defenders.models import Defender
from app.errors import Conflict, NotAllowed, NotFound
from app.permissions import viewer


def kept_file(defender_id: int, *, with_consent: bool = False) -> Defender:
    """The defender's row, locked.

    NotFound for a file that the viewer may not read, NotAllowed for one that he reads and does not keep; with
    `with_consent` Conflict where nothing in force allows the file to be kept.
    """
    who = viewer()
    seen = db.session.execute(
        select(Defender.sector_id, Defender.compartment).where(Defender.id == defender_id, gate.readable(who))
    ).first()
    if seen is None:
        raise NotFound
    if not gate.keeps_file(who, seen.sector_id, seen.compartment):
        raise NotAllowed(_("You may read this file and not change it. Ask its case officer."))
    locked = select(Defender).where(Defender.id == defender_id, gate.readable(who)).with_for_update()
    found = db.session.scalars(locked.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    if with_consent and not db.session.scalar(select(gate.consented(defender_id, gate.KEEPING))):
        raise Conflict(
            _("No consent to keep this file is in force. Record a new consent first, or close the file."),
            code="no_consent",
        )
    return found
