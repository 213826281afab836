"""The security game against all plans there are: what the mix leaves, what is proven, and what a fixed plan leaves."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.patrols.game import Game, Plan, best_fixed, minimax
from geo.patrols.game_bound import most_collected, relaxed
from geo.patrols.game_routes import best_routes
from geo.patrols.game_variety import varied


def invented(seed: int, sites: int = 5, units: int = 2, shift: int = 70) -> Game:
    """A few sites on a plane, with visits that don't always protect."""
    drawn = np.random.default_rng(seed)
    places = drawn.uniform(0, 30, (units, sites + 1, 2))
    places[1:, 1:] = places[0, 1:]
    apart = np.hypot(*(places[:, :, None] - places[:, None]).transpose(3, 0, 1, 2))
    return Game(
        drawn.integers(1, 21, sites).astype(float),
        drawn.choice([0.6, 1.0], sites),
        drawn.integers(1, 12, sites),
        np.ceil(apart).astype(np.int64),
        drawn.integers(shift // 2, shift, units),
    )


def all_plans(game: Game) -> list[Plan]:
    """By trying every order of every choice of sites."""
    sites = range(len(game.values))
    routes = [tuple(order) for count in range(len(sites) + 1) for order in permutations(sites, count)]
    alone = [
        {
            frozenset(route): route
            for route in routes
            if game.minutes(tuple(route if u == unit else () for u in range(len(game.shift))))[unit]
            <= game.shift[unit]
        }
        for unit in range(len(game.shift))
    ]
    found: list[tuple[tuple[int, ...], ...]] = [()]
    for choices in alone:
        found = [
            (*plan, route)
            for plan in found
            for route in choices.values()
            if not set(route) & {s for r in plan for s in r}
        ]
    return found


def value_of(game: Game, plans: list[Plan]) -> float:
    """Of the game over exactly these plans."""
    rows = np.array([game.covered(plan) for plan in plans])
    above = np.hstack([-(game.values[:, None] * rows.T), -np.ones((rows.shape[1], 1))])
    return linprog(
        [0.0] * len(plans) + [1.0],
        A_ub=above,
        b_ub=-game.values,
        A_eq=[[1.0] * len(plans) + [0.0]],
        b_eq=[1.0],
    ).fun


@pytest.mark.parametrize("seed", range(4))
def test_the_mix_leaves_what_the_game_over_all_plans_leaves(seed: int) -> None:
    game = invented(seed)
    plans = all_plans(game)
    exact = value_of(game, plans)
    mix = minimax(game, turns=60, seed=seed, bound_rounds=60)
    assert mix.value == pytest.approx(exact, abs=1e-5)
    assert mix.value == pytest.approx(game.value(mix.coverage(game)))
    assert 0.5 * exact < mix.floor <= exact + 1e-6
    assert best_fixed(game)[1] == pytest.approx(min(game.value(game.covered(plan)) for plan in plans))
    assert mix.support == len(set(mix.plans)) and 0 <= mix.entropy <= np.log2(mix.support) + 1e-9


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 14), st.integers(1, 3), st.integers(10, 200))
def test_no_fixed_plan_leaves_less_than_the_mix(seed: int, sites: int, units: int, shift: int) -> None:
    game = invented(seed, sites, units, shift)
    mix = minimax(game, turns=15, seed=seed, bound_rounds=8)
    assert sum(mix.probabilities) == pytest.approx(1)
    assert all(game.allows(plan) for plan in mix.plans)
    fixed, left = best_fixed(game, seed=seed, tries=4)
    assert game.allows(fixed) and mix.value <= left + 1e-6
    assert all(mix.value <= game.value(game.covered(plan)) + 1e-6 for plan in mix.plans)
    assert mix.floor <= mix.value + 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_no_routes_collect_more_than_the_bound(seed: int) -> None:
    game = invented(seed, sites=6, shift=90)
    weights = np.random.default_rng(seed).uniform(0, 5, 6)
    exact = max(sum(weights[list(route)].sum() for route in plan) for plan in all_plans(game))
    nowhere = np.zeros((2, 6), dtype=np.int64), np.zeros(2, dtype=np.int64)
    found = max(
        best_routes(weights, game.travel, game.stay, game.shift, *nowhere, 200, again)[2]
        for again in range(3)
    )
    assert found == pytest.approx(exact)
    ground = game.travel, game.stay, game.shift
    loose, tight = (relaxed(weights, *ground, found, rounds) for rounds in (1, 60))
    tightest = most_collected(weights, *ground, tight)
    assert exact - 1e-9 <= tightest <= tight.least <= loose.least
    assert most_collected(weights, *ground, tight, lambda: True) == tight.least


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 3), st.integers(20, 200), st.integers(1, 4))
def test_more_plans_of_the_same_sites_leave_as_much_and_can_be_foretold_less(
    seed: int, sites: int, units: int, shift: int, most_stops: int
) -> None:
    game = replace(invented(seed, sites, units, shift), most_stops=most_stops)
    mix = minimax(game, turns=10, seed=seed, bound_rounds=8)
    assert mix.floor <= mix.value + 1e-6
    more = varied(game, mix, most=12, seed=seed)
    assert all(game.allows(plan) for plan in more.plans) and len(set(more.plans)) == more.support
    assert all(len(route) <= most_stops for plan in more.plans for route in plan)
    assert more.coverage(game) == pytest.approx(mix.coverage(game))
    assert more.entropy >= mix.entropy - 1e-9 and more.support <= max(12, mix.support)


