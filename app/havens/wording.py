"""The words of havens' codes."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

KINDS: dict[str, LazyString] = {
    "base_shelter": _l("Shelter in a base"),
    "poc_site": _l("Protection of civilians site"),
    "weapons_free_zone": _l("Weapons-free zone"),
    "secured_area": _l("Guarded area, church or school"),
    "safe_house": _l("Safe house"),
    "relocation_inside": _l("Relocation in the country"),
    "relocation_abroad": _l("Relocation abroad"),
    "hospital": _l("Hospital"),
    "transit": _l("Night stop in transit"),
    "rally_point": _l("Rally point"),
    "shelter_gbv": _l("Shelter from gender-based violence"),
}

STATES: dict[str, LazyString] = {
    "closed": _l("Closed"),
    "standby": _l("On standby"),
    "open": _l("Open"),
    "full": _l("Full"),
    "compromised": _l("Compromised"),
}

EXPOSURES: dict[str, LazyString] = {
    "public": _l("Publicly known"),
    "mission": _l("Known in the mission"),
    "need_to_know": _l("Need to know"),
    "secret": _l("Secret"),
}

NEEDS: dict[str, LazyString] = {
    "water": _l("Water"),
    "food": _l("Food"),
    "latrines": _l("Latrines"),
    "beds": _l("Beds"),
    "blankets": _l("Blankets"),
    "tents": _l("Tents"),
    "medical": _l("Medical care"),
    "guards": _l("Guards"),
    "fencing": _l("Fencing"),
    "lighting": _l("Lighting"),
    "screening": _l("Screening at the gate"),
    "women_child_space": _l("Space for women and children"),
    "interpreters": _l("Interpreters"),
    "communications": _l("Communications"),
    "transport": _l("Transport"),
    "fuel": _l("Fuel"),
}

SUPPLIES: dict[str, LazyString] = {
    "water_litres_a_person_a_day": _l("Water, litres a person and day"),
    "food_days": _l("Food, days"),
    "people_a_latrine": _l("People a latrine"),
    "beds": _l("Beds"),
    "guard_hours": _l("Guarded, hours a day"),
    "fuel_days": _l("Fuel, days"),
}

# Reasons that the system itself writes; all others are words of people.
REASONS: dict[str, LazyString] = {"headcount": _l("Headcount"), "needs": _l("Needs and supplies recorded")}
