"""Pages and API of patrols: the board, the plan, one patrol, the leader's own page on a phone, positions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import read
from app.api.schemas import describes
from app.asked import argument, page_number
from app.db import db
from app.deviations import wording as deviation_words
from app.errors import Conflict, Invalid, NotFound, Refusal
from app.exchange.actions import export as exported
from app.exchange.actions import formats_of
from app.exchange.protection import PATROLS
from app.patrol_orders.standing import standing
from app.patrol_reports import queries as patrol_reports
from app.patrol_reports.wording import STATES as REPORT_STATES
from app.patrols import queries, wording
from app.patrols.actions import plan_patrol
from app.patrols.acts import ACTS, PlanBody
from app.patrols.forms import PlanForm
from app.patrols.models import Patrol
from app.patrols.movement import Move, possible
from app.permissions import Permission, needs, role_words, viewer
from app.plans.queries import plan_of_patrol
from app.positions.actions import report_positions, words
from app.positions.body import Fixes, Stored
from app.positions.models import Flag
from app.positions.queries import stale_after

pages = Blueprint("patrols", __name__, url_prefix="/patrols")
api = Blueprint("patrols_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)

# A patrol is moved by its leader and by those who plan or send patrols: they all report from the field, and nobody
# else gets further than the action's own question (a test compares the permission map).
MOVES = Permission.FILE_REPORTS


def asked_for() -> queries.Filters:
    return queries.Filters(**{f: argument(f, 60) for f in ("state", "unit", "search", "sort")})


@pages.get("")
@needs(Permission.READ_PATROLS)
def board() -> str:
    found, total = queries.board(asked_for(), page_number())
    return render_template(
        "patrols/board.html", patrols=found, total=total, page=page_number(), page_size=queries.PAGE,
        filters=asked_for(), wording=wording, stale_after=stale_after(),
        may_plan=viewer().holds(Permission.PLAN_PATROLS),
        formats=formats_of(PATROLS),
    )  # fmt: skip


@pages.post("/export")
@needs(Permission.READ_PATROLS)
def export() -> Response:
    """The table as a file of the chosen format, with the filters of its address."""
    filters = asked_for()
    written = exported(PATROLS, filters.where(), asdict(filters))
    db.session.commit()
    return written


@pages.get("/new")
@needs(Permission.PLAN_PATROLS)
def new() -> str:
    return render_template("patrols/new.html", form=offered(PlanForm(formdata=None)))


def offered(form: PlanForm) -> PlanForm:
    form.offer(queries.units_for_plans(), queries.leaders())
    return form


@pages.post("/new")
@needs(Permission.PLAN_PATROLS)
def plan_from_form() -> BaseResponse | tuple[str, int]:
    form = offered(PlanForm())
    if form.validate_on_submit():
        try:
            patrol = planned(form.as_body())
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(refusal.sentence)
            form.tell(refusal.fields)
        else:
            flash(_("Planned: %(call_sign)s.", call_sign=patrol.call_sign))
            return redirect(url_for("patrols.page", patrol_id=patrol.id), 303)
    return render_template("patrols/new.html", form=form), 422


def planned(fields: Any) -> Patrol:
    body = read(PlanBody, fields)
    try:
        plan = body.plan()
    except ValueError as error:
        raise Invalid(str(error)) from None
    patrol = plan_patrol(plan)
    db.session.commit()
    return patrol


@pages.get("/mine")
@needs(Permission.LEAD_PATROLS)
def mine() -> str:
    """The leader's page on a phone: the order, the stops, the next button."""
    found = []
    for p in queries.mine():
        own = queries.PatrolFile(p, queries.stops(p.id), None, None)
        found.append((p, own.stops, moves_of(p), standing(own, figures=False)))
    return render_template(
        "patrols/mine.html", patrols=found, wording=wording, words={a: act.words for a, act in ACTS.items()},
        deviation_words=deviation_words, words_of=role_words,
    )  # fmt: skip


@pages.get("/<int:patrol_id>")
@needs(Permission.READ_PATROLS)
def page(patrol_id: int) -> str:
    about = thing(patrol_id)
    return render_template(
        "patrols/page.html", **about, track=queries.positions(patrol_id, limit=50), standing=standing(about["file"]),
        deviation_words=deviation_words, words_of=role_words, may_explain=may_move(about["patrol"]),
        plan_id=plan_of_patrol(patrol_id),
    )  # fmt: skip


@pages.get("/<int:patrol_id>/panel")
@needs(Permission.SEE_MAP)
def panel(patrol_id: int) -> str:
    return render_template("patrols/panel.html", **thing(patrol_id))


def thing(patrol_id: int) -> dict[str, Any]:
    found = queries.one(patrol_id)
    return {
        "file": found, "patrol": found.patrol, "wording": wording, "acts": acts_for(found.patrol),
        "words": {a: act.words for a, act in ACTS.items()}, "stale_after": stale_after(),
        "has_page": viewer().holds(Permission.READ_PATROLS),
        "report": patrol_reports.numbers_of([patrol_id]).get(patrol_id), "report_words": REPORT_STATES,
    }  # fmt: skip


