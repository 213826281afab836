"""Reads of patrol plans: by those who read patrols in their sector."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Integer, Row, case, cast, func, select

from app.db import db
from app.errors import NotFound
from app.mission.models import Sector
from app.mission.queries import sectors_above, sectors_below
from app.patrols.models import Patrol
from app.patrols.queries import support_ended
from app.permissions import Permission, within
from app.plans.models import PatrolPlan, PlanPatrol, PlanState
from app.solves.models import Solve, SolveKind

MOST = 100
# What waits for a decision first.
FIRST = case({PlanState.READY.value: 0, PlanState.SOLVING.value: 1}, value=PatrolPlan.state, else_=2)


def rows() -> list[Row[Any]]:
    """Plans that the viewer reads, without what they hold; `failed` where the search for it ended without a plan."""
    p = PatrolPlan
    ended = (
        select(Solve.state)
        .where(Solve.kind == SolveKind.PLAN, Solve.subject_id == p.id)
        .order_by(Solve.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = (
        select(p.id, p.sector_id, Sector.name.label("sector"), p.first_day, p.days, p.state, p.parent_id, p.at,
               (func.coalesce(ended, "") == "failed").label("failed"))
        .join(Sector, Sector.id == p.sector_id)
        .where(within(Permission.READ_PATROLS, p.sector_id))
        .order_by(FIRST, p.id.desc())
        .limit(MOST)
    )  # fmt: skip
    return list(db.session.execute(found))


def one(plan_id: int) -> PatrolPlan:
    """NotFound also for what the viewer doesn't read."""
    found = db.session.execute(
        select(PatrolPlan).where(
            PatrolPlan.id == plan_id, within(Permission.READ_PATROLS, PatrolPlan.sector_id)
        )
    ).scalar()
    if found is None:
        raise NotFound
    return found


def sector_name(plan: PatrolPlan) -> str:
    return str(db.session.execute(select(Sector.name).where(Sector.id == plan.sector_id)).scalar_one())


def patrols_of(plan_id: int) -> dict[int, Row[Any]]:
    """Tour → (id, call sign, support_ended) of the patrol that it became, as far as the viewer reads it."""
    found = db.session.execute(
        select(PlanPatrol.tour, Patrol.id, Patrol.call_sign, support_ended().label("support_ended"))
        .join(Patrol, Patrol.id == PlanPatrol.patrol_id)
        .where(PlanPatrol.plan_id == plan_id, within(Permission.READ_PATROLS, Patrol.sector_id))
    )
    return {row.tour: row for row in found}


def plan_of_patrol(patrol_id: int) -> int | None:
    """The plan that a patrol comes from, where the viewer reads it."""
    return db.session.execute(
        select(PlanPatrol.plan_id)
        .join(PatrolPlan, PatrolPlan.id == PlanPatrol.plan_id)
        .where(PlanPatrol.patrol_id == patrol_id, within(Permission.READ_PATROLS, PatrolPlan.sector_id))
    ).scalar()


def of_these_days(sector_id: int, first: date, days: int, but: int | None = None) -> list[Row[Any]]:
    """(id, state, first_day, days, sector) of ready and issued plans, but one, that hold a day of this run for this
    sector, one in which it lies or one that lies in it: they may send the same units, or to the same sites."""
    p, last = PatrolPlan, first + timedelta(days=days - 1)
    found = (
        select(p.id, p.state, p.first_day, p.days, Sector.name.label("sector"))
        .join(Sector, Sector.id == p.sector_id)
        .where(
            p.sector_id.in_({*sectors_above(sector_id), *sectors_below(sector_id)}), p.first_day <= last,
            p.first_day + cast(p.days, Integer) > first, p.state.in_((PlanState.READY.value, PlanState.ISSUED.value)),
            within(Permission.READ_PATROLS, p.sector_id),
        )
        .order_by(p.state != PlanState.ISSUED.value, p.id.desc())
        .limit(10)
    )  # fmt: skip
    return list(db.session.execute(found if but is None else found.where(p.id != but)))


def kin(plan: PatrolPlan) -> list[Row[Any]]:
    """Other ready or issued plans of the same sector and days, newest first: what this one can be held against."""
    p = PatrolPlan
    found = (
        select(p.id, p.state, p.at)
        .where(
            p.sector_id == plan.sector_id, p.first_day == plan.first_day, p.days == plan.days, p.id != plan.id,
            p.state.in_((PlanState.READY.value, PlanState.ISSUED.value)),
            within(Permission.READ_PATROLS, p.sector_id),
        )
        .order_by(p.id.desc())
        .limit(10)
    )  # fmt: skip
    return list(db.session.execute(found))
