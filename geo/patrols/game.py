"""Patrols that nobody can foretell: a zero-sum security game between patrol units and an attacker.

The attacker picks a site; there he gains its value, unless a patrol comes by that day and (with the chance of
detection) stops him. The defender commits to chances of pure plans, one route for each unit; the attacker may learn the
chances, never the day's draw. The hour is not part of the game: starts are jittered (geo/patrols/drawing.py). Source:
Jain et al., Security games with arbitrary schedules (AAAI 2010); Tambe, Security and Game Theory (2011). The mix that
leaves the attacker least (minimax) is found by double oracle (McMahan, Gordon and Blum, ICML 2003): a linear program
over the plans known so far (geo/patrols/game_master.py) answers with chances for them and for the attacker's sites; a
search (geo/patrols/game_routes.py) answers the attacker with a new plan; until no better one is found. The attacker's
chances are smoothed against jumping about (Wentges, International Transactions in Operational Research 4, 1997).

What is proven: the attacker's value of a mix is exact, for his best answer is a maximum over sites. That no other mix
leaves him less than `floor` is proven by geo/patrols/game_bound.py. That the mix itself is the best one is not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geo.patrols.game_bound import most_collected, relaxed
from geo.patrols.game_master import Master
from geo.patrols.game_routes import best_routes

Plan = tuple[tuple[int, ...], ...]  # for each unit its sites in order; 0 is the first site

LONGEST_SHIFT = 1440  # minutes: the bound keeps a row for each
SEARCH = 30  # rounds of the search from one start; twice as many each time that none finds a better plan
PROVING = 240  # rounds of it for the proof, from nothing
LONGEST_CALL = 0.5  # seconds of one search at most, where there is a limit of time: then a stop is heard
FIXED_SEARCH = 2000  # rounds from one start, for the best fixed plan
STARTS = 8  # plans that the search begins from, each time
SMOOTHING = 0.6  # share of the best attacker so far in the one that is answered
KEPT = 1000  # plans in the linear program; beyond, those that it does without for longest are dropped
FRUITLESS = 8  # turns without a better plan: then the mix stands
PRECISION = 1e-7
LEAST_CHANCE = 1e-6  # of a plan in the mix: what lies below is the linear program's rounding


@dataclass(frozen=True)
class Game:
    """Sites, their values and the units that can come by.

    values: (n,) what the attacker gains at each site where nobody comes, above 0. detection: (n,) chance from 0 to 1
    that a visit stops him. stay: (n,) whole minutes of a visit, 1 or more. travel: (m, n + 1, n + 1) whole minutes for
    each unit from row to column; 0 is its base, i + 1 site i. shift: (m,) minutes from leaving the base to being back.
    most_stops: of one unit; no order holds more.

    Raises:
        ValueError: shapes that don't fit, values out of these bounds.
    """

    values: NDArray[np.float64]
    detection: NDArray[np.float64]
    stay: NDArray[np.int64]
    travel: NDArray[np.int64]
    shift: NDArray[np.int64]
    most_stops: int = LONGEST_SHIFT  # as many as there is time for

    def __post_init__(self) -> None:
        sites, units = len(self.values), len(self.shift)
        if sites == 0 or units == 0 or self.travel.shape != (units, sites + 1, sites + 1):
            raise ValueError("A game needs sites, units, and minutes between base and sites for each unit.")
        if self.stay.shape != (sites,) or self.detection.shape != (sites,):
            raise ValueError("A game needs a stay and a chance of detection for each site.")
        if not (np.isfinite(self.values).all() and (self.values > 0).all()):
            raise ValueError("The values of sites must be above 0.")
        if not ((self.detection >= 0).all() and (self.detection <= 1).all()):
            raise ValueError("A chance of detection lies from 0 to 1.")
        if (self.stay < 1).any() or (self.travel < 0).any() or (self.shift > LONGEST_SHIFT).any():
            raise ValueError("Stays last a minute or more, no way takes less than none, no shift over a day.")
        if self.most_stops < 1:
            raise ValueError("A unit comes by at one site or more.")
        travel = self.travel.astype(np.int64)
        for by in range(sites + 1):
            # Who drives past a site need not stay: the shortest way is the way.
            travel = np.minimum(travel, travel[:, :, by, None] + travel[:, by, None, :])
        object.__setattr__(self, "travel", travel)

    def covered(self, plan: Plan) -> NDArray[np.float64]:
        """(n,): the chance that an attack at each site is stopped under a pure plan."""
        found = np.zeros(len(self.values))
        for route in plan:
            found[list(route)] = self.detection[list(route)]
        return found

    def minutes(self, plan: Plan) -> list[int]:
        """How long each unit is away from its base."""
        nodes = [[0, *(site + 1 for site in route), 0] for route in plan]
        return [
            int(sum(self.travel[unit, a, b] for a, b in pairwise(way)) + self.stay[list(plan[unit])].sum())
            for unit, way in enumerate(nodes)
        ]

    def allows(self, plan: Plan) -> bool:
        """Whether a unit each drives, nobody passes a shift or has too many stops, and no site stands twice."""
        stops = [site for route in plan for site in route]
        return (
            len(plan) == len(self.shift)
            and len(set(stops)) == len(stops)
            and max(map(len, plan)) <= self.most_stops
            and all(away <= shift for away, shift in zip(self.minutes(plan), self.shift, strict=True))
        )

    def value(self, coverage: NDArray[np.float64]) -> float:
        """What the attacker's best answer gains. coverage: (n,) chance that an attack at each site is stopped."""
        return float((self.values * (1 - coverage)).max())


