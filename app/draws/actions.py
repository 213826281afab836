"""Asking for a mix, accepting it with a sealed seed for each day, drawing a day, opening its seed once it is over.

The seeds are made, kept and used inside the database (migrations/sql/0034_draws.sql): nothing here ever holds one before
its day is over. Searching is the work of workers/draws.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from psycopg.errors import ObjectNotInPrerequisiteState
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.db import db
from app.draws import queries
from app.draws.day import plan_of
from app.draws.ground import check_sites
from app.draws.models import Draw, Mix, MixState
from app.errors import Conflict, Invalid
from app.ledger.actions import record, record_all
from app.mission.queries import identity, procedures
from app.permissions import viewer
from app.plans import actions as plans
from app.plans.ground import check_may_plan
from app.solves import actions as solves
from app.solves.models import SolveKind

MOST_DAYS = 14
FARTHEST = timedelta(days=60)


def ask(sector_id: int, first: date, days: int, seconds: float, unit_ids: Sequence[int] = ()) -> int:
    """Have a mix searched for, with these units of the sector or all of it; its id. Raises NotAllowed or Invalid."""
    check_may_plan(sector_id)
    check_first(first)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(_("A mix is for one to fourteen days."), fields={"days": _("One to fourteen.")})
    check_sites(sector_id)
    mix_id = db.session.execute(
        insert(Mix).returning(Mix.id),
        {
            "sector_id": sector_id, "first_day": first, "days": days, "seconds": seconds,
            "unit_ids": list(unit_ids), "by_id": viewer().person_id,
        },
    ).scalar_one()  # fmt: skip
    record("mixes.asked", "mixes", mix_id)
    solves.ask_for(SolveKind.MIX, mix_id, sector_id)
    return int(mix_id)


def check_first(first: date) -> None:
    """Raises Invalid for a first day that can't be sealed any more, or is too far ahead."""
    soonest = first_open_day()
    if not soonest <= first <= soonest + FARTHEST:
        words = _(
            "A mix begins on %(day)s at the earliest, since a day is sealed before it can be drawn, "
            "and no more than 60 days later.",
            day=soonest.isoformat(),
        )
        raise Invalid(words, fields={"first": words})


def search_again(mix_id: int) -> None:
    """Have a mix searched for anew whose search ended without one. Raises NotFound, NotAllowed, Conflict, or Invalid
    where its first day can't be sealed any more."""
    mix = to_change(mix_id, MixState.SOLVING)
    check_first(mix.first_day)
    solves.ask_for(SolveKind.MIX, mix_id, mix.sector_id)


def first_open_day() -> date:
    """The first day that can still be sealed: tomorrow, from this evening's draw hour on the day after. The database has
    the last word (vigil.seal_mix)."""
    now = datetime.now(ZoneInfo(identity().time_zone))
    hour = max(12, min(23, round(procedures()["draw_hour"])))
    return now.date() + timedelta(days=1 if now.hour < hour else 2)


def keep_result(mix_id: int, ground: dict[str, Any], terms: dict[str, Any], result: dict[str, Any]) -> None:
    """Store what was found and checked. Raises NotFound, NotAllowed, or Conflict where it was put aside meanwhile."""
    mix = to_change(mix_id, MixState.SOLVING)
    mix.ground, mix.terms, mix.result, mix.state = ground, terms, result, MixState.READY.value
    db.session.flush()
    record("mixes.found", "mixes", mix_id, {"plans": len(terms["plans"])})


def withdraw(mix_id: int) -> None:
    """Put a mix aside before it was accepted. Raises NotFound, NotAllowed, Conflict."""
    mix = to_change(mix_id, MixState.SOLVING, MixState.READY)
    mix.state = MixState.WITHDRAWN.value
    db.session.flush()
    record("mixes.withdrawn", "mixes", mix_id)


def accept(mix_id: int) -> int:
    """Seal a seed for every day of the run, at once; how many days. Raises NotFound, NotAllowed, Conflict."""
    mix = to_change(mix_id, MixState.READY)
    if mix.first_day < first_open_day():
        raise Conflict(too_late(), code="begun")
    if queries.sealed_already(mix.sector_id, mix.first_day, mix.days):
        raise Conflict(_("A day of this run is sealed already for this sector."), code="sealed")
    try:
        sealed = db.session.execute(text("SELECT * FROM vigil.seal_mix(:mix)"), {"mix": mix_id}).all()
    except IntegrityError:
        raise Conflict(_("A day of this run is sealed already for this sector."), code="sealed") from None
    except DBAPIError as error:
        # The hour has struck meanwhile, or was moved a moment ago.
        if not isinstance(error.orig, ObjectNotInPrerequisiteState):
            raise
        raise Conflict(too_late(), code="begun") from None
    told = {
        int(row.id): {
            "mix": mix_id, "day": row.day.isoformat(), "commitment": row.commitment, "digest": row.digest,
        }
        for row in sealed
    }  # fmt: skip
    record_all("draws.sealed", "draws", told)
    record("mixes.accepted", "mixes", mix_id, {"days": len(sealed)})
    db.session.expire(mix)
    return len(sealed)


