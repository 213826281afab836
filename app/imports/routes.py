"""Pages and API of files brought in: send, look, name the columns, bring in, see what was refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
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
from app.errors import Invalid, NotFound, Refusal
from app.exchange.csv_file import answer as csv_answer
from app.exchange.csv_file import cell
from app.imports import actions, queries, sketch, wording
from app.imports.body import Another, Start
from app.imports.forms import as_body, chosen, sent_file
from app.imports.kinds import KINDS
from app.imports.models import Import, ImportState
from app.permissions import Permission, needs, viewer
from app.positions.importing import reportable
from app.sessions import takes_file
from app.settings import settings_of

pages = Blueprint("imports", __name__, url_prefix="/imports")
api = Blueprint("imports_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


@pages.get("")
@needs(Permission.BRING_FILES_IN)
def shelf() -> str:
    """One's own files, and the form that sends one."""
    return rendered_shelf({})


def rendered_shelf(wrong: Mapping[str, str]) -> str:
    who = viewer()
    return render_template(
        "imports/shelf.html", files=queries.own(), kinds=KINDS, offered=[k for k in KINDS.values() if k.permits(who)],
        wording=wording, wrong=wrong, most=settings_of(current_app).largest_upload // (1024 * 1024),
    )  # fmt: skip


@pages.post("")
@needs(Permission.BRING_FILES_IN)
@takes_file
def send() -> BaseResponse | tuple[str, int]:
    try:
        file = sent_file()
        made = actions.send(request.form.get("kind", ""), file.filename, file.stream)
        db.session.commit()
    except Invalid as refusal:
        db.session.rollback()
        return rendered_shelf(refusal.fields), 422
    return redirect(url_for("imports.page", import_id=made), 303)


@pages.get("/<int:import_id>")
@needs(Permission.BRING_FILES_IN)
def page(import_id: int) -> str:
    """Where one file is: being looked into, its preview and columns, being brought in, or what became of it."""
    return rendered(queries.one(import_id), {}, "")


def rendered(found: Import, wrong: Mapping[str, str], sentence: str) -> str:
    kind, looked = KINDS[found.kind], found.state == ImportState.LOOKED
    return render_template(
        "imports/page.html", file=found, kind=kind, wording=wording, wrong=wrong, sentence=sentence,
        sketch=sketch.of(found.found.get("marks", {})) if looked else None,
        carriers=reportable() if looked and kind.asks_carrier else [],
        chosen=chosen(request.form, found.found.get("guesses", {})), given=request.form,
    )  # fmt: skip


@pages.get("/<int:import_id>/progress")
@needs(Permission.BRING_FILES_IN)
def progress(import_id: int) -> Response:
    """How far it is: asked each second by whoever waits. Once there is something to see, the page is loaded anew."""
    found = queries.one(import_id)
    if found.state in (ImportState.WAITING, ImportState.RUNNING):
        return Response(render_template("imports/progress.html", file=found, wording=wording))
    return Response("", headers={"HX-Refresh": "true"})


@pages.post("/<int:import_id>/layer")
@needs(Permission.BRING_FILES_IN)
def look_again(import_id: int) -> BaseResponse:
    actions.look_again(import_id, read(Another, {"layer": request.form.get("layer", "")}).layer)
    db.session.commit()
    return redirect(url_for("imports.page", import_id=import_id), 303)


@pages.post("/<int:import_id>/start")
@needs(Permission.BRING_FILES_IN)
def start(import_id: int) -> BaseResponse | tuple[str, int]:
    queries.one(import_id)
    try:
        actions.start(import_id, read(Start, as_body(request.form)))
        db.session.commit()
    except (Invalid, NotFound) as refusal:
        db.session.rollback()
        return rendered(queries.one(import_id), told_at_fields(refusal), refusal.sentence), 422
    return redirect(url_for("imports.page", import_id=import_id), 303)


def told_at_fields(refusal: Refusal) -> dict[str, str]:
    if isinstance(refusal, NotFound):
        return {"tracked_id": _("There is no such carrier.")}
    return {name.removeprefix("fields."): words for name, words in refusal.fields.items()}


