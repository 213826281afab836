"""The form by which a road is closed or slowed."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FloatField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from app.mission.place_form import choices
from app.roads import wording


class ConditionForm(FlaskForm):
    condition = SelectField(
        _l("It is"),
        validators=[DataRequired()],
        choices=choices(wording.CONDITIONS.items()),
        default="closed",
    )
    factor = FloatField(
        _l("If slow: how many times longer it takes"), validators=[Optional(), NumberRange(1, 10)],
        description=_l("2 is twice as long. Leave it empty for a closed road."),
    )  # fmt: skip
    cause = SelectField(_l("Cause"), validators=[DataRequired()], choices=choices(wording.CAUSES.items()))
    until = StringField(
        _l("Until"), validators=[Length(max=40)],
        description=_l("Date-time group such as 211430ZNOV26; empty: until it is opened again"),
    )  # fmt: skip
    reason = TextAreaField(
        _l("Reason"), validators=[DataRequired(), Length(max=2000)],
        description=_l("What is known, and since when. No names of persons or sources."),
    )  # fmt: skip

    def as_body(self) -> dict[str, Any]:
        """As ConditionBody takes it."""
        return {
            "condition": self.condition.data, "cause": self.cause.data, "factor": self.factor.data,
            "until": (self.until.data or "").strip() or None, "reason": self.reason.data or "",
        }  # fmt: skip
