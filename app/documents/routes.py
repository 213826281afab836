"""Pages and API of documents: order, watch, read, take away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import read
from app.api.schemas import describes
from app.asked import argument, page_number
from app.db import db
from app.documents import actions, queries, shelf_words
from app.documents.forms import OrderForm
from app.documents.models import DocumentState
from app.documents.orders import Order
from app.errors import NotFound, Refusal
from app.permissions import Permission, needs, viewer

pages = Blueprint("documents", __name__, url_prefix="/documents")
api = Blueprint("documents_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)
# One document: whoever may have it by one of these, its kind decides. The shelf is for those who order all kinds.
OF_ONE = (Permission.ORDER_DOCUMENTS, Permission.PRINT_ORDERS)


@pages.get("")
@needs(Permission.ORDER_DOCUMENTS)
def shelf() -> str:
    """Documents ordered, being written, ready and failed, newest first."""
    filters = queries.Filters(state=argument("state", 40), kind=argument("kind", 40))
    found, total = queries.shelf(filters, page_number())
    return render_template(
        "documents/shelf.html", documents=found, total=total, page=page_number(), page_size=queries.PAGE,
        words=shelf_words,
    )  # fmt: skip


@pages.get("/new")
@needs(Permission.ORDER_DOCUMENTS)
def new() -> str:
    """The empty form, or filled from ?alert=<id>, ?incident=<id> or ?patrol_report=<id>."""
    form = OrderForm(formdata=None)
    for about in ("alert", "incident", "patrol_report"):
        number = request.args.get(about, type=int)
        if number:
            form.about.data, form.number.data = about, str(number)
    return render_template("documents/order.html", form=form)


@pages.post("/new")
@needs(Permission.ORDER_DOCUMENTS)
def order_from_form() -> BaseResponse | tuple[str, int]:
    form = OrderForm()
    if form.validate_on_submit() and form.complete():
        try:
            document_id = actions.order(read(Order, form.as_body()))
            db.session.commit()
        except NotFound:
            db.session.rollback()
            form.tell({"number": _("There is none of this number, or none that you may see.")}, "")
        except Refusal as refusal:
            db.session.rollback()
            form.tell(refusal.fields, refusal.sentence)
        else:
            return redirect(url_for("documents.page", document_id=document_id), 303)
    return render_template("documents/order.html", form=form), 422


@pages.post("/map-view")
@needs(Permission.ORDER_DOCUMENTS)
def print_view() -> BaseResponse:
    """The map's button: its box, layers and period as a document. Where they go is not told by an address."""
    box = [part for part in request.form.get("box", "").split(",") if part]
    subject: dict[str, Any] = {"box": box, "layers": request.form.getlist("layers")}
    subject |= {name: request.form[name] for name in ("since", "until") if request.form.get(name)}
    document_id = actions.order(read(Order, {"kind": "map_view", "subject": subject}))
    db.session.commit()
    return redirect(url_for("documents.page", document_id=document_id), 303)


@pages.get("/<int:document_id>")
@needs(*OF_ONE)
def page(document_id: int) -> str:
    """The document itself once it is ready, and before that how far it is. Showing it counts as handing it out."""
    article = None
    if queries.one(document_id).state == DocumentState.READY:
        article = article_of(actions.hand_out(document_id, "page").content)
        db.session.commit()
    document = queries.one(document_id)
    return render_template(
        "documents/page.html", document=document, article=article, files=queries.files(document_id),
        words=shelf_words, has_shelf=viewer().holds(Permission.ORDER_DOCUMENTS),
    )  # fmt: skip


def article_of(page_file: bytes) -> Markup:
    """The document's own part of its stored page. Safe as markup: our templates wrote it, everything in it escaped."""
    whole = page_file.decode("utf-8")
    begin, ending = whole.index('<article class="document"'), "</article>"
    return Markup(whole[begin : whole.rindex(ending) + len(ending)])  # noqa: S704


@pages.get("/<int:document_id>/progress")
@needs(*OF_ONE)
def progress(document_id: int) -> str:
    """How far a document is: asked each second by whoever waits for it."""
    return render_template(
        "documents/progress.html", document=queries.one(document_id), words=shelf_words,
        large=request.args.get("large") == "1",
    )  # fmt: skip


@pages.post("/<int:document_id>/again")
@needs(*OF_ONE)
def order_again(document_id: int) -> BaseResponse:
    actions.order_again(document_id)
    db.session.commit()
    flash(_("The document is ordered again."))
    return redirect(url_for("documents.page", document_id=document_id), 303)


@pages.get("/<int:document_id>/files/<file_format>")
@needs(*OF_ONE)
def download(document_id: int, file_format: str) -> Response:
    return handed_out(document_id, file_format)


def handed_out(document_id: int, file_format: str) -> Response:
    """The file, after the download is on disk. Its name is the serial: file names tell nothing of people."""
    file = actions.hand_out(document_id, file_format)
    db.session.commit()
    response = Response(file.content, content_type=file.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


@api.post("/documents")
@needs(*OF_ONE)
@describes(
    "Order an incident report on an alert or incident, an accountability report on a period, a view of the map, or "
    "a patrol’s or an evacuation’s order. "
    "The answer comes at once; a worker writes the document.",
    takes=Order,
)
def order() -> tuple[Response, int, dict[str, str]]:
    document_id = actions.order(read(Order))
    db.session.commit()
    status = url_for("documents_api.status", document_id=document_id)
    return jsonify(whole(document_id)), 202, {"Location": status}


@api.get("/documents/<int:document_id>")
@needs(*OF_ONE)
@describes("A document: its state and progress, and once it is ready its files with their SHA-256.")
def status(document_id: int) -> Response:
    return jsonify(whole(document_id))


def whole(document_id: int) -> dict[str, Any]:
    d = queries.one(document_id)
    ready = d.state == DocumentState.READY
    return {
        "id": d.id,
        "serial": shelf_words.serial(d.id, d.ordered_at),
        "kind": d.kind,
        "subject": {k: v for k, v in d.subject.items() if k != "sectors"},
        "audience": d.audience,
        "state": d.state,
        "progress": d.progress,
        "step": shelf_words.step_words(d.state, d.step),
        "failure": shelf_words.failure_words(d.failure) if d.state == DocumentState.FAILED else None,
        "ordered_at": d.ordered_at.isoformat(),
        "ready_at": d.ready_at.isoformat() if d.ready_at else None,
        "brief_sha256": d.brief_hash,
        "status_url": url_for("documents_api.status", document_id=d.id),
        "files": [
            {
                "format": f.format, "size": f.size, "sha256": f.sha256,
                "url": url_for("documents_api.file", document_id=d.id, file_format=f.format),
            }
            for f in (queries.files(document_id) if ready else [])
        ],
    }  # fmt: skip


@api.get("/documents/<int:document_id>/files/<file_format>")
@needs(*OF_ONE)
@describes("A file of a document that is ready: page, pdf or docx. The download is recorded.")
def file(document_id: int, file_format: str) -> Response:
    return handed_out(document_id, file_format)


@api.post("/documents/<int:document_id>/again")
@needs(*OF_ONE)
@describes("Order a document again that failed.")
def order_again_by_api(document_id: int) -> tuple[Response, int]:
    actions.order_again(document_id)
    db.session.commit()
    return jsonify(whole(document_id)), 202
