"""Explaining deviations: from the patrol's page, from its leader's on a phone, and by the API."""

from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import read
from app.api.schemas import describes
from app.db import db
from app.deviations import actions, queries
from app.deviations.actions import Explanation
from app.patrols import queries as patrols
from app.permissions import Permission, needs, viewer

pages = Blueprint("deviations", __name__, url_prefix="/patrols")
api = Blueprint("deviations_api", __name__, url_prefix="/api/v1/patrols")
BLUEPRINTS = (pages, api)

# Its leader explains and those who order patrols: they all report from the field (app/patrols/routes.py).
EXPLAINS = Permission.FILE_REPORTS


@pages.post("/<int:patrol_id>/deviations/<int:deviation_id>")
@needs(EXPLAINS)
def explain_from_form(patrol_id: int, deviation_id: int) -> BaseResponse:
    said = {name: request.form.get(name, "") for name in ("reason", "note")}
    actions.acknowledge(patrol_id, deviation_id, read(Explanation, said))
    db.session.commit()
    flash(_("The reason is on record."))
    if not viewer().holds(Permission.READ_PATROLS):
        return redirect(url_for("patrols.mine"), 303)
    return redirect(url_for("patrols.page", patrol_id=patrol_id), 303)


@api.get("/<int:patrol_id>/deviations")
@needs(Permission.READ_PATROLS)
@describes("Deviations of a patrol from its order, newest first; `value` in metres off the line, or seconds.")
def list_deviations(patrol_id: int) -> Response:
    patrols.one(patrol_id)
    return jsonify({"deviations": [queries.as_json(d) for d in queries.of_patrol(patrol_id)]})


@api.post("/<int:patrol_id>/deviations/<int:deviation_id>")
@needs(EXPLAINS)
@describes("Say why a patrol deviated from its order.", takes=Explanation)
def explain_by_api(patrol_id: int, deviation_id: int) -> Response:
    actions.acknowledge(patrol_id, deviation_id, read(Explanation))
    db.session.commit()
    return jsonify({"id": deviation_id})
