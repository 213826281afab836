"""Patrol reports: the leader's pages on a phone, the officers' list and reading form, and the API."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import Field
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import Body, Text, read
from app.api.schemas import describes
from app.asked import argument, page_number
from app.db import db
from app.errors import Conflict, Invalid, NotFound
from app.moments import iso
from app.patrol_reports import actions, checking, debriefing, queries, wording
from app.patrol_reports.blocks import BLOCKS
from app.patrol_reports.debriefing import ACTS, Noted
from app.patrol_reports.forms import device_id_of, forms_of
from app.patrol_reports.models import OPEN, PatrolReport
from app.patrol_reports.prefilling import prefilled, track_of
from app.patrol_reports.reading import flags_of, log_of, read_out, restrictions, told_of, withheld_of
from app.patrol_reports.sending import as_body
from app.patrols.movement import ENDED
from app.permissions import Permission, needs, role_words, viewer

pages = Blueprint("patrol_reports", __name__, url_prefix="/patrol-reports")
api = Blueprint("patrol_reports_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


# How a state looks on a page, by the tones of macros/facts.html.
TONES = {"draft": "wait", "submitted": "open", "returned": "wait", "debriefed": "wait", "approved": "good"}


def words() -> dict[str, Any]:
    """What every reading of a report is shown with."""
    return {
        "wording": wording, "tones": TONES, "flags_of": flags_of, "role_words_of": role_words,
        "titles": {code: block.title for code, block in BLOCKS.items()},
    }  # fmt: skip


@pages.get("")
@needs(Permission.READ_PATROLS)
def board() -> str:
    state = argument("state", 20)
    found, total = queries.board(state, page_number())
    return render_template(
        "patrol_reports/board.html", reports=found, total=total, page=page_number(), page_size=queries.PAGE,
        **words(),
    )  # fmt: skip


@pages.get("/of/<int:patrol_id>")
@needs(Permission.LEAD_PATROLS)
def write(patrol_id: int) -> str:
    """All 17 blocks in one page, of which one is shown at a time: once it has come, a dropped line hides none."""
    return written(patrol_id)


def written(patrol_id: int, typed: dict[str, Any] | None = None, why: dict[str, str] | None = None) -> str:
    file, report = queries.led(patrol_id), queries.of_patrol(patrol_id)
    if report is not None and report.state not in OPEN:
        return render_template(
            "patrol_reports/sent.html", report=report, patrol=file.patrol, blocks=read_out(report),
            log=log_of(report), **words(),
        )  # fmt: skip
    forms = forms_of(report, prefilled(file, track_of(patrol_id)), typed)
    return render_template(
        "patrol_reports/write.html", patrol=file.patrol, forms=forms, report=report, wording=wording,
        device_id=device_id_of(report), silent=checking.unsaid(report.blocks if report else {}), why=why or {},
        flags=[(f, actions.key_of(f)) for f in actions.flags_of(report)] if report else [],
        ended=file.patrol.state in ENDED, typed=typed,
        returned=[e for e in queries.log_of(report.id) if e.kind == "returned"][-1:] if report else [],
    )  # fmt: skip


@pages.post("/of/<int:patrol_id>/<block>")
@needs(Permission.LEAD_PATROLS)
def keep(patrol_id: int, block: str) -> BaseResponse | tuple[str, int]:
    """One block, from its form; a script that asks for JSON is told what stands in the house now."""
    if block not in BLOCKS:
        raise NotFound
    by_script = request.accept_mimetypes.best == "application/json"
    sent = request.form.to_dict()
    try:
        report = actions.keep_block(
            patrol_id, device_of(sent), block, as_body(BLOCKS[block], sent), sent.get("base") or None
        )
        db.session.commit()
    except (Invalid, Conflict) as refusal:
        if by_script:
            raise
        db.session.rollback()
        typed = {"code": block, "sent": sent, "fields": refusal.fields, "sentence": refusal.sentence}
        return written(patrol_id, typed), refusal.status
    if by_script:
        return jsonify({"kept": sorted(report.blocks), "base": actions.digest(report.blocks[block])})
    again = block if "more" in sent else next_silent(report, block)
    return redirect(f"{url_for('patrol_reports.write', patrol_id=patrol_id)}#{again}", 303)


def next_silent(report: PatrolReport, code: str) -> str:
    """The block that is asked next: the first after this one that was not answered yet, or the sending."""
    silent, codes = checking.unsaid(report.blocks), list(BLOCKS)
    later = codes[codes.index(code) + 1 :] + codes[: codes.index(code)]
    return next((c for c in later if c in silent), "send")


def device_of(sent: dict[str, str]) -> UUID:
    try:
        return UUID(sent.get("device_id", ""))
    except ValueError:
        raise Invalid(_("The report’s own id is missing. Open the page again.")) from None


@pages.post("/of/<int:patrol_id>/quiet")
@needs(Permission.LEAD_PATROLS)
def quiet(patrol_id: int) -> BaseResponse:
    actions.confirm_quiet(patrol_id, device_of(request.form.to_dict()))
    db.session.commit()
    return redirect(f"{url_for('patrol_reports.write', patrol_id=patrol_id)}#assessment", 303)


@pages.post("/of/<int:patrol_id>/send")
@needs(Permission.LEAD_PATROLS)
def send(patrol_id: int) -> BaseResponse | tuple[str, int]:
    why = {k.removeprefix("why."): v for k, v in request.form.items() if k.startswith("why.")}
    try:
        actions.send(patrol_id, why)
        db.session.commit()
    except (Invalid, Conflict) as refusal:
        db.session.rollback()
        typed = {"code": "send", "sent": {}, "fields": refusal.fields, "sentence": refusal.sentence}
        return written(patrol_id, typed, why), refusal.status
    flash(_("Your report is sent. It waits for debrief."))
    return redirect(url_for("patrol_reports.write", patrol_id=patrol_id), 303)


@pages.get("/<int:patrol_report_id>")
@needs(Permission.READ_PATROLS)
def page(patrol_report_id: int) -> str:
    report = queries.one(patrol_report_id)
    return render_template(
        "patrol_reports/page.html", report=report, blocks=read_out(report), log=log_of(report),
        offered=debriefing.offered(report), acts={a: act.words for a, act in ACTS.items()}, **words(),
        restrictions=restrictions(report), made={e.item: e for e in queries.log_of(report.id) if e.item},
        patrol=queries.patrol_of(report), may_file=may_file(report),
        may_order=viewer().may(Permission.ORDER_DOCUMENTS, report.sector_id) and report.state in queries.SENT,
    )  # fmt: skip


def may_file(report: PatrolReport) -> bool:
    who = viewer()
    return (
        who.may(Permission.DEBRIEF_PATROLS, report.sector_id)
        and report.author_id != who.person_id
        and report.state in debriefing.FILED_BY
    )


@pages.post("/<int:patrol_report_id>/<act>")
@needs(Permission.READ_PATROLS)
def do(patrol_report_id: int, act: str) -> BaseResponse:
    debriefing.do(patrol_report_id, act, read(Noted, {"note": request.form.get("note", "")}).note)
    db.session.commit()
    return redirect(url_for("patrol_reports.page", patrol_report_id=patrol_report_id), 303)


@pages.post("/<int:patrol_report_id>/record/<group>/<int:number>")
@needs(Permission.DEBRIEF_PATROLS)
def make_record(patrol_report_id: int, group: str, number: int) -> BaseResponse:
    debriefing.make_record(patrol_report_id, group, number)
    db.session.commit()
    return redirect(url_for("patrol_reports.page", patrol_report_id=patrol_report_id), 303)


class ReportFromPhone(Body):
    """A report, or some blocks of it, from a device: code of a block → its fields. `send`: whether it is done; then
    `why` holds a sentence for each flag's key."""

    device_id: UUID
    blocks: Annotated[dict[str, dict[str, Any]], Field(max_length=len(BLOCKS))] = {}
    send: bool = False
    why: Annotated[dict[str, Text], Field(max_length=100)] = {}


