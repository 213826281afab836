"""The form of a contact."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from app.ladders.climbing import LEAVING
from app.messages.wording import ROUTES


class ContactForm(FlaskForm):
    route = SelectField(_l("By"), choices=[SelectChoice(r.value, ROUTES[r]) for r in LEAVING])
    address = StringField(
        _l("Number or address"), validators=[DataRequired(), Length(min=5, max=120)],
        description=_l("A number with its country code. Only you and the process that sends see it."),
    )  # fmt: skip
