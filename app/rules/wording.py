"""How a rule and what it saw read: one plain sentence each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.alerts.wording import INDICATORS
from app.alerts.wording import KINDS as ALERT_KINDS
from app.incidents.wording import KINDS as INCIDENT_KINDS
from app.rules import parameters as p
from app.words import HOUR, days, dtg, lasting, span
from geo.watching.lapses import Lapse

KINDS = {
    "area": _l("Inside, entering or leaving an area"),
    "distance": _l("Too near to something"),
    "absence": _l("No patrol or unit in an area"),
    "overdue": _l("Overdue patrol"),
    "check_in": _l("Missed check-in"),
    "immobility": _l("A patrol that stands still"),
    "gathering": _l("Gathering of incidents"),
    "indicator": _l("Indicator counted over a period"),
    "stale_threat": _l("Stale threat assessment"),
    "haven_stock": _l("Haven that runs out of water or food"),
}
CARRIERS = {"patrol": _l("a patrol"), "vehicle": _l("a vehicle"), "aircraft": _l("an aircraft")}
PLAIN = {"patrol": _l("patrol"), "vehicle": _l("vehicle"), "aircraft": _l("aircraft")}
MODES = {
    "inside": _l("is inside the area"),
    "entering": _l("enters the area"),
    "leaving": _l("leaves the area"),
}
TARGETS = {
    "threat": _l("an open threat’s area"),
    "haven": _l("a haven"),
    "base": _l("a base"),
    "site": _l("a site to protect"),
}
COMING_NEAR = {
    "carriers": _l("one of ours"), "incidents": _l("an incident"), "alerts": _l("an open alert"),
}  # fmt: skip
CHECKED_IN = {
    "patrol": _l("a patrol that has told no position"),
    "protected": _l("a person under protection, as agreed"),
}
SOURCES = {
    "reports": _l("field reports"), "incidents": _l("incidents"),
    "indicators": _l("independent sources that tell of indicators"),
}  # fmt: skip
STATES = {
    "off": _l("switched off"),
    "calm": _l("calm"),
    "amber": _l("amber"),
    "red": _l("red"),
}


def listed(words: list[Any], joint: str) -> str:
    """“a, b or c”."""
    said = [str(w) for w in words]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} {joint} {said[-1]}"


def carriers(codes: Any) -> str:
    return listed([CARRIERS[str(c)] for c in codes], _("or"))


def kinds(codes: Any, words: Any) -> str:
    return listed([words[str(c)] for c in codes], _("or")) if codes else _("any kind")


def long(seconds: float) -> str:
    """A length of time in words; the page's own filter puts it shortly."""
    return str(span(seconds))


def serial(subject: str) -> str:
    """What a subject is called where its own name may not be told: “Patrol 7”."""
    kind, _colon, number = subject.partition(":")
    if kind == "check_in_plan":
        return _("A person under protection")
    named = {"patrol": _("Patrol"), "tracked": _("Carrier"), "incident": _("Incident"), "threat": _("Threat"),
             "alert": _("Alert"), "haven": _("Haven")}  # fmt: skip
    return f"{named[kind]} {number}" if kind in named else _("the area")


def where(has_area: bool, sector: str | None) -> str:
    if has_area:
        return _("in the area")
    return _("in sector %(name)s", name=sector) if sector else _("anywhere in the mission")


