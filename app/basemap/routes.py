"""The base map: its tiles one by one, and the file as it lies there, in ranges. For a session or a bearer token."""

from __future__ import annotations

from flask import Blueprint, Response, request, send_file
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from app.basemap import queries
from app.basemap.models import Format, Tiles, Unsuitable, packed, tiles_of, unpacked
from app.basemap.slot import Slot
from app.errors import NotFound
from app.permissions import Permission, needs
from app.settings import settings_of

pages = Blueprint("basemap", __name__, url_prefix="/basemap")
BLUEPRINTS = (pages,)

# The tag in the address changes with the file. Private: no proxy between may tell one who has not signed in.
KEPT = "private, max-age=31536000, immutable"
TYPES = {
    Tiles.PNG: "image/png",
    Tiles.JPEG: "image/jpeg",
    Tiles.WEBP: "image/webp",
    Tiles.VECTOR: "application/vnd.mapbox-vector-tile",
}
FILES = {Format.PMTILES: "application/vnd.pmtiles", Format.MBTILES: "application/vnd.sqlite3"}


@pages.record_once
def fill(state: BlueprintSetupState) -> None:
    slot = Slot(settings_of(state.app).base_map)
    state.app.extensions["vigil_base_map"] = slot
    if (fault := slot.now().fault) is not None:
        state.app.logger.warning("no base map", extra={"fault": fault})


@pages.get("/<tag>/<int:z>/<int:x>/<int:y>")
@needs(Permission.SEE_MAP)
def tile(tag: str, z: int, x: int, y: int) -> Response:
    """One tile, rows counted from the north; 204 for a gap in a map of pictures, nothing in it for one of vectors."""
    archive = queries.archive(tag)
    data = queries.tile(archive, z, x, y)
    if archive.facts.tiles is Tiles.VECTOR:
        return kept(vector(data or b""))
    if data is None:
        return kept(Response(status=204))
    return kept(Response(data, content_type=TYPES[tiles_of(data) or archive.facts.tiles]))


@pages.get("/<tag>/file")
@needs(Permission.SEE_MAP)
def file(tag: str) -> Response:
    """The whole file, or any one range of it: QGIS and GDAL read PMTiles and MBTiles so."""
    archive = queries.archive(tag)
    try:
        response = send_file(
            archive.path.resolve(),
            mimetype=FILES[archive.facts.format],
            conditional=True,
            etag=tag,
            max_age=0,
        )
    except RequestedRangeNotSatisfiable as error:
        return Response(status=416, headers={"Content-Range": f"bytes */{error.length}"})
    except OSError:  # taken away since we looked
        raise NotFound from None
    return kept(response)


def vector(data: bytes) -> Response:
    """Passed on as packed as it lies in the file, unless the client can't unpack."""
    plain = not packed(data)
    if not plain and "gzip" not in request.accept_encodings:
        try:
            data, plain = unpacked(data), True
        except Unsuitable:
            data, plain = b"", True
    response = Response(data, content_type=TYPES[Tiles.VECTOR])
    if not plain:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def kept(response: Response) -> Response:
    response.headers["Cache-Control"] = KEPT
    response.vary.update(("Authorization", "Cookie"))
    return response
