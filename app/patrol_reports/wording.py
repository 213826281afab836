"""The words of patrol reports: codes, states, and what the checks found."""

from __future__ import annotations

from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.incidents.wording import KINDS as INCIDENTS
from app.moments import read_moment
from app.patrols.wording import MODES
from app.words import dtg

STATES: dict[str, LazyString] = {
    "draft": _l("Being written"),
    "submitted": _l("Waits for debrief"),
    "returned": _l("Returned to the leader"),
    "debriefed": _l("Waits for approval"),
    "approved": _l("Approved"),
}

ENTRIES: dict[str, LazyString] = {
    "submitted": _l("Sent"),
    "returned": _l("Returned"),
    "amended": _l("Amended"),
    "debriefed": _l("Debriefed"),
    "approved": _l("Approved"),
    "filed": _l("Made a record"),
}

# The words of the codes in the blocks. A code means the same wherever it stands.
CODES: dict[str, LazyString] = {
    "short_range": _l("Short range"), "long_range": _l("Long range, with a night"),
    "unclassified": _l("Unclassified"), "confidential": _l("Confidential"),
    "strictly_confidential": _l("Strictly confidential"),
    "enough": _l("Enough"), "low": _l("Low"), "critical": _l("Critical"),
    "complete": _l("Complete"), "defects": _l("Defects"), "lost": _l("Lost"),
    "day": _l("By day"), "night": _l("By night"), "both": _l("By day and by night"),
    "military": _l("Military only"), "integrated": _l("Military, police and civilians of the mission"),
    "joint": _l("Jointly with State forces"),
    "yes": _l("Yes"), "partly": _l("Partly"), "no": _l("No"),
    "unknown": _l("Not known"), "state_force": _l("State force"), "armed_group": _l("Armed group"),
    "community": _l("The community"), "criminal": _l("Criminals"),
    "neutral": _l("Neutral"), "friendly": _l("Friendly"), "hostile": _l("Hostile"),
    "granted": _l("Granted"), "delayed": _l("Delayed"), "denied": _l("Denied"),
    "road": _l("Road"), "bridge": _l("Bridge"), "ford": _l("Ford"), "water_point": _l("Water point"),
    "phone_coverage": _l("Phone coverage"), "market": _l("Market"), "school": _l("School"), "clinic": _l("Clinic"),
    "all": _l("All vehicles"), "heavy": _l("Heavy vehicles"), "light": _l("Light vehicles"),
    "green": _l("Green: open"), "amber": _l("Amber: with difficulty"), "red": _l("Red: closed"),
    "displaced": _l("People displaced"), "burnt_houses": _l("Burnt houses"), "graves": _l("Graves (do not disturb)"),
    "fresh_tracks": _l("Fresh tracks"), "drone": _l("Drone"), "weapons": _l("Weapons"), "other": _l("Other"),
    "own": _l("Seen by the patrol"), "told": _l("Told to the patrol"),
    "normal": _l("Normal"), "tense": _l("Tense"), "fearful": _l("Fearful"),
    "armed_movement": _l("Armed men move"), "new_checkpoint": _l("New checkpoint"),
    "people_leaving": _l("People leave"), "market_empty": _l("Market empty"), "school_closed": _l("School closed"),
    "hate_speech": _l("Hate speech"), "threats": _l("Threats uttered"), "recruitment": _l("Recruitment"),
    "livestock_moved": _l("Livestock moved away"),
    "used": _l("Used in part"), "resupply": _l("Needs supply"),
    "good": _l("Good"), "interrupted": _l("Interrupted"), "fair": _l("Fair"),
    "no_alert": _l("No alert was served"), "given": _l("Yes, told"), "not_yet": _l("Not yet"),
}  # fmt: skip


def said(code: str) -> str:
    """A code in words; a source's grade is its own word."""
    words = CODES.get(code) or MODES.get(code) or INCIDENTS.get(code)
    return str(words) if words else code


def finding(flag: dict[str, Any]) -> str:
    """What a check found, as a sentence."""
    number = "" if flag.get("number") is None else f"{flag['number']:g}"
    facts = {"where": flag.get("where") or "", "n": number, "at": flag.get("at") or ""}
    sentences = {
        "future": _("A time lies in the future (%(at)s).", at=facts["at"]),
        "order": _("The times run backwards at %(at)s.", at=facts["at"]),
        "too_fast": _("The track shows %(n)s km/h.", n=number),
        "too_fast_leg": _("The way to %(where)s would have taken %(n)s km/h.", **_two(facts)),
        "gap": _("The track is silent for %(n)s minutes from %(at)s on.", n=number, at=facts["at"]),
        "outside": _("%(n)s positions lie outside the area of responsibility.", n=number),
        "stop_outside": _("%(where)s lies outside the area of responsibility.", where=facts["where"]),
        "grid": _("Grid and position of %(where)s lie %(n)s m apart.", **_two(facts)),
        "not_day": _("It says by day; at %(n)s positions it was night.", n=number),
        "not_night": _("It says by night; at %(n)s positions it was day.", n=number),
        "not_both": _("It says by day and by night; the track knows one of them."),
        "twice": _("The same entry stands twice in: %(where)s.", where=facts["where"]),
    }
    return sentences.get(flag["code"], flag["code"])


def _two(facts: dict[str, str]) -> dict[str, str]:
    return {"where": facts["where"], "n": facts["n"]}


def shown(kind: str, value: Any) -> str:
    """A field's value as it is read; empty where nothing was said."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if kind == "choice":
        return said(str(value))
    if kind == "moment":
        return _moment(str(value))
    return str(value)


def _moment(written: str) -> str:
    try:
        return dtg(read_moment(written))
    except ValueError:
        return written
