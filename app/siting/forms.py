"""The forms of a siting: what is asked, and what if."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FloatField, IntegerField, SelectField
from wtforms.validators import DataRequired, InputRequired, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from app.mission.place_form import choices
from app.people.forms import MultiCheckboxField
from app.siting import wording
from app.siting.models import MOST_SITES


class StudyForm(FlaskForm):
    sector_id = SelectField(_l("Sector"), validators=[DataRequired()])
    new_sites = IntegerField(
        _l("New sites"), validators=[InputRequired(), NumberRange(0, MOST_SITES)], default=2
    )
    goal = SelectField(
        _l("What counts"),
        validators=[DataRequired()],
        choices=choices(wording.GOALS.items()),
        default="most_within",
    )
    minutes = IntegerField(
        _l("Within so many minutes by road"), validators=[InputRequired(), NumberRange(1, 720)], default=60
    )
    seasons = SelectField(
        _l("Season"), validators=[DataRequired()], choices=choices(wording.SEASONS.items()), default="rainy"
    )
    haven_states = MultiCheckboxField(
        _l("Existing havens that count"), choices=choices(wording.STATES.items()), default=["open"]
    )
    room = IntegerField(
        _l("People in each new site"), validators=[MayBeEmpty(), NumberRange(1, 1_000_000)],
        description=_l("Empty: capacities don’t count. Otherwise existing havens count with their free places."),
    )  # fmt: skip
    threat_km = FloatField(
        _l("At least so many km from active threats"),
        validators=[MayBeEmpty(), NumberRange(0, 500)],
        default=5,
    )
    two_ways = BooleanField(_l("Two ways in, so that one closed road cuts off no new site"))
    restricted = BooleanField(
        _l("Count restricted havens too"),
        description=_l("The study is then for those alone who are cleared to know of them."),
    )

    def __init__(self, sectors: list[tuple[str, str]], cleared: bool, **rest: Any) -> None:
        super().__init__(**rest)
        self.sector_id.choices = choices(sectors)
        if not cleared:
            del self.restricted

    def as_body(self) -> dict[str, Any]:
        """As StudyBody takes it."""
        plain = ("goal", "seasons", "new_sites", "minutes", "room", "two_ways")
        return {
            **{name: self._fields[name].data for name in plain},
            "sector_id": int(self.sector_id.data),
            "threat_km": self.threat_km.data or 0.0,
            "haven_states": self.haven_states.data or [],
            "restricted": bool(self.restricted and self.restricted.data),
        }


class ChangeForm(FlaskForm):
    add = SelectField(_l("Add a site at"), validate_choice=False)
    close = SelectField(_l("Close"), validate_choice=False)
    enlarge = SelectField(_l("Enlarge"), validate_choice=False)
    people = IntegerField(_l("to so many people"), validators=[MayBeEmpty(), NumberRange(1, 1_000_000)])

    def offer(self, study: Any) -> None:
        """What this study's answer leaves to choose."""
        nothing = [("", _l("nothing"))]
        taken = {site["ref"] for site in study.answer["sites"]}
        sites = [(site["ref"], site["name"]) for site in study.answer["sites"]]
        fresh = [(ref, name) for ref, name, why in study.answer["candidates"] if not why and ref not in taken]
        self.add.choices = choices([*nothing, *sorted(fresh, key=lambda pair: pair[1])])
        self.close.choices = choices([*nothing, *sites])
        self.enlarge.choices = choices([*nothing, *sites])

    def as_body(self) -> dict[str, Any]:
        """As ChangeBody takes it."""
        named = {name: self._fields[name].data or None for name in ("add", "close", "enlarge")}
        return {**named, "people": self.people.data if named["enlarge"] else None}
