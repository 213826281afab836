"""A unit's means, and an escort that is owed, as they are sent; the pages' forms are read into the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

from flask_babel import gettext as _
from pydantic import Field, model_validator

from app.api.bodies import Body, Id, Text
from app.means.models import EscortKind, Going
from app.mission.hours import Minute

Speed = Annotated[float, Field(ge=0.1, le=2, allow_inf_nan=False)]
People = Annotated[int, Field(ge=0, le=1000)]
Weekday = Annotated[int, Field(ge=1, le=7)]
LONGEST_AHEAD = timedelta(days=60)


class MeansBody(Body):
    """Speeds as shares of the road's usual one, and km/h on foot; hours as minutes of the mission's own day: a shift that
    ends before it starts lasts into the next one. People and vehicles that can go out on a day: None where that is not
    known. Overnight posts: bases and places where a long patrol may sleep."""

    going: Going
    open_speed: Speed = 1.0
    seasonal_speed: Speed = 1.0
    foot_kph: Annotated[float, Field(ge=1, le=8, allow_inf_nan=False)] = 4.0
    shift_from: Minute
    shift_until: Minute
    longest_duty_minutes: Annotated[int, Field(ge=30, le=10_080)]
    tours_a_day: Annotated[int, Field(ge=0, le=10)]
    crew: Annotated[int, Field(ge=1, le=1000)]
    people_a_day: Annotated[int, Field(ge=0, le=5000)] | None = None
    vehicles: Annotated[int, Field(ge=0, le=500)] | None = None
    interpreters: People = 0
    women: People = 0
    days: Annotated[list[Weekday], Field(max_length=7)] = [1, 2, 3, 4, 5, 6, 7]
    overnight_base_ids: Annotated[list[Id], Field(max_length=20)] = []
    overnight_place_ids: Annotated[list[Id], Field(max_length=20)] = []
    note: Annotated[Text, Field(max_length=2000)] = ""

    @model_validator(mode="after")
    def sound(self) -> MeansBody:
        if self.shift_from == self.shift_until:
            raise ValueError(_("The shift must last some time."))
        if max(self.interpreters, self.women) > self.crew:
            raise ValueError(_("A patrol can’t hold more interpreters or women than people."))
        self.days = sorted(set(self.days))
        return self


class EscortBody(Body):
    """From a place to a place (codes), on a day, begun between two minutes of the mission's own day; `ready_minutes` are
    spent at the start."""

    kind: EscortKind
    from_place: Annotated[Text, Field(min_length=1, max_length=120)]
    to_place: Annotated[Text, Field(min_length=1, max_length=120)]
    on_day: date
    earliest: Minute
    latest: Minute
    ready_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    note: Annotated[Text, Field(max_length=2000)] = ""

    @model_validator(mode="after")
    def sound(self) -> EscortBody:
        if self.earliest > self.latest:
            raise ValueError(_("The latest start must come after the earliest."))
        today = datetime.now(UTC).date()
        if not today - timedelta(days=1) <= self.on_day <= today + LONGEST_AHEAD:
            raise ValueError(_("The day must lie within 60 days from today."))
        return self


class EscortEnd(Body):
    outcome: Literal["done", "called_off"]
