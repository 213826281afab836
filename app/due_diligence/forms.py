"""The form of a decision on support to State forces."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.due_diligence import wording
from app.mission.place_form import choices


class DecisionForm(FlaskForm):
    recipient = StringField(
        _l("Unit of the State’s forces"), validators=[DataRequired(), Length(min=3, max=200)],
        description=_l("The unit; no names of persons"),
    )  # fmt: skip
    support = TextAreaField(_l("Support"), validators=[DataRequired(), Length(min=10, max=4000)])
    # Chosen each time: the first of each list would be taken for a judgement that nobody has made.
    risk = SelectField(
        _l("Risk of grave violations"), choices=choices([("", _l("choose")), *wording.RISKS.items()]), default="",
        validators=[DataRequired()],
    )  # fmt: skip
    mitigation = TextAreaField(
        _l("Conditions and mitigation"), validators=[DataRequired(), Length(min=10, max=4000)]
    )
    decision = SelectField(
        _l("Decision"), choices=choices([("", _l("choose")), *wording.DECISIONS.items()]), default="",
        validators=[DataRequired()],
    )  # fmt: skip
    review_on = DateField(_l("Holds until"), validators=[DataRequired()])

    def as_body(self) -> dict[str, Any]:
        names = ("recipient", "support", "risk", "mitigation", "decision")
        return {name: self._fields[name].data for name in names} | {"review_on": self.review_on.data}

    def tell(self, fields: dict[str, str], sentence: str) -> None:
        """A refusal at the fields that it is about, else above the form."""
        for name, words in fields.items():
            field = self._fields.get(name)
            if field is not None:
                field.errors = [*field.errors, words]
        if not any(name in self._fields for name in fields):
            self.form_errors.append(sentence)
