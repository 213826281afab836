"""Patrol plans: the list, asking for one, its page, two beside each other, issuing its orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.api.schemas import describes
from app.asked import number
from app.db import db
from app.deviations import wording as deviation_words
from app.done import done
from app.draws import queries as draws
from app.draws import wording as draw_words
from app.due_diligence import queries as due_diligence
from app.errors import NotFound
from app.means import queries as means
from app.mission.queries import sectors_for
from app.patrols import wording as patrol_words
from app.permissions import Permission, needs, viewer
from app.plans import actions, issuing, queries, wording
from app.plans.done import done as done_of
from app.plans.forms import AskForm, orders_of, wishes_of
from app.plans.models import PatrolPlan, PlanState
from app.plans.showing import differences, shown
from app.plans.sketch import sketch
from app.solves import queries as solves
from app.solves import wording as solving
from app.solves.models import SolveKind

pages = Blueprint("plans", __name__, url_prefix="/plans")
api = Blueprint("plans_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


@pages.get("")
@needs(Permission.READ_PATROLS)
def board() -> str:
    """What waits for a decision first, and the form that asks for a plan."""
    form = offered(AskForm(formdata=None))
    form.first.data = (datetime.now(UTC) + timedelta(days=1)).date()
    return listed(form)


@pages.post("")
@needs(Permission.PLAN_PATROLS)
def ask() -> BaseResponse | tuple[str, int]:
    form = offered(AskForm())
    plan = 0

    def act() -> None:
        nonlocal plan
        first: Any = form.first.data
        plan = actions.ask(
            int(form.sector.data), first, int(form.days.data), float(form.seconds.data), form.partners()
        )

    if done(form, act):
        return redirect(url_for("plans.page", plan_id=plan), 303)
    return listed(form), 422


def offered(form: AskForm) -> AskForm:
    units = [
        (str(unit.id), f"{unit.call_sign} · {unit.name} ({unit.sector})")
        for unit in means.with_means()
        if viewer().may(Permission.PLAN_PATROLS, unit.sector_id)
    ]
    form.offer(sectors_for(Permission.PLAN_PATROLS), units, due_diligence.choices(datetime.now(UTC)))
    return form


def listed(form: AskForm) -> str:
    return render_template(
        "plans/board.html", plans=queries.rows(), form=form, wording=wording,
        may_plan=viewer().holds(Permission.PLAN_PATROLS),
    )  # fmt: skip


@pages.get("/<int:plan_id>")
@needs(Permission.READ_PATROLS)
def page(plan_id: int) -> str:
    """How far the search is, or the plan: figures, map, tours, what was left out."""
    plan = queries.one(plan_id)
    solve = solves.latest(SolveKind.PLAN, plan_id)
    told = shown(plan) if plan.result else None
    day = number("day")
    if plan.days > 1 and day is None:
        day = 0
    became = queries.patrols_of(plan_id)
    carried_out = done_of(plan, told, day or 0, became) if told and plan.state == PlanState.ISSUED else None
    went = [part for each in carried_out.day for part in each.went] if carried_out else []
    return render_template(
        "plans/page.html", plan=plan, solve=solve, queries=solves, solving=solving, wording=wording, told=told, day=day,
        sketch=sketch(plan, told, day, went) if told else None, sector=queries.sector_name(plan),
        draw=draws.draw_of_plan(plan_id), patrols=became, done=carried_out, deviation_words=deviation_words,
        patrol_words=patrol_words, kin=queries.kin(plan) if told else [],
        may_plan=viewer().may(Permission.PLAN_PATROLS, plan.sector_id), **beside(plan),
    )  # fmt: skip


def beside(plan: PatrolPlan) -> dict[str, Any]:
    """What else is planned or sealed for these days: two plans that are issued send two patrols."""
    run = (plan.sector_id, plan.first_day, plan.days)
    # Its own kin that wait are offered for comparing, and would bury here what is on its way already.
    waiting = {k.id for k in queries.kin(plan) if k.state == PlanState.READY}
    return {
        "same_days": [p for p in queries.of_these_days(*run, but=plan.id) if p.id not in waiting],
        "drawn_days": draws.of_these_days(*run, but_plan=plan.id), "draw_words": draw_words, "moment": datetime.now(UTC),
    }  # fmt: skip


@pages.get("/compare")
@needs(Permission.READ_PATROLS)
def compare() -> str:
    """Two plans: `a` and `b` in the address; `day`: of which day the maps are."""
    both = [queries.one(number(name) or 0) for name in ("a", "b")]
    if any(plan.result is None for plan in both):
        raise NotFound
    told, day = [shown(plan) for plan in both], number("day")
    sides = [
        {"plan": plan, "told": each, "sketch": sketch(plan, each, day)}
        for plan, each in zip(both, told, strict=True)
    ]
    return render_template(
        "plans/compare.html", sides=sides, differences=differences(*both), wording=wording, day=day, days=told[0].days,
    )  # fmt: skip


@pages.post("/<int:plan_id>/again")
@needs(Permission.PLAN_PATROLS)
def again(plan_id: int) -> BaseResponse:
    """A plan from this one, with what was said of its visits and of the order of its tours."""
    made = actions.plan_anew_from(plan_id, wishes_of(request.form), orders_of(request.form))
    db.session.commit()
    return redirect(url_for("plans.page", plan_id=made), 303)


@pages.post("/<int:plan_id>/search-again")
@needs(Permission.PLAN_PATROLS)
def search_again(plan_id: int) -> BaseResponse:
    actions.search_again(plan_id)
    db.session.commit()
    return redirect(url_for("plans.page", plan_id=plan_id), 303)


@pages.post("/<int:plan_id>/issue")
@needs(Permission.PLAN_PATROLS)
def issue(plan_id: int) -> BaseResponse:
    patrols, drafts = issuing.issue(plan_id)
    db.session.commit()
    flash(
        _("%(n)s patrols are planned; %(drafts)s orders are drafted and wait for another officer’s approval.",
          n=patrols, drafts=drafts)
    )  # fmt: skip
    return redirect(url_for("plans.page", plan_id=plan_id), 303)


@pages.post("/<int:plan_id>/withdraw")
@needs(Permission.PLAN_PATROLS)
def withdraw(plan_id: int) -> BaseResponse:
    actions.withdraw(plan_id)
    db.session.commit()
    flash(_("The plan is put aside."))
    return redirect(url_for("plans.board"), 303)


@api.get("/plans")
@needs(Permission.READ_PATROLS)
@describes("Patrol plans, those that wait for a decision first.")
def list_plans() -> Response:
    return jsonify({"plans": [
        {"id": p.id, "sector_id": p.sector_id, "first_day": p.first_day.isoformat(), "days": p.days, "state": p.state,
         "parent_id": p.parent_id} for p in queries.rows()
    ]})  # fmt: skip


@api.get("/plans/<int:plan_id>")
@needs(Permission.READ_PATROLS)
@describes(
    "A patrol plan: its state, figures and tours. Times are minutes by the mission's own clocks from the midnight "
    "`begins`, 1440 to a day: also where clocks change, 1860 is seven in the morning of the second day."
)
def one_plan(plan_id: int) -> Response:
    plan: PatrolPlan = queries.one(plan_id)
    ground: Any = plan.ground
    result: Any = plan.result
    tours = [
        {"unit_id": ground["units"][n]["id"], "joint": "joint" in ground["units"][n],
         "depart": each["depart"], "back": each["back"],
         "stops": [{"name": wording.name(ground["about"][task]), "begin": begin, "leave": leave}
                   for task, _arrive, begin, leave in each["stops"]]}
        for n, each in enumerate(result["rounds"]) if each["stops"]
    ] if result else []  # fmt: skip
    return jsonify(
        id=plan.id, state=plan.state, sector_id=plan.sector_id, first_day=plan.first_day.isoformat(),
        days=plan.days, begins=ground["begins"] if ground else None, tours=tours,
        figures=shown(plan).figures if result else None,
    )  # fmt: skip
