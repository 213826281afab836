"""Pages and API of rules: the table, one rule with its lapses and versions, its form, and the test against history."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import read
from app.api.schemas import describes
from app.asked import argument, number, page_number
from app.db import db
from app.errors import Invalid, NotFound, Refusal
from app.permissions import Permission, needs, role_words, viewer
from app.rules import queries, wording
from app.rules.actions import check_ground, check_sector, rewrite_rule, switch, write_rule
from app.rules.body import Question, RuleBody, Switch
from app.rules.forms import PLACED, UNITS, RuleForm
from app.rules.history import History, held_against
from app.rules.looking import Spec
from app.rules.models import RuleKind

pages = Blueprint("rules", __name__, url_prefix="/rules")
api = Blueprint("rules_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)
DAYS, MOST_DAYS = 30, 90


@pages.get("")
@needs(Permission.READ_RULES)
def table() -> str:
    rules = queries.table()
    watched = {rule.kind for rule in rules if rule.enabled_at}
    # Of the whole mission's rules those of a sector see none: what watches there they can't say.
    sees_all = viewer().may(Permission.READ_RULES, None)
    return render_template(
        "rules/table.html", rules=rules, lapses=queries.lapses(open_only=True), queries=queries,
        wording=wording, names=queries.names(), may_keep=viewer().holds(Permission.KEEP_RULES),
        unwatched=[words for kind, words in wording.KINDS.items() if sees_all and kind not in watched],
    )  # fmt: skip


@pages.get("/new")
@needs(Permission.KEEP_RULES)
def new() -> str:
    """The form of ?kind=…, or the kinds to choose from."""
    kind = argument("kind")
    if kind not in set(RuleKind):
        return render_template("rules/kinds.html", wording=wording)
    return edited(RuleForm(kind, formdata=None), None)


@pages.post("/new")
@needs(Permission.KEEP_RULES)
def write_from_form() -> BaseResponse | tuple[str, int] | str:
    kind = request.form.get("kind", "")
    if kind not in set(RuleKind):
        raise Invalid(_("Choose what the rule watches."))
    return stored(RuleForm(kind), None)


@pages.get("/<int:rule_id>")
@needs(Permission.READ_RULES)
def page(rule_id: int) -> str:
    """One rule; with ?days=… it is held against its history."""
    rule = queries.one(rule_id)
    days = number("days")
    history = held_against(queries.spec_of(rule), min(max(days, 1), MOST_DAYS)) if days is not None else None
    return render_template(
        "rules/page.html", rule=rule, queries=queries, wording=wording, lapses=queries.lapses(rule_id, page_number()),
        versions=queries.versions(rule_id), names=queries.names(), may_keep=queries.may_keep(rule.sector_id),
        history=history, days=days or DAYS, words_of=role_words,
    )  # fmt: skip


@pages.get("/<int:rule_id>/edit")
@needs(Permission.KEEP_RULES)
def edit(rule_id: int) -> str:
    rule = queries.one(rule_id)
    form = RuleForm(rule.kind, formdata=None)
    form.fill(rule)
    return edited(form, rule)


@pages.post("/<int:rule_id>/edit")
@needs(Permission.KEEP_RULES)
def rewrite_from_form(rule_id: int) -> BaseResponse | tuple[str, int] | str:
    rule = queries.one(rule_id)
    return stored(RuleForm(rule.kind), rule)


@pages.post("/<int:rule_id>/switch")
@needs(Permission.KEEP_RULES)
def switch_from_form(rule_id: int) -> BaseResponse:
    on = read(Switch, {"on": request.form.get("on") == "yes"}).on
    switch(rule_id, on)
    db.session.commit()
    flash(_("The rule watches, in your name.") if on else _("The rule is switched off."))
    return redirect(url_for("rules.page", rule_id=rule_id), 303)


def edited(form: RuleForm, rule: Any, history: History | None = None) -> str:
    return render_template(
        "rules/edit.html",
        form=form,
        rule=rule,
        wording=wording,
        history=history,
        days=DAYS,
        placed=PLACED,
        units=UNITS,
    )


def stored(form: RuleForm, rule: Any) -> BaseResponse | tuple[str, int] | str:
    """Store the rule of the form; or, by its second button, hold it against history and store nothing."""
    if form.validate_on_submit():
        try:
            body = read(RuleBody, form.as_body())
            if request.form.get("then") == "test":
                return edited(form, rule, held_against(spec_of(body, rule), DAYS))
            written = write_rule(body) if rule is None else rewrite_rule(rule.id, body)
            db.session.commit()
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(refusal.sentence)
            form.tell(refusal.fields)
        except ValueError as error:
            form.form_errors.append(str(error))
        else:
            flash(
                _("The rule is stored. Switch it on once you have tried it.")
                if rule is None
                else _("Stored as a new version.")
            )
            return redirect(url_for("rules.page", rule_id=written.id), 303)
    return edited(form, queries.one(rule.id) if rule is not None else None), 422


def spec_of(body: RuleBody, rule: Any = None) -> Spec:
    """The rule as it would watch, though it is not stored."""
    check_sector(body.sector_id)
    area: Any = body.shape()
    if area is None and rule is not None:
        area = queries.spec_of(rule).area
    body.check_place(area)
    check_ground(body.sector_id, area)
    return Spec(0, 0, body.sector_id, body.parameters, area)


def firings(history: History) -> dict[str, Any]:
    return {
        "since": history.since.isoformat(), "until": history.until.isoformat(), "count": history.count,
        "red": history.reds,
        "firings": [
            {"what": f.label, "why": f.why, "state": f.state, "opened_at": f.opened_at.isoformat(),
             "cleared_at": f.cleared_at.isoformat() if f.cleared_at else None, "lon": f.lon, "lat": f.lat}
            for f in history.firings
        ],
    }  # fmt: skip


def whole(rule_id: int) -> dict[str, Any]:
    rule = queries.one(rule_id)
    return {**queries.as_json(rule), "area": queries.area_of(rule)}


@api.get("/rules")
@needs(Permission.READ_RULES)
@describes(
    "Rules that watch, in your sectors: each with its sentence, its state and how often it fired in 30 days."
)
def list_rules() -> Response:
    return jsonify({"rules": [queries.as_json(r) for r in queries.table()]})


@api.post("/rules")
@needs(Permission.KEEP_RULES)
@describes("Write a rule. It is switched off until somebody enables it.", takes=RuleBody)
def write_by_api() -> tuple[Response, int]:
    rule = write_rule(read(RuleBody))
    db.session.commit()
    return jsonify(whole(rule.id)), 201


@api.post("/rules/test")
@needs(Permission.KEEP_RULES)
@describes(
    "Hold a rule against the last days and store nothing: when and where it would have fired.", takes=Question
)
def test_by_api() -> Response:
    asked = read(Question)
    return jsonify(firings(held_against(spec_of(asked), asked.days)))


@api.get("/rules/<int:rule_id>")
@needs(Permission.READ_RULES)
@describes("One rule as it holds, with its area as GeoJSON.")
def one_rule(rule_id: int) -> Response:
    return jsonify(whole(rule_id))


@api.put("/rules/<int:rule_id>")
@needs(Permission.KEEP_RULES)
@describes("A new version of a rule; without area or circle the old area stands.", takes=RuleBody)
def rewrite_by_api(rule_id: int) -> Response:
    rewrite_rule(rule_id, read(RuleBody))
    db.session.commit()
    return jsonify(whole(rule_id))


@api.post("/rules/<int:rule_id>/switch")
@needs(Permission.KEEP_RULES)
@describes("Let a rule watch, in your name, or let it rest.", takes=Switch)
def switch_by_api(rule_id: int) -> Response:
    switch(rule_id, read(Switch).on)
    db.session.commit()
    return jsonify(whole(rule_id))


@api.get("/rules/<int:rule_id>/lapses")
@needs(Permission.READ_RULES)
@describes("What a rule saw: open lapses first, then the newest; page.")
def lapses_of_rule(rule_id: int) -> Response:
    queries.one(rule_id)
    found = queries.lapses(rule_id, page_number())
    return jsonify({"page": page_number(), "lapses": [queries.lapse_json(lapse) for lapse in found]})


@api.get("/rules/<int:rule_id>/history")
@needs(Permission.READ_RULES)
@describes("What this rule would have seen in the last ?days= (30, at most 90).")
def history_of_rule(rule_id: int) -> Response:
    days = number("days")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise NotFound
    return jsonify(firings(held_against(queries.spec_of(queries.one(rule_id)), days or DAYS)))
