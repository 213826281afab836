"""The form that asks for a plan, and what the plan's own page sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from app.errors import Invalid
from app.mission.place_form import choices
from app.plans.joint import MOST, MOST_PEOPLE, Partner
from app.plans.wording import SPANS

SECONDS = [("3", _l("3 seconds")), ("10", _l("10 seconds")), ("30", _l("30 seconds"))]


class AskForm(FlaskForm):
    sector = SelectField(_l("Sector"))
    first = DateField(_l("First day"), validators=[InputRequired(_l("Say from which day on."))])
    days = SelectField(_l("For"), choices=choices(SPANS), default="1")
    seconds = SelectField(_l("Search for"), choices=lambda: choices(SECONDS))

    def offer(
        self, sectors: list[tuple[str, str]], units: list[tuple[str, str]], cleared: list[tuple[str, str]]
    ) -> None:
        """What may be chosen: sectors, units whose means are set, decisions of due diligence."""
        self.sector.choices = choices(sectors)
        for unit, clearance, _people in self.joint_rows():
            unit.choices = choices([("", _l("no unit")), *units])
            clearance.choices = choices([("", _l("choose")), *cleared])

    def joint_rows(self) -> list[tuple[Any, Any, Any]]:
        return [
            (
                self._fields[f"joint_unit_{n}"],
                self._fields[f"joint_clearance_{n}"],
                self._fields[f"joint_people_{n}"],
            )
            for n in range(1, MOST + 1)
        ]

    def partners(self) -> dict[int, Partner]:
        """Unit's id → State forces that go with it. Raises Invalid where one of the three is missing, or a unit stands
        there twice."""
        found: dict[int, Partner] = {}
        for unit, clearance, people in self.joint_rows():
            if not (unit.data or clearance.data or people.data):
                continue
            if not (unit.data and clearance.data and people.data):
                words = _("Choose the unit, the decision of due diligence, and how many go along.")
                raise Invalid(words, fields={unit.name: words})
            if int(unit.data) in found:
                raise Invalid(
                    _("This unit stands there twice."), fields={unit.name: _("Choose another one.")}
                )
            found[int(unit.data)] = Partner(int(clearance.data), int(people.data))
        return found


for n in range(1, MOST + 1):
    setattr(AskForm, f"joint_unit_{n}", SelectField(_l("Unit"), default=""))
    setattr(
        AskForm,
        f"joint_clearance_{n}",
        SelectField(_l("State forces"), default=""),
    )
    setattr(
        AskForm, f"joint_people_{n}",
        IntegerField(_l("How many"), validators=[Optional(), NumberRange(1, MOST_PEOPLE)]),
    )  # fmt: skip


def wishes_of(form: Mapping[str, Any]) -> dict[int, str]:
    """Task → what was said of it; fields that say nothing are left out. Raises Invalid."""
    return said_of(form, "wish_")


def orders_of(form: Mapping[str, Any]) -> dict[int, str]:
    """Tour → what was said of the order of its stops; likewise."""
    return said_of(form, "order_")


def said_of(form: Mapping[str, Any], prefix: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for name, word in form.items():
        if not name.startswith(prefix) or not word:
            continue
        number = name.removeprefix(prefix)
        if not (number.isascii() and number.isdecimal() and len(number) < 6):
            raise Invalid(_("There is no such visit."), fields={"wishes": _("There is no such visit.")})
        found[int(number)] = str(word)
    return found
