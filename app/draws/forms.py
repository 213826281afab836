"""The form that asks for a mix."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField
from wtforms.validators import InputRequired

from app.draws.actions import MOST_DAYS
from app.mission.place_form import choices
from app.people.forms import MultiCheckboxField

SECONDS = [("10", _l("10 seconds")), ("30", _l("30 seconds")), ("90", _l("90 seconds"))]


def spans() -> list[tuple[str, str]]:
    return [(str(n), ngettext("%(num)d day", "%(num)d days", n)) for n in range(1, MOST_DAYS + 1)]


class MixForm(FlaskForm):
    sector = SelectField(_l("Sector"))
    first = DateField(_l("First day"), validators=[InputRequired(_l("Say from which day on."))])
    days = SelectField(_l("For"), choices=lambda: choices(spans()), default="7")
    units = MultiCheckboxField(_l("Units that take part; none for all of the sector"))
    seconds = SelectField(_l("Search for"), choices=lambda: choices(SECONDS), default="30")
