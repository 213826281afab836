"""A place as people give it: lon/lat, a grid reference, a code or a name; and from it a point with its precision."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Annotated, Any

from flask_babel import gettext as _
from pydantic import Field, StringConstraints, field_validator, model_validator
from sqlalchemy import text

from app.api.bodies import Body
from app.db import db
from app.errors import Invalid
from app.unread import in_words
from geo import grid_reference

Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class Given(Body):
    """Where it happened: longitude and latitude, or a grid reference, or the code of a place."""

    lon: Lon | None = None
    lat: Lat | None = None
    mgrs: Annotated[str, StringConstraints(max_length=40)] | None = None
    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)] | None = None
    precision: Annotated[int, Field(ge=1, le=7)] | None = None

    @field_validator("mgrs")
    @classmethod
    def readable(cls, text: str | None) -> str | None:
        if text is None:
            return None
        with in_words():
            return grid_reference.parse(text).text

    @model_validator(mode="after")
    def one_way(self) -> Given:
        ways = [self.lon is not None or self.lat is not None, self.mgrs is not None, self.code is not None]
        if sum(ways) != 1 or (self.lon is None) != (self.lat is None):
            raise ValueError(
                _("Give the place in one way: lon and lat, or mgrs, or the code of a known place.")
            )
        return self


# UCDP's precision says roughly how far the true place may lie: 1 is exact, 2 "near", 3 and up are areas.
RADIUS_OF_PRECISION = {1: 0, 2: 5_000, 3: 25_000, 4: 60_000, 5: 100_000, 6: 250_000, 7: 250_000}


def precision_of(metres: int) -> int:
    """Of the middle of an area that reaches so far; some square kilometres are exact, as in grid references."""
    if metres <= 1_000:
        return 1
    return next((code for code, most in RADIUS_OF_PRECISION.items() if code > 1 and metres <= most), 6)


@dataclass(frozen=True)
class Placed:
    """lon, lat in degrees; `extent` WKT of the cell that was meant, if one was; radius in metres."""

    lon: float
    lat: float
    extent: str | None
    radius_metres: int
    precision: int
    as_given: str


def placed(given: Given) -> Placed:
    if given.mgrs is not None:
        cell = grid_reference.parse(given.mgrs)
        # A truncated reference is a cell: its half diagonal is how far the true place may lie from the middle.
        radius = math.ceil(cell.precision_m * math.sqrt(2) / 2)
        precision = given.precision or (1 if cell.precision_m <= 1_000 else 2 if radius <= 10_000 else 3)
        radius = max(radius, RADIUS_OF_PRECISION[precision] if given.precision else 0)
        return Placed(*cell.centre, cell.polygon.wkt, radius, precision, cell.text)
    precision = given.precision or 1
    if given.code is not None:
        found = db.session.execute(
            text("SELECT ST_X(place) AS lon, ST_Y(place) AS lat, name FROM places WHERE code = :code"),
            {"code": given.code},
        ).first()
        if found is None:
            raise Invalid(
                _("No place has this code. Look it up, or give a grid reference or lon and lat."),
                fields={"place.code": _("No place has this code.")},
            )
        return Placed(found.lon, found.lat, None, RADIUS_OF_PRECISION[precision], precision, found.name)
    assert given.lon is not None and given.lat is not None
    as_given = f"{given.lat:.5f}, {given.lon:.5f}"
    return Placed(given.lon, given.lat, None, RADIUS_OF_PRECISION[precision], precision, as_given)


@dataclass(frozen=True)
class Areas:
    """The smallest sector that holds a place, which answers for it, and the deepest administrative area, which names
    it; None where there is none."""

    sector_id: int | None
    admin_code: str | None


def areas_of(lon: float, lat: float) -> Areas:
    found = db.session.execute(
        text("SELECT sector_id, admin_code FROM vigil.areas_of(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326))"),
        {"lon": lon, "lat": lat},
    ).one()
    return Areas(*found)


_LAT_LON = re.compile(r"^\s*(-?\d{1,2}(?:[.]\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:[.]\d+)?)\s*$")
_GRID = re.compile(r"^\s*\d{1,2}\s?[A-Za-z]\s?[A-Za-z]{2}[\d\s]*$")


def read_place(written: str) -> dict[str, Any]:
    """What `Given` takes. Raises ValueError with a sentence that says what to write."""
    if "\x00" in written:
        raise ValueError(_("A text holds a NUL character. Remove it."))
    found = _LAT_LON.match(written)
    if found:
        return {"lat": float(found[1]), "lon": float(found[2])}
    if _GRID.match(written):
        with in_words():
            return {"mgrs": grid_reference.parse(written).text}
    wanted = written.strip()
    codes = db.session.execute(
        text("SELECT code FROM places WHERE code = :w OR lower(name) = lower(:w) ORDER BY code LIMIT 2"),
        {"w": wanted},
    ).scalars()
    known = list(codes)
    if len(known) == 1:
        return {"code": known[0]}
    if known:
        raise ValueError(_("Several places have this name. Give the grid reference or the place's code."))
    raise ValueError(
        _(
            "This place is not known. Give a grid reference, latitude and longitude, or a place's name or code."
        )
    )
