"""Vector tiles at /tiles/{layer}/{z}/{x}/{y}.mvt, for a session or a bearer token."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.errors import NotFound
from app.exchange.freshness import tagged, unchanged
from app.exchange.queries import etag, layer_named
from app.ogc.asked import known_alone
from app.permissions import Permission, needs
from app.tiles import queries

pages = Blueprint("tiles", __name__, url_prefix="/tiles")
BLUEPRINTS = (pages,)
MVT = "application/vnd.mapbox-vector-tile"


@pages.get("/<name>/<int:z>/<int:x>/<int:y>.mvt")
@needs(Permission.SEE_MAP)
def tile(name: str, z: int, x: int, y: int) -> Response:
    """The layer as far as this viewer reads it; 304 before any other question where it has not changed for him."""
    layer = layer_named(name)
    known_alone(["kind"])
    kinds = request.args["kind"].split(",") if request.args.get("kind") else None
    where = queries.Tile(z, x, y)
    if not where.in_the_world():
        raise NotFound
    tag = etag(layer, "tile", z, x, y, tuple(kinds or ()))
    if known := unchanged(tag):
        return known
    return tagged(Response(queries.tile(layer, where, kinds), content_type=MVT), tag, layer)
