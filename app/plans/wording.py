"""What plans say: why a stop, why not, what one more unit would bring."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.deviations.wording import REASONS as SKIPPED
from app.means.wording import KINDS
from app.means.wording import at_once as at_once
from app.patrol_orders.wording import BESIDE_STATE_FORCES
from app.sites.wording import PRIORITIES as PRIORITIES
from app.words import days

STATES = {
    "solving": _l("Being searched for"),
    "ready": _l("Waits for a decision"),
    "issued": _l("Orders issued"),
    "withdrawn": _l("Put aside"),
    "failed": _l("No plan was found"),
}
TONES = {"solving": "go", "ready": "wait", "issued": "good", "withdrawn": "done", "failed": "open"}
REASONS = {
    "no_tour_allowed": _l("no unit that may go there has what it needs"),
    "out_of_reach": _l("no unit gets there and back within its hours"),
    "windows_cannot_be_met": _l("no unit is there at the hours when it may be visited"),
    "worth_less_than_what_stands": _l("the hours do more good elsewhere"),
    "not_drawn": _l("the draw sent nobody there on this day"),
}
SPANS = [("1", _l("One day")), ("7", _l("A week"))]


def name(fact: Mapping[str, Any]) -> str:
    if fact["kind"] == "escort":
        return _("Escort %(here)s – %(there)s", here=fact["name"], there=fact["to"])
    if fact["kind"] == "alert":
        return _("%(name)s, to verify", name=fact["name"])
    return str(fact["name"])


def why(fact: Mapping[str, Any]) -> str:
    """Why a stop counts, in one sentence of facts."""
    if fact["kind"] == "escort":
        return _("an escort that is owed: %(what)s", what=KINDS[fact["what"]])
    if fact["kind"] == "alert":
        count = len(fact["alert_ids"])
        waits = ngettext(
            "an alert near it waits to be verified", "%(num)s alerts near it wait to be verified", count
        )
        return f"{waits}; {_('priority %(p)s', p=fact['rank'])}"
    said = [str(PRIORITIES[fact["priority"]])]
    ago = days(round(fact["days"])) if fact["days"] >= 1 else _("less than a day")
    said.append(_("%(days)s since the last visit", days=ago) if fact["visited"] else _("no visit on record"))
    if fact["over"]:
        said.append(_("past its longest gap"))
    if fact.get("due"):
        gap = days(fact["longest"])
        said.append(
            _("due by %(day)s: no longer than %(gap)s without a visit", day=day_of(fact["due"]), gap=gap)
        )
    if fact.get("counted"):
        said.append(
            ngettext(
                "%(num)s visit of seven days made or ordered already",
                "%(num)s visits of seven days made or ordered already",
                fact["counted"],
            )
        )
    if fact["people"] is not None:
        said.append(ngettext("%(num)s person", "%(num)s people", fact["people"]))
    said.append(_("risk %(risk)s", risk=f"{fact['risk']:.2f}"))
    if fact["threats"]:
        said.append(_("under a threat"))
    if fact["alerts"]:
        said.append(ngettext("%(num)s alert to verify", "%(num)s alerts to verify", fact["alerts"]))
    if fact["of"] > 1:
        said.append(_("visit %(n)s of %(of)s", n=fact["number"], of=fact["of"]))
    said += [_("by night")] * fact["night"] + [_("on market day")] * fact["market"]
    return "; ".join(said)


def at_stop(fact: Mapping[str, Any], joint: bool = False) -> list[str]:
    """What a draft of an order says is done there: one sentence for each stop that the task becomes. joint: State forces
    read it too, and are not told what is known of threats and alerts there."""
    if fact["kind"] == "escort":
        return [_("Meet those to be escorted."), _("The escort ends here.")]
    if fact["kind"] == "alert":
        # No number and no kind: an order is a paper, and would say that somebody here has told the mission.
        return [_("Ask how people are: several of them, apart from each other. Ask nobody who said what.")]
    if joint:
        return [str(BESIDE_STATE_FORCES)]
    return [_("Be seen, and talk to people. Planned because: %(why)s.", why=why(fact))]


def left_out(fact: Mapping[str, Any], reason: str, by_hand: bool, kept: bool) -> str:
    if by_hand:
        return _("an officer left it out")
    # What an officer put somewhere stands above all else: it is left out only where it can't be done there.
    if kept:
        return _("it can’t be done where an officer put it")
    said = [str(REASONS[reason])]
    if reason != "not_drawn":
        # One more patrol at the same hours helps only where one could do it at all.
        said += [
            _("%(units)s would send more patrols with more people or vehicles", units=units)
            for units in listed(fact, "short" if reason == "worth_less_than_what_stands" else "at_home")
        ]
        said += [
            _("%(units)s may not go there together with State forces", units=units)
            for units in listed(fact, "alone")
        ]
    return "; ".join(said)


def listed(fact: Mapping[str, Any], name: str) -> list[str]:
    """These call signs as one text; none where there are none."""
    return [", ".join(fact[name])] if fact.get(name) else []


def together(clearance: int, recipient: str | None) -> str:
    """recipient: of the State's forces, for those who read due diligence; else None."""
    if recipient is None:
        return _("with State forces, under decision %(n)s of due diligence", n=clearance)
    return _("with State forces: %(recipient)s, decision %(n)s", recipient=recipient, n=clearance)


def missed(patrol: Any, stop: Any, reasons: Mapping[int, str | None]) -> str:
    """Why a stop of an issued plan's patrol was not reached; reasons: by stop, of those that were left out."""
    if stop.called_off_at is not None:
        return _("called off for an alert")
    if reasons.get(stop.id):
        return str(SKIPPED[str(reasons[stop.id])])
    if patrol.state == "abandoned":
        return _("broken off: %(why)s", why=patrol.abandoned_reason or "")
    if patrol.state == "done" or stop.id in reasons:
        return _("no reason is given")
    return _("still to come")


def astray(fact: Mapping[str, Any]) -> str:
    """What is said of a visit that is made on other days than those on which it is due."""
    gap = days(fact["longest"])
    return _("not on the days on which it is due: the site is left alone for longer than %(gap)s", gap=gap)


def day_of(text: str) -> str:
    return str(format_date(date.fromisoformat(text), "EEE d MMM"))


def day(begins: datetime, n: int) -> str:
    """`begins`: the first day's midnight, in the mission's zone."""
    # A date and no moment: that would be told in another zone, and where clocks change lies in another day.
    return str(format_date(begins.date() + timedelta(days=n), "EEE d MMM"))


def clock(minute: float) -> str:
    """Time of day by the mission's clocks; minutes from the midnight of the first day, of which each day has 1440."""
    return f"{int(minute) // 60 % 24:02d}:{int(minute) % 60:02d}"
