"""How far a search is, and its stop button: parts of the pages of plans, mixes and siting."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.api.schemas import describes
from app.db import db
from app.permissions import Permission, needs
from app.solves import actions, queries, wording

pages = Blueprint("solves", __name__, url_prefix="/solves")
api = Blueprint("solves_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


# Whoever sees the map comes in; which searches he hears of is asked for each (queries.visible).
@pages.get("/<int:solve_id>/progress")
@needs(Permission.SEE_MAP)
def progress(solve_id: int) -> Response:
    """Asked again and again by the page that waits. Once it has ended, that page is loaded anew."""
    found = queries.one(solve_id)
    if queries.is_open(found):
        return Response(
            render_template("solves/_progress.html", solve=found, queries=queries, wording=wording)
        )
    return Response("", headers={"HX-Refresh": "true"})


@pages.post("/<int:solve_id>/stop")
@needs(Permission.SEE_MAP)
def stop(solve_id: int) -> BaseResponse | str:
    """End it with the best so far; in a page that waits, the bar goes on until the worker has heard of it."""
    found = actions.stop(solve_id)
    db.session.commit()
    if request.headers.get("HX-Request") and queries.is_open(found):
        return render_template("solves/_progress.html", solve=found, queries=queries, wording=wording)
    return redirect(request.referrer if same_site(request.referrer) else "/", 303)


def same_site(address: str | None) -> bool:
    return bool(address) and str(address).startswith(request.host_url)


@api.get("/solves/<int:solve_id>")
@needs(Permission.SEE_MAP)
@describes("How far a search is: state, share of the work done, best so far.")
def told(solve_id: int) -> Response:
    found = queries.one(solve_id)
    return jsonify(
        id=found.id, kind=found.kind, subject_id=found.subject_id, state=found.state, share=found.share,
        best=found.best, took_seconds=found.took_seconds, error=found.error,
    )  # fmt: skip


@api.post("/solves/<int:solve_id>/stop")
@needs(Permission.SEE_MAP)
@describes("End a search with the best that it has.")
def stop_told(solve_id: int) -> Response:
    found = actions.stop(solve_id)
    db.session.commit()
    return jsonify(id=found.id, state=found.state)
