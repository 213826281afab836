"""The words of patrols' codes."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

STATES: dict[str, LazyString] = {
    "planned": _l("Planned"),
    "under_way": _l("Under way"),
    "paused": _l("Paused"),
    "done": _l("Done"),
    "abandoned": _l("Abandoned"),
}

# How an arrival came to be known.
CHECKED_IN: dict[str, LazyString] = {
    "hand": _l("by hand"),
    "position": _l("by position"),
    "code": _l("by code"),
}

MODES: dict[str, LazyString] = {
    "vehicle": _l("In vehicles"),
    "foot": _l("On foot"),
    "air": _l("By air"),
    "riverine": _l("By boat"),
    "mixed": _l("Mixed"),
}

# Of a visit to a defender, for those who may not know where it goes (app/patrols/visits.py).
SEALED = _l("Sealed")

PURPOSES: dict[str, LazyString] = {
    "presence": _l("Presence and security"),
    "night": _l("Night presence"),
    "confidence_building": _l("Confidence building"),
    "area_domination": _l("Area domination"),
    "reconnaissance": _l("Reconnaissance"),
    "poc_response": _l("Response to an alert"),
    "market_escort": _l("Escort to market, fields or water"),
    "humanitarian_escort": _l("Humanitarian escort"),
    "defender_visit": _l("Visit to a defender"),
    "verification": _l("Verification"),
    "key_leader_engagement": _l("Key leader engagement"),
    "road_opening": _l("Road opening"),
    "protection_team_support": _l("Support to a joint protection team"),
    "election": _l("Election"),
    "displacement_site": _l("Displacement site"),
    "base_defence": _l("Base defence"),
}


def purpose(code: str | None) -> str:
    return str(SEALED if code is None else PURPOSES.get(code, code))


SUPPORT_ENDED = _l("support to State forces ended")


def support_ended(started: bool) -> str:
    """What is to be done with a joint patrol whose State forces may not be supported any more."""
    if started:
        return _(
            "This patrol is out together with State forces, and support to them was suspended or ends before it is back. "
            "Part from them, or break it off; an officer issues its order anew without them."
        )
    return _(
        "This patrol is ordered together with State forces, and support to them was suspended or ends before it is back. "
        "It can’t set off so: an officer issues its order anew without them, or calls it off."
    )