@dataclass(frozen=True)
class Mix:
    """Pure plans with their probabilities, and what they leave to the attacker.

    value: of his best answer. floor: no mix can leave him less (proven); 0 where no bound was asked for.
    """

    plans: tuple[Plan, ...]
    probabilities: tuple[float, ...]
    value: float
    floor: float = 0.0

    @property
    def support(self) -> int:
        return len(self.plans)

    @property
    def entropy(self) -> float:
        """Bits: how much the draw of a day tells that nobody could know. At most log2 of the support."""
        return -sum(p * math.log2(p) for p in self.probabilities if p > 0)

    def coverage(self, game: Game) -> NDArray[np.float64]:
        """(n,): chance that an attack at each site is stopped."""
        return np.array(self.probabilities) @ np.array([game.covered(plan) for plan in self.plans])


def best_fixed(
    game: Game, *, seed: int = 0, tries: int = 12, stop: Callable[[], bool] = lambda: False
) -> tuple[Plan, float]:
    """One plan for every day, which leaves the attacker as little as a search can find, and what it leaves.

    stop: asked before each search; True ends them with what they have, were it no visit at all.

    The attacker answers a fixed plan at the most valuable site without a visit, so the plan covers the most valuable
    sites down to the lowest value that still fits (with detection below 1 a covered site may remain his best).
    """
    found = _nowhere(game)
    least = game.value(game.covered(found))
    for lowest in np.unique(game.values)[::-1]:
        # Sites above the value count; what lies lower fills what is left of the shift.
        weights = np.where(game.values >= lowest, 1.0, 1e-6)
        wanted = int((game.values >= lowest).sum())
        for turn in range(tries):
            if stop():
                return found, least
            plan, weight = _answered(
                game, weights, found if turn % 2 else _nowhere(game), FIXED_SEARCH, seed + turn
            )
            value = game.value(game.covered(plan))
            if value < least:
                found, least = plan, value
            if weight >= wanted - 0.5:
                break
        else:
            break
    return found, least


