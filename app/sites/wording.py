"""The words of sites' codes."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.mission.hours import hour as hour
from app.words import days as days

PRIORITIES: dict[str, LazyString] = {
    "must": _l("Must protect"),
    "should": _l("Should protect"),
    "could": _l("Could protect"),
}

# What the handbook says of each (2.6), for whoever has to choose.
MEANING: dict[str, LazyString] = {
    "must": _l("Grave, near-term risk, and nobody else is able and willing."),
    "should": _l("Serious risk, or the State protects in part."),
    "could": _l("Lower risk, or covered by others; if means remain."),
}

NEEDS: dict[str, LazyString] = {
    "interpreter": _l("An interpreter"),
    "women": _l("Women in the patrol"),
    "foot": _l("On foot at the place"),
    "alone": _l("No State forces along"),
}

DAYS: dict[int, LazyString] = {
    1: _l("Monday"), 2: _l("Tuesday"), 3: _l("Wednesday"), 4: _l("Thursday"), 5: _l("Friday"), 6: _l("Saturday"),
    7: _l("Sunday"),
}  # fmt: skip
