"""Blocks 1 to 5 and 15: what the order and the track fill in beforehand, and the patrol's own state."""

from __future__ import annotations

from typing import Annotated, Literal

from flask_babel import lazy_gettext as _l
from pydantic import Field

from app.api.bodies import Body
from app.patrol_reports.asked import MOST_ROWS, Asked, At, Count, Line, Row, Words


class Header(Body):
    duration: Annotated[Literal["short_range", "long_range"], Asked(_l("Kind"))] = "short_range"
    classification: Annotated[
        Literal["unclassified", "confidential", "strictly_confidential"], Asked(_l("Classification"))
    ] = "confidential"
    order: Annotated[Line, Asked(_l("Patrol order"))] = ""
    prepared_at: Annotated[At | None, Asked(_l("Prepared at"), "moment")] = None


class Unit(Body):
    unit: Annotated[Line, Asked(_l("Unit and base"))] = ""
    call_sign: Annotated[Line, Asked(_l("Call sign"))] = ""
    rank: Annotated[Line, Asked(_l("Commander’s rank"), hint=_l("The rank alone, no name."))] = ""
    men: Annotated[Count | None, Asked(_l("Men"))] = None
    women: Annotated[Count | None, Asked(_l("Women"))] = None
    interpreters: Annotated[Count, Asked(_l("Interpreters"))] = 0
    liaison: Annotated[Count, Asked(_l("Community liaison assistants"))] = 0
    police: Annotated[Count, Asked(_l("Police of the mission"))] = 0
    civilians: Annotated[Count, Asked(_l("Civilians of the mission"))] = 0
    state_forces: Annotated[Count, Asked(_l("State forces"))] = 0


class Vehicles(Body):
    vehicles: Annotated[Count | None, Asked(_l("Vehicles"))] = None
    aircraft: Annotated[Count, Asked(_l("Aircraft"))] = 0
    serviceable: Annotated[bool | None, Asked(_l("All serviceable"))] = None
    fuel: Annotated[Literal["enough", "low", "critical"], Asked(_l("Fuel"))] = "enough"
    weapons: Annotated[Literal["complete", "defects", "lost"], Asked(_l("Weapons"))] = "complete"


class Task(Body):
    mode: Annotated[Literal["vehicle", "foot", "air", "riverine", "mixed"], Asked(_l("How"))] = "vehicle"
    light: Annotated[Literal["day", "night", "both"], Asked(_l("By day or night"))] = "day"
    participation: Annotated[Literal["military", "integrated", "joint"], Asked(_l("Who took part"))] = (
        "military"
    )
    task: Annotated[Words, Asked(_l("Task given"), "text")] = ""
    alert: Annotated[Line, Asked(_l("Alert or hotspot served"))] = ""
    fulfilled: Annotated[Literal["yes", "partly", "no"], Asked(_l("Task fulfilled"))] = "yes"


class Waypoint(Row):
    name: Annotated[Line, Asked(_l("Place"))] = ""
    place: Annotated[
        Line,
        Asked(_l("Grid"), "place", _l("Grid reference, or latitude and longitude, or both with / between.")),
    ] = ""
    arrived_at: Annotated[At | None, Asked(_l("Arrived"), "moment")] = None
    departed_at: Annotated[At | None, Asked(_l("Departed"), "moment")] = None


class Route(Body):
    started_at: Annotated[At | None, Asked(_l("Set off"), "moment")] = None
    ended_at: Annotated[At | None, Asked(_l("Back"), "moment")] = None
    km: Annotated[Count | None, Asked(_l("Distance, km"))] = None
    waypoints: Annotated[list[Waypoint], Field(max_length=MOST_ROWS), Asked(_l("Stop"))] = []
    deviations: Annotated[Words, Asked(_l("Deviations from the order, and why"), "text")] = ""


class Status(Body):
    casualties: Annotated[Count, Asked(_l("Own casualties"))] = 0
    accidents: Annotated[Count, Asked(_l("Accidents"))] = 0
    evacuated: Annotated[bool, Asked(_l("Casualty evacuation"))] = False
    ammunition: Annotated[Literal["complete", "used", "resupply"], Asked(_l("Ammunition"))] = "complete"
    communications: Annotated[Literal["good", "interrupted", "lost"], Asked(_l("Communications"))] = "good"
    morale: Annotated[Literal["good", "fair", "low"], Asked(_l("Morale"))] = "good"
    remarks: Annotated[Words, Asked(_l("Remarks"), "text")] = ""