def test_routes_are_driven_both_ways_and_shared_out_otherwise() -> None:
    game = invented(3, sites=6, units=2, shift=400)  # time enough for all: one plan would do
    mix = minimax(game, turns=10, seed=3)
    assert mix.support == 1 and varied(game, mix, most=16).support >= 10


def test_the_same_seed_gives_the_same_mix() -> None:
    game = invented(3, sites=12, shift=100)
    assert minimax(game, turns=8, seed=5) == minimax(game, turns=8, seed=5)


def test_who_watches_hears_what_the_mix_leaves_and_can_stop() -> None:
    heard: list[tuple[float, float]] = []

    def told(share: float, left: float) -> bool:
        heard.append((share, left))
        return len(heard) < 4

    mix = minimax(invented(3, sites=12, shift=100), turns=50, told=told)
    assert len(heard) == 4 and heard[-1][0] == 3 / 50
    # More plans never leave more.
    assert [left for _, left in heard] == sorted((left for _, left in heard), reverse=True)
    assert mix.value == pytest.approx(heard[-1][1])


@pytest.mark.parametrize("looks", [1, 4, 7])
def test_who_stops_it_waits_for_no_proof_and_has_what_was_proven(looks: int) -> None:
    heard: list[float] = []

    def told(share: float, _left: float) -> bool:
        heard.append(share)
        return len(heard) < looks

    # The seventh look comes while it proves.
    mix = minimax(invented(3, sites=12, shift=100), turns=5, bound_rounds=1000, told=told)
    assert len(heard) == looks and (heard[-1] == 1.0) == (looks == 7)
    assert 0 <= mix.floor <= mix.value


def test_the_search_for_a_fixed_plan_stops_when_asked() -> None:
    game, asked = invented(3, sites=12, shift=100), []

    def stop(after: int) -> bool:
        asked.append(after)
        return len(asked) > after

    plan, left = best_fixed(game, stop=lambda: stop(0))
    assert len(asked) == 1 and game.allows(plan) and left == game.values.max()
    asked.clear()
    plan, left = best_fixed(game, tries=40, stop=lambda: stop(3))
    assert (
        len(asked) == 4 and game.allows(plan) and left == game.value(game.covered(plan)) < game.values.max()
    )


def test_a_detour_is_never_shorter_than_the_way() -> None:
    travel = np.array([[[0, 50, 10], [50, 0, 10], [10, 10, 0]]])
    game = Game(np.ones(2), np.ones(2), np.ones(2, dtype=int), travel, np.array([60]))
    assert game.minutes(((0,),)) == [20 + 20 + 1]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("values", np.array([0.0, 1.0])),
        ("values", np.array([np.nan, 1.0])),
        ("detection", np.array([1.1, 0.5])),
        ("stay", np.array([0, 5])),
        ("stay", np.array([5])),
        ("travel", np.zeros((2, 3, 3), dtype=int)),
        ("shift", np.array([1441])),
    ],
)
def test_a_game_that_makes_no_sense_is_refused(field: str, wrong: np.ndarray) -> None:
    right = {
        "values": np.ones(2),
        "detection": np.ones(2),
        "stay": np.ones(2, dtype=int),
        "travel": np.ones((1, 3, 3), dtype=int),
        "shift": np.array([60]),
    }
    Game(**right)
    with pytest.raises(ValueError):  # noqa: PT011  (each has words of its own)
        Game(**(right | {field: wrong}))
