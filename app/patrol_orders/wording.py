"""The words of patrol orders' codes."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

COMPOSITION: dict[str, LazyString] = {
    "strength": _l("Strength"),
    "women": _l("of them women"),
    "interpreters": _l("Interpreters"),
    "liaison": _l("Community liaison assistants"),
    "police": _l("Police"),
    "civil_affairs": _l("Civil affairs"),
    "human_rights": _l("Human rights"),
    "state_forces": _l("State forces"),
}

# By role and never by name: an order is lost more easily than a file.
TO_MEET: dict[str, LazyString] = {
    "local_authority": _l("Local authority"),
    "village_chief": _l("Village chief"),
    "religious_leader": _l("Religious leader"),
    "women_leaders": _l("Women’s leaders"),
    "youth_leaders": _l("Youth leaders"),
    "displaced_committee": _l("Committee of the displaced"),
    "alert_network": _l("Community alert network"),
    "health_staff": _l("Health staff"),
    "teachers": _l("Teachers"),
    "traders": _l("Traders"),
    "humanitarians": _l("Humanitarian organisations"),
    "state_police": _l("State police"),
    "state_army": _l("State army"),
}

HAZARDS: dict[str, LazyString] = {
    "explosives": _l("Explosive devices or mines"),
    "armed_group": _l("Armed group"),
    "checkpoint": _l("Checkpoint"),
    "crowd": _l("Hostile crowd"),
    "bridge": _l("Weak bridge"),
    "ford": _l("Ford or flooding"),
    "road": _l("Bad road"),
    "no_signal": _l("No radio or telephone signal"),
    "disease": _l("Disease"),
    "other": _l("Other"),
}

PACE: dict[str, LazyString] = {
    "primary": _l("Primary"),
    "alternate": _l("Alternate"),
    "contingency": _l("Contingency"),
    "emergency": _l("Emergency"),
}

ACTIONS_ON: dict[str, LazyString] = {
    "ambush": _l("Ambush"),
    "explosive": _l("Explosive device"),
    "civilians": _l("Civilians at risk"),
    "detention": _l("Detention"),
    "breakdown": _l("Breakdown"),
}

RISKS: dict[str, LazyString] = {"low": _l("Low"), "medium": _l("Medium"), "high": _l("High")}


# The task at a stop of an order that State forces read too: nothing of what is known of threats and alerts there.
BESIDE_STATE_FORCES = _l("Be seen, and talk to people.")


def serial(patrol_id: int, version: int) -> str:
    """PO-00012/2: how an order is called on the radio."""
    return f"PO-{patrol_id:05d}/{version}"


def sealed() -> str:
    """What stands in the place of words that are on the sealed sheet alone."""
    return _("Stands on the sealed instruction sheet")
