"""What a rule holds: one model for the API and the page."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask_babel import gettext as _
from pydantic import Field, model_validator
from shapely import MultiPolygon

from app.alerts.models import Priority
from app.api.bodies import Body, Id, Text
from app.errors import Invalid
from app.mission.placing import placed
from app.rules.parameters import AbsenceRule, AreaRule, Parameters
from app.threats.body import Circle, polygons
from geo.geojson import read_geojson
from geo.projection import ShapeError
from geo.shapes import circle
from geo.warning import KIND_WEIGHT


class RuleBody(Body):
    """A name, what is watched, where, and which alert it raises; why it was written so. Without a sector it watches the
    whole mission. In an edit, without an area the old one stands."""

    name: Annotated[Text, Field(min_length=3, max_length=200)]
    sector_id: Id | None = None
    parameters: Parameters
    area: dict[str, Any] | None = None
    circle: Circle | None = None
    priority: Priority = Priority.P3
    alert_kind: Literal[tuple(KIND_WEIGHT)] = "other"  # type: ignore[valid-type]
    why: Annotated[Text, Field(min_length=10)]

    @model_validator(mode="after")
    def one_area(self) -> RuleBody:
        if self.area is not None and self.circle is not None:
            raise ValueError(
                _("Give the area in one way: as a GeoJSON polygon, or as a centre and a radius.")
            )
        return self

    def shape(self) -> MultiPolygon | None:
        """The area in degrees (lon, lat); None if none was given. Raises Invalid with a sentence."""
        try:
            if self.area is not None:
                return polygons(read_geojson(self.area))
            if self.circle is not None:
                middle = placed(self.circle.centre)
                return polygons(circle(middle.lon, middle.lat, self.circle.radius_metres))
        except ShapeError as error:
            raise Invalid(str(error), fields={"area": str(error)}) from None
        return None

    def check_place(self, area: Any) -> None:
        needed = isinstance(self.parameters, AreaRule)
        if needed and area is None:
            raise Invalid(
                _("Say where: an area, or a centre and a radius."), fields={"area": _("This is needed.")}
            )
        if isinstance(self.parameters, AbsenceRule) and area is None and self.sector_id is None:
            raise Invalid(
                _("Say where: an area, or a sector."), fields={"area": _("An area or a sector is needed.")}
            )


class Switch(Body):
    """Whether the rule watches."""

    on: bool


class Question(RuleBody):
    """A rule that need not be stored, and how many days of history it is asked of."""

    days: Annotated[int, Field(ge=1, le=90)] = 30
