"""Pages and API of evacuations: planned from an alert, a threat or by hand, planned again, issued, printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from pydantic import ValidationError
from sqlalchemy import Row
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import read
from app.api.schemas import describes
from app.asked import number, page_number
from app.db import db
from app.documents.actions import order as order_document
from app.documents.orders import Order
from app.done import done
from app.errors import Invalid
from app.evacuations import actions, comparing, corrected, promises, queries, wording
from app.evacuations.area import places_of, units_near
from app.evacuations.body import AreaBody, PlanBody
from app.evacuations.forms import AreaForm, plan_body
from app.evacuations.models import Evacuation
from app.evacuations.sketch import sketch
from app.permissions import Permission, knows_restricted, needs, role_words, viewer

pages = Blueprint("evacuations", __name__, url_prefix="/evacuations")
api = Blueprint("evacuations_api", __name__, url_prefix="/api/v1/evacuations")
BLUEPRINTS = (pages, api)


@pages.get("")
@needs(Permission.READ_EVACUATIONS)
def board() -> str:
    found, total = queries.board(page_number())
    return render_template(
        "evacuations/board.html", evacuations=found, total=total, page=page_number(), page_size=queries.PAGE,
        wording=wording, may_plan=viewer().holds(Permission.PLAN_EVACUATIONS),
    )  # fmt: skip


@pages.get("/new")
@needs(Permission.PLAN_EVACUATIONS)
def new() -> str:
    """The area: ?alert=<id> or ?threat=<id>, or a place that is written."""
    form = AreaForm(formdata=None)
    form.alert_id.data, form.threat_id.data = number("alert") or "", number("threat") or ""
    return asked(form)


def asked(form: AreaForm) -> str:
    return render_template("evacuations/new.html", form=form, cleared=knows_restricted())


@pages.post("/new")
@needs(Permission.PLAN_EVACUATIONS)
def plan_from_form() -> BaseResponse | tuple[str, int]:
    form, made = AreaForm(), list[int]()
    if done(form, lambda: made.append(actions.plan_evacuation(read(AreaBody, area_of(form))))):
        return redirect(url_for("evacuations.page", evacuation_id=made[0]), 303)
    return asked(form), 422


def area_of(form: AreaForm) -> dict[str, Any]:
    try:
        return form.as_body()
    except ValidationError:  # its text repeats what was sent
        words = _("These are not a latitude and a longitude. Latitude comes first.")
    except ValueError as error:
        words = str(error)
    raise Invalid(words, fields={"place": words})


@pages.get("/<int:evacuation_id>")
@needs(Permission.READ_EVACUATIONS)
def page(evacuation_id: int) -> Response:
    return shown(evacuation_id)


def shown(
    evacuation_id: int, typed: Mapping[str, str] | None = None, wrong: tuple[str, ...] = ()
) -> Response:
    """The newest plan; `typed` and `wrong`: what was sent and why it was refused."""
    found, who = queries.one(evacuation_id), viewer()
    plans = queries.versions(evacuation_id)
    plan, row = plans[0], db.session.get_one(Evacuation, evacuation_id)
    may_plan = who.may(Permission.PLAN_EVACUATIONS, found.sector_id) and found.ended_at is None
    at_places, why_not = known_places(row) if may_plan else ([], "")
    escorts = {e["unit_id"]: e for e in plan.asked["escorts"]}
    going = [unit_id for unit_id, escort in escorts.items() if escort["vehicles"]]
    response = make_response(
        render_template(
            "evacuations/page.html", evacuation=found, plan=plan, plans=plans, content=plan.content, asked=plan.asked,
            sketch=sketch(plan.content), wording=wording, words_of=role_words,
            changes=comparing.changed(plans[1].content, plan.content) if len(plans) > 1 else [],
            groups={g["place_id"]: g for g in plan.asked["groups"]},
            escorts=escorts, at_places=at_places, why_not=why_not,
            units=units_near(row, going) if may_plan else [], may_plan=may_plan,
            may_issue=who.may(Permission.DECIDE_ALERTS, found.sector_id) and plan.issued_at is None
            and not found.restricted and found.ended_at is None,
            may_end=who.may(Permission.DECIDE_ALERTS, found.sector_id) and found.issued is not None
            and found.ended_at is None,
            promises=promises.told(row) if plan.issued_at is None and found.ended_at is None else [],
            may_print=who.may(Permission.ORDER_DOCUMENTS, found.sector_id) and found.issued is not None,
            corrected=corrected.told(found, plan),
            typed=typed or {}, wrong=wrong,
        )
    )  # fmt: skip
    return response


def known_places(evacuation: Evacuation) -> tuple[list[Row[Any]], str]:
    """The places of its area, or none and why: its threat may not be read any more, or other places lie in it by now. The
    plan stands, and is not made again."""
    try:
        return places_of(evacuation), ""
    except Invalid as refusal:
        return [], refusal.sentence


@pages.post("/<int:evacuation_id>/plan")
@needs(Permission.PLAN_EVACUATIONS)
def plan_again_from_form(evacuation_id: int) -> BaseResponse | tuple[Response, int]:
    """With the numbers of the form; without any (`as=before`), with those of the plan before."""
    actions.plannable(evacuation_id)
    try:
        wanted = None
        if request.form.get("as") != "before":
            wanted = read(PlanBody, plan_body(request.form))
        actions.plan_again(evacuation_id, wanted)
        db.session.commit()
    except Invalid as refusal:
        db.session.rollback()
        sentences = tuple(dict.fromkeys(refusal.fields.values())) or (refusal.sentence,)
        return shown(evacuation_id, request.form, sentences), 422
    flash(_("Planned again, from what is known now."))
    return redirect(url_for("evacuations.page", evacuation_id=evacuation_id), 303)


@pages.post("/<int:evacuation_id>/<int:version>/issue")
@needs(Permission.DECIDE_ALERTS)
def issue_from_form(evacuation_id: int, version: int) -> BaseResponse:
    on_chain = actions.issue(evacuation_id, version)
    db.session.commit()
    flash(
        _("The evacuation order is issued, and stands on the alert’s chain as a measure.")
        if on_chain else _("The evacuation order is issued.")
    )  # fmt: skip
    return redirect(url_for("evacuations.page", evacuation_id=evacuation_id), 303)


@pages.post("/<int:evacuation_id>/end")
@needs(Permission.DECIDE_ALERTS)
def end_from_form(evacuation_id: int) -> BaseResponse:
    actions.end(evacuation_id)
    db.session.commit()
    flash(_("The evacuation is ended. Places that nobody came for are free again."))
    return redirect(url_for("evacuations.page", evacuation_id=evacuation_id), 303)


@pages.post("/<int:evacuation_id>/print")
@needs(Permission.ORDER_DOCUMENTS)
def print_order(evacuation_id: int) -> BaseResponse:
    """The order in force as page, PDF and Word."""
    wanted = {"kind": "evacuation_order", "subject": {"evacuation_id": evacuation_id}}
    document_id = order_document(read(Order, wanted))
    db.session.commit()
    return redirect(url_for("documents.page", document_id=document_id), 303)


@api.get("")
@needs(Permission.READ_EVACUATIONS)
@describes("Evacuations of your sectors, the newest first; page.")
def list_evacuations() -> Response:
    found, total = queries.board(page_number())
    return jsonify(
        {"total": total, "page": page_number(), "evacuations": [queries.as_json(e) for e in found]}
    )


@api.post("")
@needs(Permission.PLAN_EVACUATIONS)
@describes(
    "Plan an evacuation from an alert, a threat or around a place; answered with its first plan.",
    takes=AreaBody,
)
def plan_by_api() -> tuple[Response, int]:
    evacuation_id = actions.plan_evacuation(read(AreaBody))
    db.session.commit()
    return jsonify(whole(evacuation_id)), 201


@api.get("/<int:evacuation_id>")
@needs(Permission.READ_EVACUATIONS)
@describes(
    "An evacuation with its newest plan: who goes where, when, with which escort, and who has no place; corrected: "
    "which of its havens the order in force, or else this plan, has by another name or in another place."
)
def one_evacuation(evacuation_id: int) -> Response:
    return jsonify(whole(evacuation_id))


@api.post("/<int:evacuation_id>/plan")
@needs(Permission.PLAN_EVACUATIONS)
@describes(
    "Plan it again with these numbers, from what is known now of roads, threats and havens.", takes=PlanBody
)
def plan_again_by_api(evacuation_id: int) -> Response:
    actions.plannable(evacuation_id)
    actions.plan_again(evacuation_id, read(PlanBody))
    db.session.commit()
    return jsonify(whole(evacuation_id))


def whole(evacuation_id: int) -> Any:
    found, plan = queries.one(evacuation_id), queries.versions(evacuation_id, limit=1)[0]
    return {**queries.as_json(found, plan), "corrected": corrected.told(found, plan).sentences}
