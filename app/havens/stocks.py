"""How long a haven lasts: what was counted in its stores against those who are inside, if nobody comes.

Arithmetic alone. Water, food and fuel end when `in store ÷ (used a day - brought a day)` days have passed since they were
counted; use is steady, people stay as many as now. Sphere asks 15 litres a person and day, survival 7.5; a latrine for
20 people, at first for 50 (Sphere Handbook 2018, water supply standard 2.1 and excreta management 3.2; handbook 2.8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

# Further away than anybody plans: beyond it dates run out.
LONGEST_DAYS = 3_650.0
SURVIVAL, STANDARD = "survival", "standard"


class Counted(Protocol):
    """A count of stores: litres, rations (one person's food for one day) and numbers; None: not counted."""

    at: datetime
    water_litres: float | None
    water_litres_a_day: float | None
    rations: float | None
    fuel_litres: float | None
    fuel_litres_a_day: float | None
    beds: int | None
    latrines: int | None


@dataclass(frozen=True)
class Limits:
    """Standing procedures. water, survival: litres a person and day; latrine, latrine_first: people to one; food, fuel:
    what lasts less is short; ahead: what ends later than this is no need yet."""

    water: float
    survival: float
    latrine: float
    latrine_first: float
    food: timedelta
    fuel: timedelta
    ahead: timedelta

    @classmethod
    def of(cls, values: Mapping[str, float]) -> Limits:
        """From the procedures by key."""
        return cls(
            values["haven_water_litres"], values["haven_water_survival_litres"], values["haven_people_a_latrine"],
            values["haven_people_a_latrine_first"], timedelta(days=values["haven_food_days"]),
            timedelta(days=values["haven_fuel_days"]), timedelta(hours=values["haven_look_ahead_hours"]),
        )  # fmt: skip


@dataclass(frozen=True)
class Shortfall:
    """What will be short from `at` on (in the past: is short). `level`: below survival, or below the standard.
    `missing`: beds or latrines that lack; 0 for what runs out."""

    what: str
    level: str
    at: datetime
    missing: int = 0

    def over(self, now: datetime) -> bool:
        return self.at <= now


def shortfalls(counted: Counted, people: int, now: datetime, limits: Limits) -> list[Shortfall]:
    """What is short or will be within the time that the procedures look ahead; survival first, then the soonest."""
    if people <= 0:
        return []
    found = [water(counted, people, limits), food(counted, people), fuel(counted)]
    horizon = {
        "water": limits.ahead,
        "food": max(limits.ahead, limits.food),
        "fuel": max(limits.ahead, limits.fuel),
    }
    soon = [s for s in found if s is not None and s.at <= now + horizon[s.what]]
    soon += [s for s in (beds(counted, people, now), latrines(counted, people, now, limits)) if s is not None]
    return sorted(soon, key=lambda s: (s.level != SURVIVAL, s.at, s.what))


def water(counted: Counted, people: int, limits: Limits) -> Shortfall | None:
    """When the tanks are empty what comes in a day is all there is: below survival, or only below the standard."""
    if counted.water_litres is None and counted.water_litres_a_day is None:
        return None
    comes = counted.water_litres_a_day or 0.0
    lost = people * limits.water - comes
    if lost <= 0:
        return None
    level = SURVIVAL if comes < people * limits.survival else STANDARD
    return Shortfall("water", level, ends(counted.at, counted.water_litres or 0.0, lost))


def food(counted: Counted, people: int) -> Shortfall | None:
    if counted.rations is None:
        return None
    return Shortfall("food", SURVIVAL, ends(counted.at, counted.rations, people))


def fuel(counted: Counted) -> Shortfall | None:
    if counted.fuel_litres is None or not counted.fuel_litres_a_day:
        return None
    return Shortfall("fuel", STANDARD, ends(counted.at, counted.fuel_litres, counted.fuel_litres_a_day))


def ends(at: datetime, stored: float, lost_a_day: float) -> datetime:
    return at + timedelta(days=min(stored / lost_a_day, LONGEST_DAYS))


def beds(counted: Counted, people: int, now: datetime) -> Shortfall | None:
    if counted.beds is None or people <= counted.beds:
        return None
    return Shortfall("beds", STANDARD, now, people - counted.beds)


def latrines(counted: Counted, people: int, now: datetime, limits: Limits) -> Shortfall | None:
    """As many as lack to the standard; below survival where there are not even those of the first days."""
    if counted.latrines is None or people <= counted.latrines * limits.latrine:
        return None
    level = SURVIVAL if people > counted.latrines * limits.latrine_first else STANDARD
    return Shortfall("latrines", level, now, int(-(-people // limits.latrine)) - counted.latrines)


def first_end(counted: Counted, people: int, limits: Limits) -> datetime | None:
    """When the first store ends without which people do not survive; None while none does."""
    if people <= 0:
        return None
    found = [s for s in (water(counted, people, limits), food(counted, people)) if s is not None]
    return min((s.at for s in found if s.level == SURVIVAL), default=None)
