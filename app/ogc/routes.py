"""OGC API – Features, Part 1, at /ogc/: for QGIS, GDAL, OWSLib and whatever else reads it.

The door is the map's (mission:see_map); each collection asks its own permission behind it and answers those without it
as what does not exist. A token for a desktop program is narrowed to mission:see_map and the …:read of its layers.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.exchange.freshness import tagged, unchanged
from app.exchange.queries import etag, layer_named
from app.ogc import cells, documents, queries
from app.ogc.asked import in_json, known_alone, question
from app.ogc.documents import GEOJSON, here, link
from app.permissions import Permission, needs

pages = Blueprint("ogc", __name__, url_prefix="/ogc")
BLUEPRINTS = (pages,)


@pages.get("/")
@needs(Permission.SEE_MAP)
def landing() -> Response:
    return document(documents.landing())


@pages.get("/conformance")
@needs(Permission.SEE_MAP)
def conformance() -> Response:
    return document({"conformsTo": documents.CONFORMS_TO})


@pages.get("/api")
@needs(Permission.SEE_MAP)
def description() -> Response:
    response = document(documents.openapi(documents.collections()))
    response.content_type = documents.OPENAPI
    return response


@pages.get("/collections")
@needs(Permission.SEE_MAP)
def collections() -> Response:
    return document(documents.all_described(documents.collections()))


@pages.get("/collections/<name>")
@needs(Permission.SEE_MAP)
def collection(name: str) -> Response:
    return document(documents.described(collection_named(name)))


@pages.get("/collections/<name>/items")
@needs(Permission.SEE_MAP)
def items(name: str) -> Response:
    """A page of features. What places a person is kept by nobody on the way; the rest is known by its layer's version."""
    asked_by = collection_named(name)
    asked = question(asked_by.codes)
    if name == cells.NAME:
        return collected(name, cells.page(asked))
    layer = layer_named(name)
    queries.checked(layer, asked)
    tag = etag(layer, *asked.said())
    if known := unchanged(tag):
        return known
    return tagged(collected(name, queries.page(layer, asked)), tag, layer)


@pages.get("/collections/<name>/items/<feature_id>")
@needs(Permission.SEE_MAP)
def item(name: str, feature_id: str) -> Response:
    collection_named(name)
    known_alone(["f"])
    in_json()
    found = cells.one(feature_id) if name == cells.NAME else queries.one(layer_named(name), feature_id)
    links = [
        link("self", here("item", name=name, feature_id=feature_id), GEOJSON),
        link("collection", here("collection", name=name)),
    ]
    return Response(f'{found[:-1]},"links":{json.dumps(links)}}}', content_type=GEOJSON)


def document(content: Any) -> Response:
    known_alone(["f"])
    in_json()
    return jsonify(content)


def collection_named(name: str) -> documents.Collection:
    if name == cells.NAME and cells.open_to_viewer():
        return next(c for c in documents.collections() if c.name == name)
    return documents.of_layer(layer_named(name))


def collected(name: str, page: queries.Page) -> Response:
    kept = request.args.to_dict()
    links = [
        link("self", here("items", name=name, **kept), GEOJSON),
        link("collection", here("collection", name=name)),
    ]
    if page.after is not None:
        links.append(link("next", here("items", name=name, **(kept | {"after": page.after})), GEOJSON))
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return Response(
        f'{{"type":"FeatureCollection","timeStamp":"{now}","numberReturned":{page.count},'
        f'"links":{json.dumps(links)},"features":[{page.features}]}}',
        content_type=GEOJSON,
    )
