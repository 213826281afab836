"""The 17 blocks of a patrol report, in the order in which they are asked (handbook 5.5), and what each may hold.

No field takes a person's name. What concerns a child, sexual violence or a defender is a yes or a no here. The first two
go to their advisers alone (app/signals/); in this row the first wall (reading.py) is the only one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.api.bodies import Body
from app.patrol_reports.asked import Entry, entries
from app.patrol_reports.blocks_of_order import Header, Route, Status, Task, Unit, Vehicles
from app.patrol_reports.blocks_of_people import Contacts, Feedback, Leaders, Protection
from app.patrol_reports.blocks_of_place import Checkpoints, Observations, Roads
from app.patrol_reports.blocks_of_trouble import Assessment, Force, Incidents, Signal


@dataclass(frozen=True)
class Block:
    """`quiet`: nothing to say here on a patrol where nothing happened."""

    number: int
    code: str
    title: LazyString
    model: type[Body]
    quiet: bool = False

    def entries(self) -> tuple[Entry, ...]:
        return entries(self.model)


# The block that only the writer and the two advisers may know of.
SIGNAL = "signal"

_TABLE: tuple[tuple[str, LazyString, type[Body], bool], ...] = (
    ("header", _l("Report and order"), Header, False),
    ("unit", _l("Unit and strength"), Unit, False),
    ("vehicles", _l("Vehicles, fuel and weapons"), Vehicles, False),
    ("task", _l("Task and kind of patrol"), Task, False),
    ("route", _l("Route"), Route, False),
    ("checkpoints", _l("Checkpoints and obstacles"), Checkpoints, True),
    ("roads", _l("Roads and infrastructure"), Roads, True),
    ("observations", _l("Observations"), Observations, True),
    ("contacts", _l("Contact with people"), Contacts, True),
    ("leaders", _l("Key leaders"), Leaders, True),
    ("incidents", _l("Incidents"), Incidents, True),
    ("protection", _l("Protection of civilians"), Protection, True),
    (SIGNAL, _l("Children, sexual violence"), Signal, True),
    ("force", _l("Use of force, detention"), Force, True),
    ("status", _l("Own status"), Status, True),
    ("assessment", _l("Assessment"), Assessment, False),
    ("feedback", _l("Feedback to the source"), Feedback, True),
)
BLOCKS: Mapping[str, Block] = {
    code: Block(n, code, title, model, quiet) for n, (code, title, model, quiet) in enumerate(_TABLE, start=1)
}