@pages.post("/<int:import_id>/remove")
@needs(Permission.BRING_FILES_IN)
def remove(import_id: int) -> BaseResponse:
    actions.remove(import_id)
    db.session.commit()
    flash(_("The file is removed. Nothing of it was stored."))
    return redirect(url_for("imports.shelf"), 303)


@pages.get("/<int:import_id>/refused.csv")
@needs(Permission.BRING_FILES_IN)
def refused_rows(import_id: int) -> Response:
    return refusals(import_id)


def refusals(import_id: int) -> Response:
    """The numbers of the rows that were refused, and why; what stood in them is not repeated."""
    found = queries.one(import_id)
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerow(["row", "reason"])
    out.writerows([number, cell(reason)] for number, reason in sorted(wording.refusals(found.refusals)))
    return csv_answer(text.getvalue().encode("utf-8-sig"), f"import-{found.id}-refused.csv")


@api.get("/imports")
@needs(Permission.BRING_FILES_IN)
@describes("The files that you sent, newest first, with their states and counts.")
def own() -> Response:
    return jsonify({"imports": [{"id": f.id, "kind": f.kind, "state": f.state, "name": f.own_name,
                                 "sent_at": f.at.isoformat()} for f in queries.own()]})  # fmt: skip


@api.post("/imports")
@needs(Permission.BRING_FILES_IN)
@takes_file
@describes(
    "Send a file (multipart/form-data: kind, file). A worker looks into it; ask for it again until its state is looked."
)
def send_by_api() -> tuple[Response, int, dict[str, str]]:
    file = sent_file()
    made = actions.send(request.form.get("kind", ""), file.filename, file.stream)
    db.session.commit()
    return jsonify(told(made)), 202, {"Location": url_for("imports_api.one", import_id=made)}


@api.get("/imports/<int:import_id>")
@needs(Permission.BRING_FILES_IN)
@describes(
    "A file: its state; once looked into its columns, first rows and what they probably mean; then its counts."
)
def one(import_id: int) -> Response:
    return jsonify(told(import_id))


@api.post("/imports/<int:import_id>/layer")
@needs(Permission.BRING_FILES_IN)
@describes("Look into another layer of a file.", takes=Another)
def look_again_by_api(import_id: int) -> tuple[Response, int]:
    actions.look_again(import_id, read(Another).layer)
    db.session.commit()
    return jsonify(told(import_id)), 202


@api.post("/imports/<int:import_id>/start")
@needs(Permission.BRING_FILES_IN)
@describes("Say which column is what, and have the file brought in.", takes=Start)
def start_by_api(import_id: int) -> tuple[Response, int]:
    actions.start(import_id, read(Start))
    db.session.commit()
    return jsonify(told(import_id)), 202


@api.post("/imports/<int:import_id>/remove")
@needs(Permission.BRING_FILES_IN)
@describes("Take a file back that was not brought in.", takes=Nothing)
def remove_by_api(import_id: int) -> Response:
    read(Nothing)
    actions.remove(import_id)
    db.session.commit()
    return jsonify(told(import_id))


@api.get("/imports/<int:import_id>/refused")
@needs(Permission.BRING_FILES_IN)
@describes("The rows that were refused, with their reasons, as CSV.")
def refused_by_api(import_id: int) -> Response:
    return refusals(import_id)


def told(import_id: int) -> dict[str, Any]:
    f = queries.one(import_id)
    db.session.refresh(f)
    seen = {k: v for k, v in f.found.items() if k != "marks"}
    return {
        "id": f.id, "kind": f.kind, "name": f.own_name, "bytes": f.size_bytes, "sha256": f.sha256, "state": f.state,
        "layer": f.layer, "found": seen or None, "rows": f.total, "done": f.at_row, "new": f.new, "changed": f.changed,
        "unchanged": f.unchanged, "refused": f.refused,
        "failure": wording.failure_words(f.failure) if f.failure else None, "sent_at": f.at.isoformat(),
        "refused_url": url_for("imports_api.refused_by_api", import_id=f.id),
    }  # fmt: skip
