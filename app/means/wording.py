"""The words of means' and escorts' codes."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.mission.hours import hour as hour
from app.sites.wording import DAYS as DAYS

GOING: dict[str, LazyString] = {
    "vehicle": _l("In vehicles"),
    "foot": _l("On foot"),
    "mixed": _l("In vehicles, on foot at the place"),
}

KINDS: dict[str, LazyString] = {
    "humanitarian": _l("Humanitarian convoy"),
    "market": _l("To the market"),
    "firewood": _l("For firewood or water"),
    "field": _l("To the fields"),
    "supply": _l("The mission’s own supplies"),
    "displaced": _l("Displaced people"),
    "other": _l("Something else"),
}

OUTCOMES: dict[str, LazyString] = {"done": _l("Done"), "called_off": _l("Called off")}
