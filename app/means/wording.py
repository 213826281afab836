"""The words of means' and escorts' codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.mission.hours import hour as hour
from app.sites.wording import DAYS as DAYS

if TYPE_CHECKING:
    from app.means.crews import Crews

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


def at_once(crews: Mapping[str, Any]) -> str:
    """How many patrols a unit has people and vehicles for, where it is fewer than its means ask for; crews: as
    app/plans/frozen.py keeps them."""
    if crews["tours"] < crews["wanted"]:
        suffice = _("vehicles") if crews["short_of"] == "vehicles" else _("people")
        said = ngettext(
            "%(what)s for %(num)s patrol at once, of %(wanted)s",
            "%(what)s for %(num)s patrols at once, of %(wanted)s",
            crews["tours"], what=suffice, wanted=crews["wanted"],
        ) if crews["tours"] else _("too few %(what)s for a patrol", what=suffice)  # fmt: skip
    else:
        said = ngettext("people for %(num)s patrol", "people for %(num)s patrols at once", crews["tours"])
    if crews["by_night"] < crews["tours"]:
        night = crews["by_night"]
        said += "; " + (_("%(n)s of them by night", n=night) if night else _("by day alone"))
    return said


def bound(crews: Crews) -> str:
    """What a unit's people and vehicles let out on a day, in a sentence."""
    if crews.short:
        return _("On a day: %(said)s.", said=at_once(vars(crews)))
    if crews.unit.people_a_day is None:
        return _("How many people can go out on a day is not known: plans don’t ask whether they suffice.")
    return _("Its people suffice for all of its tours.")
