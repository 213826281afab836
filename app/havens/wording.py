"""The words of havens' codes."""

from __future__ import annotations

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.havens.models import OPENLY_KNOWN
from app.permissions import role_words as role_words

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


def restricted(exposure: str) -> LazyString | None:
    """The badge of a haven that not all of the mission know of; none for others."""
    return None if exposure in OPENLY_KNOWN else EXPOSURES[exposure]


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


def way_time(minutes: float | None) -> str:
    """How long a way takes, short enough for a table."""
    if minutes is None:
        return _("no open road")
    hours, rest = divmod(round(minutes), 60)
    return _("%(h)s h %(min)s min", h=hours, min=f"{rest:02d}") if hours else _("%(n)s min", n=rest)


# Reasons that the system itself writes; all others are words of people.
REASONS: dict[str, LazyString] = {
    "headcount": _l("Headcount"), "needs": _l("Needs and supplies recorded"), "gate": _l("Counted at the gate"),
    "corrected": _l("Name, kind or place corrected"),
}  # fmt: skip

COMPROMISED_NOTE = _l(
    "Haven %(haven)s, which was ordered for this alert, is compromised. Send nobody there, turn back those on the way, "
    "and decide where they go instead."
)

COMPROMISED_ON_ORDER = _l(
    "Evacuation order %(order)s sends people to haven %(haven)s, which is compromised. Turn back those on the way, "
    "and plan the evacuation again."
)

# Neither name nor place: those who read the alert need not read the sector in which the haven lies.
CORRECTED_NOTE = _l(
    "Haven %(haven)s, which was ordered for this alert, was written down with a wrong name or place. Look up where it "
    "stands, and tell those on the way."
)

CORRECTED_ON_ORDER = _l(
    "Evacuation order %(order)s sends people to haven %(haven)s, which was written down with a wrong name or place. Look "
    "up on the order’s page how it is called and where it stands, tell those on the way, and plan the evacuation again."
)

STEPS: dict[str, LazyString] = {
    "stop_intake": _l("Stop taking in"),
    "warn_those_coming": _l("Warn those on the way"),
    "move_people": _l("Move the people inside to other havens"),
    "rotate_or_close": _l("Rotate, or close for good"),
    "inspect": _l("Inspect before it is used again"),
}

DIFFERENCES: dict[str, LazyString] = {
    "came_uncounted": _l("Some came in without a token"),
    "left_uncounted": _l("Some left without being counted out"),
    "tokens_lost": _l("Tokens were lost"),
    "born_or_died": _l("Births or deaths"),
    "staff_counted": _l("Staff or guards were counted"),
    "miscounted": _l("Somebody was counted twice or missed"),
    "not_known": _l("Not known yet"),
}

TOKEN_KINDS: dict[str, LazyString] = {
    "": _l("not said"),
    "adult": _l("Adults"),
    "child": _l("Children"),
    "wounded": _l("Wounded"),
    "family": _l("Families"),
}

WHAT_ENDS: dict[str, LazyString] = {
    "water.survival": _l("Water below survival level"),
    "water.standard": _l("Water below the standard"),
    "food.survival": _l("Food ends"),
    "fuel.standard": _l("Fuel ends"),
    "beds.standard": _l("Beds lacking"),
    "latrines.survival": _l("Latrines lacking, fewer than for the first days"),
    "latrines.standard": _l("Latrines lacking"),
}

FAULTS: dict[str, LazyString] = {
    "no_record": _l("Nobody has written its record"),
    "one_way_out": _l("Fewer than two ways out are known"),
    "ways_from_elsewhere": _l("Its ways in and out were written before its place was corrected"),
    "agreement_ended": _l("The agreement has ended"),
    "inspection_due": _l("An inspection is overdue"),
    "unfit": _l("It was found unfit and takes people in"),
}

STOCKS: dict[str, LazyString] = {
    "water_litres": _l("Water in store, litres"),
    "water_litres_a_day": _l("Water that comes in a day, litres"),
    "rations": _l("Rations in store (one person, one day)"),
    "fuel_litres": _l("Fuel in store, litres"),
    "fuel_litres_a_day": _l("Fuel burnt in a day, litres"),
    "beds": _l("Beds"),
    "latrines": _l("Latrines"),
}

# What is corrected, in the order of its form.
CORRECTED: dict[str, LazyString] = {"name": _l("Name"), "kind": _l("Kind"), "place": _l("Place")}

