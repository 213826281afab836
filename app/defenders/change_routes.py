"""Pages on which a keeper changes a file: register, assess, consent, seal, note."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.db import db
from app.defenders import actions, gate, queries
from app.defenders.blueprints import ID, pages
from app.defenders.file import file
from app.defenders.forms import AssessForm, ConsentForm, IdentityForm, NoteForm, RegisterForm, Told
from app.done import done as done_with
from app.permissions import Permission, needs, viewer

Answer = Response | str | tuple[str, int]


def to_file(defender_id: int, words: str) -> Response:
    flash(words)
    return redirect(url_for("defenders.page", defender_id=defender_id), 303)


def done(form: Told, act: Callable[[], object]) -> bool:
    """As everywhere, with each refusal at the field that it belongs to."""
    return done_with(form, act, Told.tell)


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.KEEP_DEFENDERS)
def new() -> Answer:
    form = RegisterForm(sectors=queries.sectors(), compartments=viewer().compartments)
    made: list[int] = []

    def register() -> None:
        assert form.position is not None
        made.append(actions.register_defender(actions.NewDefender(
            profiles=tuple(form.profiles.data or ()), work=(form.work.data or "").strip(),
            sector_id=form.sector_id.data, compartment=form.compartment.data,
            consents=tuple(
                actions.Given(scope, gate.today(), form.until.data, form.how.data)  # type: ignore[arg-type]
                for scope in form.scopes.data or ()
            ),
            identity=form.identity(), lon=form.position[0], lat=form.position[1],
        )))  # fmt: skip

    if done(form, register):
        return to_file(made[0], _("The file is open. Assess the risk next."))
    return render_template("defenders/new.html", form=form), 422 if form.is_submitted() else 200


@pages.route(f"/<{ID}:defender_id>/assess", methods=["GET", "POST"])
@needs(Permission.KEEP_DEFENDERS)
def assess(defender_id: int) -> Answer:
    form = AssessForm()

    def act() -> None:
        actions.assess_risk(defender_id, actions.Scores(
            form.threats.data, form.vulnerabilities.data, form.capacities.data, bool(form.death_threat.data),
            bool(form.imminent.data), form.reasoning.data or "", form.defenders_view.data or "",
        ))  # fmt: skip

    if done(form, act):
        return to_file(defender_id, _("The assessment is stored."))
    found = file(defender_id)
    status = 422 if form.is_submitted() else 200
    return render_template("defenders/assess.html", form=form, file=found, d=found.fields), status


@pages.post(f"/<{ID}:defender_id>/assessments/<{ID}:assessment_id>/review")
@needs(Permission.KEEP_DEFENDERS)
def review(defender_id: int, assessment_id: int) -> Response:
    actions.review_assessment(defender_id, assessment_id)
    db.session.commit()
    return to_file(defender_id, _("You have reviewed the assessment; its band counts now."))


@pages.route(f"/<{ID}:defender_id>/consents", methods=["GET", "POST"])
@needs(Permission.KEEP_DEFENDERS)
def consents(defender_id: int) -> Answer:
    form = ConsentForm()

    def act() -> None:
        actions.give_consent(defender_id, actions.Given(
            form.scope.data, form.given_on.data, form.until.data, form.how.data, form.conditions.data or "",  # type: ignore[arg-type]
        ))  # fmt: skip

    if done(form, act):
        return to_file(defender_id, _("The consent is recorded."))
    found = file(defender_id)
    status = 422 if form.is_submitted() else 200
    page = render_template("defenders/consents.html", form=form, file=found, d=found.fields)
    return page, status


@pages.post(f"/<{ID}:defender_id>/consents/<{ID}:consent_id>/withdraw")
@needs(Permission.KEEP_DEFENDERS)
def withdraw(defender_id: int, consent_id: int) -> Response:
    actions.withdraw_consent(defender_id, consent_id)
    db.session.commit()
    return to_file(defender_id, _("The consent is withdrawn. It works from now on, everywhere."))


@pages.route(f"/<{ID}:defender_id>/identity", methods=["GET", "POST"])
@needs(Permission.KEEP_DEFENDERS)
def identity(defender_id: int) -> Answer:
    form = IdentityForm()
    if done(form, lambda: actions.seal_identity(defender_id, form.identity(), form.position)):
        return to_file(defender_id, _("Sealed anew."))
    found = file(defender_id)
    status = 422 if form.is_submitted() else 200
    return render_template("defenders/identity.html", form=form, file=found, d=found.fields), status


@pages.post(f"/<{ID}:defender_id>/notes")
@needs(Permission.KEEP_DEFENDERS)
def note(defender_id: int) -> Answer:
    form = NoteForm()
    if done(form, lambda: actions.note(defender_id, (form.note.data or "").strip())):
        return to_file(defender_id, _("The note is stored."))
    found = file(defender_id)
    return render_template("defenders/note.html", form=form, file=found, d=found.fields), 422