def may_move(patrol: Any) -> bool:
    who = viewer()
    leads = patrol.leader_id == who.person_id and who.holds(Permission.LEAD_PATROLS)
    return leads or queries.sends(patrol.sector_id)


def acts_for(patrol: Any) -> list[str]:
    """The acts that are possible now for this viewer."""
    if not may_move(patrol):
        return []
    moves = moves_of(patrol)
    return [name for name, act in ACTS.items() if act.move in moves]


def moves_of(patrol: Any) -> list[Move]:
    return [m for m in possible(patrol.state) if not (patrol.support_ended and m is Move.SET_OFF)]


@pages.post("/<int:patrol_id>/<act>")
@needs(MOVES)
def do(patrol_id: int, act: str) -> BaseResponse | str:
    """One act, from a form. HTMX gets the panel anew; a leader goes back to his own page."""
    perform(
        patrol_id, act, {k: v for k, v in request.form.items() if k not in ("csrf_token", "back") and v != ""}
    )
    if request.headers.get("HX-Request"):
        return render_template("patrols/panel.html", **thing(patrol_id))
    flash(_("Recorded: %(what)s.", what=str(ACTS[act].words)))
    if not viewer().holds(Permission.READ_PATROLS):
        return redirect(url_for("patrols.mine"), 303)
    return redirect(url_for("patrols.page", patrol_id=patrol_id), 303)


def perform(patrol_id: int, act: str, fields: Any) -> None:
    if act not in ACTS:
        raise NotFound
    body = read(ACTS[act].body, fields)
    try:
        done = ACTS[act].call(patrol_id, body)
    except ValueError as error:
        raise Invalid(str(error)) from None
    db.session.commit()
    if done is False:
        # Counted, and committed before it is refused: else it could be tried without end.
        raise Conflict(_("No card at this patrol’s stops bears this code. Read it again."), code="wrong_code")


@api.get("/patrols")
@needs(Permission.READ_PATROLS)
@describes("Patrols of your sectors, overdue and under way first; filters: state, unit, search, sort, page.")
def list_patrols() -> Response:
    found, total = queries.board(asked_for(), page_number())
    return jsonify({"total": total, "page": page_number(), "patrols": [queries.as_json(p) for p in found]})


@api.post("/patrols")
@needs(Permission.PLAN_PATROLS)
@describes("Plan a patrol of a unit of your sector, with one to eight stops.", takes=PlanBody)
def plan_by_api() -> tuple[Response, int]:
    patrol = planned(None)
    return jsonify(queries.whole(queries.one(patrol.id))), 201


@api.get("/patrols/mine")
@needs(Permission.LEAD_PATROLS)
@describes("The patrols that you lead, with their stops: those out first, then the planned.")
def list_mine() -> Response:
    return jsonify({"patrols": [queries.whole(queries.one(p.id)) for p in queries.mine()]})


@api.get("/patrols/<int:patrol_id>")
@needs(Permission.READ_PATROLS)
@describes("One patrol with its stops.")
def one_patrol(patrol_id: int) -> Response:
    return jsonify(queries.whole(queries.one(patrol_id)))


@api.get("/patrols/<int:patrol_id>/positions")
@needs(Permission.READ_PATROLS)
@describes("The last positions of a patrol, newest first, 2,000 at most.")
def track(patrol_id: int) -> Response:
    queries.one(patrol_id)
    found = queries.positions(patrol_id)
    fixes = [
        {
            "at": p.at.isoformat(), "lon": p.lon, "lat": p.lat, "accuracy_metres": p.accuracy_metres,
            "speed_kph": p.speed_kph, "course": p.course, "flags": words(Flag(p.flags)),
        }
        for p in found
    ]  # fmt: skip
    return jsonify({"positions": fixes})


@api.post("/patrols/<int:patrol_id>/positions")
@needs(MOVES)
@describes(
    "Report up to 500 positions of a patrol; late, doubled and out of order is fine.",
    takes=Fixes,
    gives=Stored,
)
def add_positions(patrol_id: int) -> tuple[Response, int]:
    stored = report_positions(patrol_id, read(Fixes).positions)
    db.session.commit()
    return jsonify(stored.model_dump(mode="json")), 201 if stored.stored else 200


@api.post("/patrols/<int:patrol_id>/<act>")
@needs(MOVES)
@describes("Move a patrol: " + ", ".join(ACTS) + ". The body is that act's fields; the answer is the patrol.")
def do_by_api(patrol_id: int, act: str) -> Response:
    perform(patrol_id, act, None if request.get_data(cache=True) else {})
    return jsonify(queries.whole(queries.one(patrol_id)))
