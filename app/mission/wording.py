"""The words of the mission's codes and of its standing procedures. Kinds of units, bases and channels come from the
mission's own files: one that has no word here is shown as it was written, with spaces."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.alerts.wording import KINDS as ALERT_KINDS
from app.mission.procedures import WARNING

ECHELONS: dict[str, LazyString] = {
    "mission": _l("mission"),
    "sector": _l("sector"),
    "battalion": _l("battalion"),
    "company": _l("company"),
}

UNIT_KINDS: dict[str, LazyString] = {
    "fhq": _l("force headquarters"),
    "shq": _l("sector headquarters"),
    "bn": _l("battalion"),
    "coy": _l("company"),
    "pl": _l("platoon"),
    "unmo_ts": _l("team site of military observers"),
    "fpu": _l("formed police unit"),
    "qrf": _l("quick reaction force"),
    "avn": _l("aviation"),
    "med": _l("medical"),
    "eng": _l("engineers"),
}

BASE_KINDS: dict[str, LazyString] = {
    "permanent": _l("permanent camp"),
    "company_operating_base": _l("company operating base"),
    "cob": _l("company operating base"),
    "temporary_operating_base": _l("temporary operating base"),
    "tob": _l("temporary operating base"),
    "team_site": _l("team site"),
    "observation_post": _l("observation post"),
    "helicopter_landing_site": _l("helicopter landing site"),
    "poc_site": _l("protection of civilians site"),
}

CHANNELS: dict[str, LazyString] = {"phone": _l("phone"), "radio": _l("radio"), "runner": _l("runner")}


def kind_words(kind: str, words: dict[str, LazyString]) -> str:
    known = words.get(kind.lower())
    return str(known) if known else kind.replace("_", " ")


UNITS: dict[str, LazyString] = {
    "minutes": _l("minutes"),
    "hours": _l("hours"),
    "days": _l("days"),
    "metres": _l("metres"),
    "litres": _l("litres"),
    "people": _l("people"),
    "vehicles": _l("vehicles"),
    "points": _l("points"),
    "reports": _l("reports"),
    "incidents": _l("incidents"),
    "hour": _l("hour"),
    "month": _l("month"),
    "times": _l("times"),
    "share": _l("share"),
    "factor": _l("factor"),
}

# What a value of the standing procedures means, by its key (procedures.PLAIN).
PROCEDURES: dict[str, LazyString] = {
    "feedback_hours": _l("Feedback: until the source is told what was done"),
    "surroundings_metres": _l("How far around a report Vigil looks"),
    "recent_incident_days": _l("How long an incident counts as recent"),
    "position_stale_minutes": _l("A patrol’s last position is stale after"),
    "review_days_ordinary": _l("Review of a defender at ordinary risk, every"),
    "review_days_elevated": _l("Review of a defender at elevated risk, every"),
    "review_days_high": _l("Review of a defender at high risk, every"),
    "review_days_extreme": _l("Review of a defender at extreme risk, every"),
    "fine_cell_metres": _l("Side of a defender’s cell for those with clearance"),
    "coarse_cell_metres": _l("Side of a defender’s cell for others"),
    "cell_least_people": _l("A cell grows until it holds at least"),
    "reports_burst": _l("Reports that one person may file at once"),
    "reports_per_minute": _l("Reports that one person may file in a minute after that"),
    "imported_incidents_per_day": _l("Incidents that one person may bring in by files in a day"),
    "position_keep_days": _l("Positions are kept for"),
    "contact_test_hours": _l("A contact was tested no longer before going on watch than"),
    "watch_most_hours": _l("A watch lasts at most"),
    "session_idle_minutes": _l("A session that nobody uses ends after"),
    "measures_warning_metres": _l("Measures: an alert counts as a warning of an attack within"),
    "measures_warning_days": _l("Measures: an alert counts as a warning of an attack for"),
    "measures_coverage_metres": _l("Measures: a base or patrol covers people within"),
    "measures_coverage_days": _l("Measures: a patrol’s visit covers people for"),
    "surface_cell_metres": _l("Forecast: side of a cell"),
    "surface_period_days": _l("Forecast: a surface speaks of the next"),
    "surface_grace_days": _l("Forecast: a period is scored after it has ended by"),
    "surface_heard_days": _l("Forecast: a cell of which nothing was heard has no data after"),
    "rainy_from_month": _l("Roads: the rainy season begins with month"),
    "rainy_until_month": _l("Roads: the rainy season ends with month"),
    "roads_rain_main": _l("Roads: in the rainy season a main road takes longer by"),
    "roads_rain_secondary": _l("Roads: in the rainy season a secondary road takes longer by"),
    "roads_rain_track": _l("Roads: in the rainy season a track takes longer by"),
    "roads_threat_slowed": _l("Roads: within the area of an active threat a road takes longer by"),
    "draw_hour": _l("Patrols by chance: a day is drawn on the evening before, from"),
    "coverage_reach_minutes": _l("Coverage: a place is reached in time within"),
    "patrol_crew_vehicle": _l("Patrols: least people in vehicles"),
    "patrol_crew_foot": _l("Patrols: least people on foot"),
    "patrol_crew_night": _l("Patrols: by night so many more"),
    "patrol_vehicles": _l("Patrols: least vehicles"),
    "haven_water_litres": _l("Havens: water that a person uses in a day"),
    "haven_water_survival_litres": _l("Havens: water without which a person can’t last, a day"),
    "haven_people_a_latrine": _l("Havens: people to a latrine, at most"),
    "haven_people_a_latrine_first": _l("Havens: people to a latrine in the first days, at most"),
    "haven_food_days": _l("Havens: food is short below"),
    "haven_fuel_days": _l("Havens: fuel is short below"),
    "haven_look_ahead_hours": _l("Havens: a store that ends sooner is shown as a need"),
    "haven_token_days": _l("Havens: scans of tokens are kept for"),
    "order_off_route_metres": _l("Patrol orders: off the planned line by more than"),
    "order_straight_metres": _l(
        "Patrol orders: off the straight way, where no line was planned, by more than"
    ),
    "order_off_route_minutes": _l("Patrol orders: off the planned line for longer than"),
    "order_late_minutes": _l("Patrol orders: late at a stop by more than"),
    "order_arrival_metres": _l("Patrol orders: a position shows an arrival within"),
    "order_arrival_minutes": _l("Patrol orders: a position shows an arrival after"),
}
# Clocks of an alert, by what stands before `_minutes_p1`.
CLOCKS: dict[str, LazyString] = {
    "acknowledge": _l("Acknowledge a %(priority)s: until somebody takes the alert"),
    "verify": _l("Verify a %(priority)s: until it is answered whether it is true"),
    "decide": _l("Decide a %(priority)s: until a response is decided, or declined with a reason"),
    "approve": _l("Not responding to a %(priority)s: until somebody else approves or refuses it"),
}
# Weights of the warning, by what stands behind `warning.`
LIMITS: dict[str, LazyString] = {
    "p1": _l("Score from which an alert is P1"),
    "p2": _l("Score from which an alert is P2"),
    "p3": _l("Score from which an alert is P3"),
    "minimum": _l("Score from which an alert is raised at all"),
    "age_half_life_hours": _l("The points of an old report halve in"),
    "fresh_hours": _l("Danger to life keeps its P1 for"),
    "near_limit_metres": _l("Nothing adds to a score from further away than"),
}
OF_KIND: dict[str, LazyString] = {
    "points": _l("%(kind)s, with nothing near"),
    "nearness": _l("%(kind)s: how much near things count"),
}
NEAR: dict[str, LazyString] = {
    "defender_cell": _l("Near a defender’s cell"),
    "haven": _l("Near a haven"),
    "patrol": _l("Near a patrol"),
    "base": _l("Near a base"),
    "threat_area": _l("Near a threat’s area"),
    "incident": _l("Near an incident"),
    "place": _l("Near a place"),
}
OF_NEAR: dict[str, LazyString] = {
    "points": _l("%(near)s: at the place itself"),
    "half_metres": _l("%(near)s: where half of the points are left"),
    "most": _l("%(near)s: that all of them together may add"),
}
FACTORS: dict[str, LazyString] = {
    "reliability": _l("Factor of source reliability %(code)s"),
    "credibility": _l("Factor of credibility %(code)s"),
    "precision": _l("Factor of place precision %(code)s"),
}
RISKS: dict[str, LazyString] = {
    "ordinary": _l("Factor of a defender’s risk: ordinary"),
    "elevated": _l("Factor of a defender’s risk: elevated"),
    "high": _l("Factor of a defender’s risk: high"),
    "extreme": _l("Factor of a defender’s risk: extreme"),
}


def procedure(key: str) -> str:
    """What a value of the standing procedures means; its key, where that is an old one that no code knows."""
    if key.startswith(WARNING):
        return weight(key.removeprefix(WARNING).split("."))
    clock, _minutes, priority = key.partition("_minutes_p")
    if priority and clock in CLOCKS:
        return str(CLOCKS[clock]) % {"priority": f"P{priority}"}
    return str(PROCEDURES.get(key, key))


def weight(name: list[str]) -> str:
    match name:
        case [limit] if limit in LIMITS:
            return str(LIMITS[limit])
        case ["kinds", kind, part] if kind in ALERT_KINDS and part in OF_KIND:
            return str(OF_KIND[part]) % {"kind": ALERT_KINDS[kind]}
        case ["near", near, part] if near in NEAR and part in OF_NEAR:
            return str(OF_NEAR[part]) % {"near": NEAR[near]}
        case ["risk", band] if band in RISKS:
            return str(RISKS[band])
        case [group, code] if group in FACTORS:
            return str(FACTORS[group]) % {"code": code}
    return WARNING + ".".join(name)
