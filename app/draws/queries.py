"""Reads of mixes and of the days drawn from them: by those who read patrols in their sector."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, case, func, select, text

from app.db import db
from app.draws.models import Draw, Mix, MixState
from app.errors import NotFound
from app.mission.models import Sector
from app.mission.queries import sectors_above, sectors_below
from app.permissions import Permission, within
from app.plans.models import PatrolPlan
from app.solves.models import Solve, SolveKind

MOST = 100
FIRST = case(
    {MixState.READY.value: 0, MixState.SOLVING.value: 1, MixState.ACCEPTED.value: 2}, value=Mix.state, else_=3
)


def rows() -> list[Row[Any]]:
    """Mixes that the viewer reads, without what they hold; `failed` where the search ended without one."""
    m = Mix
    ended = (
        select(Solve.state)
        .where(Solve.kind == SolveKind.MIX, Solve.subject_id == m.id)
        .order_by(Solve.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = (
        select(m.id, m.sector_id, Sector.name.label("sector"), m.first_day, m.days, m.state, m.at,
               (func.coalesce(ended, "") == "failed").label("failed"))
        .join(Sector, Sector.id == m.sector_id)
        .where(within(Permission.READ_PATROLS, m.sector_id))
        .order_by(FIRST, m.id.desc())
        .limit(MOST)
    )  # fmt: skip
    return list(db.session.execute(found))


def one(mix_id: int) -> Mix:
    """NotFound also for what the viewer doesn't read."""
    found = db.session.execute(
        select(Mix).where(Mix.id == mix_id, within(Permission.READ_PATROLS, Mix.sector_id))
    ).scalar()
    if found is None:
        raise NotFound
    return found


def sector_name(sector_id: int) -> str:
    return str(db.session.execute(select(Sector.name).where(Sector.id == sector_id)).scalar_one())


def draw(draw_id: int) -> Draw:
    """NotFound also for what the viewer doesn't read."""
    found = db.session.execute(
        select(Draw).where(Draw.id == draw_id, within(Permission.READ_PATROLS, Draw.sector_id))
    ).scalar()
    if found is None:
        raise NotFound
    return found


def days_of(mix_id: int) -> list[Row[Any]]:
    """(the day's Draw, state of the plan that was made of it or None) of an accepted mix, by day."""
    return list(
        db.session.execute(
            select(Draw, PatrolPlan.state.label("plan_state"))
            .outerjoin(PatrolPlan, PatrolPlan.id == Draw.plan_id)
            .where(Draw.mix_id == mix_id, within(Permission.READ_PATROLS, Draw.sector_id))
            .order_by(Draw.day, Draw.id)
        )
    )


def sealed_already(sector_id: int, first: date, days: int) -> list[date]:
    """Days of a run that are sealed for this sector, under any mix."""
    return list(
        db.session.execute(
            select(Draw.day)
            .where(
                Draw.sector_id == sector_id, Draw.released_at.is_(None),
                Draw.day.between(first, first + timedelta(days=days - 1)),
            )
            .order_by(Draw.day)
        ).scalars()
    )  # fmt: skip


def draw_of_plan(plan_id: int) -> Row[Any] | None:
    """(id, mix_id, day) of the draw that a plan was made of."""
    return db.session.execute(
        select(Draw.id, Draw.mix_id, Draw.day).where(
            Draw.plan_id == plan_id, within(Permission.READ_PATROLS, Draw.sector_id)
        )
    ).first()


def of_these_days(sector_id: int, first: date, days: int, but_plan: int) -> list[Row[Any]]:
    """(the Draw, its sector's name) of days of this run that are sealed or drawn, but that of one plan, for this sector,
    one in which it lies or one that lies in it."""
    found = (
        select(Draw, Sector.name.label("sector"))
        .join(Sector, Sector.id == Draw.sector_id)
        .where(
            Draw.sector_id.in_({*sectors_above(sector_id), *sectors_below(sector_id)}),
            Draw.day.between(first, first + timedelta(days=days - 1)), Draw.released_at.is_(None),
            Draw.plan_id.is_distinct_from(but_plan), within(Permission.READ_PATROLS, Draw.sector_id),
        )
        .order_by(Draw.day, Draw.id)
        .limit(10)
    )  # fmt: skip
    return list(db.session.execute(found))


def sealings(draw_id: int) -> list[Row[Any]]:
    """What the log says of the day's sealing (vigil.sealings): first come first. One is all that there should be."""
    return list(db.session.execute(text("SELECT * FROM vigil.sealings(:draw)"), {"draw": draw_id}))
