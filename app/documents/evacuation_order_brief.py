"""The frozen brief of an evacuation order: numbers of people, places, open havens that all may know of; no name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.documents.map_view_brief import ViewMap
from app.documents.parts import Header, UtcTime


@dataclass(frozen=True)
class OrderedLeg:
    """People of one place who go to one haven; `first` and `last`: when a wave leaves first and arrives last."""

    from_place: str
    haven: str
    people: int
    wounded: int
    without_transport: int
    minutes: int
    first: UtcTime | None = None
    last: UtcTime | None = None


@dataclass(frozen=True)
class OrderedWave:
    number: int
    leaves: UtcTime
    arrives: UtcTime
    from_place: str
    haven: str
    escort: str
    people: int
    in_seats: int
    vehicles: int


@dataclass(frozen=True)
class EvacuationOrderBrief:
    """`overflow`: who has no place and what to do, empty where all have one; `left`: place, people and why in a sentence
    each; `places`, `havens`: label and grid; `corrected`: what of its havens is other now than it was written down."""

    header: Header
    order_serial: str
    planned_at: UtcTime
    planned_by_role: str
    issued_at: UtcTime
    issued_by_role: str
    people: int
    without_place: int
    without_escort: int
    overflow: str
    left: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    havens: tuple[tuple[str, str], ...]
    legs: tuple[OrderedLeg, ...]
    waves: tuple[OrderedWave, ...]
    map: ViewMap
    corrected: tuple[str, ...] = ()
    kind: Literal["evacuation_order"] = "evacuation_order"
