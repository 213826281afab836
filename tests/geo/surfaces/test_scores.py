"""Scores that reward what helps, worked out by hand where a hand can."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import brier_score_loss

from geo.surfaces.scores import (
    average_precision,
    brier,
    calibration,
    calibration_error,
    hit_rate,
    hits,
    skill,
)

SCORES = arrays(np.float64, 40, elements=st.integers(0, 5).map(float))


def test_the_top_of_the_area_catches_what_lies_in_it() -> None:
    scores, events = np.arange(20.0), np.zeros(20)
    events[[19, 18, 3]] = 5, 2, 1
    assert hits(scores, events, 0.05) == 5
    assert hits(scores, events, 0.10) == 7
    assert hit_rate([scores, scores], [events, np.zeros(20)], 0.10) == 7 / 8


def test_among_equals_each_takes_its_part() -> None:
    events = np.array([3.0, 1.0, 0.0, 0.0])
    assert hits(np.zeros(4), events, 0.5) == 2.0


@given(SCORES, SCORES, st.integers(0, 10_000))
def test_ties_are_what_drawing_lots_comes_to(scores: np.ndarray, events: np.ndarray, seed: int) -> None:
    drawn = np.random.default_rng(seed)
    tries = [hits(scores + drawn.random(40) * 1e-3, events, 0.2) for _ in range(400)]
    assert hits(scores, events, 0.2) == pytest.approx(np.mean(tries), abs=2.5)


@given(SCORES, SCORES)
def test_more_area_never_catches_less(scores: np.ndarray, events: np.ndarray) -> None:
    caught = [hits(scores, events, share) for share in (0.05, 0.2, 0.5, 1.0)]
    assert caught == sorted(caught)
    assert caught[-1] == pytest.approx(events.sum())


def test_ranking_is_judged_over_all_periods() -> None:
    happened = np.array([True, False, True, False])
    assert average_precision(np.array([4.0, 3.0, 2.0, 1.0]), happened) == pytest.approx((1 + 2 / 3) / 2)
    assert np.isnan(average_precision(np.ones(3), np.zeros(3, dtype=bool)))


def test_brier_is_the_squared_error() -> None:
    drawn = np.random.default_rng(0)
    p, y = drawn.random(100), drawn.random(100) < 0.3
    assert brier(p, y) == pytest.approx(brier_score_loss(y, p))


def test_skill_is_what_is_better_than_the_other() -> None:
    assert skill(0.05, 0.10) == pytest.approx(0.5)
    assert skill(0.2, 0.1) == -1
    assert np.isnan(skill(0.1, 0.0))


@pytest.mark.parametrize("equal", ["width", "count"])
def test_probabilities_that_come_true_have_no_error(equal: str) -> None:
    p = np.repeat([0.05, 0.25, 0.65], 1000)
    y = np.concatenate([np.arange(1000) < 1000 * each for each in (0.05, 0.25, 0.65)])
    shuffled = np.random.default_rng(1).permutation(3000)
    bins = calibration(p[shuffled], y[shuffled], equal=equal)
    assert sum(each.count for each in bins) == 3000
    assert calibration_error(bins) < (1e-9 if equal == "width" else 0.03)


def test_probabilities_that_promise_too_much_are_off_by_as_much() -> None:
    assert calibration_error(calibration(np.full(100, 0.3), np.arange(100) < 10)) == pytest.approx(0.2)


def test_what_cannot_be_scored_is_refused() -> None:
    with pytest.raises(ValueError, match="share"):
        hits(np.ones(3), np.ones(3), 0.0)
    with pytest.raises(ValueError, match="equal width"):
        calibration(np.ones(3), np.ones(3), equal="mood")