def minimax(
    game: Game,
    *,
    seconds: float | None = None,
    turns: int = 10_000,
    seed: int = 0,
    bound_rounds: int = 0,
    told: Callable[[float, float], bool] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Mix:
    """The mix of plans that leaves the attacker least, as good as the time or the turns allow.

    seconds: when to stop. turns: of the double oracle at most; with these alone, the same seed gives the same mix.
    bound_rounds: of the proof of `Mix.floor`, beside that time; 0 proves nothing. told(share done, what the best mix
    leaves so far) is called each turn, and during the proof; when it answers False, either stops there. clock: what the
    seconds are read from (a bench on a busy machine may count processor time instead).
    """
    began = clock()
    drawn = np.random.default_rng(seed)
    first, _ = _answered(game, game.values * game.detection, _nowhere(game), PROVING, seed)
    known, idle = [first], [0]
    master = Master(game.values, game.covered(first), KEPT + STARTS)
    highest, centre, fruitless, pace, stopped = -np.inf, None, 0, 0.0, False
    for turn in range(turns):
        share_done = max(turn / turns, 0.0 if seconds is None else (clock() - began) / seconds)
        stopped = told is not None and not told(min(share_done, 1.0), master.value)
        if stopped or share_done >= 1.0 or fruitless >= FRUITLESS:
            break
        attacker = master.weights / game.values
        share = SMOOTHING if centre is not None and fruitless == 0 else 0.0
        asked = attacker if centre is None else share * centre + (1 - share) * attacker
        weights = asked * game.values * game.detection
        worth = (asked * game.values) @ master.rows[:, : master.count]
        new: set[Plan] = set()
        most = 0.0
        for start in _starts(worth, drawn):
            rounds = SEARCH * 2**fruitless
            if seconds is not None:
                left = seconds - (clock() - began)
                if new and left <= 0:
                    break
                rounds = max(1, min(rounds, int(min(left, LONGEST_CALL) / max(pace, 1e-9))))
            before = clock()
            plan, weight = _answered(game, weights, known[start], rounds, int(drawn.integers(2**31)))
            pace = (clock() - before) / rounds
            most = max(most, weight)
            new.add(plan)
        guessed = float(asked @ game.values) - most  # of the floor: the search proves nothing
        if guessed > highest:
            highest, centre = guessed, asked
        better = [
            plan for plan in sorted(new) if master.weights @ game.covered(plan) > master.collected + PRECISION
        ]
        fruitless = 0 if better else fruitless + 1
        for plan in better:
            master.add(game.covered(plan))
        master.solve()
        known, idle = known + better, idle + [0] * len(better)
        idle = [0 if basic else age + 1 for basic, age in zip(master.basic, idle, strict=True)]
        if len(known) > KEPT:
            keep = sorted(np.argsort(idle, kind="stable")[: KEPT * 3 // 4].tolist())
            known, idle = [known[k] for k in keep], [idle[k] for k in keep]
            master.keep(keep)
    mix = _mixed(game, known, master)
    if not bound_rounds:
        return mix

    def stop() -> bool:
        nonlocal stopped
        stopped = stopped or (told is not None and not told(1.0, mix.value))
        return stopped

    attackers = [master.weights / game.values, *([] if centre is None else [centre])]
    return replace(mix, floor=proven_floor(game, attackers, bound_rounds, stop))


def _mixed(game: Game, known: Sequence[Plan], master: Master) -> Mix:
    used = [(plan, float(p)) for plan, p in zip(known, master.chances, strict=False) if p > LEAST_CHANCE]
    whole = sum(p for _, p in used)
    mix = Mix(tuple(plan for plan, _ in used), tuple(p / whole for _, p in used), 0.0)
    return replace(mix, value=game.value(mix.coverage(game)))


def proven_floor(
    game: Game, attackers: Sequence[NDArray[np.float64]], rounds: int, stop: Callable[[], bool]
) -> float:
    """What an attacker gains at least who picks sites with some of these (n,) chances, whatever the defender does.

    rounds: of the first part of the proof, for each of them. stop: asked all the while; True ends it with what is proven.
    """
    floor, best = 0.0, None
    ground = game.travel, game.stay, game.shift
    for attacker in attackers:
        gained = attacker * game.values / attacker.sum()
        weights = gained * game.detection
        _, weight = _answered(game, weights, _nowhere(game), PROVING, 0)
        begun = relaxed(weights, *ground, weight, rounds, stop)
        if best is None or gained.sum() - begun.least > floor:
            floor, best = float(gained.sum()) - begun.least, (gained, weights, begun)
    if best is None:
        return floor
    gained, weights, begun = best
    return float(gained.sum()) - most_collected(weights, *ground, begun, stop)


def _starts(worth: NDArray[np.float64], drawn: np.random.Generator) -> list[int]:
    """The best plan known, and others drawn from among the good ones: each begins another search."""
    order = np.argsort(-worth, kind="stable")
    best = order[: max(20, len(order) // 5)]
    return [int(order[0]), *(int(each) for each in drawn.choice(best, STARTS - 1))]


def _answered(
    game: Game, weights: NDArray[np.float64], start: Plan, rounds: int, seed: int
) -> tuple[Plan, float]:
    routes = np.zeros((len(game.shift), len(game.values)), dtype=np.int64)
    lengths = np.array([len(route) for route in start], dtype=np.int64)
    for unit, route in enumerate(start):
        routes[unit, : len(route)] = route
    routes, lengths, weight = best_routes(
        weights, game.travel, game.stay, game.shift, routes, lengths, rounds, seed
    )
    plan = tuple(
        tuple(int(each) for each in route[:length]) for route, length in zip(routes, lengths, strict=True)
    )
    if all(len(route) <= game.most_stops for route in plan):
        return plan, float(weight)
    # The search knows of minutes alone: what is worth least goes. That the rest is the most for so many stops isn't
    # proven, and needn't be: the floor holds for any number of stops.
    plan = tuple(_heaviest(route, weights, game.most_stops) for route in plan)
    return plan, float(sum(weights[list(route)].sum() for route in plan))


def _heaviest(route: tuple[int, ...], weights: NDArray[np.float64], most: int) -> tuple[int, ...]:
    """So many of the route's stops, in its order: those that weigh most."""
    kept = set(sorted(route, key=lambda site: -weights[site])[:most])
    return tuple(site for site in route if site in kept)


def _nowhere(game: Game) -> Plan:
    return tuple(() for _ in game.shift)
