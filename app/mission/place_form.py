"""What forms of several features share: a place in one field, a source's grades, refusals shown where they belong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from pydantic import ValidationError
from wtforms import HiddenField, StringField
from wtforms import ValidationError as ValidationFailed
from wtforms.fields import SelectChoice
from wtforms.validators import UUID, DataRequired, Length

from app.mission.placing import read_place


def choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Codes with their words, as the form's fields take them."""
    return [SelectChoice(code, words) for code, words in pairs]


RELIABILITY = [("F", _l("F – can’t be judged")), ("A", _l("A – completely")), ("B", _l("B – usually")),
               ("C", _l("C – fairly")), ("D", _l("D – not usually")), ("E", _l("E – unreliable"))]  # fmt: skip
CREDIBILITY = [("6", _l("6 – can’t be judged")), ("1", _l("1 – confirmed")), ("2", _l("2 – probably true")),
               ("3", _l("3 – possibly true")), ("4", _l("4 – doubtful")), ("5", _l("5 – improbable"))]  # fmt: skip


class ReadsPlace:
    """What a form does that has a field `place`: `given_place` is what placing.Given takes."""

    given_place: dict[str, Any]

    def validate_place(self, field: StringField) -> None:
        try:
            self.given_place = read_place(field.data or "")
        except ValueError as error:
            raise ValidationFailed(str(error)) from None


class PlacedForm(ReadsPlace, FlaskForm):
    """A form with a place in it, and pydantic's refusals shown at the fields they belong to."""

    # So that sending twice (a lost answer, a double click) is the same thing once.
    id = HiddenField(validators=[UUID()])
    place = StringField(
        _l("Where"), validators=[DataRequired(), Length(max=120)],
        description=_l("Grid reference, latitude and longitude, or the name of a place"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.id.data:
            self.id.data = str(uuid4())

    def tell(self, error: ValidationError) -> None:
        for problem in error.errors(include_url=False, include_input=False):
            name = str(problem["loc"][0]) if problem["loc"] else ""
            words = problem["msg"].removeprefix("Value error, ")
            field = self._fields.get(name)
            if field is None:
                self.form_errors.append(words)
            else:
                field.errors = [*field.errors, words]
