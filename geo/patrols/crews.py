"""How many patrols a unit has people for at once, by day and by night."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AtOnce:
    """tours: patrols beside each other. by_night: those of them that may be out by night; the others by day alone."""

    tours: int
    by_night: int


def at_once(
    wanted: int, people: int, by_day: int, by_night: int, *, days: bool = True, nights: bool = True
) -> AtOnce:
    """As many patrols as there are people for, `wanted` at most; among equals as many as may be that go by night.

    people: who can go out. by_day, by_night: people a patrol takes, 1 or more, by night at least as many as by day.
    days, nights: whether the unit is out by day, by night.
    """
    if not nights:
        tours = min(wanted, people // by_day)
        return AtOnce(tours, tours)
    best = AtOnce(0, 0)
    for night in range(min(wanted, people // by_night) + 1):
        rest = min(wanted - night, (people - night * by_night) // by_day) if days else 0
        if night + rest >= best.tours:
            best = AtOnce(night + rest, night)
    return best
