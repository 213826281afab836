"""The form of a patrol order: what the patrol does not say already, filled from the version before."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.mission.place_form import choices
from app.patrol_orders import wording
from app.patrol_orders.body import OrderBody
from app.patrols.planning import MOST_STOPS

SHORT: list[Any] = [DataRequired(), Length(min=2, max=200)]
SAID: list[Any] = [DataRequired(), Length(min=3, max=2000)]
# Parts of the body that are bodies themselves: their fields are named by both, as pace_primary.
NESTED = ("composition", "pace", "medical", "reserve", "actions_on")


class MultiCheckboxField(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class OrderForm(FlaskForm):
    commander_post = StringField(
        _l("Commander, by post"),
        validators=SHORT,
        description=_l("Such as: commander, 2nd platoon. No name."),
    )
    vehicles = StringField(_l("Vehicles"), validators=SHORT)
    weapons = StringField(_l("Weapons"), validators=[Length(max=200)])
    alternate_route = TextAreaField(_l("Alternate route"), validators=SAID)
    hazards = MultiCheckboxField(_l("Hazards"), choices=choices(wording.HAZARDS.items()))
    hazards_note = TextAreaField(_l("Where, and what to do"), validators=[Length(max=2000)])
    deconfliction = TextAreaField(
        _l("Deconfliction"), validators=SAID, description=_l("Who was told: State forces, humanitarians, neighbours")
    )  # fmt: skip
    medical_treatment = StringField(_l("Treatment"), validators=SHORT)
    medical_evacuation = StringField(_l("Evacuation"), validators=SHORT)
    medical_landing_site = StringField(_l("Landing site"), validators=SHORT)
    reserve_unit = StringField(_l("Quick reaction force"), validators=SHORT)
    reserve_notice_minutes = IntegerField(
        _l("Its notice to move, minutes"), validators=[InputRequired(), NumberRange(0, 1440)]
    )
    rules_of_engagement = StringField(_l("Rules of engagement card"), validators=SHORT)
    sealed_sheet = BooleanField(_l("A sealed instruction sheet goes with the order"))
    lost_comms_minutes = IntegerField(
        _l("Tell the watch after so many minutes without a word"),
        validators=[InputRequired(), NumberRange(5, 720)], default=60,
    )  # fmt: skip
    risk = SelectField(_l("Risk of the patrol"), choices=choices(wording.RISKS.items()))
    risk_signed_by = StringField(_l("Risk assessment signed by, post"), validators=SHORT)
    clearance_id = SelectField(_l("Due diligence"), choices=[], default="")

    def prepare(self, clearances: list[tuple[str, str]], stops: int) -> OrderForm:
        self.clearance_id.choices = choices([("", _("none: no State forces")), *clearances])
        self.stops = stops
        return self

    def fill(self, content: OrderBody) -> OrderForm:
        """What stands in another version."""
        flat = content.model_dump()
        for name in NESTED:
            flat |= {f"{name}_{part}": value for part, value in flat.pop(name).items()}
        for task in content.tasks:
            flat |= {f"task_{task.stop}": task.task, f"meet_{task.stop}": list(task.meet)}
        flat["clearance_id"] = str(content.clearance_id or "")
        for name, value in flat.items():
            if name in self._fields:
                self._fields[name].data = value
        return self

    def begin_jointly(self, planned: tuple[int, int] | None) -> OrderForm:
        """With what the plan says of State forces: (decision of due diligence, how many go along)."""
        if planned:
            self.clearance_id.data, self._fields["composition_state_forces"].data = (
                str(planned[0]),
                planned[1],
            )
        return self

    def say_anew(self) -> None:
        """In the place of tasks that were refused, which State forces would read, what a joint draft says there."""
        for n in range(1, self.stops + 1):
            task, _meet = self.at_stop(n)
            if task.errors:
                task.data = str(wording.BESIDE_STATE_FORCES)

    def at_stop(self, sequence: int) -> tuple[Any, Any]:
        return self._fields[f"task_{sequence}"], self._fields[f"meet_{sequence}"]

    def group(self, name: str) -> list[Any]:
        return [field for key, field in self._fields.items() if key.startswith(f"{name}_")]

    def as_body(self) -> dict[str, Any]:
        """What OrderBody takes."""
        body: dict[str, Any] = {name: {} for name in NESTED}
        tasks = []
        for key, field in self._fields.items():
            owner = next((name for name in NESTED if key.startswith(f"{name}_")), None)
            if owner is not None:
                value = field.data if field.data is not None or not isinstance(field, IntegerField) else 0
                body[owner][key.removeprefix(f"{owner}_")] = value
            elif key in OrderBody.model_fields and key != "clearance_id":
                body[key] = field.data if field.data is not None else ""
        for n in range(1, self.stops + 1):
            task, meet = self.at_stop(n)
            if task.data or meet.data:
                tasks.append({"stop": n, "task": task.data or "", "meet": meet.data or []})
        chosen = self.clearance_id.data or ""
        return body | {"tasks": tasks, "clearance_id": int(chosen) if chosen.isdecimal() else None}

    def tell(self, fields: dict[str, str], sentence: str) -> None:
        """A refusal at the field that it is about, else above the form."""
        shown = False
        for name, words in fields.items():
            of_task = re.match(r"tasks\.(\d+)\.", name)
            key = name.replace(".", "_")
            if of_task:
                sent = [n for n in range(1, self.stops + 1) if any(f.data for f in self.at_stop(n))]
                key = f"task_{sent[int(of_task[1])]}" if int(of_task[1]) < len(sent) else key
            field = self._fields.get(key)
            if field is not None:
                field.errors, shown = [*field.errors, words], True
        if not shown:
            self.form_errors.append(sentence)


for part, label in wording.COMPOSITION.items():
    asked: list[Any] = [InputRequired()] if part == "strength" else [Optional()]
    least = 1 if part == "strength" else 0
    setattr(
        OrderForm, f"composition_{part}", IntegerField(label, validators=[*asked, NumberRange(least, 500)])
    )
for way, label in wording.PACE.items():
    setattr(OrderForm, f"pace_{way}", StringField(label, validators=SHORT))
for event, label in wording.ACTIONS_ON.items():
    setattr(OrderForm, f"actions_on_{event}", TextAreaField(label, validators=SAID))
for number in range(1, MOST_STOPS + 1):
    setattr(OrderForm, f"task_{number}", TextAreaField(_l("Task there"), validators=[Length(max=2000)]))
    setattr(
        OrderForm, f"meet_{number}",
        MultiCheckboxField(_l("To meet, by role"), choices=choices(wording.TO_MEET.items())),
    )  # fmt: skip
