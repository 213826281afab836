"""What a forecast has to beat is given its best chance, and reads the past alone, too."""

import numpy as np
import pytest

from geo.surfaces import baselines
from geo.surfaces.history import History


def history(counts: np.ndarray) -> History:
    return History(counts, counts, np.zeros(len(counts) + 1))


def test_persistence_is_the_last_four_periods_then_all_of_them() -> None:
    counts = np.zeros((9, 1, 4))
    counts[0, 0, 0] = 50  # long ago
    counts[5, 0, 1] = 1
    counts[8, 0, 2] = 2
    scores = baselines.persistence(history(counts), 9).ravel()
    assert list(np.argsort(-scores)) == [2, 1, 0, 3]


@pytest.mark.parametrize(
    "baseline",
    [
        baselines.persistence, baselines.all_history, baselines.climatology, baselines.persistence_probability,
        lambda h, origin: baselines.kernel_density(h, origin, baselines.best_bandwidth(h, origin)),
    ],
)  # fmt: skip
def test_no_baseline_reads_the_future(baseline) -> None:
    counts = np.random.default_rng(0).poisson(0.2, (40, 6, 7)).astype(float)
    future = counts.copy()
    future[30:] = 99
    assert np.array_equal(baseline(history(counts), 30), baseline(history(future), 30))


def test_climatology_is_the_share_of_periods_with_an_event() -> None:
    counts = np.zeros((120, 2, 2))
    counts[:60, 0, 0] = 3
    found = baselines.climatology(history(counts), 120)
    assert found[0, 0] == pytest.approx((60 + 12 * 0.125) / 132)
    assert 0 < found[1, 1] < 0.02


def test_persistence_learns_how_often_events_follow_events() -> None:
    """A cell that burns every second period follows two events in four with another half of the time."""
    counts = np.zeros((101, 1, 20))
    counts[::2, 0, 0] = 1
    found = baselines.persistence_probability(history(counts), 100).ravel()
    assert found[0] == pytest.approx(0.5, abs=0.02)
    assert found[1] < 0.001


def test_the_bandwidth_is_as_wide_as_the_past_was_scattered() -> None:
    drawn = np.random.default_rng(1)
    narrow, wide = np.zeros((60, 15, 15)), np.zeros((60, 15, 15))
    for period in range(60):
        narrow[period, 7, 7] += 3
        for row, column in np.clip(drawn.normal(7, 3.0, (3, 2)).round().astype(int), 0, 14):
            wide[period, row, column] += 1
    assert baselines.best_bandwidth(history(narrow), 60) == baselines.BANDWIDTHS[0]
    assert baselines.best_bandwidth(history(wide), 60) > baselines.BANDWIDTHS[0]


def test_events_spread_but_never_multiply() -> None:
    counts = np.zeros((5, 21, 21))
    counts[2, 10, 10] = 4
    assert baselines.kernel_density(history(counts), 5, 2.0).sum() == pytest.approx(4.0, rel=1e-3)
