"""Replays a periodic plan visit by visit, in plain Python and with no code of the search, and says what is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

SLACK = 1e-6  # lengths are sums of rounded numbers


def faults(
    travel: Sequence[Sequence[float]],
    demand: Sequence[float],
    stay: Sequence[float],
    allowed: Sequence[Sequence[Sequence[int]]],
    vehicles: int,
    capacity: Sequence[float],
    longest: Sequence[float],
    week: Sequence[Sequence[Sequence[int]]],
    told_length: float,
) -> list[str]:
    """What keeps the plan from being right, in words; empty if nothing does.

    The arguments before `week` are the fields of geo/patrols/periodic.py: PeriodicProblem; week and told_length are its
    plan's: for each day, for each vehicle the places in order, and the length that the search says it has.
    """
    found: list[str] = []
    visited: dict[int, list[int]] = defaultdict(list)
    whole = 0.0
    if len(week) != len(capacity):
        found.append(f"The plan has {len(week)} days instead of {len(capacity)}.")
    for day, routes in enumerate(week[: len(capacity)]):
        if sum(1 for route in routes if route) > vehicles:
            found.append(f"More than {vehicles} vehicles leave on day {day}.")
        for number, route in enumerate(routes):
            load, driven, stood, here = 0.0, 0.0, 0.0, 0
            for place in route:
                if not 0 <= place < len(demand):
                    found.append(f"Day {day}, vehicle {number}: there is no place {place}.")
                    continue
                visited[place].append(day)
                load += demand[place]
                driven += travel[here][place + 1]
                stood += stay[place]
                here = place + 1
            driven += travel[here][0]
            whole += driven
            if load > capacity[day] + SLACK:
                found.append(f"Day {day}, vehicle {number}: a load of {load:g} for {capacity[day]:g}.")
            if driven + stood > longest[day] + SLACK:
                found.append(
                    f"Day {day}, vehicle {number}: {driven + stood:.6f} instead of {longest[day]:g}."
                )
    for place, combinations in enumerate(allowed):
        days = sorted(visited[place])
        if days not in [sorted(each) for each in combinations]:
            found.append(f"Place {place} is visited on days {days}, which it does not allow.")
    if abs(whole - told_length) > SLACK * max(1.0, whole):
        found.append(f"The plan is {whole:.6f} long, not {told_length:.6f}.")
    return found
