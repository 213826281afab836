"""Health, and the API's description of itself."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, render_template
from flask_babel import gettext as _

from app.api import openapi
from app.api.readiness import given_up
from app.api.readiness import ready as is_ready
from app.permissions import Permission, needs, open_to_all

pages = Blueprint("api", __name__)
BLUEPRINTS = (pages,)
# For the pages of those who run the installation (api/given_up.html).
pages.add_app_template_global(given_up, "work_given_up")


@pages.get("/health/live")
@open_to_all
def live() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify({"live": True})


@pages.get("/health/ready")
@open_to_all
def ready() -> tuple[Response, int]:
    """Yes or no, for whoever asks: which part fails is told to nobody who has not signed in."""
    good = is_ready()
    return jsonify({"ready": good}), 200 if good else 503


@pages.get("/api/openapi.json")
@needs(Permission.OWN_ACCOUNT)
def description() -> Response:
    return jsonify(openapi.document(current_app, _("Vigil")))


@pages.get("/api")
@needs(Permission.OWN_ACCOUNT)
def index() -> str:
    """The same as a page for people."""
    return render_template("api/index.html", routes=list(openapi.routes(current_app)))
