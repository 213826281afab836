"""Deciding on support to State forces, and taking a decision back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import insert, text, update

from app.db import db
from app.due_diligence.body import DecisionBody
from app.due_diligence.models import DueDiligence
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.ledger.actions import record
from app.permissions import Permission, Viewer, viewer
from app.reasons import reason_given

LONGEST = timedelta(days=366)


def decide(body: DecisionBody) -> int:
    """Write a decision down; its id. Raises NotAllowed, or Invalid for a review in the past or a year ahead."""
    who = refuse_others()
    today = datetime.now(UTC).date()
    if not today <= body.review_on <= today + LONGEST:
        words = _("The review comes within a year: what a unit does changes.")
        raise Invalid(words, fields={"review_on": words})
    new = insert(DueDiligence).values(
        **body.model_dump(mode="json", exclude={"review_on"}), review_on=body.review_on, decided_by_id=who.person_id,
        decided_by_role=who.role.value,
    )  # fmt: skip
    made = int(db.session.execute(new.returning(DueDiligence.id)).scalar_one())
    details = {"decision": body.decision.value, "risk": body.risk.value}
    record("due_diligence.decided", "due_diligence", made, details)
    return made


def suspend(decision_id: int, reason: str) -> None:
    """Support ends at once: under this decision no order is written or approved any more, and no patrol sets off."""
    who = refuse_others()
    why = reason_given(reason, "reason")
    if db.session.get(DueDiligence, decision_id) is None:
        raise NotFound
    ended = db.session.execute(
        update(DueDiligence)
        .where(DueDiligence.id == decision_id, DueDiligence.suspended_at.is_(None))
        .values(suspended_at=datetime.now(UTC), suspended_by_id=who.person_id, suspended_why=why)
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount == 0:  # type: ignore[attr-defined]
        raise Conflict(_("This decision is suspended already."), code="wrong_state")
    record("due_diligence.suspended", "due_diligence", decision_id)


def refuse_others() -> Viewer:
    who = viewer()
    if Permission.DECIDE_DUE_DILIGENCE not in who.anywhere():
        raise NotAllowed(_("Support to State forces is decided by human rights and the head of mission."))
    return who


def is_cleared(decision_id: int, patrol_id: int) -> bool:
    """Whether a joint patrol may be ordered under this decision: it holds until the patrol's end."""
    asked = text("SELECT vigil.is_cleared(:clearance, :patrol)")
    return bool(db.session.execute(asked, {"clearance": decision_id, "patrol": patrol_id}).scalar())
