"""The forms of carriers and their devices."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.mission.place_form import choices
from app.positions import wording
from app.positions.models import Kind
from app.positions.trackers import LONGEST


class CarrierForm(FlaskForm):
    kind = SelectField(
        _l("What it is"), validators=[DataRequired()],
        choices=choices((k.value, wording.KINDS[k]) for k in (Kind.VEHICLE, Kind.AIRCRAFT)),
    )  # fmt: skip
    unit_id = SelectField(_l("Unit"), validators=[DataRequired()])
    call_sign = StringField(
        _l("Call sign"), validators=[DataRequired(), Length(max=80)],
        description=_l("As it is called on the radio. Never the name of a person."),
    )  # fmt: skip

    def offer(self, units: list[Any]) -> None:
        self.unit_id.choices = choices((str(u.id), f"{u.call_sign} · {u.name}") for u in units)


class DeviceForm(FlaskForm):
    days = IntegerField(
        _l("Its key lasts, in days"), default=30,
        validators=[InputRequired(), NumberRange(min=1, max=LONGEST.days)],
        description=_l("From 1 to 90; the key of a patrol’s device also ends a day after the patrol."),
    )  # fmt: skip


class EndForm(FlaskForm):
    lost_since = StringField(
        _l("Lost or captured since"), validators=[Optional(), Length(max=40)],
        description=_l("Date-time group such as 211430ZNOV26. What it told from then on is no longer believed."),
    )  # fmt: skip
