"""What is sent of positions, and what is answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from flask_babel import gettext as _
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.api.bodies import Body, Id
from app.mission.placing import Lat, Lon

MOST = 500

Metres = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
Speed = Annotated[float, Field(ge=0, le=3_000, allow_inf_nan=False)]
Course = Annotated[float, Field(ge=0, le=360, allow_inf_nan=False)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00]*$")
]


class Fix(Body):
    """Where a carrier was: lon, lat in degrees (WGS 84), accuracy as a radius in metres, speed in km/h, course in
    degrees clockwise from true north."""

    at: AwareDatetime
    lon: Lon
    lat: Lat
    accuracy_metres: Metres | None = None
    speed_kph: Speed | None = None
    course: Course | None = None


class Fixes(Body):
    """Of one patrol, which the address names."""

    positions: Annotated[list[Fix], Field(min_length=1, max_length=MOST)]


class CarriedFix(Fix):
    """Of a carrier that it names: by the patrol's number, by a call sign, or by the name of a device."""

    patrol: Id | None = None
    call_sign: Name | None = None
    device: Name | None = None

    @model_validator(mode="after")
    def names_one(self) -> CarriedFix:
        if [self.patrol, self.call_sign, self.device].count(None) != 2:
            raise ValueError(_("Name the carrier once: patrol, call_sign or device."))
        return self

    def carrier(self) -> tuple[str, object]:
        if self.patrol is not None:
            return "patrol", self.patrol
        if self.call_sign is not None:
            return "call_sign", self.call_sign.lower()
        return "device", (self.device or "").upper()


class Batch(Body):
    """Of many carriers at once, in any order."""

    positions: Annotated[list[CarriedFix], Field(min_length=1, max_length=MOST)]


class Stored(BaseModel):
    """`stored` are new, `known` stood already; `latest_at` is the time of the newest position that is believed."""

    stored: int
    known: int
    latest_at: datetime | None


class Refused(StrEnum):
    UNKNOWN_CARRIER = "unknown_carrier"  # or one that you may not see
    SEVERAL_CARRIERS = "several_carriers"  # of this call sign
    NOT_YOURS = "not_yours"
    TOO_FAR_AHEAD = "too_far_ahead"
    TOO_OLD = "too_old"


Result = Literal["stored", "known", "refused"]


class Judged(BaseModel):
    """One fix of a batch, in the order of the batch. `flags` say what is odd about one that was stored."""

    model_config = ConfigDict(frozen=True)

    result: Result
    reason: Refused | None = None
    flags: tuple[str, ...] = ()


class Receipt(BaseModel):
    stored: int
    known: int
    refused: int
    positions: list[Judged]
