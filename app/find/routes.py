"""The search box: a page that works without scripts, and the same by the API. Kept by nobody on the way (app/headers.py):
what is found may name a defender's file, and what is not found may have been a name."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template
from flask_babel import gettext as _

from app.api.schemas import describes
from app.asked import argument
from app.errors import Invalid
from app.find import queries, wording
from app.permissions import Permission, needs

pages = Blueprint("find", __name__)
api = Blueprint("find_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


@pages.get("/find")
@needs(Permission.SEE_MAP)
def page() -> str:
    asked = argument("q", queries.LONGEST)
    answer = queries.find(asked)
    return render_template("find/page.html", asked=asked, answer=answer, wording=wording)


@api.get("/find")
@needs(Permission.SEE_MAP)
@describes(
    "What a text may mean: a place's name (typos allowed), a code, a grid, latitude and longitude, a serial, a call "
    "sign, a codename, a date-time group. q: the text. At most eight of each kind; how many there are is not told."
)
def find_by_api() -> Response:
    asked = argument("q", queries.LONGEST)
    if not asked.strip():
        raise Invalid(_("Say what to find."), fields={"q": _("This is needed.")})
    answer = queries.find(asked)
    body = {"found": [f.as_json() for f in answer.found], "unread": answer.unread or None}
    return jsonify(body)
