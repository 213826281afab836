"""The picture: one page, and its layers as GeoJSON."""

from __future__ import annotations

import hashlib
from datetime import datetime

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from app.defenders import gate
from app.errors import Invalid, NotFound
from app.headers import csp_nonce
from app.maps import folium_page, legend, queries
from app.permissions import Permission, needs, viewer

pages = Blueprint("maps", __name__)
BLUEPRINTS = (pages,)

TABLES = {
    "alerts": ("alerts.board", Permission.READ_ALERTS),
    "incidents": ("incidents.table", Permission.READ_INCIDENTS),
    "threats": ("threats.table", Permission.READ_THREATS),
    "defenders": ("defenders.register", Permission.READ_DEFENDERS),
    "havens": ("havens.board", Permission.READ_HAVENS),
    "patrols": ("patrols.board", Permission.READ_PATROLS),
}


@pages.get("/map")
@needs(Permission.SEE_MAP)
def picture() -> str:
    shown = legend.layers(sees_cells=viewer().holds(Permission.SEE_COARSE_CELLS))
    queue_url = url_for("alerts.queue") if viewer().holds(Permission.READ_ALERTS) else ""
    west, south, east, north = queries.bounds()
    drawn = folium_page.build((west, south, east, north), legend.panes(shown), csp_nonce(), label=_("Map"))
    return render_template(
        "maps/picture.html", map=drawn, layers=shown, groups=legend.GROUPS, periods=legend.PERIODS, period="90d",
        bounds=[west, south, east, north], layers_url="/map/layers/", queue_url=queue_url,
        table_url=url_for("alerts.board"), may_print=viewer().holds(Permission.ORDER_DOCUMENTS),
        tables={name: url_for(e) for name, (e, p) in TABLES.items() if viewer().holds(p)},
    )  # fmt: skip


@pages.get("/map/layers/<name>.geojson")
@needs(Permission.SEE_MAP)
def layer(name: str) -> Response:
    """A layer of what this viewer may see. What tells of persons is not kept by anybody on the way."""
    if name == "defenders":
        return answer(gate.layer(view()), keep=False)
    if name not in queries.LAYERS:
        raise NotFound
    return answer(queries.layer(name, view()), keep=True)


def answer(body: str, *, keep: bool) -> Response:
    response = Response(body, mimetype="application/geo+json")
    if keep:
        response.headers["Cache-Control"] = "private, no-cache"
        response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
        response.make_conditional(request)
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def view() -> queries.View:
    """The part of the world and the period that were asked for; Invalid with a sentence if they can't be."""
    try:
        box = [float(x) for x in request.args.get("bbox", "-180,-90,180,90").split(",")]
        west, south, east, north = (max(-180.0, min(180.0, x)) for x in box)
        zoom = min(max(int(request.args.get("zoom", "8")), 0), 22)
        since, until = moment("since"), moment("until")
    except (ValueError, OverflowError):
        raise Invalid(
            _("Give bbox as west,south,east,north in degrees, zoom as a number, times as ISO 8601.")
        ) from None
    if not all(x == x for x in box):
        raise Invalid(_("Give bbox as west,south,east,north in degrees."))
    return queries.View(west, south, east, north, zoom, since, until)


def moment(name: str) -> datetime | None:
    written = request.args.get(name)
    if not written:
        return None
    found = datetime.fromisoformat(written.replace(" ", "+"))
    if found.tzinfo is None:
        raise ValueError
    return found
