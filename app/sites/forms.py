"""The form of a site to protect."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FloatField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from app.mission.hours import hour, minute
from app.mission.place_form import choices
from app.people.forms import MultiCheckboxField
from app.sites import wording

HOURS = {"validators": [Length(max=10)]}


def whole(label: Any, least: int, most: int, default: int) -> IntegerField:
    return IntegerField(label, validators=[InputRequired(), NumberRange(least, most)], default=default)


class SiteForm(FlaskForm):
    priority = SelectField(
        _l("Priority"),
        validators=[DataRequired()],
        choices=choices(wording.PRIORITIES.items()),
        default="should",
    )
    visits_a_week = whole(_l("Visits a week"), 0, 21, 2)
    longest_gap_days = whole(_l("Longest gap, in days"), 1, 90, 4)
    visit_minutes = whole(_l("Minutes a visit"), 5, 1440, 45)
    night_percent = FloatField(
        _l("Of these by night, in percent"), validators=[MayBeEmpty(), NumberRange(0, 100)], default=0
    )
    window_from = StringField(_l("A visit begins from"), **HOURS, description=_l("Local time, such as 08:00"))
    window_until = StringField(_l("A visit begins until"), **HOURS)
    market_days = MultiCheckboxField(
        _l("Market days"), choices=choices((str(n), words) for n, words in wording.DAYS.items())
    )
    market_from = StringField(_l("Market from"), **HOURS)
    market_until = StringField(_l("Market until"), **HOURS)
    needs = MultiCheckboxField(_l("A visit needs"), choices=choices(wording.NEEDS.items()))
    note = TextAreaField(
        _l("Note"),
        validators=[Length(max=2000)],
        description=_l("No names of persons, and no defender’s place."),
    )

    def fill(self, site: Any) -> None:
        for name in ("priority", "visits_a_week", "longest_gap_days", "visit_minutes", "needs", "note"):
            self._fields[name].data = getattr(site, name)
        for name in ("window_from", "window_until", "market_from", "market_until"):
            self._fields[name].data = hour(getattr(site, name))
        self.night_percent.data = round(site.night_share * 100, 1)
        self.market_days.data = [str(day) for day in site.market_days]

    def as_body(self) -> dict[str, Any]:
        """As SiteBody takes it."""
        plain = ("priority", "visits_a_week", "longest_gap_days", "visit_minutes")
        hours = ("window_from", "window_until", "market_from", "market_until")
        return {
            **{name: self._fields[name].data for name in plain},
            **{name: minute(self._fields[name].data) for name in hours},
            "night_share": (self.night_percent.data or 0) / 100,
            "market_days": [int(day) for day in self.market_days.data or []],
            "needs": self.needs.data or [],
            "note": self.note.data or "",
        }


class NewSiteForm(SiteForm):
    place = StringField(
        _l("Place"),
        validators=[DataRequired(), Length(max=120)],
        description=_l("Name or code of a place of the mission"),
    )
