"""An area that is given as a GeoJSON outline, or as a centre and a radius: as it is sent, and its fields in a form."""

from __future__ import annotations

import json
from typing import Annotated, Any, Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from pydantic import Field, model_validator
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from wtforms import FloatField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from app.api.bodies import Body
from app.errors import Invalid
from app.mission.placing import Given, placed, read_place
from app.unread import sentence
from geo.geojson import read_geojson
from geo.projection import ShapeError
from geo.shapes import circle

LARGEST_RADIUS = 300_000


class Circle(Body):
    """A centre and a radius in metres."""

    centre: Given
    radius_metres: Annotated[float, Field(gt=0, le=LARGEST_RADIUS, allow_inf_nan=False)]


class Outlined(Body):
    """In an edit, without an area the old one stands."""

    area: dict[str, Any] | None = None
    circle: Circle | None = None

    @model_validator(mode="after")
    def one_area(self) -> Self:
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
        except ShapeError as refused:
            words = sentence(refused)
            raise Invalid(words, fields={"area": words}) from None
        return None


def polygons(found: BaseGeometry) -> MultiPolygon:
    if isinstance(found, Polygon):
        return MultiPolygon([found])
    if isinstance(found, MultiPolygon):
        return found
    raise ShapeError("shape_no_polygon")


class OutlinedForm(FlaskForm):
    centre = StringField(
        _l("Centre of the area"), validators=[Length(max=120)],
        description=_l("Grid reference, latitude and longitude, or the name of a place"),
    )  # fmt: skip
    radius_km = FloatField(
        _l("Radius, km"), validators=[Optional(), NumberRange(min=0.1, max=LARGEST_RADIUS / 1000)]
    )
    area = TextAreaField(
        _l("Or its outline as a GeoJSON polygon"), validators=[Length(max=500_000)],
        description=_l("Longitude before latitude"),
    )  # fmt: skip

    def outlined(self) -> dict[str, Any]:
        """The area as Outlined takes it; empty where none is given. Raises ValueError with a sentence."""
        given: dict[str, Any] = {}
        if (self.area.data or "").strip():
            given["area"] = outline(self.area.data or "")
        if (self.centre.data or "").strip():
            if not self.radius_km.data:
                raise ValueError(_("Give the radius around the centre."))
            centre = read_place(self.centre.data or "")
            given["circle"] = {"centre": centre, "radius_metres": self.radius_km.data * 1000}
        return given


def outline(written: str) -> dict[str, Any]:
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ValueError(_("The outline is not GeoJSON. Paste a Polygon or a MultiPolygon."))
    return found