# What a record tells, in the order of its page.
RECORD: dict[str, LazyString] = {
    "capacity_day": _l("Places by day"),
    "capacity_night": _l("Places for the night"),
    "capacity_most": _l("Places at the very most"),
    "guard_force": _l("Guards"),
    "guard_strength": _l("Guards, how many"),
    "guard_hours": _l("Guarded, hours a day"),
    "perimeter": _l("Perimeter"),
    "medical_level": _l("Medical care"),
    "fire_points": _l("Fire points"),
    "screening_point": _l("Screening at the gate"),
    "women_child_space": _l("Space for women and children"),
    "accessibility": _l("Accessibility"),
    "communications": _l("Communications"),
    "groups_accepted": _l("Groups that accept it"),
    "groups_reserved": _l("Groups that accept it with reservations"),
    "groups_refused": _l("Groups that refuse it"),
    "do_not_mix": _l("Not to be mixed"),
    "owner": _l("Owner"),
    "agreement_with": _l("Agreement with"),
    "agreement_until": _l("Agreement until"),
    "ways": _l("Ways in and out"),
}

# The codes of the record, by its fields.
MEDICAL_LEVELS: dict[str, LazyString] = {
    "none": _l("None"),
    "first_aid": _l("First aid"),
    "level_1": _l("Level 1: first care"),
    "level_2": _l("Level 2: surgery"),
    "level_3": _l("Level 3: hospital"),
}
FORCES: dict[str, LazyString] = {
    "none": _l("Nobody"),
    "military": _l("Mission’s military"),
    "un_police": _l("Mission’s police"),
    "formed_police": _l("Formed police unit"),
    "host_state": _l("Host State’s forces"),
    "community": _l("The community’s own watch"),
    "private": _l("Private guards"),
}
OWNERS: dict[str, LazyString] = {
    "mission": _l("The mission"),
    "host_state": _l("Host State"),
    "community": _l("Community"),
    "faith": _l("Faith institution"),
    "school": _l("School"),
    "health": _l("Health institution"),
    "un_agency": _l("UN agency"),
    "ngo": _l("Organisation"),
    "private": _l("Private owner"),
}
POSTS: dict[str, LazyString] = {
    "military": _l("Military"),
    "un_police": _l("Police"),
    "protection": _l("Protection"),
    "civil_affairs": _l("Civil affairs"),
    "engineers": _l("Engineers"),
    "medical": _l("Medical"),
    "security": _l("Security"),
    "partner": _l("Partner organisation"),
}
FINDINGS: dict[str, LazyString] = {
    "fit": _l("Fit"),
    "fit_with_faults": _l("Fit, with faults"),
    "unfit": _l("Unfit"),
}
PERIMETERS: dict[str, LazyString] = {
    "berm": _l("Berm"),
    "ditch": _l("Ditch"),
    "fence": _l("Fence"),
    "wall": _l("Wall"),
    "wire": _l("Wire"),
    "gate": _l("Gate that shuts"),
    "lighting": _l("Lighting"),
    "watchtower": _l("Watchtower"),
}
ACCESSIBILITY: dict[str, LazyString] = {
    "step_free": _l("Without steps"),
    "wide_doors": _l("Wide doors"),
    "accessible_latrine": _l("Latrine for wheelchairs"),
    "handrails": _l("Handrails"),
    "guides": _l("Guides for the blind"),
    "sign_language": _l("Sign language"),
}
COMMUNICATIONS: dict[str, LazyString] = {
    "vhf": _l("VHF radio"),
    "hf": _l("HF radio"),
    "mobile": _l("Mobile telephone"),
    "satellite": _l("Satellite telephone"),
    "internet": _l("Internet"),
    "siren": _l("Siren or bell"),
}
USES: dict[str, LazyString] = {"both": _l("in and out"), "in": _l("in alone"), "out": _l("out alone")}


def counted(way: str, people: int, inside: int, again: bool) -> str:
    """What a scan did, as whoever stands at the gate reads it."""
    if again:
        done = _("Was inside already: nothing was changed.") if way == "in" else _(
            "Was counted out already: nothing was changed."
        )  # fmt: skip
    elif way == "in":
        done = ngettext("%(num)s person in.", "%(num)s people in.", people)
    else:
        done = ngettext("%(num)s person out.", "%(num)s people out.", people)
    return done + " " + _("Inside now: %(n)s.", n=inside)
