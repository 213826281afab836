"""Signing in and out, the start page, and the administration of people."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.asked import argument, number, page_number
from app.db import db
from app.errors import Refusal
from app.people import account_routes, actions, administration, queries
from app.people.blueprint import pages
from app.people.first_page import first_page, safe_next
from app.people.forms import BareForm, FindForm, OpenForm, PersonForm, RightsForm, SignInForm, lay_faults
from app.people.wording import CHANGES, permission_words
from app.permissions import ROLE_NAMES, Permission, Role, needs, open_to_all, viewer
from app.sessions import COOKIE, give_cookie

BLUEPRINTS = (pages,)


@pages.get("/")
@needs(Permission.OWN_ACCOUNT)
def start() -> Response:
    return redirect(first_page(viewer()))


@pages.route("/sign-in", methods=["GET", "POST"])
@open_to_all
def sign_in_page() -> Response:
    form = SignInForm()
    if not form.is_submitted():
        form.next.data = request.args.get("next", "")
        return make_response(render_template("people/sign_in.html", form=form))
    wait = 0
    if form.validate():
        result = actions.sign_in(
            str(form.username.data), str(form.password.data), request.remote_addr or "unknown"
        )
        db.session.commit()
        if isinstance(result, str):
            # Nothing of the time before signing in goes with it: a planted form cookie would.
            session.clear()
            answer = redirect(safe_next(form.next.data) or first_page(viewer()))
            give_cookie(answer, result)
            return answer
        wait = result.wait
    form.password.data = ""
    page = make_response(
        render_template("people/sign_in.html", form=form, refused=True, wait=wait), 429 if wait else 401
    )
    if wait:
        page.headers["Retry-After"] = str(wait)
    return page


@pages.post("/sign-out")
@needs(Permission.OWN_ACCOUNT)
def sign_out() -> Response:
    actions.sign_out()
    db.session.commit()
    session.clear()
    answer = redirect(url_for("people.sign_in_page"))
    answer.delete_cookie(COOKIE, path="/")
    # The next one at this screen finds nothing of the picture on its disk.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def asked_for() -> queries.Filter:
    return queries.Filter(
        role=argument("role"),
        sector_id=number("sector"),
        state=argument("state"),
        sort=argument("sort") or "name",
        page=page_number(),
    )


def table(found: queries.Page, sort: str, words: str = "") -> str:
    return render_template(
        "people/people.html", found=found, sort=sort, find=FindForm(), words=words, roles=ROLE_NAMES,
        sectors=queries.all_sectors(), waiting=queries.waiting(), changes=CHANGES, me=viewer().person_id,
        alone=queries.other_managers() == 0,
    )  # fmt: skip


@pages.get("/people")
@needs(Permission.MANAGE_PEOPLE)
def people_page() -> str:
    asked = asked_for()
    return table(queries.people(asked), asked.sort)


@pages.post("/people/find")
@needs(Permission.MANAGE_PEOPLE)
def find() -> Response:
    """By POST: a name must not stand in an address, where logs and histories keep it."""
    form = FindForm()
    words = str(form.words.data or "").strip()[:100]
    found = queries.people(queries.Filter(), found_by=words or None)
    if found.total == 1:
        return redirect(url_for("people.person_page", person_id=found.rows[0].id))
    return make_response(table(found, "name", words))


def sector_choices() -> list[tuple[int, str]]:
    return [(s.id, f"{s.code} {s.name}") for s in queries.all_sectors()]


@pages.route("/people/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_PEOPLE)
def add() -> str | tuple[str, int]:
    form = PersonForm()
    form.with_sectors(sector_choices())
    if form.validate_on_submit():
        try:
            person_id, password = administration.add_person(
                str(form.username.data), str(form.name.data), Role(form.role.data), form.sectors.data or [],
                form.compartment_list(),
            )  # fmt: skip
            db.session.commit()
            return shown_once(person_id, password)
        except Refusal as refusal:
            db.session.rollback()
            lay_faults(form, refusal)
    body = render_template("people/new.html", form=form)
    return (body, 422) if form.is_submitted() else body


def shown_once(person_id: int, password: str) -> str:
    """Answered to the POST itself: a password must not wait in a cookie or an address for the next page."""
    return render_template("people/password.html", person=queries.person(person_id), password=password)


def page_of(person_id: int, form: RightsForm | None = None) -> str:
    person = queries.person(person_id)
    if form is None:
        form = RightsForm(
            formdata=None,
            role=person.role,
            sectors=[s.id for s in queries.sectors_of(person_id)],
            compartments=", ".join(queries.compartments_of(person_id)),
        )
    form.with_sectors(sector_choices())
    return render_template(
        "people/person.html", person=person, form=form, bare=BareForm(formdata=None),
        own=person_id == viewer().person_id, role=ROLE_NAMES[Role(person.role)], permission_words=permission_words,
        token_revoke=lambda t: url_for("people.revoke_token", person_id=person_id, token_id=t),
        sessions=queries.sessions_of(person_id), tokens=queries.tokens_of(person_id), changes=CHANGES,
        changed_by=queries.name_of(person.waits_for), me=viewer().person_id, alone=queries.other_managers() == 0,
        compartments=queries.compartments_of(person_id), sectors=queries.sectors_of(person_id),
        open_form=OpenForm(formdata=None, seen=person.changed_at.isoformat() if person.changed_at else ""),
    )  # fmt: skip


@pages.get("/people/<int:person_id>")
@needs(Permission.MANAGE_PEOPLE)
def person_page(person_id: int) -> str:
    return page_of(person_id)


@pages.post("/people/<int:person_id>/rights")
@needs(Permission.MANAGE_PEOPLE)
def rights(person_id: int) -> Response:
    form = RightsForm()
    form.with_sectors(sector_choices())
    if form.validate():
        try:
            administration.change_rights(
                person_id, Role(form.role.data), form.sectors.data or [], form.compartment_list()
            )
        except Refusal as refusal:
            if not refusal.fields:
                raise
            db.session.rollback()
            lay_faults(form, refusal)
        else:
            return back_to(
                person_id,
                _("The rights are changed. The account stays shut until another administrator opens it."),
            )
    return make_response(page_of(person_id, form), 422)


def back_to(person_id: int, sentence: str) -> Response:
    db.session.commit()
    flash(sentence)
    return redirect(url_for("people.person_page", person_id=person_id))


@pages.post("/people/<int:person_id>/disable")
@needs(Permission.MANAGE_PEOPLE)
def disable(person_id: int) -> Response:
    administration.disable(person_id)
    return back_to(person_id, _("The account lets nobody in any more. Sessions and tokens have ended."))


@pages.post("/people/<int:person_id>/enable")
@needs(Permission.MANAGE_PEOPLE)
def enable(person_id: int) -> Response:
    administration.enable(person_id, str(OpenForm().seen.data or ""))
    return back_to(person_id, _("The account is open again. Tokens stay revoked."))


@pages.post("/people/<int:person_id>/password")
@needs(Permission.MANAGE_PEOPLE)
def reset_password(person_id: int) -> str:
    password = administration.reset_password(person_id)
    db.session.commit()
    return shown_once(person_id, password)


@pages.post("/people/<int:person_id>/tokens/<int:token_id>/revoke")
@needs(Permission.MANAGE_PEOPLE)
def revoke_token(person_id: int, token_id: int) -> Response:
    actions.revoke_token(token_id)
    return back_to(person_id, _("The token is revoked."))


@pages.post("/people/<int:person_id>/sessions/revoke")
@needs(Permission.MANAGE_PEOPLE)
def revoke_session(person_id: int) -> Response:
    actions.revoke_session(account_routes.session_named())
    return back_to(person_id, _("The session has ended."))
