"""What one unit can collect, beside every order of every choice of sites."""

from itertools import permutations

import numpy as np
import pytest

from geo.patrols.game import Game
from geo.patrols.game_walks import most_alone
from tests.geo.patrols.test_game import invented

ENOUGH = 100_000


def most_by_trying(game: Game, weights: np.ndarray) -> float:
    sites = range(len(weights))
    return max(
        sum(weights[list(route)])
        for count in range(len(weights) + 1)
        for route in permutations(sites, count)
        if game.allows((route,))
    )


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("one_way", [0, 6])
def test_it_is_the_most_that_any_order_collects(seed: int, one_way: int) -> None:
    game = invented(seed, sites=7, units=1, shift=130)
    drawn = np.random.default_rng(seed)
    # Roads that take longer one way than the other.
    travel = game.travel + drawn.integers(0, one_way + 1, game.travel.shape)
    game = Game(game.values, game.detection, game.stay, travel, game.shift)
    weights = drawn.uniform(0, 5, 7) * (drawn.random(7) < 0.8)
    exact = most_by_trying(game, weights)
    told = weights, game.travel[0], game.stay, int(game.shift[0])
    assert most_alone(*told, exact / 2, ENOUGH) == pytest.approx(max(exact, exact / 2))
    # Where nothing collects more than is sought, that is what is proven.
    assert most_alone(*told, exact * 1.01, ENOUGH) == pytest.approx(exact * 1.01)


@pytest.mark.parametrize("most", [1, 3, 10, 30, 100, 1000])
def test_with_less_room_it_bounds_all_the_same(most: int) -> None:
    game = invented(4, sites=7, units=1, shift=130)
    exact = most_by_trying(game, game.values)
    found = most_alone(game.values, game.travel[0], game.stay, int(game.shift[0]), exact / 2, most)
    assert exact - 1e-9 <= found <= game.values.sum()
    if most == 1000:
        assert found == pytest.approx(exact)


def test_sites_out_of_reach_and_sites_without_weight_collect_nothing() -> None:
    travel = np.array([[0, 50, 10, 10], [50, 0, 50, 50], [10, 50, 0, 1], [10, 50, 1, 0]])
    stay = np.ones(3, dtype=np.int64)
    assert most_alone(np.array([9.0, 2.0, 0.0]), travel, stay, 60, 0.5, ENOUGH) == 2.0
    assert most_alone(np.array([9.0, 0.0, 0.0]), travel, stay, 60, 0.0, ENOUGH) == 0.0


def test_more_sites_than_one_word_holds_bits_for_are_told_apart() -> None:
    drawn = np.random.default_rng(0)
    places = drawn.uniform(0, 20, (71, 2))
    travel = np.ceil(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))).astype(np.int64)
    stay, weights = np.full(70, 30), drawn.uniform(1, 5, 70)  # three fit in 110 minutes, no fourth
    exact = max(
        weights[[a, b, c]].sum()
        for a, b, c in permutations(range(70), 3)
        if travel[0, a + 1] + travel[a + 1, b + 1] + travel[b + 1, c + 1] + travel[c + 1, 0] <= 110 - 90
    )
    assert most_alone(weights, travel, stay, 110, exact - 1.0, ENOUGH) == pytest.approx(exact)
