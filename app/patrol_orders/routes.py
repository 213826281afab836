"""Pages and API of patrol orders: written, approved by another, read by the leader, printed; codes for the stops."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import Nothing, read
from app.api.schemas import describes
from app.db import db
from app.documents.actions import order as order_document
from app.documents.kinds import kind_of
from app.documents.models import DocumentKind
from app.documents.orders import Order
from app.due_diligence import queries as due_diligence
from app.errors import NotFound, Refusal
from app.patrol_orders import actions, codes, queries, wording
from app.patrol_orders.body import OrderBody
from app.patrol_orders.figures import legs_of
from app.patrol_orders.forms import OrderForm
from app.patrol_orders.gate import WRITTEN_FOR_US
from app.patrols import queries as patrols
from app.patrols import wording as patrol_words
from app.patrols.movement import ENDED
from app.patrols.visits import VISIT, refuse_unless_known
from app.permissions import Permission, needs, role_words, viewer

pages = Blueprint("patrol_orders", __name__, url_prefix="/patrols")
api = Blueprint("patrol_orders_api", __name__, url_prefix="/api/v1/patrols")
BLUEPRINTS = (pages, api)


@pages.get("/<int:patrol_id>/order")
@needs(Permission.READ_PATROLS)
def page(patrol_id: int) -> str:
    return rendered(patrol_id)


@pages.get("/mine/<int:patrol_id>/order")
@needs(Permission.LEAD_PATROLS)
def mine(patrol_id: int) -> str:
    """The order as its leader reads it, on a phone; only once it is issued."""
    if all(p.id != patrol_id for p in patrols.mine()) or queries.issued(patrol_id) is None:
        raise NotFound
    return rendered(patrol_id, leads=True)


def rendered(patrol_id: int, leads: bool = False) -> str:
    file, versions, who = patrols.one(patrol_id), queries.versions(patrol_id), viewer()
    # Whoever carries an order out sees what is in force, and no draft.
    found = queries.issued(patrol_id) if leads else versions[0] if versions else None
    sector = file.patrol.sector_id
    # A patrol whose purpose is not told is a visit of which the viewer may not know where it goes.
    known = file.patrol.purpose is not None
    return render_template(
        "patrol_orders/page.html", file=file, patrol=file.patrol, version=found, versions=versions, leads=leads,
        legs=legs_of(found, file) if found and found.row.known else (), wording=wording, patrol_words=patrol_words,
        words_of=role_words, sealed=file.patrol.purpose in (None, VISIT), known=known,
        may_write=known and patrols.sends(sector) and file.patrol.state not in ENDED and not leads,
        may_approve=found is not None and not found.issued and who.may(Permission.PLAN_PATROLS, sector)
        and found.row.written_by_id != who.person_id and file.patrol.state not in ENDED,
        may_print=known and kind_of(DocumentKind.PATROL_ORDER).orderable_in(sector) and any(v.issued for v in versions),
        coded=queries.coded_stops(patrol_id), jointly=None if found or leads else queries.planned_jointly(patrol_id),
    )  # fmt: skip


@pages.get("/<int:patrol_id>/order/new")
@needs(Permission.SEND_PATROLS)
def new(patrol_id: int) -> str:
    """The form, filled from the version before; the first one with what a plan says of State forces."""
    file = patrols.one(patrol_id)
    refuse_unless_known(actions.orderable(patrol_id, Permission.PLAN_PATROLS, Permission.SEND_PATROLS))
    form, versions = prepared(OrderForm(formdata=None), file), queries.versions(patrol_id)
    if versions:
        form.fill(versions[0].content)
    else:
        form.begin_jointly(queries.planned_jointly(patrol_id))
    return shown(form, file)


def prepared(form: OrderForm, file: patrols.PatrolFile) -> OrderForm:
    return form.prepare(due_diligence.choices(file.patrol.planned_end), len(file.stops))


def shown(form: OrderForm, file: patrols.PatrolFile) -> str:
    sealed = file.patrol.purpose == VISIT
    return render_template(
        "patrol_orders/new.html",
        form=form,
        patrol=file.patrol,
        stops=file.stops,
        sealed=sealed,
        jointly=queries.planned_jointly(file.patrol.id),
    )


@pages.post("/<int:patrol_id>/order/new")
@needs(Permission.SEND_PATROLS)
def write_from_form(patrol_id: int) -> BaseResponse | tuple[str, int]:
    file = patrols.one(patrol_id)
    form, status = prepared(OrderForm(), file), 422
    if form.validate_on_submit():
        try:
            actions.write_order(patrol_id, read(OrderBody, form.as_body()))
            db.session.commit()
        except NotFound:
            raise
        except Refusal as refusal:
            db.session.rollback()
            form.tell(refusal.fields, refusal.sentence)
            if refusal.code == WRITTEN_FOR_US:
                form.say_anew()
            status = refusal.status
        else:
            flash(_("The order is written. Another officer approves it now."))
            return redirect(url_for("patrol_orders.page", patrol_id=patrol_id), 303)
    return shown(form, file), status


@pages.post("/<int:patrol_id>/order/<int:version>/approve")
@needs(Permission.PLAN_PATROLS)
def approve_from_form(patrol_id: int, version: int) -> BaseResponse:
    actions.approve(patrol_id, version)
    db.session.commit()
    flash(_("The order is issued. Its leader reads it on the own page."))
    return redirect(url_for("patrol_orders.page", patrol_id=patrol_id), 303)


@pages.post("/<int:patrol_id>/order/codes")
@needs(Permission.SEND_PATROLS)
def give_codes(patrol_id: int) -> str:
    """The codes for the cards, once: the page is kept by nobody, and a code by us as a fingerprint alone."""
    cards = codes.give_codes(patrol_id)
    db.session.commit()
    file = patrols.one(patrol_id)
    return render_template("patrol_orders/cards.html", cards=cards, patrol=file.patrol, stops=file.stops)


@pages.post("/<int:patrol_id>/order/print")
@needs(Permission.ORDER_DOCUMENTS, Permission.PRINT_ORDERS)
def print_order(patrol_id: int) -> BaseResponse:
    """The order in force as page, PDF and Word."""
    document_id = order_document(read(Order, {"kind": "patrol_order", "subject": {"patrol_id": patrol_id}}))
    db.session.commit()
    return redirect(url_for("documents.page", document_id=document_id), 303)


@api.get("/<int:patrol_id>/order")
@needs(Permission.READ_PATROLS)
@describes("The versions of a patrol’s order, newest first; `issued` where another officer has approved it.")
def list_versions(patrol_id: int) -> Response:
    patrols.one(patrol_id)
    return jsonify({"versions": [queries.as_json(v) for v in queries.versions(patrol_id)]})


@api.post("/<int:patrol_id>/order")
@needs(Permission.SEND_PATROLS)
@describes(
    "Write a patrol’s order, or amend it by a new version. Another officer approves it.", takes=OrderBody
)
def write_by_api(patrol_id: int) -> tuple[Response, int]:
    patrols.one(patrol_id)
    number = actions.write_order(patrol_id, read(OrderBody))
    db.session.commit()
    return jsonify(whole(patrol_id, number)), 201


@api.post("/<int:patrol_id>/order/<int:version>/approve")
@needs(Permission.PLAN_PATROLS)
@describes("Approve a version of an order that somebody else has written: it is issued.")
def approve_by_api(patrol_id: int, version: int) -> Response:
    read(Nothing, None if request.get_data(cache=True) else {})
    actions.approve(patrol_id, version)
    db.session.commit()
    return jsonify(whole(patrol_id, version))


def whole(patrol_id: int, version: int) -> Any:
    return queries.as_json(queries.one(patrol_id, version))