def as_json(report: PatrolReport) -> dict[str, Any]:
    return {
        "id": report.id, "device_id": str(report.device_id), "patrol_id": report.patrol_id, "state": report.state,
        "blocks": told_of(report), "missing": checking.unsaid(report.blocks),
        "flags": [{**f, "key": actions.key_of(f)} for f in flags_of(report)], "submitted_at": iso(report.submitted_at),
        "debriefed_at": iso(report.debriefed_at), "approved_at": iso(report.approved_at),
    }  # fmt: skip


@api.get("/patrols/<int:patrol_id>/report")
@needs(Permission.LEAD_PATROLS)
@describes("The report of a patrol that one leads; before anything is kept, what order and track fill in.")
def own_report(patrol_id: int) -> Response:
    file, report = queries.led(patrol_id), queries.of_patrol(patrol_id)
    if report is not None:
        return jsonify(as_json(report))
    return jsonify({"patrol_id": patrol_id, "state": None, "blocks": prefilled(file, track_of(patrol_id))})


@api.put("/patrols/<int:patrol_id>/report")
@needs(Permission.LEAD_PATROLS)
@describes(
    "Keep blocks of a patrol's report, and send it. The same again changes nothing.", takes=ReportFromPhone
)
def put_report(patrol_id: int) -> Response:
    body = read(ReportFromPhone)
    standing = queries.led(patrol_id) and queries.of_patrol(patrol_id)
    if standing and standing.state not in OPEN and said_already(standing, body):
        return jsonify(as_json(standing))
    for code, fields in body.blocks.items():
        actions.keep_block(patrol_id, body.device_id, code, fields)
    report = actions.send(patrol_id, body.why) if body.send else actions.begun(patrol_id, body.device_id)
    db.session.commit()
    return jsonify(as_json(report))


def said_already(standing: PatrolReport, body: ReportFromPhone) -> bool:
    """Whether this is what was sent, once more: an answer that was lost on its way makes a phone ask again. What is shown
    to nobody any more is not compared: whoever holds the phone would else learn it by asking with each answer."""
    withheld = withheld_of(standing)
    return standing.device_id == body.device_id and all(
        code in withheld or (code in BLOCKS and standing.blocks.get(code) == actions.as_stored(code, fields))
        for code, fields in body.blocks.items()
    )


@api.get("/patrol-reports/<int:patrol_report_id>")
@needs(Permission.READ_PATROLS)
@describes("One patrol report that was sent, for those who read patrols.")
def one_report(patrol_report_id: int) -> Response:
    return jsonify(as_json(queries.one(patrol_report_id)))


@api.post("/patrol-reports/<int:patrol_report_id>/<act>")
@needs(Permission.READ_PATROLS)
@describes("Debrief, return or approve a patrol report; never one's own.", takes=Noted)
def do_by_api(patrol_report_id: int, act: str) -> Response:
    report = debriefing.do(patrol_report_id, act, read(Noted).note)
    db.session.commit()
    return jsonify(as_json(report))
