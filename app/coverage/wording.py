"""The words of coverage."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.coverage.facts import SiteFacts
from app.sites.wording import PRIORITIES as PRIORITIES
from app.words import days, number, share

PLACES = PRIORITIES | {"elsewhere": _l("Elsewhere")}


def minutes(value: float) -> str:
    """Minutes by road; a place that no road leads to has no number."""
    return _("no way") if value == float("inf") else _("%(n)s min", n=round(value))


def why(facts: SiteFacts) -> str:
    """Why a site counts, in one sentence; what is not known is said."""
    ago = days(round(facts.days)) if facts.days >= 1 else _("less than a day")
    said = [_("no visit on record") if facts.site.days is None else _("last visit %(days)s ago", days=ago)]
    if facts.over:
        said.append(_("longest gap %(days)s", days=days(facts.site.longest_gap_days)))
    if facts.unheard:
        said.append(_("nothing heard that a forecast could stand on"))
    elif facts.chance is not None and facts.chance >= 0.005:
        said.append(_("forecast of violence %(share)s", share=share(facts.chance)))
    said += [_("under the threat “%(name)s”", name=name) for _id, name, _score in facts.threats[:1]]
    said += [_("alert %(id)s (%(p)s) near it is not verified", id=n, p=p) for n, p in facts.alerts[:2]]
    if facts.site.population is not None:
        said.append(_("%(n)s people", n=number(facts.people)))
    return "; ".join(said)
