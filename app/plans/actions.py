"""Asking for a plan, asking again with wishes, withdrawing it. Searching is the work of workers/plans.py, orders are
issued by issuing.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import insert, select

from app.db import db
from app.errors import Conflict, Invalid
from app.ledger.actions import record
from app.mission.queries import identity
from app.permissions import viewer
from app.plans import joint, queries
from app.plans.frozen import problem_of
from app.plans.ground import MOST_DAYS, check_may_plan
from app.plans.joint import Partner
from app.plans.models import PatrolPlan, PlanState
from app.plans.results import plan_of
from app.plans.wishes import Wishes, changed
from app.solves import actions as solves
from app.solves.models import SolveKind

# An officer waits for it, and most of the plan stands already.
AGAIN_SECONDS = 0.4
FARTHEST = timedelta(days=60)


def ask(
    sector_id: int, first: date, days: int, seconds: float, partners: Mapping[int, Partner] | None = None
) -> int:
    """Have a plan searched for; its id. partners: unit's id → State forces that go with it. Raises NotAllowed or
    Invalid."""
    check_may_plan(sector_id)
    check_first(first)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(_("Plan one to seven days."), fields={"days": _("One to seven.")})
    joint.check(sector_id, first + timedelta(days=days - 1), partners or {})
    wishes = Wishes({}, frozenset(), frozenset(), joint=partners or {})
    return made(sector_id, first, days, seconds, None, wishes)


def check_first(first: date) -> None:
    """Raises Invalid for a first day that is past, or too far ahead."""
    today = datetime.now(ZoneInfo(identity().time_zone)).date()
    if not today <= first <= today + FARTHEST:
        words = _("Plan from today on, and no farther than 60 days ahead.")
        raise Invalid(words, fields={"first": words})


def search_again(plan_id: int) -> None:
    """Have a plan searched for anew whose search ended without one. Raises NotFound, NotAllowed, Conflict, or Invalid
    where its first day is past."""
    plan = to_change(plan_id, PlanState.SOLVING)
    check_first(plan.first_day)
    solves.ask_for(SolveKind.PLAN, plan_id, plan.sector_id)


def plan_anew_from(plan_id: int, said: Mapping[int, str], arranged: Mapping[int, str]) -> int:
    """A new plan from this one, with what was said of its visits and of the order of its tours; the old one stays beside
    it. Raises NotFound, NotAllowed, Invalid, or Conflict where it is not ready."""
    plan = to_change(plan_id, PlanState.READY)
    ground: Any = plan.ground
    result: Any = plan.result
    orders = [list(order) for order in plan_of(result).orders()]
    wishes = changed(Wishes.read(plan.wishes), problem_of(ground), orders, said, arranged)
    return made(plan.sector_id, plan.first_day, plan.days, AGAIN_SECONDS, plan_id, wishes)


def plan_of_draw(
    sector_id: int, day: date, seconds: float, ground: dict[str, Any], result: dict[str, Any]
) -> int:
    """A day's plan that was drawn and checked already (app/draws); its id. Nobody searches for it. Raises NotAllowed."""
    check_may_plan(sector_id)
    plan_id = begun(sector_id, day, 1, seconds, None, Wishes({}, frozenset(), frozenset()))
    keep_result(plan_id, ground, result)
    return plan_id


def made(
    sector_id: int, first: date, days: int, seconds: float, parent_id: int | None, wishes: Wishes
) -> int:
    plan_id = begun(sector_id, first, days, seconds, parent_id, wishes)
    solves.ask_for(SolveKind.PLAN, plan_id, sector_id)
    return plan_id


def begun(
    sector_id: int, first: date, days: int, seconds: float, parent_id: int | None, wishes: Wishes
) -> int:
    plan_id = db.session.execute(
        insert(PatrolPlan).returning(PatrolPlan.id),
        {
            "sector_id": sector_id, "first_day": first, "days": days, "seconds": seconds, "parent_id": parent_id,
            "wishes": wishes.stored(), "by_id": viewer().person_id,
        },
    ).scalar_one()  # fmt: skip
    details = {
        "sector": sector_id, "days": days, "parent": parent_id, "kept": len(wishes.kept),
        "not_with": len(wishes.not_with), "out": len(wishes.out), "orders": len(wishes.orders),
        "joint": len(wishes.joint),
    }  # fmt: skip
    record("plans.asked", "plans", plan_id, details)
    return int(plan_id)


def keep_result(plan_id: int, ground: dict[str, Any], result: dict[str, Any]) -> None:
    """Store what was found and checked. Raises NotFound, NotAllowed, or Conflict where it was withdrawn meanwhile."""
    plan = to_change(plan_id, PlanState.SOLVING)
    plan.ground, plan.result, plan.state = ground, result, PlanState.READY.value
    db.session.flush()
    stops = sum(len(each["stops"]) for each in result["rounds"])
    record("plans.found", "plans", plan_id, {"stops": stops, "left_out": len(result["left_out"])})


def withdraw(plan_id: int) -> None:
    """Put a plan aside. Raises NotFound, NotAllowed, or Conflict where it was issued."""
    plan = to_change(plan_id, PlanState.SOLVING, PlanState.READY)
    plan.state = PlanState.WITHDRAWN.value
    db.session.flush()
    record("plans.withdrawn", "plans", plan_id)


def to_change(plan_id: int, *states: PlanState) -> PatrolPlan:
    """The plan, locked, for those who plan its sector."""
    plan = queries.one(plan_id)
    check_may_plan(plan.sector_id)
    # What was issued or put aside can't be locked any more: the policy hides it from changes.
    locked = db.session.execute(
        select(PatrolPlan)
        .where(PatrolPlan.id == plan_id, PatrolPlan.state.in_([state.value for state in states]))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar()
    if locked is None:
        raise Conflict(_("The plan’s state has changed. Look at it again."), code="wrong_state")
    return locked