def condition(rule: p.Parameters, has_area: bool, sector: str | None) -> str:
    """When the rule is red (and amber), as a clause that follows “When”."""
    place = where(has_area, sector)
    if isinstance(rule, p.AreaRule):
        said = f"{carriers(rule.carriers)} {MODES[rule.mode]}"
        if rule.amber_metres is not None:
            said += " " + _("(amber within %(n)s m of its edge)", n=rule.amber_metres)
        return said + held(rule.dwell_minutes)
    if isinstance(rule, p.DistanceRule):
        who = carriers(rule.carriers) if rule.near == "carriers" else COMING_NEAR[rule.near]
        said = _("%(who)s comes within %(km)s km of %(what)s", who=who, km=f"{rule.red_km:g}",
                 what=TARGETS[rule.to])  # fmt: skip
        if rule.amber_km is not None:
            said += " " + _("(amber within %(km)s km)", km=f"{rule.amber_km:g}")
        return said + (held(rule.dwell_minutes) if rule.near == "carriers" else "")
    if isinstance(rule, p.AbsenceRule):
        return _("no %(who)s has surely been %(where)s for %(long)s",
                 who=listed([PLAIN[c] for c in rule.carriers], _("or")), where=place,
                 long=in_hours(rule.red)) + amber(rule.amber, in_hours)  # fmt: skip
    if isinstance(rule, p.OverdueRule):
        return _("a patrol is %(long)s overdue", long=lasting(rule.red)) + amber(rule.amber, lasting)
    if isinstance(rule, p.CheckInRule) and rule.of == "protected":
        return _("nobody has heard of a person under protection %(long)s after what was agreed, %(where)s",
                 long=lasting(rule.red), where=place) + amber(rule.amber, lasting)  # fmt: skip
    if isinstance(rule, p.CheckInRule):
        return _("a patrol under way has told no position for %(long)s", long=lasting(rule.red)) + amber(
            rule.amber, lasting
        )
    if isinstance(rule, p.ImmobilityRule):
        return _(
            "a patrol under way has not left %(m)s m for %(long)s",
            m=rule.within_metres,
            long=lasting(rule.red),
        ) + amber(rule.amber, lasting)
    if isinstance(rule, p.StaleThreatRule):
        return _("the review of a threat is %(long)s overdue", long=days(rule.red)) + amber(rule.amber, days)
    if isinstance(rule, p.HavenStockRule):
        return _("a haven’s water or food ends within %(long)s if nobody comes, %(where)s", long=in_hours(rule.red),
                 where=place) + amber(rule.amber, in_hours)  # fmt: skip
    if isinstance(rule, p.GatheringRule):
        said = _("%(n)s incidents (%(kinds)s) happen within %(km)s km and %(long)s of each other, %(where)s",
                 n=rule.red, kinds=kinds(rule.kinds, INCIDENT_KINDS), km=f"{rule.within_km:g}",
                 long=in_hours(rule.period_hours), where=place)  # fmt: skip
        return said + amber(rule.amber, of_them)
    words = {"reports": ALERT_KINDS, "incidents": INCIDENT_KINDS, "indicators": INDICATORS}[rule.source]
    if rule.source == "indicators":
        said = _("%(n)s independent sources tell of indicators (%(kinds)s) within %(long)s, %(where)s", n=rule.red,
                 kinds=kinds(rule.kinds, words), long=in_hours(rule.period_hours), where=place)  # fmt: skip
        return said + amber(rule.amber, of_them)
    said = _("%(n)s %(source)s (%(kinds)s) come within %(long)s, %(where)s", n=rule.red,
             source=SOURCES[rule.source], kinds=kinds(rule.kinds, words), long=in_hours(rule.period_hours),
             where=place)  # fmt: skip
    return said + amber(rule.amber, of_them)


def held(count: int) -> str:
    return " " + _("for %(long)s", long=lasting(count)) if count else ""


def in_hours(count: int) -> str:
    return lasting(count * HOUR)


def of_them(count: int) -> str:
    return str(_("%(n)s of them", n=count))


def amber(value: int | None, said: Callable[[int], str]) -> str:
    return "" if value is None else " " + _("(amber from %(limit)s on)", limit=said(value))


def sentence(rule: p.Parameters, priority: str, alert_kind: str, has_area: bool, sector: str | None) -> str:
    """The whole rule in one sentence."""
    return _(
        "When %(condition)s, raise a %(priority)s alert: %(kind)s.",
        condition=condition(rule, has_area, sector), priority=priority, kind=str(ALERT_KINDS[alert_kind]).lower(),
    )  # fmt: skip


