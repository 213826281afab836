"""What actions raise, and the one place that answers it: a page, or application/problem+json for programs."""

from __future__ import annotations

import logging

from flask import Flask, Response, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.built import Stale
from app.db import db

log = logging.getLogger("vigil.errors")


class Refusal(Exception):
    """An answer that is not what was asked for. `sentence` is for people and never echoes their input."""

    status = 400
    code = "refused"

    def __init__(
        self, sentence: str, *, code: str | None = None, fields: dict[str, str] | None = None
    ) -> None:
        super().__init__(code or self.code)
        self.sentence = sentence
        self.code = code or self.code
        self.fields = fields or {}


class NotFound(Refusal):
    """Also the answer for what the viewer may not see: the two must not differ in any byte."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("There is nothing here, or nothing that you may see."))


class NotAllowed(Refusal):
    status = 403
    code = "not_allowed"


class SignInFirst(Refusal):
    status = 401
    code = "sign_in_first"


class Conflict(Refusal):
    status = 409
    code = "conflict"


class Invalid(Refusal):
    status = 422
    code = "invalid"


class TooMany(Refusal):
    """Come back after `wait` seconds."""

    status = 429
    code = "too_many"

    def __init__(self, sentence: str, wait: int) -> None:
        super().__init__(sentence)
        self.wait = wait


HTTP_SENTENCES = {
    400: _l("The request could not be read. Nothing was stored."),
    404: _l("There is nothing here, or nothing that you may see."),
    405: _l("This address does not take that kind of request."),
    413: _l("That is too large. Nothing was stored; send less at a time."),
    415: _l("Send this as application/json."),
    416: _l("There is no such part of the file."),
    429: _l("Too many requests. Wait a minute and try again."),
}


# Asked by programs, which can't fill in a form to sign in.
FOR_PROGRAMS = ("/api/", "/ogc/", "/tiles/", "/basemap/")


def for_programs(path: str) -> bool:
    return path.startswith(FOR_PROGRAMS)


def wants_problem_document() -> bool:
    return for_programs(request.path) or request.accept_mimetypes.best == "application/json"


def answer(status: int, code: str, sentence: str, fields: dict[str, str] | None = None) -> Response:
    if wants_problem_document():
        body = {"type": "about:blank", "status": status, "code": code, "detail": sentence}
        if fields:
            body["fields"] = fields
        response = jsonify(body)
        response.content_type = "application/problem+json"
    else:
        response = Response(
            render_template("error.html", status=status, code=code, sentence=sentence, fields=fields or {})
        )
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def register(app: Flask) -> None:
    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Response:
        db.session.rollback()
        response = answer(refusal.status, refusal.code, refusal.sentence, refusal.fields)
        if refusal.status == 401 and wants_problem_document():
            response.headers["WWW-Authenticate"] = "Bearer"
        if isinstance(refusal, TooMany):
            response.headers["Retry-After"] = str(refusal.wait)
        return response

    @app.errorhandler(StaleDataError)
    def overtaken(_error: StaleDataError) -> Response:
        """A row that was read is not there to be changed any more: somebody else did so at the same instant, and what he
        did hides it from changes (a policy), or took it away."""
        db.session.rollback()
        sentence = _("Somebody else has just changed this. Nothing was stored; look at it again.")
        return answer(Conflict.status, Conflict.code, sentence)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        db.session.rollback()
        status = error.code or 500
        if status < 400 and error.response is not None:
            return error.get_response()  # type: ignore[return-value]
        sentence = HTTP_SENTENCES.get(status, _l("The request was refused. Nothing was stored."))
        return answer(status, error.name.lower().replace(" ", "_"), str(sentence))

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        db.session.rollback()
        # The message of an unexpected exception may hold data of a person: only its kind and place are logged.
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
        log.error("unexpected", extra={"error": type(error).__name__, "where": where})
        if isinstance(error, Stale):
            log.error(
                str(error)
            )  # names files of ours alone; without them no page can be drawn, that of an error neither
            return Response(
                _("Vigil is being updated. Try again in a minute."),
                503,
                {"Retry-After": "60"},
                mimetype="text/plain",
            )
        if app.config.get("PROPAGATE_UNEXPECTED"):
            raise error
        return answer(
            500, "unexpected", _("Something went wrong on our side. Nothing was stored; try again.")
        )
