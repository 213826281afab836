"""What a field of a block asks: its label on the phone and on paper. The schema stands in the models of the blocks;
form, reading page and document are drawn from it."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from flask_babel import LazyString
from pydantic import BaseModel, Field, StringConstraints
from pydantic.fields import FieldInfo

from app.api.bodies import Body
from app.moments import Moment


@dataclass(frozen=True)
class Asked:
    """`kind`: line, text, number, moment, place, day; what is chosen, ticked or repeated follows from the type."""

    label: LazyString
    kind: str = ""
    hint: LazyString | None = None


# One line, a few sentences, a number of people or things. Names of people have no field.
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00]*$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=r"^[^\x00]*$")]
Count = Annotated[int, Field(ge=0, le=100_000)]
At = Moment
MOST_ROWS = 20


class Row(Body):
    """A row of a group that is repeated."""


@dataclass(frozen=True)
class Entry:
    """A field as it is drawn. `options`: codes to choose from; `of`: the fields of a repeated row; `default`: what an
    empty form says, as its control takes it."""

    name: str
    label: LazyString
    kind: str
    hint: LazyString | None
    options: tuple[str, ...] = ()
    of: tuple[Entry, ...] = ()
    default: str = ""


def entries(model: type[BaseModel]) -> tuple[Entry, ...]:
    return tuple(_entry(name, field) for name, field in model.model_fields.items())


def _entry(name: str, field: FieldInfo) -> Entry:
    asked = next(m for m in field.metadata if isinstance(m, Asked))
    found = list(_parts(field.annotation))
    row = next((t for t in found if isinstance(t, type) and issubclass(t, Row)), None)
    codes = next((get_args(t) for t in found if get_origin(t) is Literal), ())
    if row is not None:
        return Entry(name, asked.label, "group", asked.hint, of=entries(row))
    kind = asked.kind or (
        "choice" if codes else "yes_no" if bool in found else "number" if int in found else "line"
    )
    options = tuple(str(c) for c in codes)
    return Entry(name, asked.label, kind, asked.hint, options, default=as_control(field.default))


def as_control(value: Any) -> str:
    """A value as the control of its field takes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _parts(annotation: Any) -> Iterator[Any]:
    """The types that an annotation is made of."""
    yield annotation
    if get_origin(annotation) in (list, Union, types.UnionType, Annotated):
        for part in get_args(annotation):
            yield from _parts(part)
