"""The form of a plan: unit, leader, task, times, and up to eight stops with one place field each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from app.mission.place_form import choices
from app.mission.placing import read_place
from app.patrols import wording
from app.patrols.planning import MOST_STOPS
from geo import date_time_group

TIME = _l("Date-time group such as 211430ZNOV26, or 2026-11-21T14:30:00Z")


def from_now(hours: int) -> str:
    return date_time_group.format(datetime.now(UTC) + timedelta(hours=hours))


class PlanForm(FlaskForm):
    unit_id = SelectField(_l("Unit"), validators=[DataRequired()])
    leader_id = SelectField(
        _l("Leader"), description=_l("Without one, the unit’s patrol commander if there is one only")
    )
    purpose = SelectField(
        _l("Purpose"), validators=[DataRequired()], choices=choices(wording.PURPOSES.items())
    )
    mode = SelectField(_l("How"), validators=[DataRequired()], choices=choices(wording.MODES.items()))
    task = TextAreaField(_l("Task"), validators=[Length(max=4000)])
    planned_start = StringField(
        _l("Start"),
        validators=[DataRequired(), Length(max=40)],
        description=TIME,
        default=lambda: from_now(1),
    )
    planned_end = StringField(
        _l("Back"), validators=[DataRequired(), Length(max=40)], description=TIME, default=lambda: from_now(7)
    )

    def offer(self, units: list[Any], leaders: list[Any]) -> None:
        self.unit_id.choices = choices((str(u.id), f"{u.call_sign} · {u.name}") for u in units)
        own = [("", _("the unit’s own"))]
        self.leader_id.choices = choices(own + [(str(p.person_id), p.name) for p in leaders])

    def stop_fields(self) -> list[Any]:
        return [self._fields[f"stop_{n}"] for n in range(1, MOST_STOPS + 1)]

    def as_body(self) -> dict[str, Any]:
        """Raises ValueError with a sentence where a stop's place is not known."""
        stops = []
        for field in self.stop_fields():
            if field.data and field.data.strip():
                stops.append({"place": read_place(field.data), "name": field.data.strip()[:120]})
        return {
            "unit_id": int(self.unit_id.data or 0),
            "leader_id": int(self.leader_id.data) if self.leader_id.data else None,
            "purpose": self.purpose.data,
            "mode": self.mode.data,
            "task": self.task.data or "",
            "planned_start": self.planned_start.data,
            "planned_end": self.planned_end.data,
            "stops": stops,
        }

    def tell(self, fields: dict[str, str]) -> None:
        """Show refusals at the fields that they belong to."""
        for name, words in fields.items():
            parts = name.split(".")
            key = f"stop_{int(parts[1]) + 1}" if parts[0] == "stops" and len(parts) > 1 else parts[0]
            field = self._fields.get("stop_1" if key == "stops" else key)
            if field is None:
                self.form_errors.append(words)
            else:
                field.errors = [*field.errors, words]


def known_place(form: PlanForm, field: StringField) -> None:
    if not (field.data or "").strip():
        return
    try:
        read_place(field.data)
    except ValueError as error:
        raise ValidationError(str(error)) from None


for number in range(1, MOST_STOPS + 1):
    label = _l("Stop %(n)s", n=number)
    rules: list[Any] = [Length(max=120), known_place]
    if number == 1:
        rules.insert(0, DataRequired())
    setattr(PlanForm, f"stop_{number}", StringField(label, validators=rules))