def explained(rule: p.Parameters, label: str, lapse: Lapse) -> str:
    """Why it fired, of what, since when: from the lapse's own figures."""
    when, value = dtg(datetime.fromtimestamp(lapse.opened_at, UTC)), lapse.value
    if isinstance(rule, p.AreaRule):
        if value < 0:
            return _("%(who)s has come to within %(m)s m of the edge, since %(when)s.", who=label,
                     m=f"{-value:.0f}", when=when)  # fmt: skip
        said = _("outside") if rule.mode == "leaving" else _("inside")
        return _("%(who)s is surely at least %(m)s m %(side)s, since %(when)s.", who=label, m=f"{value:.0f}",
                 side=said, when=when)  # fmt: skip
    if isinstance(rule, p.DistanceRule):
        km = rule.red_km - value / 1000
        return _("%(who)s is within %(km)s km of %(what)s, since %(when)s.", who=label, km=f"{max(km, 0):.1f}",
                 what=TARGETS[rule.to], when=when)  # fmt: skip
    if isinstance(rule, p.AbsenceRule):
        return _("Nobody of ours was surely there for %(long)s.", long=long(value))
    if isinstance(rule, p.OverdueRule):
        return _("%(who)s is overdue by %(long)s.", who=label, long=long(value))
    if isinstance(rule, p.CheckInRule) and rule.of == "protected":
        return _("%(who)s has missed a check-in: overdue by %(long)s.", who=label, long=long(value))
    if isinstance(rule, p.CheckInRule):
        return _("%(who)s has told no position for %(long)s.", who=label, long=long(value))
    if isinstance(rule, p.ImmobilityRule):
        return _(
            "%(who)s has not left %(m)s m for %(long)s.", who=label, m=rule.within_metres, long=long(value)
        )
    if isinstance(rule, p.StaleThreatRule):
        return _("The review of %(what)s is overdue by %(long)s.", what=label, long=long(value))
    if isinstance(rule, p.HavenStockRule) and value >= 0:
        return _(
            "%(who)s has had too little water or food to survive on for %(long)s.",
            who=label,
            long=long(value),
        )
    if isinstance(rule, p.HavenStockRule):
        return _("%(who)s has water or food to survive on for %(long)s more, if nobody comes.", who=label,
                 long=long(-value))  # fmt: skip
    if isinstance(rule, p.GatheringRule):
        return _("%(n)s incidents within %(km)s km and %(long)s around %(what)s.", n=f"{value:.0f}",
                 km=f"{rule.within_km:g}", long=in_hours(rule.period_hours), what=label)  # fmt: skip
    if rule.source == "indicators":
        return _("%(n)s independent sources tell of indicators (%(kinds)s) within %(long)s, in %(where)s.",
                 n=f"{value:.0f}", kinds=kinds(rule.kinds, INDICATORS), long=in_hours(rule.period_hours),
                 where=label)  # fmt: skip
    return _("%(n)s %(source)s within %(long)s.", n=f"{value:.0f}", source=SOURCES[rule.source],
             long=in_hours(rule.period_hours))  # fmt: skip


def reasons(spec: Any, label: str, lapse: Lapse, sector: str | None) -> list[str]:
    """What stands on the alert: what was seen, by which rule, and what that one watches for, and where."""
    return [
        explained(spec.parameters, label, lapse),
        _(
            "Rule %(id)s, version %(version)s: %(name)s.",
            id=spec.rule_id,
            version=spec.version,
            name=spec.name,
        ),
        _(
            "It tells when %(condition)s.",
            condition=condition(spec.parameters, spec.area is not None, sector),
        ),
    ]


def area_of(spec: Any) -> str:
    """Where something is that may be anywhere in what a rule watches."""
    return _("the area of rule %(id)s", id=spec.rule_id) if spec.area is not None else _("the whole mission")


def all_clear(when: datetime) -> str:
    return _(
        "The rule’s all-clear: over since %(when)s. The alert stays until somebody decides.", when=dtg(when)
    )


def never_was() -> str:
    return _("What arrived late shows that it was not so. The alert stays until somebody decides.")


def switched_off() -> str:
    return _("The rule was switched off: it watches no longer. The alert stays until somebody decides.")
