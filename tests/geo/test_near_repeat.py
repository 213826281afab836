"""Knox's statistic as pointpats reckons it, and what its table says of events that do and don't follow one another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointpats.spacetime import Knox as KnoxOfPointpats

from geo.near_repeat import knox, latest_within, near_repeats


def scattered(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    drawn = np.random.default_rng(seed)
    return drawn.uniform(0, 1000, (count, 2)), drawn.integers(0, 60, count).astype(float)


def of_pointpats(places: np.ndarray, times: np.ndarray, metres: float, days: float, dealings: int, seed: int):
    np.random.seed(seed)
    return KnoxOfPointpats(places, times[:, None], delta=metres, tau=days, permutations=dealings)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_knox_equals_pointpats_counts_and_probability(seed: int) -> None:
    places, times = scattered(120, seed)
    ours = knox(places, times, metres=90.0, days=5.0, dealings=99, seed=seed)
    theirs = of_pointpats(places, times, 90.0, 5.0, 99, seed)
    assert ours.near_both == theirs.nst
    assert ours.expected == pytest.approx(theirs.expected[0, 0])
    assert [ours.near_space, ours.near_time] == [theirs.observed[0].sum(), theirs.observed[:, 0].sum()]
    assert ours.probability == theirs.p_sim


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 15)), min_size=2, max_size=25),
    st.integers(0, 12),
    st.integers(0, 8),
)
def test_knox_counts_each_pair_once(events: list[tuple[int, int, int]], metres: int, days: int) -> None:
    found = np.array(events, dtype=float)
    ours = knox(found[:, :2], found[:, 2], metres=metres, days=days, dealings=0)
    pairs = [(a, b) for i, a in enumerate(events) for b in events[:i]]
    near_space = [(a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 <= metres**2 for a, b in pairs]
    near_time = [abs(a[2] - b[2]) <= days for a, b in pairs]
    assert ours.pairs == len(pairs)
    assert ours.near_space == sum(near_space)
    assert ours.near_time == sum(near_time)
    assert ours.near_both == sum(s and t for s, t in zip(near_space, near_time, strict=True))
    assert ours.probability is None


def test_events_that_follow_one_another_are_found() -> None:
    places, times = scattered(150, 5)
    echoes = places + np.random.default_rng(6).normal(0, 10, places.shape)
    both, when = np.vstack([places, echoes]), np.concatenate([times, times + 1.0])
    found = knox(both, when, metres=50, days=3, dealings=199)
    assert found.probability == pytest.approx(1 / 200)
    assert found.near_both > 2 * found.expected
    table = near_repeats(both, when, distance_bands=[50, 200, 400], time_bands=[3, 14, 28], dealings=99)
    assert table.risk[0, 0] > 3
    assert table.probability[0, 0] == pytest.approx(0.01)
    assert 0.8 < table.risk[2, 2] < 1.2


def test_independent_events_are_called_so() -> None:
    """Under chance a probability of at most 5 % comes up in about one of twenty trials."""
    low = sum(
        knox(*scattered(60, seed), metres=150, days=8, dealings=39, seed=seed).probability <= 0.05
        for seed in range(100)
    )
    assert low <= 12


def test_the_table_adds_up_to_the_statistic() -> None:
    places, times = scattered(200, 9)
    table = near_repeats(places, times, distance_bands=[30, 60, 90], time_bands=[2, 5], dealings=9)
    assert table.observed.sum() == knox(places, times, metres=90, days=5, dealings=0).near_both
    assert table.observed[:2, 0].sum() == knox(places, times, metres=60, days=2, dealings=0).near_both


def test_the_same_seed_gives_the_same_table() -> None:
    places, times = scattered(80, 4)
    bands = {"distance_bands": [100.0, 200.0], "time_bands": [5.0, 10.0]}
    first, second = (near_repeats(places, times, **bands, seed=7) for _ in range(2))
    assert np.array_equal(first.expected, second.expected)


@pytest.mark.parametrize("most", [0, 40, 300, 10_000])
def test_the_latest_are_as_many_as_their_pairs_allow(most: int) -> None:
    places, times = scattered(150, 8)
    count = latest_within(places, 100.0, most)

    def pairs(latest: int) -> int:
        return knox(places[-latest:], times[-latest:], metres=100.0, days=99, dealings=0).near_space

    assert count < 2 or pairs(count) <= most
    assert count == len(times) or pairs(count + 1) > most


@pytest.mark.parametrize(
    ("places", "times", "said"),
    [
        (np.zeros((1, 2)), np.zeros(1), "at least two"),
        (np.zeros((3, 2)), np.zeros(2), "a place of two"),
        (np.array([[0.0, 0.0], [np.nan, 0.0]]), np.zeros(2), "finite"),
    ],
)
def test_what_cannot_be_paired_is_refused(places: np.ndarray, times: np.ndarray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        knox(places, times, metres=1, days=1)


def test_bands_must_rise() -> None:
    places, times = scattered(5, 1)
    with pytest.raises(ValueError, match="rise"):
        near_repeats(places, times, distance_bands=[50, 50], time_bands=[3])
