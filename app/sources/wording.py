"""The words for sources' codes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

KINDS: dict[str, LazyString] = {
    "focal_point": _l("Focal point of an alert network"),
    "caller": _l("Caller"),
    "community_leader": _l("Community leader"),
    "defender": _l("Defender"),
    "observer": _l("Observer of the mission"),
    "partner": _l("Partner organisation"),
    "authority": _l("Local authority"),
    "state_forces": _l("State forces"),
    "media": _l("Media or open source"),
    "other": _l("Other"),
}
KNOWN_BY: dict[str, LazyString] = {
    "code_word": _l("by a code word"),
    "own_line": _l("by the line of the network"),
    "device": _l("by the device"),
    "in_person": _l("in person"),
    "not_told_apart": _l("is not told apart from others"),
}
HELD_BY: dict[str, LazyString] = {
    "nobody": _l("nobody"),
    "network": _l("the network’s own book"),
    "field_office": _l("the field office"),
    "human_rights": _l("the Human Rights Division"),
}
GRADES: dict[str, LazyString] = {
    "A": _l("completely reliable"), "B": _l("usually reliable"), "C": _l("fairly reliable"),
    "D": _l("not usually reliable"), "E": _l("unreliable"), "F": _l("can’t be judged yet"),
}  # fmt: skip
