"""The two blueprints of defenders, which routes.py and the other files of routes fill."""

from __future__ import annotations

from flask import Blueprint

from app.defenders.refusals import refused
from app.errors import NotAllowed

pages = Blueprint("defenders", __name__, url_prefix="/defenders")
api = Blueprint("defenders_api", __name__, url_prefix="/api/v1")
for blueprint in (pages, api):
    blueprint.register_error_handler(NotAllowed, refused)

# An id of an address, as far as the database counts.
ID = "int(max=9223372036854775807)"
