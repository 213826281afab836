"""The form that asks for a plan, and what the plan's own page sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField
from wtforms.validators import InputRequired

from app.errors import Invalid
from app.mission.place_form import choices
from app.plans.wording import SPANS

SECONDS = [("3", _l("3 seconds")), ("10", _l("10 seconds")), ("30", _l("30 seconds"))]


class AskForm(FlaskForm):
    sector = SelectField(_l("Sector"))
    first = DateField(_l("First day"), validators=[InputRequired(_l("Say from which day on."))])
    days = SelectField(_l("For"), choices=choices(SPANS), default="1")
    seconds = SelectField(_l("Search for"), choices=lambda: choices(SECONDS))


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
