"""What is asked of a siting, as it is sent; the pages' forms are read into the same."""

from __future__ import annotations

from typing import Annotated, Literal

from flask_babel import gettext as _
from pydantic import Field, StringConstraints, model_validator

from app.api.bodies import Body, Id
from app.siting.models import MOST_SITES, Goal, Seasons

People = Annotated[int, Field(ge=1, le=1_000_000)]
Ref = Annotated[str, StringConstraints(pattern=r"^(haven|place|base):[0-9]{1,15}$")]


class StudyBody(Body):
    """`minutes` by road within which people count as protected; `room` people in each new site, None where capacities
    don't count; `threat_km` the least distance of a new site from the area of an active threat."""

    sector_id: Id
    goal: Goal
    seasons: Seasons
    new_sites: Annotated[int, Field(ge=0, le=MOST_SITES)]
    minutes: Annotated[int, Field(ge=1, le=720)]
    room: People | None = None
    threat_km: Annotated[float, Field(ge=0, le=500, allow_inf_nan=False)] = 0.0
    two_ways: bool = False
    haven_states: Annotated[list[Literal["open", "full", "standby"]], Field(max_length=3)] = []
    restricted: bool = False

    @model_validator(mode="after")
    def sound(self) -> StudyBody:
        self.haven_states = sorted(set(self.haven_states))
        return self


class ChangeBody(Body):
    """What if: `add` a candidate, `close` a site, `enlarge` one to `people`; at least one of them."""

    add: Ref | None = None
    close: Ref | None = None
    enlarge: Ref | None = None
    people: People | None = None

    @model_validator(mode="after")
    def sound(self) -> ChangeBody:
        if (self.enlarge is None) != (self.people is None):
            raise ValueError(_("To enlarge a site, choose it and say for how many people."))
        if not (self.add or self.close or self.enlarge):
            raise ValueError(_("Say what shall be otherwise: add a site, close one, or enlarge one."))
        return self
