"""Words for people affected, as reports count them (handbook 3.9)."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

EFFECTS: dict[str, LazyString] = {
    "at_risk": _l("At risk"), "killed": _l("Killed"), "injured": _l("Injured"), "abducted": _l("Abducted"),
    "displaced": _l("Displaced"), "detained": _l("Detained"), "other": _l("Otherwise affected"),
}  # fmt: skip
SEXES: dict[str, LazyString] = {
    "unknown": _l("not known"), "woman": _l("woman"), "man": _l("man"), "other": _l("other"),
    "prefer_not": _l("not said"),
}  # fmt: skip
AGES: dict[str, LazyString | str] = {
    "unknown": _l("not known"), "0-5": "0–5", "6-11": "6–11", "12-17": "12–17", "18-24": "18–24", "25-59": "25–59",
    "60+": "60+",
}  # fmt: skip

# What became of one's own report (hearing_back.py).
BECAME = {
    "received": _l("It was received."),
    "seen": _l("Somebody has seen it and took it on."),
    "checked": _l("It is being checked and dealt with."),
    "answered": _l("It was answered."),
    "declined": _l("It was decided not to respond. Somebody else approved this."),
    "closed": _l("It is closed."),
}
