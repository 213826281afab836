"""What an assessment of a threat holds: one model for the API and the page; and its area from what was given."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

from flask_babel import gettext as _
from pydantic import Field, model_validator
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from app.api.bodies import Body, Id, Text
from app.errors import Invalid
from app.mission.placing import Given, placed
from geo.geojson import read_geojson
from geo.projection import ShapeError
from geo.shapes import circle
from geo.warning import KIND_WEIGHT

LARGEST_RADIUS = 300_000
Line = Annotated[Text, Field(min_length=1, max_length=200)]
Step = Annotated[int, Field(ge=0, le=4)]
Five = Annotated[int, Field(ge=1, le=5)]
LONGEST_REVIEW = timedelta(days=366)


class End(Body):
    reason: Text


class Circle(Body):
    """A centre and a radius in metres."""

    centre: Given
    radius_metres: Annotated[float, Field(gt=0, le=LARGEST_RADIUS, allow_inf_nan=False)]


class Assessment(Body):
    """Actor × intent × capability against a target in an area, its likelihood and impact, and when to look again."""

    name: Line
    actor_id: Id
    target: Line
    kind: Literal[tuple(KIND_WEIGHT)]  # type: ignore[valid-type]
    area: dict[str, Any] | None = None
    circle: Circle | None = None
    intent: Step
    capability: Step
    likelihood: Five
    impact: Five
    residual_likelihood: Five | None = None
    residual_impact: Five | None = None
    vulnerable: bool = False
    protected: bool = False
    confidence: Literal["low", "moderate", "high"] = "low"
    most_likely_course: Text = ""
    most_dangerous_course: Text = ""
    review_on: date

    @model_validator(mode="after")
    def one_area(self) -> Assessment:
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

    def check_review(self) -> None:
        today = datetime.now(UTC).date()
        if not today <= self.review_on <= today + LONGEST_REVIEW:
            raise Invalid(
                _("Set a review date from today to a year ahead."),
                fields={"review_on": _("From today to a year ahead.")},
            )


def polygons(found: BaseGeometry) -> MultiPolygon:
    if isinstance(found, Polygon):
        return MultiPolygon([found])
    if isinstance(found, MultiPolygon):
        return found
    raise ShapeError(_("The area of a threat is a polygon. Give a Polygon or a MultiPolygon."))