def too_late() -> str:
    return _(
        "The first day of this run can be drawn already, so it can’t be sealed any more. "
        "Ask for a mix that begins on %(day)s or later.",
        day=first_open_day().isoformat(),
    )


def release(mix_id: int) -> int:
    """Let go of the days whose hour has not come yet, so that they can be planned otherwise; how many. From that hour on
    somebody may know what comes. Raises NotFound, NotAllowed, Conflict where there is none."""
    mix = queries.one(mix_id)
    check_may_plan(mix.sector_id)
    now = datetime.now(UTC)
    gone = db.session.execute(
        update(Draw)
        .where(Draw.mix_id == mix_id, Draw.drawn_at.is_(None), Draw.released_at.is_(None), Draw.due_at > now)
        .values(released_at=now)
        .returning(Draw.id, Draw.day)
        .execution_options(synchronize_session=False)
    ).all()
    if not gone:
        raise Conflict(
            _("Every day of this mix can be drawn already or is let go: from its hour on a day stands."),
            code="none_left",
        )
    record_all("draws.released", "draws", {int(row.id): {"day": row.day.isoformat()} for row in gone})
    return len(gone)


def take_over(mix_id: int) -> None:
    """Have the house draw this mix's days as the viewer from now on. Raises NotFound, NotAllowed, or Conflict where it
    isn't accepted."""
    mix = queries.one(mix_id)
    check_may_plan(mix.sector_id)
    if mix.state != MixState.ACCEPTED:
        raise Conflict(_("The mix’s state has changed. Look at it again."), code="wrong_state")
    db.session.execute(text("SELECT vigil.take_over_mix(:mix)"), {"mix": mix_id})
    record("mixes.taken_over", "mixes", mix_id)
    db.session.expire(mix)


def note_undrawn(draw_id: int, why: str) -> None:
    """For the house, of a day that it could not draw: once for each reason."""
    if db.session.execute(
        text("SELECT vigil.note_undrawn(:draw, :why)"), {"draw": draw_id, "why": why}
    ).scalar():
        record("draws.not_drawn", "draws", draw_id, {"why": why})


def draw(draw_id: int) -> int:
    """Draw a day and make its plan, which waits to be issued; the plan's id. Raises NotFound, NotAllowed, Conflict."""
    day = queries.draw(draw_id)
    check_may_plan(day.sector_id)
    now = datetime.now(UTC)
    # Locked, and read anew: another may draw it at this moment.
    db.session.execute(select(Draw.id).where(Draw.id == draw_id, Draw.plan_id.is_(None)).with_for_update())
    db.session.refresh(day)
    if day.drawn_at or day.released_at or day.over_at <= now:
        raise Conflict(_("This day is drawn, over or let go already."), code="wrong_state")
    if day.due_at > now:
        raise Conflict(_("This day can’t be drawn before its hour."), code="not_due")
    db.session.execute(text("SELECT vigil.draw_day(:draw)"), {"draw": draw_id})
    db.session.refresh(day)
    # Not which: who reads the log and no patrols would know the day before. The digest of the row proves it.
    record("draws.drawn", "draws", draw_id)
    mix = queries.one(day.mix_id)
    plan_id = plans.plan_of_draw(day.sector_id, day.day, mix.seconds, *plan_of(mix, day))
    day.plan_id = plan_id
    db.session.flush()
    record("draws.became_plan", "draws", draw_id, {"plan": plan_id})
    return plan_id


def open_seed(draw_id: int) -> None:
    """Open the seed of a day that is over. Raises NotFound, NotAllowed, Conflict."""
    day = queries.draw(draw_id)
    check_may_plan(day.sector_id)
    if day.opened_at or day.over_at > datetime.now(UTC):
        raise Conflict(opened_once(), code="wrong_state")
    opened(draw_id)
    db.session.expire(day)


def opened(draw_id: int) -> None:
    """As `open_seed`, for the house as well: the database locks the day and asks whether it is over and still sealed. (No
    role that serves may lock a day that has its plan.)"""
    try:
        db.session.execute(text("SELECT vigil.open_seed(:draw)"), {"draw": draw_id})
    except DBAPIError as error:
        # Another opened it a moment ago.
        if not isinstance(error.orig, ObjectNotInPrerequisiteState):
            raise
        raise Conflict(opened_once(), code="wrong_state") from None
    record("draws.opened", "draws", draw_id)


def opened_once() -> str:
    return _("A seed is opened once, when its day is over.")


def to_change(mix_id: int, *states: MixState) -> Mix:
    """The mix, locked, for those who plan its sector."""
    mix = queries.one(mix_id)
    check_may_plan(mix.sector_id)
    locked = db.session.execute(
        select(Mix)
        .where(Mix.id == mix_id, Mix.state.in_([state.value for state in states]))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar()
    if locked is None:
        raise Conflict(_("The mix’s state has changed. Look at it again."), code="wrong_state")
    return locked
