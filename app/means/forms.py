"""The forms of a unit's means and of an escort that is owed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import DateField, FloatField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.db import db
from app.errors import Invalid
from app.means import wording
from app.mission.hours import hour, minute
from app.mission.models import Place
from app.mission.place_form import choices
from app.people.forms import MultiCheckboxField

HOUR = [InputRequired(), Length(max=10)]
PLACE = [DataRequired(), Length(max=120)]


def whole(label: Any, least: int, most: int, default: int) -> IntegerField:
    return IntegerField(label, validators=[InputRequired(), NumberRange(least, most)], default=default)


def share(label: Any) -> FloatField:
    return FloatField(
        label,
        validators=[InputRequired(), NumberRange(0.1, 2)],
        default=1.0,
        description=_l("1 is as fast as usual"),
    )


class MeansForm(FlaskForm):
    going = SelectField(
        _l("How it goes"),
        validators=[DataRequired()],
        choices=choices(wording.GOING.items()),
        default="mixed",
    )
    open_speed = share(_l("Speed on open roads"))
    seasonal_speed = share(_l("Speed on roads of the dry season"))
    foot_kph = FloatField(_l("On foot, km/h"), validators=[InputRequired(), NumberRange(1, 8)], default=4.0)
    shift_from = StringField(_l("Out from"), validators=HOUR, default="07:00", description=_l("Local time"))
    shift_until = StringField(_l("Back until"), validators=HOUR, default="18:00")
    longest_duty_minutes = whole(_l("Longest tour, in minutes"), 30, 10_080, 480)
    tours_a_day = whole(_l("Tours a day"), 0, 10, 1)
    crew = whole(_l("People on a tour"), 1, 1000, 12)
    people_a_day = IntegerField(
        _l("People who can go out on a day"), validators=[Optional(), NumberRange(0, 5000)],
        description=_l("Empty where it is not known: then plans don’t ask whether people suffice."),
    )  # fmt: skip
    vehicles = IntegerField(
        _l("Vehicles that can go out on a day"), validators=[Optional(), NumberRange(0, 500)],
        description=_l("Likewise"),
    )  # fmt: skip
    interpreters = whole(_l("Interpreters among them"), 0, 1000, 0)
    women = whole(_l("Women among them"), 0, 1000, 0)
    days = MultiCheckboxField(
        _l("Days on which it goes out"), choices=choices((str(n), words) for n, words in wording.DAYS.items()),
        default=[str(n) for n in wording.DAYS],
    )  # fmt: skip
    overnight_base_ids = MultiCheckboxField(_l("Bases where it may sleep"))
    overnight_places = StringField(
        _l("Places where it may sleep"), validators=[Length(max=1000)],
        description=_l("Codes of places of the mission, with commas between them"),
    )  # fmt: skip
    note = TextAreaField(_l("Note"), validators=[Length(max=2000)])

    plain = ("going", "open_speed", "seasonal_speed", "foot_kph", "longest_duty_minutes", "tours_a_day", "crew",
             "people_a_day", "vehicles", "interpreters", "women", "note")  # fmt: skip

    def offer(self, bases: list[tuple[str, str]]) -> None:
        self.overnight_base_ids.choices = choices(bases)

    def fill(self, unit: Any, places: list[str]) -> None:
        for name in self.plain:
            self._fields[name].data = getattr(unit, name)
        self.shift_from.data, self.shift_until.data = hour(unit.shift_from), hour(unit.shift_until)
        self.days.data = [str(day) for day in unit.days]
        self.overnight_base_ids.data = [str(n) for n in unit.overnight_base_ids]
        self.overnight_places.data = ", ".join(places)

    def as_body(self) -> dict[str, Any]:
        """As MeansBody takes it. Raises Invalid for a place's code that is not known."""
        codes = [code.strip() for code in (self.overnight_places.data or "").split(",") if code.strip()]
        known = list(db.session.execute(select(Place.id).where(Place.code.in_(codes))).scalars())
        if len(known) != len(set(codes)):
            words = _("One of these codes is no place of the mission.")
            raise Invalid(words, fields={"overnight_places": words})
        return {
            **{name: self._fields[name].data for name in self.plain},
            "note": self.note.data or "",
            "shift_from": minute(self.shift_from.data), "shift_until": minute(self.shift_until.data),
            "days": [int(day) for day in self.days.data or []],
            "overnight_base_ids": [int(n) for n in self.overnight_base_ids.data or []],
            "overnight_place_ids": known,
        }  # fmt: skip


class EscortForm(FlaskForm):
    kind = SelectField(_l("Escort"), validators=[DataRequired()], choices=choices(wording.KINDS.items()))
    from_place = StringField(_l("From"), validators=PLACE, description=_l("Name or code of a place"))
    to_place = StringField(_l("To"), validators=PLACE)
    on_day = DateField(
        _l("On"), validators=[InputRequired()], default=lambda: datetime.now(UTC).date() + timedelta(days=1)
    )
    earliest = StringField(_l("Begins from"), validators=HOUR, default="07:00", description=_l("Local time"))
    latest = StringField(_l("Begins until"), validators=HOUR, default="09:00")
    ready_minutes = whole(_l("Minutes to get ready"), 0, 1440, 15)
    note = TextAreaField(
        _l("Note"),
        validators=[Length(max=2000)],
        description=_l("No names. An escort of a defender is not written here."),
    )

    def as_body(self) -> dict[str, Any]:
        """As EscortBody takes it."""
        return {
            "kind": self.kind.data, "from_place": self.from_place.data, "to_place": self.to_place.data,
            "on_day": self.on_day.data, "earliest": minute(self.earliest.data), "latest": minute(self.latest.data),
            "ready_minutes": self.ready_minutes.data, "note": self.note.data or "",
        }  # fmt: skip
