"""The frozen brief of a patrol order: people by post and by role, the defender's sheet as sealed or not, no codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.documents.map_view_brief import ViewMap
from app.documents.parts import Header, UtcTime


@dataclass(frozen=True)
class OrderedStop:
    """A stop with the leg that leads to it: `km` along the planned line, `minutes` from the last departure as planned."""

    number: int
    name: str
    mgrs: str
    km: float
    minutes: float | None = None
    arrive: UtcTime | None = None
    leave: UtcTime | None = None
    task: str = ""
    to_meet: tuple[str, ...] = ()


@dataclass(frozen=True)
class PatrolOrderBrief:
    """`people`, `pace`, `actions_on`: label and what is said; `home_km`: from the last stop home."""

    header: Header
    order_serial: str
    call_sign: str
    unit: str
    commander_post: str
    purpose: str
    mode: str
    task: str
    start: UtcTime
    back: UtcTime
    people: tuple[tuple[str, str], ...]
    vehicles: str
    weapons: str
    stops: tuple[OrderedStop, ...]
    home_km: float
    straight: bool
    alternate_route: str
    pace: tuple[tuple[str, str], ...]
    lost_comms_minutes: int
    hazards: tuple[str, ...]
    hazards_note: str
    deconfliction: str
    treatment: str
    evacuation: str
    landing_site: str
    reserve: str
    reserve_notice_minutes: int
    rules_of_engagement: str
    actions_on: tuple[tuple[str, str], ...]
    sealed_sheet: bool
    joint: str
    risk: str
    risk_signed_by: str
    written_by_role: str
    written_at: UtcTime
    approved_by_role: str
    approved_at: UtcTime
    map: ViewMap
    kind: Literal["patrol_order"] = "patrol_order"
