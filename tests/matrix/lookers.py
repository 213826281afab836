"""Who looks, and what the permission table says of it. The application's own answers are not asked here: only MAP."""

from __future__ import annotations

from dataclasses import dataclass

from app.permissions import MAP, Permission, Role
from tests.people import WEST

ROOM = "north"


@dataclass(frozen=True)
class Looker:
    """A person of a role, whose own sector is the western one."""

    role: Role
    compartments: tuple[str, ...] = (ROOM,)

    def __str__(self) -> str:
        return self.role.value if self.compartments else f"{self.role.value}_without_clearance"

    def anywhere(self, permission: Permission) -> bool:
        return self.role in MAP[permission].anywhere

    def holds(self, permission: Permission) -> bool:
        return self.anywhere(permission) or self.role in MAP[permission].in_sector

    def may(self, permission: Permission, sector: str | None) -> bool:
        """For a thing of that sector; None is a place outside every sector."""
        return self.anywhere(permission) or (self.role in MAP[permission].in_sector and sector == WEST)


# Roles for whom a compartment decides something are asked twice: inside it and without any.
WITH_A_ROOM = [
    r for r in Role
    if any(r in MAP[p].anywhere | MAP[p].in_sector for p in (Permission.READ_DEFENDERS, Permission.SEE_FINE_CELLS))
]  # fmt: skip
LOOKERS = [Looker(role) for role in Role] + [Looker(role, ()) for role in WITH_A_ROOM]


@dataclass(frozen=True)
class Thing:
    """Something of the world. `marker` is a word that stands in its texts and nowhere else."""

    kind: str
    where: str
    marker: str
    arguments: dict[str, object]
    sector: str | None = None
    compartment: str | None = None
    restricted: bool = False
    owner: Looker | None = None

    def __str__(self) -> str:
        return f"{self.kind} ({self.where})"


P = Permission
# By which permission a kind of thing is read; None: by nobody, since consent to it has ended.
READ: dict[str, Permission | None] = {
    "alert": P.READ_ALERTS,
    "report": P.READ_REPORTS,
    "conflict": P.READ_REPORTS,
    "incident": P.READ_INCIDENTS,
    "threat": P.READ_THREATS,
    "defender": P.READ_DEFENDERS,
    "unmasking": P.SUPERVISE_UNMASKING,
    "withheld": None,
    "patrol": P.READ_PATROLS,
    "site": P.READ_PATROLS,
    "plan": P.READ_PATROLS,
    "mix": P.READ_PATROLS,
    "draw": P.READ_PATROLS,
    "solve": P.READ_PATROLS,
    "means": P.READ_PATROLS,
    "escort": P.READ_PATROLS,
    "road_link": P.SEE_MAP,
    "road_condition": P.SEE_MAP,
    "patrol_report": P.READ_PATROLS,
    "child_signal": P.SEE_CHILD_SIGNALS,
    "violence_signal": P.SEE_VIOLENCE_SIGNALS,
    "led_patrol": None,
    "own_patrol": None,
    "decision": P.READ_DUE_DILIGENCE,
    "carrier": P.READ_PATROLS,
    "vehicle": P.READ_PATROLS,
    "device": P.SEND_PATROLS,
    "haven": P.READ_HAVENS,
    "siting_study": P.READ_HAVENS,
    "evacuation": P.READ_EVACUATIONS,
    "handover": P.READ_HANDOVERS,
    "source": P.READ_SOURCES,
    "call_back": P.READ_SOURCES,
    "ladder": P.READ_WATCHES,
    "own_watch": None,
    "contact": None,
    "reply": P.READ_REPLIES,
    "rule": P.READ_RULES,
    "surface": P.READ_FORECAST,
    "surface_cell": P.SEE_HOTSPOTS,
    "document": P.READ_DOCUMENTS,
    "network": P.READ_ALERTS,
    "base": P.SEE_MAP,
    "entry": P.READ_LEDGER,
    "procedure": P.MANAGE_MISSION,
    "measure": P.READ_MEASURES,
    "layer": P.SEE_MAP,
    "base_map": P.SEE_MAP,
    "view": P.READ_HANDOVERS,
    "private_view": None,
    "import": None,
    "person": P.MANAGE_PEOPLE,
    "token": P.OWN_ACCOUNT,
}
# Collections, their features and tiles: by the name of the layer.
READ_LAYER: dict[object, Permission] = {
    "incidents": P.READ_INCIDENTS,
    "alerts": P.READ_ALERTS,
    "threats": P.READ_THREATS,
    "havens": P.READ_HAVENS,
    "patrols": P.READ_PATROLS,
    "units": P.SEE_MAP,
    "places": P.SEE_MAP,
    "defender-cells": P.SEE_COARSE_CELLS,
}
OF_LAYERS = {"collection", "feature", "tiles"}
# By which permission one's own thing is read whatever its sector.
READ_OWN: dict[str, Permission] = {
    "report": P.FILE_REPORTS,
    "conflict": P.FILE_REPORTS,
    "patrol": P.LEAD_PATROLS,
    "led_patrol": P.LEAD_PATROLS,
    "own_patrol": P.LEAD_PATROLS,
    "carrier": P.LEAD_PATROLS,
    "document": P.OWN_ACCOUNT,
    "unmasking": P.OWN_ACCOUNT,
    "import": P.BRING_FILES_IN,
    "contact": P.STAND_WATCH,
    "own_watch": P.STAND_WATCH,
}
# What a thing is about must be readable too.
ABOUT = {"document": P.READ_ALERTS, "siting_study": P.READ_THREATS}


def sees(looker: Looker, thing: Thing) -> bool:
    if thing.kind in ABOUT and not looker.may(ABOUT[thing.kind], thing.sector):
        return False
    if thing.owner == looker and thing.kind in READ_OWN and looker.holds(READ_OWN[thing.kind]):
        return True
    permission = READ_LAYER[thing.arguments["name"]] if thing.kind in OF_LAYERS else READ[thing.kind]
    if permission is None or not looker.may(permission, thing.sector):
        return False
    if thing.restricted and not looker.anywhere(P.SEE_RESTRICTED_HAVENS):
        return False
    return thing.compartment is None or thing.compartment in looker.compartments
