"""What each act on a haven takes. Pages and API share it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from flask_babel import gettext as _
from pydantic import Field, StringConstraints, model_validator

from app.api.bodies import Body, Id, Text
from app.havens import actions
from app.havens import register_models as m
from app.havens.gate_models import Difference, TokenKind
from app.havens.models import CompromiseStep, Exposure, HavenKind, HavenState
from app.mission.placing import Given

Amount = Annotated[float, Field(ge=0, le=actions.MOST_PEOPLE, allow_inf_nan=False)]
Litres = Annotated[float, Field(ge=0, le=100_000_000, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=actions.MOST_PEOPLE)]
Short = Annotated[Text, Field(max_length=120)]
# The mission's own code of a group; what it stands for is kept nowhere here.
GROUP = r"[A-Z][A-Z0-9]{0,11}"
Group = Annotated[str, StringConstraints(pattern=rf"^{GROUP}$")]
Pair = Annotated[str, StringConstraints(pattern=rf"^{GROUP}/{GROUP}$")]
Groups = Annotated[list[Group], Field(max_length=30)]


class ChangeState(Body):
    """`inspected_on` is needed to close a haven that was compromised, unless an inspection since then is recorded."""

    to_state: HavenState
    reason: Text
    inspected_on: date | None = None


class Headcount(Body):
    """`why` is needed where the tokens inside say another number."""

    people: Count
    why: Difference | None = None


class Needs(Body):
    """What is lacking now (the whole list), and supplies that were counted (only those named change)."""

    needs: Annotated[list[Literal[actions.NEEDS]], Field(max_length=30)] = []  # type: ignore[valid-type]
    supplies: dict[Literal[actions.SUPPLIES], Amount] = {}  # type: ignore[valid-type]


class Way(Body):
    """A way by road and its minutes; without them not known. In the rainy season none: it can't be passed."""

    to: Annotated[Short, Field(min_length=1)]
    use: Literal["in", "out", "both"] = "both"
    minutes_dry: Annotated[int, Field(ge=0, le=10_000)] | None = None
    minutes_rainy: Annotated[int, Field(ge=0, le=10_000)] | None = None


class Record(Body):
    """The whole record as it holds from now on; what is left out is not known. Places by day and for the night alone stay
    as they are where they are left out."""

    why: Text
    capacity_day: Count | None = None
    capacity_night: Count | None = None
    capacity_most: Count | None = None
    medical_level: m.MedicalLevel | None = None
    perimeter: Annotated[list[Literal[m.PERIMETERS]], Field(max_length=20)] = []  # type: ignore[valid-type]
    guard_force: m.GuardForce | None = None
    guard_strength: Count | None = None
    guard_hours: Annotated[int, Field(ge=0, le=24)] | None = None
    ways: Annotated[list[Way], Field(max_length=6)] = []
    fire_points: Count | None = None
    screening_point: bool | None = None
    women_child_space: bool | None = None
    accessibility: Annotated[list[Literal[m.ACCESSIBILITY]], Field(max_length=20)] = []  # type: ignore[valid-type]
    communications: Annotated[list[Literal[m.COMMUNICATIONS]], Field(max_length=20)] = []  # type: ignore[valid-type]
    groups_accepted: Groups = []
    groups_reserved: Groups = []
    groups_refused: Groups = []
    do_not_mix: Annotated[list[Pair], Field(max_length=60)] = []
    owner: m.Owner | None = None
    agreement_with: Short | None = None
    agreement_until: date | None = None

    @model_validator(mode="after")
    def one_view_of_each_group(self) -> Record:
        said = [*self.groups_accepted, *self.groups_reserved, *self.groups_refused]
        if len(said) != len(set(said)):
            raise ValueError(_("A group is accepted, accepted with reservations, or refused: one of them."))
        if any(len(set(pair.split("/"))) < 2 for pair in self.do_not_mix):
            raise ValueError(_("A group can’t be kept apart from itself."))
        return self


class Entered(Record):
    """A haven that is new: what is known at the start, with its first record."""

    name: Annotated[Short, Field(min_length=3)]
    kind: HavenKind
    place: Given
    capacity_day: Count
    capacity_night: Count
    exposure: Exposure = Exposure.MISSION


class Correction(Body):
    """What was entered wrongly; what is left out stays as it is. `seen`: how many corrections of it the officer
    saw; where there is another one by now, nothing is changed."""

    name: Annotated[Short, Field(min_length=3)] | None = None
    kind: HavenKind | None = None
    place: Given | None = None
    why: Text
    seen: Annotated[int, Field(ge=0, le=2**53)] | None = None


class Inspection(Body):
    inspected_on: date
    post: m.Post
    finding: m.Finding
    found: Text
    next_due: date | None = None


class Stocks(Body):
    """What was counted just now; what is left out was not counted and is no longer known."""

    water_litres: Litres | None = None
    water_litres_a_day: Litres | None = None
    rations: Litres | None = None
    fuel_litres: Litres | None = None
    fuel_litres_a_day: Litres | None = None
    beds: Count | None = None
    latrines: Count | None = None


class Gate(Body):
    """A token that comes in or goes out. `people` and `kind` are said on the way in and kept for the way out."""

    way: Literal["in", "out"]
    token: Annotated[Text, Field(min_length=1, max_length=60)]
    people: Annotated[int, Field(ge=1, le=30)] = 1
    kind: TokenKind | None = None


class Step(Body):
    """A step against the compromise that was taken. `to_haven_id` and `people`: where how many were moved."""

    step: CompromiseStep
    note: Text
    to_haven_id: Id | None = None
    people: Count | None = None
