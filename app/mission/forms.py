"""The form of one value of the standing procedures."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FloatField, HiddenField, StringField
from wtforms.validators import InputRequired, Length


class ProcedureForm(FlaskForm):
    value = FloatField(_l("New value"), validators=[InputRequired()])
    reason = StringField(
        _l("Reason"),
        validators=[InputRequired(), Length(max=500)],
        description=_l("A sentence without names. It stands in the accountability log."),
    )
    seen = HiddenField()

    def seen_value(self) -> float | None:
        """The value that stood on the page, or None where it can't be read."""
        try:
            return float(str(self.seen.data))
        except ValueError:
            return None
