"""Positions in the words of others: OsmAnd's address, as Traccar's clients speak it too, and what Traccar forwards.

OsmAnd protocol: `id` (or `deviceid`), `lat`, `lon` or `location`, `timestamp` (seconds or milliseconds since 1970, or a
date), `speed` in knots, `bearing` (or `heading`) in degrees, `accuracy` in metres; what else comes is left alone
(traccar.org/osmand). Traccar's forward (`forward.type` json): `position` and `device`, speed in knots.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

from flask_babel import gettext as _
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app.api.bodies import Body
from app.errors import Invalid
from app.mission.placing import Lat, Lon
from app.positions.body import CarriedFix, Course, Fix, Metres, Name

KNOT = 1.852  # km/h
SECONDS_UNTIL = 2**31  # as Traccar reads them: above this, milliseconds
Knots = Annotated[float, Field(ge=0, le=1_600, allow_inf_nan=False)]


def from_osmand(told: Mapping[str, str]) -> Fix:
    """One fix from the parameters of an address or a form. Raises Invalid."""
    lat, _comma, lon = told.get("location", "").partition(",")
    try:
        speed = number(told.get("speed"))
        return Fix(
            at=moment(told.get("timestamp", "")),
            lon=told.get("lon", lon),  # type: ignore[arg-type]  # pydantic reads the figures
            lat=told.get("lat", lat),  # type: ignore[arg-type]
            accuracy_metres=number(told.get("accuracy")),
            speed_kph=speed * KNOT if speed is not None else None,
            course=number(told.get("bearing") or told.get("heading")),
        )
    except (ValidationError, ValueError, OverflowError, OSError):
        raise Invalid(_("This is no position: give id, lat, lon and timestamp.")) from None


def number(written: str | None) -> float | None:
    """A figure, or None where a device sends an empty one or a sign that it knows none."""
    if not written:
        return None
    found = float(written)
    return found if found >= 0 else None


def moment(written: str) -> datetime:
    if written.isdecimal() and len(written) < 16:
        seconds = int(written) if int(written) < SECONDS_UNTIL else int(written) / 1000
        return datetime.fromtimestamp(seconds, UTC)
    found = datetime.fromisoformat(written.replace(" ", "T", 1) if "T" not in written else written)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class Told(BaseModel):
    """A part of Traccar's own, which has many more fields."""

    model_config = ConfigDict(extra="ignore")


class TraccarDevice(Told):
    uniqueId: Name


class TraccarPosition(Told):
    fixTime: AwareDatetime
    latitude: Lat
    longitude: Lon
    speed: Knots | None = None
    course: Course | None = None
    accuracy: Metres | None = None
    valid: bool = True


class Forwarded(Body):
    """What Traccar forwards of one position."""

    position: TraccarPosition
    device: TraccarDevice

    def fixes(self) -> list[CarriedFix]:
        """The fix; none where the device had none and repeats its last."""
        p = self.position
        if not p.valid:
            return []
        return [
            CarriedFix(
                at=p.fixTime, lon=p.longitude, lat=p.latitude,
                # Traccar writes 0 for an accuracy that it was not told.
                accuracy_metres=p.accuracy or None, course=p.course,
                speed_kph=p.speed * KNOT if p.speed is not None else None, device=self.device.uniqueId,
            )
        ]  # fmt: skip
