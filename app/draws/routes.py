"""Days drawn by chance: mixes, accepting one, drawing a day, and whether it was drawn fairly."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.api.schemas import describes
from app.db import db
from app.done import done
from app.draws import actions, fairness, queries, wording
from app.draws.forms import MixForm
from app.draws.models import Draw, Mix
from app.draws.showing import chance_of, routes_of, shown
from app.errors import Conflict
from app.means import queries as means
from app.mission.place_form import choices
from app.mission.queries import sectors_for
from app.permissions import Permission, needs, viewer
from app.plans import queries as plans
from app.plans import wording as planning
from app.solves import queries as solves
from app.solves import wording as solving
from app.solves.models import SolveKind

pages = Blueprint("draws", __name__, url_prefix="/draws")
api = Blueprint("draws_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


@pages.get("")
@needs(Permission.READ_PATROLS)
def board() -> str:
    """Mixes, what waits for a decision first, and the form that asks for one."""
    form = offered(MixForm(formdata=None))
    form.first.data = actions.first_open_day()
    return listed(form)


@pages.post("")
@needs(Permission.PLAN_PATROLS)
def ask() -> BaseResponse | tuple[str, int]:
    form = offered(MixForm())
    mix = 0

    def act() -> None:
        nonlocal mix
        first: Any = form.first.data
        units = [int(each) for each in form.units.data or []]
        mix = actions.ask(int(form.sector.data), first, int(form.days.data), float(form.seconds.data), units)

    if done(form, act):
        return redirect(url_for("draws.mix", mix_id=mix), 303)
    return listed(form), 422


def offered(form: MixForm) -> MixForm:
    form.sector.choices = choices(sectors_for(Permission.PLAN_PATROLS))
    form.units.choices = choices(
        (str(unit.id), f"{unit.call_sign} · {unit.name} ({unit.sector})") for unit in means.with_means()
    )
    return form


def listed(form: MixForm) -> str:
    return render_template(
        "draws/board.html", mixes=queries.rows(), form=form, wording=wording,
        may_plan=viewer().holds(Permission.PLAN_PATROLS),
    )  # fmt: skip


@pages.get("/mixes/<int:mix_id>")
@needs(Permission.READ_PATROLS)
def mix(mix_id: int) -> str:
    """How far the search is, or the mix: its days, what it leaves to an attacker, the chance of a visit by site."""
    found = queries.one(mix_id)
    return render_template(
        "draws/mix.html", mix=found, told=shown(found) if found.result else None, days=queries.days_of(mix_id),
        now=datetime.now(UTC), solve=solves.latest(SolveKind.MIX, mix_id), queries=solves, solving=solving,
        wording=wording, sector=queries.sector_name(found.sector_id),
        may_plan=viewer().may(Permission.PLAN_PATROLS, found.sector_id),
        mine=(found.kept_by_id or found.accepted_by_id) == viewer().person_id,
    )  # fmt: skip


@pages.post("/mixes/<int:mix_id>/search-again")
@needs(Permission.PLAN_PATROLS)
def search_again(mix_id: int) -> BaseResponse:
    actions.search_again(mix_id)
    db.session.commit()
    return redirect(url_for("draws.mix", mix_id=mix_id), 303)


@pages.post("/mixes/<int:mix_id>/accept")
@needs(Permission.PLAN_PATROLS)
def accept(mix_id: int) -> BaseResponse:
    sealed = actions.accept(mix_id)
    db.session.commit()
    flash(ngettext("%(num)d day is sealed.", "%(num)d days are sealed.", sealed))
    return redirect(url_for("draws.mix", mix_id=mix_id), 303)


@pages.post("/mixes/<int:mix_id>/withdraw")
@needs(Permission.PLAN_PATROLS)
def withdraw(mix_id: int) -> BaseResponse:
    actions.withdraw(mix_id)
    db.session.commit()
    flash(_("The mix is put aside."))
    return redirect(url_for("draws.board"), 303)


@pages.post("/mixes/<int:mix_id>/release")
@needs(Permission.PLAN_PATROLS)
def release(mix_id: int) -> BaseResponse:
    gone = actions.release(mix_id)
    db.session.commit()
    flash(ngettext("%(num)d day is let go.", "%(num)d days are let go.", gone))
    return redirect(url_for("draws.mix", mix_id=mix_id), 303)


@pages.post("/mixes/<int:mix_id>/take-over")
@needs(Permission.PLAN_PATROLS)
def take_over(mix_id: int) -> BaseResponse:
    actions.take_over(mix_id)
    db.session.commit()
    flash(_("The days of this mix are drawn as you from now on."))
    return redirect(url_for("draws.mix", mix_id=mix_id), 303)


@pages.get("/<int:draw_id>")
@needs(Permission.READ_PATROLS)
def page(draw_id: int) -> str:
    """One day: what was sealed, what was drawn, and once it is over whether it was drawn fairly."""
    day = queries.draw(draw_id)
    found = queries.one(day.mix_id)
    plan = plans.one(day.plan_id) if day.plan_id else None
    judged = day.seed is not None and day.drawn_at is not None
    drawn = int(day.drawn_plan) if day.drawn_plan is not None else None
    return render_template(
        "draws/page.html", day=day, mix=found, wording=wording, plan=plan,
        state=wording.state_of(day, datetime.now(UTC)), over=datetime.now(UTC) >= day.over_at,
        verdict=fairness.verdict(found, day, sealings_of(draw_id), plan) if judged else None,
        routes=routes_of(found, drawn) if drawn is not None else [],
        chance=chance_of(found, drawn) if drawn is not None else None,
        sector=queries.sector_name(day.sector_id), may_plan=viewer().may(Permission.PLAN_PATROLS, day.sector_id),
        reads_log=viewer().holds(Permission.READ_LEDGER),
        same_days=plans.of_these_days(day.sector_id, day.day, 1, but=day.plan_id), planning=planning,
    )  # fmt: skip


@pages.post("/<int:draw_id>/draw")
@needs(Permission.PLAN_PATROLS)
def draw(draw_id: int) -> BaseResponse:
    plan_id = actions.draw(draw_id)
    db.session.commit()
    flash(_("The day is drawn. Its plan waits to be issued."))
    return redirect(url_for("plans.page", plan_id=plan_id), 303)


@pages.post("/<int:draw_id>/open")
@needs(Permission.PLAN_PATROLS)
def open_seed(draw_id: int) -> BaseResponse:
    actions.open_seed(draw_id)
    db.session.commit()
    return redirect(url_for("draws.page", draw_id=draw_id), 303)


@pages.get("/<int:draw_id>/proof.json")
@needs(Permission.READ_PATROLS)
def proof(draw_id: int) -> Response:
    """What anybody needs to check the draw; before the seed is open, 409."""
    day, told = proven(draw_id)
    body = json.dumps(told, indent=1, sort_keys=True) + "\n"
    name = f"draw-{draw_id}-{day.day.isoformat()}.json"
    return Response(
        body, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def proven(draw_id: int) -> tuple[Draw, dict[str, Any]]:
    day = queries.draw(draw_id)
    if day.seed is None:
        raise Conflict(_("The seed of this day is sealed until the day is over."), code="sealed")
    return day, fairness.proof(queries.one(day.mix_id), day, sealings_of(draw_id))


def sealings_of(draw_id: int) -> list[fairness.Sealing]:
    return [fairness.sealing_of(row) for row in queries.sealings(draw_id)]


@api.get("/mixes")
@needs(Permission.READ_PATROLS)
@describes("Mixes of patrol plans, those that wait for a decision first.")
def list_mixes() -> Response:
    return jsonify({"mixes": [
        {"id": m.id, "sector_id": m.sector_id, "first_day": m.first_day.isoformat(), "days": m.days, "state": m.state}
        for m in queries.rows()
    ]})  # fmt: skip


@api.get("/mixes/<int:mix_id>")
@needs(Permission.READ_PATROLS)
@describes("A mix: what it leaves to an attacker, the chance of a visit by site, its days.")
def one_mix(mix_id: int) -> Response:
    found: Mix = queries.one(mix_id)
    told = shown(found) if found.result else None
    figures = {
        "ratio": told.ratio, "floor": told.floor, "entropy_bits": told.entropy, "plans": told.plans,
        "chances": [{"site_id": site.site, "name": site.name, "chance": site.chance} for site in told.sites],
    } if told else None  # fmt: skip
    return jsonify(
        id=found.id, state=found.state, sector_id=found.sector_id, first_day=found.first_day.isoformat(),
        days=found.days, figures=figures, draws=[told_of(row.Draw) for row in queries.days_of(mix_id)],
    )  # fmt: skip


@api.get("/draws/<int:draw_id>")
@needs(Permission.READ_PATROLS)
@describes("A day that is drawn from a mix; with its proof once its seed is open.")
def one_draw(draw_id: int) -> Response:
    day = queries.draw(draw_id)
    return jsonify(told_of(day) | {"proof": proven(draw_id)[1] if day.seed is not None else None})


def told_of(day: Draw) -> dict[str, Any]:
    return {
        "id": day.id, "mix_id": day.mix_id, "day": day.day.isoformat(), "commitment": day.commitment,
        "digest": day.digest, "due_at": day.due_at.isoformat(), "over_at": day.over_at.isoformat(),
        "state": wording.state_of(day, datetime.now(UTC)), "plan_id": day.plan_id,
    }  # fmt: skip
