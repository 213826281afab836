"""The log for command and auditors: its state, what waits, the entries; and its part of the API."""

from __future__ import annotations

from datetime import date
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

from app.alerts import wording as alerts_wording
from app.api.schemas import describes
from app.asked import argument, page_number
from app.db import db
from app.documents.qr_code import qr_svg
from app.errors import Conflict, Invalid
from app.ledger import actions, exporting, figures, proofs, queries, subjects, wording
from app.ledger.checkpoint import CheckpointError, PublicKey, WrongKey, parse_vkey, verify
from app.permissions import ROLE_NAMES, Permission, needs, viewer
from app.settings import settings_of

pages = Blueprint("ledger", __name__, url_prefix="/accountability")
api = Blueprint("ledger_api", __name__, url_prefix="/api/v1/ledger")
BLUEPRINTS = (pages, api)


def asked_for() -> queries.Filters:
    return queries.Filters(
        group=argument("group"),
        role=argument("role"),
        subject=argument("subject").strip().lower(),
        since=day("since"),
        until=day("until"),
    )


def day(name: str) -> date | None:
    try:
        return date.fromisoformat(argument(name)) if argument(name) else None
    except ValueError:
        raise Invalid(_("Give days as year-month-day, for example 2026-11-21.")) from None


def number(name: str) -> int | None:
    """A number from the query, or None where it is left out."""
    given = argument(name)
    if not given:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < 16):
        raise Invalid(_("Give whole numbers."), fields={name: _("This is not a whole number.")})
    return int(given)


def public_key() -> PublicKey:
    file = settings_of(current_app).ledger_public_key_file
    try:
        return parse_vkey(file.read_text(encoding="utf-8"))
    except (OSError, CheckpointError):
        sentence = _("The ledger's public key can't be read. Ask the operator to run “flask ledger keys”.")
        raise Conflict(sentence, code="no_key") from None


@pages.get("")
@needs(Permission.READ_LEDGER)
def log() -> str:
    found, total = queries.entries(asked_for(), page_number())
    return render_template(
        "ledger/log.html", state=queries.state(), entries=found, total=total, page=page_number(),
        page_size=queries.PAGE, figures=None if request.args else figures.figures(), wording=wording, link=subjects.link,
        alerts_wording=alerts_wording, roles=[("system", _("The system")), *ROLE_NAMES.items()],
        may_export=viewer().holds(Permission.EXPORT_LEDGER),
    )  # fmt: skip


@pages.get("/state")
@needs(Permission.READ_LEDGER)
def state() -> str:
    return render_template("ledger/state.html", state=queries.state(), wording=wording)


@pages.post("/verify")
@needs(Permission.READ_LEDGER)
def verify_now() -> BaseResponse | str:
    if queries.state().ordered_at is None:
        actions.order_verification()
        db.session.commit()
    if request.headers.get("HX-Request"):
        return state()
    flash(_("The verification was ordered. Its result will stand here."))
    return redirect(url_for("ledger.log"), 303)


@pages.get("/<int(max=999999999999999):index>")
@needs(Permission.READ_LEDGER)
def entry(index: int) -> str:
    event, leaf = queries.entry(index)
    latest = queries.latest_checkpoint()
    missing = proof = None
    try:
        proof = proofs.inclusion(index) if latest and index < latest.size else None
    except Invalid as refusal:  # a log with holes has no tree; the page still shows what stands there
        missing = refusal.sentence
    return render_template(
        "ledger/entry.html", event=event, index=index, proof=proof, missing=missing, encoded=proofs.encoded,
        leaf_text=bytes(leaf.body).decode("utf-8", "replace"), signed=signature(latest.note) if latest else None,
        checkpoint=latest, qr=qr_svg(latest.note) if latest else None, wording=wording, link=subjects.link,
    )  # fmt: skip


def signature(note: str) -> bool:
    """Whether the ledger's own key signed this note."""
    try:
        verify(note, public_key())
    except (CheckpointError, WrongKey):
        return False
    return True


@api.get("/checkpoint")
@needs(Permission.READ_LEDGER)
@describes("The latest signed checkpoint as a C2SP note (text), for witnesses to keep.")
def checkpoint() -> Response:
    return Response(proofs.signed_head().note, mimetype="text/plain")


@api.get("/entries")
@needs(Permission.READ_LEDGER)
@describes("Entries of the log, newest first; filters: group, role, subject, since, until, page.")
def entries() -> Response:
    found, total = queries.entries(asked_for(), page_number())
    return jsonify({"total": total, "page": page_number(), "entries": [as_json(e) for e in found]})


def as_json(e: queries.Entry) -> dict[str, Any]:
    return {
        "index": e.leaf_index, "at": e.at.isoformat(), "action": e.action, "subject": e.subject, "role": e.role,
        "actor": f"person:{e.actor_id}" if e.actor_id is not None else "system", "details": e.details,
    }  # fmt: skip


@api.get("/proof/inclusion")
@needs(Permission.READ_LEDGER)
@describes("Proof that entry `index` stands in the log of `size` entries (RFC 9162); base64.")
def inclusion() -> Response:
    index = number("index")
    if index is None:
        raise Invalid(_("Say which entry."), fields={"index": _("This is needed.")})
    return jsonify(proofs.inclusion(index, number("size")).as_json())


@api.get("/proof/consistency")
@needs(Permission.READ_LEDGER)
@describes("Proof that the log of `to` entries begins with that of `from` entries (RFC 9162); base64.")
def consistency() -> Response:
    old = number("from")
    if old is None:
        raise Invalid(_("Say from which size."), fields={"from": _("This is needed.")})
    return jsonify(proofs.consistency(old, number("to")))


@api.get("/bundle")
@needs(Permission.EXPORT_LEDGER)
@describes("The whole log as a bundle for bin/verify-ledger: JSON Lines packed with gzip.")
def bundle() -> Response:
    key = public_key()
    actions.export_bundle()
    db.session.commit()
    response = Response(exporting.streamed(db.engine, viewer(), key), mimetype="application/gzip")
    response.headers["Content-Disposition"] = 'attachment; filename="vigil-ledger.jsonl.gz"'
    return response
