"""Bodies of the API: read once, checked by pydantic, refused with a sentence that never echoes what was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Annotated, Any, NoReturn, TypeVar

from flask import request
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from app.errors import Invalid, Refusal
from app.moments import Moment, read_moment

# What bodies of several features are made of.
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000, pattern=r"^[^\x00]*$")]
# As far as a reader of JSON counts exactly.
Id = Annotated[int, Field(ge=1, le=2**53)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Nothing(Body):
    pass


class When(Body):
    """`at`: ISO 8601 with its zone, or a date-time group; empty means now."""

    at: Moment | None = None

    def moment(self) -> datetime | None:
        """In UTC. Raises ValueError with a sentence."""
        return read_moment(self.at) if self.at else None


Model = TypeVar("Model", bound=BaseModel)
DEEPEST = 32


class Unreadable(Refusal):
    status = 400
    code = "unreadable"


class WrongType(Refusal):
    status = 415
    code = "wrong_type"


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def json_body() -> Any:
    """The request's JSON. NaN, infinities, doubled keys, NUL characters and deep nesting are refused:
    PostgreSQL or a later reader would break on them, after the answer said that all was well."""
    if request.mimetype != "application/json":
        raise WrongType(_("Send this as application/json."))
    try:
        text = request.get_data(cache=True).decode("utf-8")
        body = json.loads(text, parse_constant=refuse_constant, object_pairs_hook=once_each)
    except (ValueError, RecursionError):
        raise Unreadable(
            _("This is not valid JSON. Nothing was stored; correct it and send it again.")
        ) from None
    if "\\u0000" in text or too_deep(body):
        raise Unreadable(_("The body holds a NUL character or is nested too deeply. Nothing was stored."))
    return body


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("doubled key")
    return found


def too_deep(value: Any) -> bool:
    """Level by level: a batch holds thousands of values, and a call for each would cost more than storing them."""
    level = [value]
    for _depth in range(DEEPEST + 1):
        level = [v for v in level if isinstance(v, dict | list)]
        level = [w for v in level for w in (v.values() if isinstance(v, dict) else v)]
        if not level:
            return False
    return True


def read(model: type[Model], body: Any = None) -> Model:
    """The body as `model`, or Invalid with one sentence a field."""
    try:
        return model.model_validate(json_body() if body is None else body)
    except ValidationError as error:
        fields = {
            field_named(e["loc"], words_of(model)): sentence(e)
            for e in error.errors(include_url=False, include_input=False)
        }
        raise Invalid(
            _("Some fields can't be used. Nothing was stored; correct them and send again."), fields=fields
        ) from None


def field_named(steps: tuple[int | str, ...], known: frozenset[str]) -> str:
    """The way to a field. Keys that the sender made up are his words, and are not said again."""
    named = [str(s) if isinstance(s, int) or s in known else "unknown field" for s in steps if s != "[key]"]
    return ".".join(named) or "body"


@cache
def words_of(model: type[BaseModel]) -> frozenset[str]:
    """Every name of a field in the body, however deep, and every key that a table in it may have."""

    def names(schema: Any) -> Iterator[str]:
        if isinstance(schema, dict):
            yield from schema.get("properties", ())
            yield from schema.get("propertyNames", {}).get("enum", ())
            # The kinds of a body that has several shapes stand in the way to its fields.
            yield from schema.get("discriminator", {}).get("mapping", ())
            for part in schema.values():
                yield from names(part)
        elif isinstance(schema, list):
            for part in schema:
                yield from names(part)

    return frozenset(names(model.model_json_schema()))


def sentence(error: Any) -> str:
    """Sentences from our own checks are shown; pydantic's may quote what was sent."""
    if error["type"] == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    return plain(error["type"])


def plain(kind: str) -> str:
    sentences = {
        "missing": _("This is needed."),
        "extra_forbidden": _("This field is not known here."),
        "string_too_long": _("This is too long."),
        "string_too_short": _("This is too short."),
        "too_long": _("This has too many entries."),
        "literal_error": _("This is not one of the codes of the list."),
        "enum": _("This is not one of the codes of the list."),
        "datetime_from_date_parsing": _(
            "Give date and time with its zone, for example 2026-11-21T14:30:00Z."
        ),
        "timezone_aware": _("Say the time zone, for example 2026-11-21T14:30:00Z."),
        "uuid_parsing": _("This is not a UUID."),
    }
    return sentences.get(kind, _("This has the wrong type or is out of range."))
