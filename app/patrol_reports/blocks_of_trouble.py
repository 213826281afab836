"""Blocks 11, 13, 14 and 16: what happened, the two signals that go on by their own channels, and the assessment."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from flask_babel import lazy_gettext as _l
from pydantic import Field

from app.api.bodies import Body
from app.incidents.models import IncidentKind
from app.patrol_reports.asked import MOST_ROWS, Asked, At, Count, Line, Row, Words
from app.patrol_reports.blocks_of_people import NO_NAMES


class Incident(Row):
    at: Annotated[At | None, Asked(_l("When"), "moment")] = None
    place: Annotated[Line, Asked(_l("Grid or place"), "place")] = ""
    kind: Annotated[Literal[tuple(k.value for k in IncidentKind)], Asked(_l("Kind"))] = "other"  # type: ignore[valid-type]
    what: Annotated[Words, Asked(_l("Who did what to whom"), "text", NO_NAMES)] = ""
    killed: Annotated[Count, Asked(_l("Killed"))] = 0
    injured: Annotated[Count, Asked(_l("Injured"))] = 0
    weapons: Annotated[Line, Asked(_l("Weapons used"))] = ""


class Incidents(Body):
    incidents: Annotated[list[Incident], Field(max_length=MOST_ROWS), Asked(_l("Incident"))] = []


class Signal(Body):
    child: Annotated[bool | None, Asked(_l("A sign that concerns a child"))] = None
    sexual_violence: Annotated[bool | None, Asked(_l("A sign of sexual violence"))] = None


class Force(Body):
    force_used: Annotated[bool | None, Asked(_l("Force was used"))] = None
    weapon_pointed: Annotated[bool | None, Asked(_l("A weapon was pointed"))] = None
    detained: Annotated[bool | None, Asked(_l("Somebody was detained"))] = None


class Assessment(Body):
    facts: Annotated[Words, Asked(_l("Facts, in short"), "text", NO_NAMES)] = ""
    opinion: Annotated[Words, Asked(_l("Your opinion of them"), "text", NO_NAMES)] = ""
    recommendation: Annotated[Words, Asked(_l("Recommendation, lessons"), "text", NO_NAMES)] = ""
    revisit_on: Annotated[date | None, Asked(_l("Visit again on"), "day")] = None
