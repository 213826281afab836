"""The application factory. Each feature brings `routes.py` (its pages and its part of /api/v1) and, where it
has commands for the operator, `commands.py`.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Flask, current_app, request
from flask_migrate import Migrate
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter as AnyInteger
from werkzeug.routing import Map

from app import built, compression, context, errors, headers, sessions, words
from app.db import db
from app.settings import Settings, settings_of

FEATURES = (
    "people", "mission", "maps", "alerts", "field_reports", "incidents", "threats", "defenders", "patrols",
    "positions", "havens", "documents", "ledger", "api", "exercise", "ogc", "tiles", "basemap", "handovers", "find",
    "imports", "sources", "call_backs", "console", "ladders", "watches", "messages", "rules",
    "measures", "surfaces", "sites", "means", "roads", "coverage", "due_diligence", "patrol_orders", "deviations",
    "patrol_reports", "solves", "plans", "draws", "replanning", "predictability", "siting", "evacuations",
    "signals",
)  # fmt: skip

# The largest body that any route takes; a report is a few kilobytes.
LARGEST_BODY = 2 * 1024 * 1024
# The largest id that the database counts to.
LARGEST_ID = 2**63 - 1


# What stands around a file in a form of many parts.
FORM_AROUND = 64 * 1024


def refuse_odd_bodies() -> None:
    """What no route expects, before any of them meets it."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_file", False):
        # What was declared to take a file takes one of a told length; nothing of it is read before the gate has asked who
        # sends it.
        request.max_content_length = settings_of(current_app).largest_upload + FORM_AROUND
        endless = request.content_length is None and request.environ.get("wsgi.input_terminated")
        if endless or (request.content_length or 0) > request.max_content_length:
            raise RequestEntityTooLarge
        return
    # A body whose length was not told is cut off by Werkzeug where the limit lies, and would be taken for whole.
    if request.content_length is None and len(request.get_data(cache=True)) >= LARGEST_BODY:
        raise RequestEntityTooLarge
    # No other page takes files; a form would find one where it expects a text, and break on it.
    if request.mimetype == "multipart/form-data" and request.files:
        raise BadRequest


class IntegerConverter(AnyInteger):
    """An id in an address. One beyond what the database counts to is the address of nothing, not an error."""

    def __init__(
        self,
        map: Map,
        fixed_digits: int = 0,
        min: int | None = None,
        max: int = LARGEST_ID,
        signed: bool = False,
    ) -> None:
        super().__init__(map, fixed_digits, min, max, signed)


def create_app(settings: Settings | None = None) -> Flask:
    settings = settings or Settings.from_environment()
    app = Flask(__name__)
    app.url_map.converters["int"] = IntegerConverter
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # Prepared statements stay in the server: the report's path is a handful of them, run all day long.
        # The connection that was used last is taken first: a few that are warm in place of all that are lukewarm. With it
        # bench/alerts, flooded, took a fifth more reports.
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": 8,
            "max_overflow": 8,
            "pool_pre_ping": False,
            "pool_use_lifo": True,
        },
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        WTF_CSRF_CHECK_DEFAULT=False,  # the gate checks, since a bearer token needs no CSRF token
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        SESSION_COOKIE_NAME="vigil_forms",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.extensions["vigil_settings"] = settings
    if settings.behind_proxy:
        # Believe one proxy and no more: whoever could set these headers could dodge the throttle of sign-in.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    Migrate(app, db, directory="migrations")
    words.register(app)
    built.register(app)
    compression.register(app)
    context.register(app, settings)
    errors.register(app)
    headers.register(app, settings)
    app.before_request(refuse_odd_bodies)
    sessions.register(app)
    for feature in FEATURES:
        if find_spec(f"app.{feature}.routes"):
            for blueprint in import_module(f"app.{feature}.routes").BLUEPRINTS:
                app.register_blueprint(blueprint)
        if find_spec(f"app.{feature}.commands"):
            for command in import_module(f"app.{feature}.commands").COMMANDS:
                app.cli.add_command(command)
    return app
