"""The own account: rights in words, sessions, tokens, password, language."""

from __future__ import annotations

from flask import flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.db import db
from app.errors import Invalid, NotFound
from app.people import actions, queries
from app.people.blueprint import pages
from app.people.forms import BareForm, LanguageForm, PasswordForm, TokenForm, lay_faults
from app.people.wording import PERMISSIONS, permission_words
from app.permissions import ROLE_NAMES, Permission, needs, viewer
from app.sessions import COOKIE, hash_secret


def session_named() -> bytes:
    """The session that a form names by the hash of its id; the id itself never leaves its cookie."""
    try:
        return bytes.fromhex(request.form.get("session", ""))
    except ValueError:
        raise NotFound from None


def account_page(**forms: FlaskForm) -> str:
    who = viewer()
    anywhere = who.anywhere()
    return render_template(
        "people/account.html",
        person=queries.person(who.person_id),
        role=ROLE_NAMES[who.role],
        sectors=queries.sectors_of(who.person_id),
        compartments=queries.compartments_of(who.person_id),
        rights=[(PERMISSIONS[p], p in anywhere) for p in Permission if who.holds(p)],
        sessions=queries.sessions_of(who.person_id),
        this_session=hash_secret(request.cookies.get(COOKIE, "")),
        tokens=queries.tokens_of(who.person_id),
        token_revoke=lambda token_id: url_for("people.revoke_own_token", token_id=token_id),
        permission_words=permission_words,
        bare=BareForm(formdata=None),
        **{
            "password_form": PasswordForm(formdata=None),
            "language_form": LanguageForm(formdata=None, language=g.signed_in.language),
            "token_form": TokenForm.of(who),
        }
        | forms,
    )


def refused(**forms: FlaskForm) -> Response:
    return make_response(account_page(**forms), 422)


def back(sentence: str) -> Response:
    db.session.commit()
    flash(sentence)
    return redirect(url_for("people.account"))


@pages.get("/account")
@needs(Permission.OWN_ACCOUNT)
def account() -> str:
    return account_page()


@pages.post("/account/password")
@needs(Permission.OWN_ACCOUNT)
def change_password() -> Response:
    actions.by_hand()
    form = PasswordForm()
    if form.validate():
        try:
            actions.change_password(
                str(form.current.data), str(form.chosen.data), request.remote_addr or "unknown"
            )
            return back(_("The password is changed. Your other sessions and your tokens have ended."))
        except Invalid as fault:
            lay(form, fault)
    return refused(password_form=form)


def lay(form: FlaskForm, fault: Invalid) -> None:
    if isinstance(fault, actions.WrongPassword):
        db.session.commit()  # the failure is counted
    else:
        db.session.rollback()
    lay_faults(form, fault)


@pages.post("/account/language")
@needs(Permission.OWN_ACCOUNT)
def choose_language() -> Response:
    form = LanguageForm()
    if not form.validate():
        return refused(language_form=form)
    actions.choose_language(str(form.language.data))
    return back(_("The language is changed."))


@pages.post("/account/tokens")
@needs(Permission.OWN_ACCOUNT)
def create_token() -> Response:
    actions.by_hand()
    form = TokenForm.of(viewer())
    if not form.validate():
        return refused(token_form=form)
    try:
        secret = actions.create_token(
            str(form.label.data), form.scopes.data or [], int(form.days.data or 1), str(form.current.data),
            request.remote_addr or "unknown",
        )  # fmt: skip
    except Invalid as fault:
        lay(form, fault)
        return refused(token_form=form)
    db.session.commit()
    # Answered to the POST itself: the secret must not wait in a cookie or an address for the next page.
    return make_response(render_template("people/token.html", secret=secret, label=form.label.data))


@pages.post("/account/tokens/<int:token_id>/revoke")
@needs(Permission.OWN_ACCOUNT)
def revoke_own_token(token_id: int) -> Response:
    actions.revoke_token(token_id)
    return back(_("The token is revoked."))


@pages.post("/account/sessions/revoke")
@needs(Permission.OWN_ACCOUNT)
def revoke_own_session() -> Response:
    actions.revoke_session(session_named())
    return back(_("The session has ended."))
