"""Saying why a patrol did otherwise than it was ordered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import update

from app.api.bodies import Body, Text
from app.db import db
from app.deviations.models import Deviation, DeviationReason
from app.errors import Conflict, NotFound
from app.ledger.actions import record
from app.patrols.actions import taken
from app.permissions import viewer
from app.reasons import reason_given


class Explanation(Body):
    """A reason of the list; with "other", in words."""

    reason: DeviationReason
    note: Annotated[Text, Field(max_length=2000)] = ""


def acknowledge(patrol_id: int, deviation_id: int, why: Explanation) -> None:
    """By the patrol's leader or whoever orders patrols there, once. Raises NotFound, NotAllowed, Conflict or Invalid."""
    taken(patrol_id)
    note = reason_given(why.note) if why.reason is DeviationReason.OTHER else why.note.strip()
    found = db.session.get(Deviation, deviation_id)
    if found is None or found.patrol_id != patrol_id or found.withdrawn_at is not None:
        raise NotFound
    who = viewer()
    explained = db.session.execute(
        update(Deviation)
        .where(Deviation.id == deviation_id, Deviation.acknowledged_at.is_(None))
        .values(
            acknowledged_at=datetime.now(UTC), acknowledged_by_id=who.person_id, acknowledged_by_role=who.role.value,
            reason=why.reason.value, note=note,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if explained.rowcount == 0:  # type: ignore[attr-defined]
        raise Conflict(_("Somebody has explained this already."), code="wrong_state")
    details = {"patrol": patrol_id, "reason": why.reason.value}
    record("patrols.deviation_explained", "patrol_deviations", deviation_id, details)
