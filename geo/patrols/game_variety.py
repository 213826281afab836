"""The same chances of a visit by more plans, so that routes can be foretold less than the mix alone would have it.

A mix that leaves the attacker least may be few plans, even one where units enough go out; whoever watches learns their
routes by heart. Other plans that come by at the same sites leave him exactly as much: routes driven the other way round,
and sites shared out otherwise among the units.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geo.patrols.game import Game, Mix, Plan
from geo.patrols.game_routes import best_routes

ROUNDS = 60  # of the search for one other plan, at most
TRIES = 4  # for each plan that is still wanted


def varied(game: Game, mix: Mix, *, most: int = 64, seed: int = 0) -> Mix:
    """The mix with each plan's chance shared evenly among it and others of the same sites; at most `most` plans, or as
    many as the mix has. Its coverage, value and floor stay, its entropy grows."""
    each = max(most // len(mix.plans), 1)
    chances: dict[Plan, float] = {}
    for number, (plan, chance) in enumerate(zip(mix.plans, mix.probabilities, strict=True)):
        same = others(game, plan, each, seed + 1000 * number)
        for one in same:
            chances[one] = chances.get(one, 0.0) + chance / len(same)
    return Mix(tuple(chances), tuple(chances.values()), mix.value, mix.floor)


def others(game: Game, plan: Plan, count: int, seed: int) -> list[Plan]:
    """The plan first, then others that it may be swapped for: `count` at most, all different."""
    found = [plan]

    def add(other: Plan) -> None:
        if len(found) < count and other not in found and game.allows(other):
            found.append(other)

    add(turned(plan))
    wanted = {site for route in plan for site in route}
    for turn in range(TRIES * count):
        if len(found) >= count or not wanted:
            break
        # Where there is time to spare, by lot; where there is little, by the search, which packs more closely.
        other = by_lot(game, wanted, seed + turn) if turn % 2 else searched(game, wanted, turn, seed)
        if other is not None:
            add(other)
            add(turned(other))
    return found


def turned(plan: Plan) -> Plan:
    return tuple(route[::-1] for route in plan)


def by_lot(game: Game, wanted: set[int], seed: int) -> Plan | None:
    """Each site, one after the other, with a unit drawn from those that still have the time, where it costs least; None
    where one finds no unit."""
    drawn = np.random.default_rng(seed)
    routes: list[list[int]] = [[] for _unit in game.shift]
    minutes = [0] * len(routes)
    for site in drawn.permutation(sorted(wanted)).tolist():
        open_to = [
            (unit, place, more)
            for unit, route in enumerate(routes)
            if len(route) < game.most_stops
            for more, place in [cheapest(game, unit, route, site)]
            if minutes[unit] + more <= game.shift[unit]
        ]
        if not open_to:
            return None
        unit, place, more = open_to[int(drawn.integers(len(open_to)))]
        routes[unit].insert(place, site)
        minutes[unit] += more
    return tuple(tuple(route) for route in routes)


def cheapest(game: Game, unit: int, route: list[int], site: int) -> tuple[int, int]:
    """(minutes that it adds, place in the route)."""
    road, nodes = game.travel[unit], [0, *(each + 1 for each in route), 0]
    stay = int(game.stay[site])
    return min(
        (int(road[a, site + 1] + road[site + 1, b] - road[a, b]) + stay, place)
        for place, (a, b) in enumerate(pairwise(nodes))
    )


def searched(game: Game, wanted: set[int], turn: int, seed: int) -> Plan | None:
    """Routes that come by at these sites and no others, searched from nothing; None where the search misses one."""
    # Each time others weigh more and the search is another long, so that it ends elsewhere.
    weights: NDArray[np.float64] = np.full(len(game.values), 1e-9)
    weights[sorted(wanted)] = np.random.default_rng(seed + turn).uniform(1.0, 2.0, len(wanted))
    units = len(game.shift)
    nowhere = np.zeros((units, len(game.values)), dtype=np.int64), np.zeros(units, dtype=np.int64)
    routes, lengths, _weight = best_routes(
        weights, game.travel, game.stay, game.shift, *nowhere, 1 + turn % ROUNDS, (seed + turn) % 2**31
    )
    plan = tuple(
        tuple(int(site) for site in route[:length] if int(site) in wanted)
        for route, length in zip(routes, lengths, strict=True)
    )
    return plan if {site for route in plan for site in route} == wanted else None
