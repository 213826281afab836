"""What a patrol order holds beside the patrol itself: one model for the API, the page and what is stored."""

from __future__ import annotations

from typing import Annotated, Literal

from flask_babel import gettext as _
from pydantic import Field, model_validator

from app.api.bodies import Body, Id, Text
from app.patrol_orders.wording import HAZARDS, TO_MEET
from app.patrols.planning import MOST_STOPS

Short = Annotated[Text, Field(min_length=2, max_length=200)]
Said = Annotated[Text, Field(min_length=3, max_length=2000)]
Count = Annotated[int, Field(ge=0, le=500)]
Minutes = Annotated[int, Field(ge=5, le=720)]


# Stands in a draft where somebody has yet to look at this way: no order is approved with it.
UNLOOKED = "???"


class Composition(Body):
    """How many go; `strength` counts the mission's own, women among them; the others come with them."""

    strength: Annotated[int, Field(ge=1, le=500)]
    women: Count = 0
    interpreters: Count = 0
    liaison: Count = 0
    police: Count = 0
    civil_affairs: Count = 0
    human_rights: Count = 0
    state_forces: Count = 0

    @model_validator(mode="after")
    def women_among_them(self) -> Composition:
        if self.women > self.strength:
            raise ValueError(_("There are more women than people on the patrol. Check the numbers."))
        return self


class Pace(Body):
    """How to speak to the patrol: primary, alternate, contingency and emergency way, with frequencies."""

    primary: Short
    alternate: Short
    contingency: Short
    emergency: Short


class TaskAt(Body):
    """What is done at a stop, by its place in the order; whom to meet there, by role."""

    stop: Annotated[int, Field(ge=1, le=MOST_STOPS)]
    task: Annotated[Text, Field(max_length=2000)] = ""
    meet: Annotated[list[Literal[tuple(TO_MEET)]], Field(max_length=len(TO_MEET))] = []  # type: ignore[valid-type]


class Medical(Body):
    """Where the wounded are treated, how they get there, and where a helicopter lands."""

    treatment: Short
    evacuation: Short
    landing_site: Short


class Reserve(Body):
    """The quick reaction force and its notice to move, in minutes."""

    unit: Short
    notice_minutes: Annotated[int, Field(ge=0, le=1440)]


class ActionsOn(Body):
    ambush: Said
    explosive: Said
    civilians: Said
    detention: Said
    breakdown: Said


class OrderBody(Body):
    """A patrol order (handbook 5.5) without what the patrol says already: call sign, task, times and stops. People stand
    in it by post and by role. `lost_comms_minutes`: so long may pass without a word before the watch is told."""

    commander_post: Short
    composition: Composition
    vehicles: Short
    weapons: Annotated[Text, Field(max_length=200)] = ""
    pace: Pace
    alternate_route: Said
    tasks: Annotated[list[TaskAt], Field(max_length=MOST_STOPS)] = []
    hazards: Annotated[list[Literal[tuple(HAZARDS)]], Field(max_length=len(HAZARDS))] = []  # type: ignore[valid-type]
    hazards_note: Annotated[Text, Field(max_length=2000)] = ""
    deconfliction: Said
    medical: Medical
    reserve: Reserve
    rules_of_engagement: Short
    actions_on: ActionsOn
    sealed_sheet: bool = False
    lost_comms_minutes: Minutes = 60
    risk: Literal["low", "medium", "high"]
    risk_signed_by: Short
    clearance_id: Id | None = None

    @property
    def is_draft(self) -> bool:
        """Whether somebody has yet to look at its way."""
        return UNLOOKED in (
            self.alternate_route, self.deconfliction, self.risk_signed_by, self.medical.evacuation,
            self.medical.landing_site,
        )  # fmt: skip

    def without_places(self) -> OrderBody:
        """The same for those who may not know where it goes: what says how the patrol is made up, speaks and is
        helped."""
        return self.model_copy(
            update={
                "alternate_route": "", "tasks": [], "hazards_note": "", "deconfliction": "",
                "medical": self.medical.model_copy(update={"evacuation": "", "landing_site": ""}),
                "actions_on": self.actions_on.model_copy(update=dict.fromkeys(ActionsOn.model_fields, "")),
            }
        )  # fmt: skip

    @property
    def joint(self) -> bool:
        """Together with forces of the State: then due diligence comes first."""
        return self.composition.state_forces > 0
