"""The API's documents that are not features: landing page, conformance, collections, the description in OpenAPI 3.0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.exchange.layers import Layer
from app.exchange.queries import open_layers
from app.mission import queries as mission
from app.ogc import cells
from app.ogc.asked import MOST, USUAL

CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
CONFORMS_TO = [CORE + "core", CORE + "geojson", CORE + "oas30"]
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
JSON, GEOJSON = "application/json", "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"


@dataclass(frozen=True)
class Collection:
    """What a collection is called, and by which parameters it may be asked beside those of the standard."""

    name: str
    title: str
    description: str
    timed: bool = False
    codes: tuple[str, ...] = ()


def of_layer(layer: Layer) -> Collection:
    words = _("As the mission’s picture shows them, as far as you may read.")
    return Collection(layer.name, str(layer.title), words, layer.period is not None, tuple(layer.codes))


def collections() -> list[Collection]:
    """Those that this viewer may read; of the others nothing is said."""
    found = [of_layer(layer) for layer in open_layers()]
    if cells.open_to_viewer():
        words = _("Areas in which defenders live, no finer than your clearance. Keep no copy of them.")
        found.append(Collection(cells.NAME, _("Defenders’ cells"), words))
    return found


def link(rel: str, href: str, kind: str = JSON, title: str = "") -> dict[str, str]:
    return {"rel": rel, "href": href, "type": kind} | ({"title": title} if title else {})


def here(endpoint: str, **values: Any) -> str:
    return url_for(f"ogc.{endpoint}", _external=True, **values)


def landing() -> Mapping[str, Any]:
    identity = mission.identity()
    return {
        "title": identity.name + (_(" — EXERCISE") if identity.exercise else ""),
        "description": _("Layers of the picture, for programs that read OGC API – Features. Classification: %(c)s.",
                         c=identity.classification),
        "links": [
            link("self", here("landing")),
            link("service-desc", here("description"), OPENAPI, _("The description of this interface")),
            link("conformance", here("conformance")),
            link("data", here("collections")),
        ],
    }  # fmt: skip


def described(found: Collection) -> Mapping[str, Any]:
    return {
        "id": found.name,
        "title": found.title,
        "description": found.description,
        "itemType": "feature",
        # The whole world, and not the box around what there is: that would tell where the outermost lies.
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]], "crs": CRS84}},
        "crs": [CRS84],
        "links": [
            link("self", here("collection", name=found.name)),
            link("items", here("items", name=found.name), GEOJSON, found.title),
        ],
    }


def all_described(found: Iterable[Collection]) -> Mapping[str, Any]:
    return {"links": [link("self", here("collections"))], "collections": [described(c) for c in found]}


def parameters(found: Collection) -> list[Mapping[str, Any]]:
    box = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    asked = [
        query("bbox", box),
        query("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}),
        query("datetime", {"type": "string"}),
        query("f", {"type": "string", "enum": ["json"]}),
        query("after", {"type": "string", "description": "From a link to a next page; never made up."}),
    ]
    return asked + [query(code, {"type": "array", "items": {"type": "string"}}) for code in found.codes]


def query(name: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "style": "form",
        "explode": False,
        "schema": schema,
    }


def openapi(found: Iterable[Collection]) -> Mapping[str, Any]:
    """OpenAPI 3.0 of this viewer's collections."""

    def answered(kind: str) -> Mapping[str, Any]:
        return {
            "200": {"description": "Done.", "content": {kind: {"schema": {"type": "object"}}}},
            "default": {
                "description": "Refused.",
                "content": {"application/problem+json": {"schema": {"type": "object"}}},
            },
        }

    def get(summary: str, kind: str = JSON, **more: Any) -> Mapping[str, Any]:
        return {"get": {"summary": summary, "responses": answered(kind), **more}}

    paths: dict[str, Any] = {
        "/": get("What this is"), "/conformance": get("What it conforms to"), "/api": get("This document", OPENAPI),
        "/collections": get("The collections that you may read"),
    }  # fmt: skip
    for each in found:
        top = f"/collections/{each.name}"
        feature = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
        paths[top] = get(each.title)
        paths[f"{top}/items"] = get(each.title, GEOJSON, parameters=parameters(each))
        paths[f"{top}/items/{{featureId}}"] = get(each.title, GEOJSON, parameters=[feature])
    return {
        "openapi": "3.0.3",
        "info": {"title": mission.identity().name, "version": "1"},
        "servers": [{"url": here("landing").rstrip("/")}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }
