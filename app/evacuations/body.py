"""What an evacuation is asked with: an area, and then the numbers that the officer corrects. Numbers only: no person."""

from __future__ import annotations

from typing import Annotated

from flask_babel import gettext as _
from pydantic import Field, model_validator

from app.api.bodies import Body, Id
from app.havens.body import Group as Community
from app.mission.placing import Lat, Lon

MOST_PLACES = 150
MOST_ESCORTS = 8
Percent = Annotated[int, Field(ge=0, le=100)]


class AreaBody(Body):
    """Around an alert or a place (lon, lat) within so many kilometres, or the area of a threat: one of the three.
    `restricted`: count on havens that few may know of; the plan is then for those few alone."""

    alert_id: Id | None = None
    threat_id: Id | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    radius_km: Annotated[float, Field(ge=0.5, le=60, allow_inf_nan=False)] = 10.0
    restricted: bool = False

    @model_validator(mode="after")
    def one_area(self) -> AreaBody:
        placed = self.lon is not None and self.lat is not None
        if (self.lon is None) != (self.lat is None) or sum(
            (self.alert_id is not None, self.threat_id is not None, placed)
        ) != 1:
            raise ValueError(_("Give one area: an alert, a threat, or a place by longitude and latitude."))
        return self


class GroupBody(Body):
    """People at a place. danger: 1 ordinary to 9 most. community: the mission's own code, for mixing rules; or empty."""

    place_id: Id
    people: Annotated[int, Field(ge=0, le=200_000)]
    wounded: Annotated[int, Field(ge=0, le=200_000)] = 0
    danger: Annotated[int, Field(ge=1, le=9)] = 1
    community: Community | None = None

    @model_validator(mode="after")
    def wounded_among_them(self) -> GroupBody:
        if self.wounded > self.people:
            raise ValueError(_("There are more wounded than people at a place. Check the numbers."))
        return self


class EscortBody(Body):
    """A unit that goes with the waves: its vehicles with those for people, seats in them, minutes until it leaves."""

    unit_id: Id
    vehicles: Annotated[int, Field(ge=0, le=60)]
    seats: Annotated[int, Field(ge=0, le=2000)]
    ready_minutes: Annotated[int, Field(ge=0, le=1440)] = 60


class PlanBody(Body):
    """Shares hold for all places alike; of those who aren't wounded, `cannot_walk_percent` need a way in
    without steps. Without escorts nobody leaves: the plan then says where each would go."""

    groups: Annotated[list[GroupBody], Field(max_length=MOST_PLACES)]
    escorts: Annotated[list[EscortBody], Field(max_length=MOST_ESCORTS)] = []
    children_percent: Percent = 45
    without_transport_percent: Percent = 60
    cannot_walk_percent: Percent = 4

    @model_validator(mode="after")
    def each_once(self) -> PlanBody:
        places, units = [g.place_id for g in self.groups], [e.unit_id for e in self.escorts]
        if len(set(places)) != len(places) or len(set(units)) != len(units):
            raise ValueError(_("Name each place and each unit once."))
        return self
