"""The URL map for tests that walk it: every route, and an address for each with plausible parameters."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import Rule

ARGUMENTS: dict[str, object] = {
    "int": 1,
    "float": 1.0,
    "uuid": "00000000-0000-4000-8000-000000000001",
    "default": "x",
    "path": "x",
    "any": "x",
}
SAFE = {"GET", "HEAD", "OPTIONS"}


def routes(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def address_of(rule: Rule) -> str:
    """The rule's path with 1, a UUID or "x" for its parameters."""
    path = ""
    for is_dynamic, piece in rule._trace:
        if not is_dynamic:
            path += piece
        else:
            path += str(ARGUMENTS[kind_of(rule, piece)])
    return path.lstrip("|")


def kind_of(rule: Rule, name: str) -> str:
    converter = type(rule._converters[name]).__name__
    return {
        "IntegerConverter": "int",
        "FloatConverter": "float",
        "UUIDConverter": "uuid",
        "PathConverter": "path",
        "AnyConverter": "any",
    }.get(converter, "default")


def writes(rule: Rule) -> set[str]:
    """The methods of a route that may change something."""
    return set(rule.methods or ()) - SAFE
