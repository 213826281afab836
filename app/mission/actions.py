"""Changing the standing procedures. Never commits."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.db import db
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.ledger.actions import record
from app.mission import queries
from app.mission.models import Procedure
from app.mission.procedures import SEEDS, WARNING
from app.permissions import Permission, viewer
from app.reasons import reason_given


def change_procedure(key: str, value: float, reason: str, expected: float | None = None) -> None:
    """Set a value of the standing procedures; it works everywhere within some seconds.

    `expected`: the value that the officer saw; another one by now is a Conflict, not an overwriting.
    """
    if not viewer().holds(Permission.MANAGE_MISSION):
        raise NotAllowed(_("Your role does not change the standing procedures."))
    seed = SEEDS.get(key)
    if seed is None:
        raise NotFound
    if not (math.isfinite(value) and seed.least <= value <= seed.most):
        sentence = _("Set it between %(least)g and %(most)g.", least=seed.least, most=seed.most)
        raise Invalid(sentence, fields={"value": sentence})
    reason = reason_given(reason, "reason")
    before = db.session.execute(
        select(Procedure.value).where(Procedure.key == key).with_for_update()
    ).scalar()
    if before is None:
        raise NotFound
    if expected is not None and before != expected:
        raise Conflict(_("Somebody has changed this value meanwhile. Look at it again before you set it."))
    if key.startswith(WARNING):
        refuse_contradiction(key, value)
    db.session.execute(
        update(Procedure).where(Procedure.key == key).values(value=value, changed_at=datetime.now(UTC))
    )
    record(
        "mission.procedure_changed",
        "procedures",
        key,
        {"from": before, "to": value, "reason": reason},
    )
    queries.forget_procedures()


def refuse_contradiction(key: str, value: float) -> None:
    """A weight that contradicts the others would break the weighing of the next report."""
    current = {row.key: row.value for row in queries.procedure_rows().values()}
    try:
        queries.thresholds_of(current | {key: value})
    except ValueError:
        sentence = _("This contradicts the other weights: from the least score, P3, P2 and P1 must rise.")
        raise Invalid(sentence, fields={"value": sentence}) from None
