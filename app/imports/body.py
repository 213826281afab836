"""What is said of a file before it is brought in: which of its columns is what."""

from __future__ import annotations

from typing import Annotated

from flask_babel import gettext as _
from pydantic import Field, StringConstraints, model_validator

from app.api.bodies import Body, Id

Word = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[a-z_]+$")]
Column = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
Layer = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
Source = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$"
    ),
]
# Whose numbers are given by the house, or come in by the operator's command.
TAKEN = frozenset({"vigil", "ucdp", "acled", "exercise"})


class Said(Body):
    """Of one field of ours: the file's `column`, or what holds for `every` row."""

    field: Word
    column: Column | None = None
    every: Column | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> Said:
        if (self.column is None) == (self.every is None):
            raise ValueError(_("Name a column, or one value for every row."))
        return self


class Start(Body):
    """`source`: of incidents, whose numbers they bear. `tracked_id`: of a track, the carrier."""

    fields: Annotated[list[Said], Field(max_length=40)]
    source: Source | None = None
    tracked_id: Id | None = None

    @model_validator(mode="after")
    def once_each(self) -> Start:
        names = [said.field for said in self.fields]
        if len(set(names)) != len(names):
            raise ValueError(_("Say of each field once what it is."))
        if self.source is not None and self.source.lower() in TAKEN:
            raise ValueError(_("This name of a source is Vigil’s own. Choose another."))
        return self


class Another(Body):
    layer: Layer
