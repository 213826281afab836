"""Blocks 6 to 8: checkpoints, roads, and what was seen (SALUTE: size, activity, location, unit, time, equipment)."""

from __future__ import annotations

from typing import Annotated, Literal

from flask_babel import lazy_gettext as _l
from pydantic import Field

from app.api.bodies import Body
from app.grading import Reliability
from app.patrol_reports.asked import MOST_ROWS, Asked, At, Count, Line, Row, Words

By = Literal["unknown", "state_force", "armed_group", "community", "criminal"]


class Checkpoint(Row):
    place: Annotated[Line, Asked(_l("Grid or place"), "place")] = ""
    at: Annotated[At | None, Asked(_l("When"), "moment")] = None
    manned_by: Annotated[By, Asked(_l("Manned by"))] = "unknown"
    attitude: Annotated[Literal["neutral", "friendly", "hostile"], Asked(_l("Attitude"))] = "neutral"
    passage: Annotated[Literal["granted", "delayed", "denied"], Asked(_l("Passage"))] = "granted"
    delay_minutes: Annotated[Count | None, Asked(_l("Delay, minutes"))] = None
    money_demanded: Annotated[bool, Asked(_l("Money demanded"))] = False


class Checkpoints(Body):
    checkpoints: Annotated[list[Checkpoint], Field(max_length=MOST_ROWS), Asked(_l("Checkpoint"))] = []


class Road(Row):
    what: Annotated[
        Literal[
            "road", "bridge", "ford", "water_point", "phone_coverage", "market", "school", "clinic"
        ],
        Asked(_l("What")),
    ] = "road"  # fmt: skip
    place: Annotated[Line, Asked(_l("Grid or place"), "place")] = ""
    until: Annotated[Line, Asked(_l("Until (end of the stretch)"), "place")] = ""
    vehicle: Annotated[Literal["all", "heavy", "light", "foot"], Asked(_l("For"))] = "all"
    trafficability: Annotated[Literal["green", "amber", "red"], Asked(_l("State"))] = "green"
    remarks: Annotated[Line, Asked(_l("Remarks"))] = ""


class Roads(Body):
    roads: Annotated[list[Road], Field(max_length=MOST_ROWS), Asked(_l("Road or place"))] = []


class Observation(Row):
    at: Annotated[At | None, Asked(_l("When"), "moment")] = None
    place: Annotated[Line, Asked(_l("Grid or place"), "place")] = ""
    subject: Annotated[
        Literal[
            "armed_group", "state_force", "displaced", "burnt_houses", "graves", "fresh_tracks", "drone", "weapons",
            "other",
        ],
        Asked(_l("What")),
    ] = "other"  # fmt: skip
    size: Annotated[Count | None, Asked(_l("How many"))] = None
    activity: Annotated[Words, Asked(_l("Doing what, which way"), "text")] = ""
    equipment: Annotated[Line, Asked(_l("Weapons, uniform, equipment"))] = ""
    seen: Annotated[Literal["own", "told"], Asked(_l("Seen or told"))] = "own"
    reliability: Annotated[Reliability, Asked(_l("Reliability of the source"))] = "A"
    credibility: Annotated[Literal["1", "2", "3", "4", "5", "6"], Asked(_l("Credibility"))] = "2"


class Observations(Body):
    observations: Annotated[list[Observation], Field(max_length=MOST_ROWS), Asked(_l("Observation"))] = []
