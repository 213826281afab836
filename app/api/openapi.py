"""The API's description, made from the routes themselves, so that it can't say what they don't do (OpenAPI 3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from app.permissions import Permission, asked_by

PREFIX = "/api/v1"
PARAMETER = re.compile(r"<(?:(?P<converter>[a-z]+)(?:\([^)]*\))?:)?(?P<name>[a-z_]+)>")
TYPES: dict[str | None, dict[str, str]] = {
    None: {"type": "string"},
    "string": {"type": "string"},
    "path": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "uuid": {"type": "string", "format": "uuid"},
}
REFERENCE = "#/components/schemas/{model}"
PROBLEM = {
    "type": "object",
    "required": ["type", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; programs decide by it."},
        "detail": {"type": "string", "description": "A sentence for people; never holds what was sent."},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
SECURITY = {
    "type": "http",
    "scheme": "bearer",
    "description": "A personal token, narrowed to scopes; made on the account page or by `flask tokens create`.",
}


@dataclass(frozen=True)
class Route:
    path: str
    method: str
    endpoint: str
    summary: str
    permissions: tuple[Permission, ...]
    takes: type[BaseModel] | None
    gives: type[BaseModel] | None
    parameters: tuple[dict[str, Any], ...]


def routes(app: Flask) -> Iterator[Route]:
    """Every route under /api/v1, in the order of path and method."""
    rules = [r for r in app.url_map.iter_rules() if r.rule.startswith(PREFIX)]
    for rule in sorted(rules, key=lambda r: r.rule):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield route_of(app, rule, method)


def route_of(app: Flask, rule: Rule, method: str) -> Route:
    view = app.view_functions[rule.endpoint]
    told: dict[str, Any] = getattr(view, "api", {})
    parameters = tuple(
        {"name": m["name"], "in": "path", "required": True, "schema": TYPES.get(m["converter"], TYPES[None])}
        for m in PARAMETER.finditer(rule.rule)
    )
    return Route(
        path=PARAMETER.sub(lambda m: "{" + m["name"] + "}", rule.rule),
        method=method,
        endpoint=rule.endpoint,
        summary=told.get("summary", ""),
        permissions=asked_by(view),
        takes=told.get("takes"),
        gives=told.get("gives"),
        parameters=parameters,
    )


def document(app: Flask, title: str) -> dict[str, Any]:
    """The OpenAPI document as JSON-ready values."""
    found = list(routes(app))
    asked: list[tuple[type[BaseModel], Any]] = []
    for route in found:
        asked += [(route.takes, "validation")] if route.takes else []
        asked += [(route.gives, "serialization")] if route.gives else []
    references, schemas = models_json_schema(list(dict.fromkeys(asked)), ref_template=REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for route in found:
        paths.setdefault(route.path, {})[route.method.lower()] = operation(route, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1"},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": {"Problem": PROBLEM} | schemas.get("$defs", {}),
            "responses": {
                "Problem": {
                    "description": "Refused; nothing was stored unless the code says so.",
                    "content": {
                        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                    },
                }
            },
            "securitySchemes": {"token": SECURITY},
        },
    }


def operation(route: Route, references: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": f"{route.method.lower()}_{route.endpoint.replace('.', '_')}",
        "summary": route.summary,
        "description": f"Needs the permission {' or '.join(route.permissions)}." if route.permissions else "",
        "responses": {
            "2XX": answer(references[route.gives, "serialization"] if route.gives else None),
            "4XX": {"$ref": "#/components/responses/Problem"},
        },
    }
    if route.parameters:
        said["parameters"] = list(route.parameters)
    if route.takes:
        schema = references[route.takes, "validation"]
        said["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return said


def answer(schema: dict[str, Any] | None) -> dict[str, Any]:
    if schema is None:
        return {"description": "Done."}
    return {"description": "Done.", "content": {"application/json": {"schema": schema}}}
