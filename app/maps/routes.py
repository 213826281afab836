"""The picture: one page, and its layers as GeoJSON."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.alerts import wording as alerts
from app.asked import argument, moment, number, period
from app.basemap import queries as basemap
from app.coverage import layer as coverage
from app.db import db
from app.defenders import gate
from app.errors import Invalid, NotFound
from app.grading import Verification
from app.headers import csp_nonce
from app.incidents import wording as incidents
from app.maps import actions, folium_page, inside, legend, queries, views
from app.maps.forms import ViewForm
from app.maps.models import SavedView
from app.mission import queries as mission
from app.mission.place_form import RELIABILITY
from app.patrols import visits
from app.permissions import Permission, knows_restricted, needs, viewer
from app.surfaces import layer as hotspots

pages = Blueprint("maps", __name__)
BLUEPRINTS = (pages,)

GRADES = "ABCDEF"
TABLES = {
    "alerts": ("alerts.board", Permission.READ_ALERTS),
    "incidents": ("incidents.table", Permission.READ_INCIDENTS),
    "threats": ("threats.table", Permission.READ_THREATS),
    "hotspots": ("surfaces.board", Permission.READ_FORECAST),
    "defenders": ("defenders.register", Permission.READ_DEFENDERS),
    "coverage": ("coverage.board", Permission.READ_PATROLS),
    "havens": ("havens.board", Permission.READ_HAVENS),
    "patrols": ("patrols.board", Permission.READ_PATROLS),
}


@pages.get("/map")
@needs(Permission.SEE_MAP)
def picture() -> str:
    return page(None)


@pages.get("/map/views/<int:view_id>")
@needs(Permission.SEE_MAP)
def open_view(view_id: int) -> str:
    """The map as somebody kept it: his layers, filters, time and drawings, with the viewer's own rights."""
    return page(views.one(view_id))


def page(kept: SavedView | None) -> str:
    shown = legend.layers(
        sees_cells=viewer().holds(Permission.SEE_COARSE_CELLS), sees_hotspots=viewer().holds(Permission.SEE_HOTSPOTS)
    )  # fmt: skip
    queue_url = url_for("alerts.queue") if viewer().holds(Permission.READ_ALERTS) else ""
    west, south, east, north = queries.bounds()
    asset = current_app.extensions["vigil_built"].address
    bounds = (west, south, east, north)
    drawn = folium_page.build(bounds, legend.panes(shown), csp_nonce(), label=_("Map"), asset=asset)
    return render_template(
        "maps/picture.html", map=drawn, layers=shown, groups=legend.GROUPS, periods=legend.PERIODS, period="90d",
        bounds=list(bounds), layers_url="/map/layers/", queue_url=queue_url,
        table_url=url_for("alerts.board"), kept=kept, views=views.kept(),
        may_print=viewer().holds(Permission.ORDER_DOCUMENTS),
        base_map=basemap.shown(), me=viewer().person_id, form=ViewForm(formdata=None),
        tables={name: url_for(e) for name, (e, p) in TABLES.items() if viewer().holds(p)}, **offered(),
    )  # fmt: skip


def offered() -> dict[str, Any]:
    """The choices of the filters."""
    return {
        "kind_groups": [(_("Alerts and threats"), alerts.KINDS.items()), (_("Incidents"), incidents.KINDS.items())],
        "grades": RELIABILITY[1:], "verifications": alerts.VERIFICATIONS.items(),
        "sectors": [(row.id, row.name) for _depth, row in mission.sector_tree()],
    }  # fmt: skip


@pages.post("/map/views")
@needs(Permission.SEE_MAP)
def keep_view() -> BaseResponse | tuple[str, int]:
    form = ViewForm()
    seen = form.seen() if form.validate_on_submit() else None
    if seen is None:
        return render_template("maps/not_kept.html", form=form), 422
    made = actions.keep_view(form.name.data, bool(form.for_shift and form.for_shift.data), seen)
    db.session.commit()
    return redirect(url_for("maps.open_view", view_id=made.id), 303)


@pages.post("/map/views/<int:view_id>/remove")
@needs(Permission.SEE_MAP)
def remove_view(view_id: int) -> BaseResponse:
    actions.remove_view(view_id)
    db.session.commit()
    return redirect(url_for("maps.picture"), 303)


@pages.get("/map/inside")
@needs(Permission.SEE_MAP)
def what_is_inside() -> str:
    """What the viewer sees in an area that he drew, as a panel."""
    found = inside.ask(inside.corners(request.args.get("area", "")), view())
    return render_template("maps/inside.html", inside=found, wording=legend.INSIDE)


@pages.get("/map/layers/<name>.geojson")
@needs(Permission.SEE_MAP)
def layer(name: str) -> Response:
    """A layer of what this viewer may see. What tells of persons or of restricted havens is kept by nobody on the way."""
    if name == "defenders":
        # Of the past there are no cells: consent that is withdrawn takes them off every picture.
        return answer(queries.EMPTY if view().known_at else gate.layer(view()), keep=False)
    if name == "hotspots":
        asked = view()
        return answer(
            hotspots.layer(asked.known_at, (asked.west, asked.south, asked.east, asked.north)), keep=True
        )
    if name == "coverage":
        # As it stands now: of the past nobody keeps what was on the list.
        return answer(queries.EMPTY if view().known_at else coverage.layer(), keep=True)
    if name not in queries.LAYERS:
        raise NotFound
    told = (name == "havens" and knows_restricted()) or (name == "patrols" and visits.any_known())
    return answer(queries.layer(name, view()), keep=not told)


def answer(body: str, *, keep: bool) -> Response:
    response = Response(body, mimetype="application/geo+json")
    if keep:
        response.headers["Cache-Control"] = "private, no-cache"
        response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
        response.make_conditional(request)
    return response


def view() -> queries.View:
    """The part of the world and the period that were asked for; Invalid with a sentence if they can't be."""
    try:
        box = [float(x) for x in request.args.get("bbox", "-180,-90,180,90").split(",")]
        west, south, east, north = (max(-180.0, min(180.0, x)) for x in box)
        zoom = min(max(int(request.args.get("zoom", "8")), 0), 22)
    except (ValueError, OverflowError):
        raise Invalid(_("Give bbox as west,south,east,north in degrees, zoom as a number.")) from None
    if not all(x == x for x in box):
        raise Invalid(_("Give bbox as west,south,east,north in degrees."))
    grade, verification = argument("grade"), argument("verification")
    (since, until), known_at = period(), moment("known_at")
    return queries.View(
        west, south, east, north, zoom, since, until, known_at,
        kind=argument("kind"), grade=grade if grade in GRADES else "",
        verification=verification if verification in set(Verification) else "",
        actor=argument("actor").strip().lower(), sector=number("sector"),
    )  # fmt: skip
