"""How many of a unit's tours its people and vehicles suffice for at once, as the mission's procedures ask for them.

Where nobody has said how many people or vehicles can go out on a day, they bind nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from app.mission.hours import DAY
from app.mission.queries import procedures
from geo.coverage import NIGHT_FROM, NIGHT_UNTIL
from geo.patrols.crews import AtOnce, at_once

SHORTEST = 60.0  # minutes of daylight for which a patrol goes out


@dataclass(frozen=True)
class Crews:
    """Of the `wanted` tours a day `tours` can be out at once, `by_night` of them by night. short_of: what keeps the
    others at home, `people` or `vehicles`; empty where nothing does."""

    unit: Row[Any]
    wanted: int
    tours: int
    by_night: int
    short_of: str

    @property
    def short(self) -> bool:
        """Whether more people or vehicles would let more patrols out, or out for longer."""
        return self.tours < self.wanted or self.by_night < self.tours


def hours(unit: Row[Any]) -> tuple[float, float]:
    """Minutes from midnight; a shift whose end lies before its start lasts into the next day."""
    begin, end = float(unit.shift_from), float(unit.shift_until)
    return begin, end + (DAY if end <= begin else 0)


def daylight(begin: float, end: float) -> tuple[float, float]:
    """The longest part of these hours by day; one that ends before it begins where there is none."""
    days = [(max(begin, n * DAY + NIGHT_UNTIL), min(end, n * DAY + NIGHT_FROM)) for n in range(2)]
    return max(days, key=lambda part: part[1] - part[0])


def crews_of(unit: Row[Any]) -> Crews:
    """Of a unit whose means are set."""
    rules = procedures()
    wanted, by_road = int(unit.tours_a_day), unit.going != "foot"
    driven = wanted
    if by_road and unit.vehicles is not None:
        driven = min(wanted, unit.vehicles // int(rules["patrol_vehicles"]))
    found = AtOnce(driven, driven)
    if unit.people_a_day is not None:
        least = int(rules["patrol_crew_vehicle" if by_road else "patrol_crew_foot"])
        begin, end = hours(unit)
        day = daylight(begin, end)
        found = at_once(
            driven, unit.people_a_day, max(unit.crew, least), max(unit.crew, least + int(rules["patrol_crew_night"])),
            days=day[1] - day[0] >= SHORTEST, nights=day != (begin, end),
        )  # fmt: skip
    short_of = ""
    if found.tours < driven or (driven == wanted and found.by_night < found.tours):
        short_of = "people"
    elif driven < wanted:
        short_of = "vehicles"
    return Crews(unit, wanted, found.tours, found.by_night, short_of)
