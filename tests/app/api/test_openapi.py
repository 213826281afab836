"""The API's description of itself: whole, valid, and as the routes are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app.api import openapi
from app.permissions import Permission, Role
from tests.people import Staff


@pytest.fixture
def document(app: Flask, staff: Staff) -> dict[str, Any]:
    answer = app.test_client().get("/api/openapi.json", headers=staff.bearer(Role.PATROL_CDR))
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def test_every_route_of_the_api_is_described_and_asks_a_permission(app: Flask) -> None:
    found = list(openapi.routes(app))
    assert len(found) >= 5
    for route in found:
        assert route.summary, f"{route.method} {route.path} has no @describes"
        by_device = getattr(app.view_functions[route.endpoint], "by_device", False)
        assert all(isinstance(p, Permission) for p in route.permissions)
        assert bool(route.permissions) != by_device


def test_every_route_of_the_api_stands_in_the_document(app: Flask, document: dict[str, Any]) -> None:
    described = {(path, method.upper()) for path, method, _operation in operations(document)}
    assert described == {(route.path, route.method) for route in openapi.routes(app)}


def test_every_reference_leads_to_something(document: dict[str, Any]) -> None:
    found = set(references(document))
    assert found
    for reference in found:
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
        assert place


def test_the_document_has_the_shape_of_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert document["info"].keys() >= {"title", "version"}
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert document["security"] == [{"token": []}]
    names = [operation["operationId"] for _p, _m, operation in operations(document)]
    assert len(names) == len(set(names))
    for path, method, operation in operations(document):
        assert method in {"get", "put", "post", "patch", "delete"}
        assert {p["name"] for p in operation.get("parameters", [])} == set(re.findall(r"{(\w+)}", path))
        assert all(p["required"] and p["in"] == "path" for p in operation.get("parameters", []))
        assert set(operation["responses"]) == {"2XX", "4XX"}
        assert all("description" in r or "$ref" in r for r in operation["responses"].values())


def test_every_problem_has_the_shape_that_the_document_promises(app: Flask, document: dict[str, Any]) -> None:
    answer = app.test_client().get("/api/v1/alerts")
    assert answer.mimetype == "application/problem+json"
    promised = document["components"]["schemas"]["Problem"]
    assert set(promised["required"]) <= set(answer.get_json()) <= set(promised["properties"])


def test_the_report_is_described_with_its_id_and_its_body(document: dict[str, Any]) -> None:
    put = document["paths"]["/api/v1/reports/{report_id}"]["put"]
    assert put["parameters"][0]["schema"] == {"type": "string", "format": "uuid"}
    reference = put["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    schema = document["components"]["schemas"][reference.rsplit("/", 1)[1]]
    assert "occurred_at" in schema["properties"]


def test_the_document_is_for_those_who_have_signed_in(app: Flask, staff: Staff) -> None:
    assert app.test_client().get("/api/openapi.json").status_code == 401
    page = staff.client(Role.CLA).get("/api")
    assert page.status_code == 200
    assert "/api/v1/reports/{report_id}" in page.get_data(as_text=True)
