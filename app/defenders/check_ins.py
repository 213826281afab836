"""Check-ins: what was agreed with a defender, that he was heard of, and what is overdue. Never commits.

Whether a plan is watched is consent's to say: the alert of a missed one goes to operations, as a person without a name in
a sector. So a plan needs the consent to share (scopes 2 or 3), and is watched no longer than it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import Row, func, select, text

from app.db import db
from app.defenders import gate, queries
from app.defenders.gate import Purpose
from app.defenders.keeping import kept_file
from app.defenders.models import CalledBy, CheckIn, CheckInPlan, Defender, PlanEnd
from app.errors import Conflict, Invalid, NotFound
from app.ledger.actions import record
from app.moments import CLOCK_GRACE
from app.permissions import viewer

SHOWN = 20


@dataclass(frozen=True)
class Agreed:
    """To be heard of every `interval_minutes`, `grace_minutes` more before it counts as missed."""

    interval_minutes: int
    grace_minutes: int
    made_by: CalledBy
    agreed_on: date


@dataclass(frozen=True)
class Standing:
    """The plan that runs, when the next check-in is due and when it counts as missed; None while it is suspended."""

    plan: CheckInPlan
    heard: Sequence[Row[tuple[int, datetime, str, int]]]
    due_at: datetime | None
    missed_at: datetime | None
    shared: bool
    watched: bool

    @property
    def state(self) -> str:
        if self.due_at is None or self.missed_at is None:
            return "suspended"
        if not self.shared:
            return "without_consent"
        now = datetime.now(UTC)
        return "missed" if now >= self.missed_at else "due" if now >= self.due_at else "calm"


def standing(defender_id: int) -> Standing | None:
    """What is agreed now. NotFound where the viewer may not read the file; None where nothing is agreed, or where consent
    to keep the file has ended."""
    found, answer = queries.gated(defender_id, Purpose.FILE)
    if "check_ins" not in answer.fields:
        return None
    plan = running(found.id)
    if plan is None:
        return None
    c = CheckIn
    heard = db.session.execute(
        select(c.id, c.heard_at, c.way, c.by_id).where(c.plan_id == plan.id).order_by(c.heard_at.desc()).limit(SHOWN)
    ).all()  # fmt: skip
    last = max([plan.runs_from, *(h.heard_at for h in heard)])
    due = None if plan.suspended_at else last + timedelta(minutes=plan.interval_minutes)
    missed = None if due is None else due + timedelta(minutes=plan.grace_minutes)
    watched = db.session.execute(
        text("SELECT vigil.check_ins_are_watched(:sector)"), {"sector": found.sector_id}
    ).scalar_one()
    return Standing(plan, heard, due, missed, bool(found.scopes & gate.SHARING), watched)


def running(defender_id: int, lock: bool = False) -> CheckInPlan | None:
    asked = select(CheckInPlan).where(CheckInPlan.defender_id == defender_id, CheckInPlan.ended_at.is_(None))
    return db.session.scalars(asked.with_for_update() if lock else asked).first()


def agree(defender_id: int, agreed: Agreed) -> int:
    """Write down what was agreed; what was agreed before ends. Returns the plan's id. Raises NotFound, NotAllowed,
    Conflict without the consent to share, Invalid for a day that is to come."""
    defender = kept_file(defender_id)
    needs_sharing(defender.id)
    if agreed.agreed_on > gate.today():
        sentence = _("What is to be agreed another day can’t be recorded.")
        raise Invalid(sentence, fields={"agreed_on": sentence})
    before = running(defender.id, lock=True)
    if before is not None:
        ended(before, PlanEnd.OTHER_PLAN)
    plan = CheckInPlan(
        defender_id=defender.id, interval_minutes=agreed.interval_minutes, grace_minutes=agreed.grace_minutes,
        made_by=agreed.made_by.value, agreed_on=agreed.agreed_on, agreed_by_id=viewer().person_id,
    )  # fmt: skip
    db.session.add(plan)
    db.session.flush()
    # Whoever reads the log reads no file: it does not say whose plan this is.
    record("defenders.check_ins_agreed", "check_in_plans", plan.id)
    return plan.id


def needs_sharing(defender_id: int) -> None:
    if not db.session.scalar(select(gate.consented(defender_id, gate.SHARING))):
        raise Conflict(
            _("The alert of a missed check-in goes to operations, without a name. That takes the person’s consent to "
              "share (2 or 3): record it first."),
            code="no_consent",
        )  # fmt: skip


def kept_plan(defender_id: int) -> CheckInPlan:
    """The plan that runs, locked, and the viewer's to change."""
    plan = running(kept_file(defender_id).id, lock=True)
    if plan is None:
        raise NotFound
    return plan


def suspend(defender_id: int) -> None:
    """Watch no more until it is resumed: the person is with us, or asked for it."""
    plan = kept_plan(defender_id)
    if plan.suspended_at is not None:
        raise Conflict(_("The plan is suspended already."), code="wrong_state")
    plan.suspended_at = datetime.now(UTC)
    changed(plan, "suspended")


def resume(defender_id: int) -> None:
    """Watch again: the first check-in is due one interval from now."""
    plan = kept_plan(defender_id)
    if plan.suspended_at is None:
        raise Conflict(_("The plan is not suspended."), code="wrong_state")
    needs_sharing(plan.defender_id)
    plan.suspended_at, plan.runs_from = None, datetime.now(UTC)
    changed(plan, "resumed")


def end(defender_id: int, why: PlanEnd) -> None:
    ended(kept_plan(defender_id), why)


def ended(plan: CheckInPlan, why: PlanEnd) -> None:
    plan.ended_at, plan.ended_by_id, plan.ended_why = datetime.now(UTC), viewer().person_id, why.value
    changed(plan, "ended")


def changed(plan: CheckInPlan, what: str) -> None:
    db.session.flush()
    record(f"defenders.check_ins_{what}", "check_in_plans", plan.id)


def heard_of(defender_id: int, way: CalledBy, heard_at: datetime | None = None) -> int:
    """The person was heard of and is safe; `heard_at` (aware, now by default) may be told late. What was missed is over
    with it. Raises NotFound, Conflict where nothing is agreed, Invalid for a time before the plan or to come."""
    found, answer = queries.gated(defender_id, Purpose.FILE)
    plan = running(found.id) if "check_ins" in answer.fields else None
    if plan is None:
        raise Conflict(_("No check-ins are agreed with this person."), code="wrong_state")
    now = datetime.now(UTC)
    moment = heard_at or now
    if moment > now + CLOCK_GRACE:
        sentence = _("The time lies in the future. Nothing was changed.")
        raise Invalid(sentence, fields={"heard_at": sentence})
    if moment < plan.runs_from:
        sentence = _("That was before this plan began, or before it was resumed.")
        raise Invalid(sentence, fields={"heard_at": sentence})
    check_in = CheckIn(
        plan_id=plan.id,
        defender_id=found.id,
        heard_at=min(moment, now),
        way=way.value,
        by_id=viewer().person_id,
    )
    db.session.add(check_in)
    db.session.flush()
    record("defenders.checked_in", "check_ins", check_in.id)
    return check_in.id


def file_behind(alert_id: int) -> int | None:
    """The defender whose missed check-in raised this alert, for those who may read the file; None for all others, and
    where it was something else."""
    found = db.session.execute(select(func.vigil.file_behind(alert_id))).scalar()
    mine = select(Defender.id).where(Defender.id == found, gate.readable(viewer()))
    return None if found is None else db.session.execute(mine).scalar()
