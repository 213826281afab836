"""Learners that don't run away with what they never saw, and a joining that corrects what they promise."""

import numpy as np
import pytest

from geo.surface_experts import Joining, Learned, SelfExciting, log_odds
from geo.surface_features import COUNTS, SHARES

WIDTH = 45


def rows_of(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows in which the first decayed count raises the odds, with what happened and how much each row counts."""
    drawn = np.random.default_rng(seed)
    rows = np.zeros((count, WIDTH), dtype=np.float32)
    heat = drawn.gamma(0.3, 0.5, count)
    rows[:, COUNTS.start] = np.log1p(20 * heat)
    rows[:, SHARES.start] = np.sqrt(drawn.random(count) * 0.1)
    rows[:, 40:] = drawn.normal(size=(count, WIDTH - 40))
    happened = drawn.random(count) < 1 - np.exp(-0.02 - 0.4 * heat)
    return rows, happened, np.where(happened, 1.0, 2.0)


def test_the_self_exciting_process_expects_as_many_events_as_there_were() -> None:
    rows, happened, weights = rows_of(3000)
    process = SelfExciting().fit(rows, happened, sample_weight=weights)
    expected = -np.log1p(-process.predict_proba(rows)[:, 1])
    assert weights @ expected == pytest.approx(weights @ happened)
    assert (process.weights >= 0).all()


def test_more_heat_never_lowers_what_the_process_expects() -> None:
    rows, happened, weights = rows_of(3000)
    process = SelfExciting().fit(rows, happened, sample_weight=weights)
    hotter = rows.copy()
    hotter[:, COUNTS] += 0.5
    assert (process.predict_proba(hotter)[:, 1] >= process.predict_proba(rows)[:, 1]).all()


def test_beyond_the_ceiling_a_number_tells_no_more() -> None:
    learned = Learned.fitted(*rows_of(3000), seed=0)
    far = np.repeat(learned.ceiling[None, :], 2, axis=0)
    far[1] += 100
    told = learned.told(far)
    assert np.array_equal(told[0], told[1])


def test_each_learner_finds_what_raises_the_odds() -> None:
    learned = Learned.fitted(*rows_of(4000), seed=0)
    quiet, hot = np.zeros((2, WIDTH), dtype=np.float32)
    hot[COUNTS.start] = learned.ceiling[COUNTS.start]
    told = learned.told(np.array([quiet, hot]))
    assert (told[1] > told[0]).all()


def test_the_same_seed_gives_the_same_learners() -> None:
    rows, happened, weights = rows_of(1500)
    first, second = (Learned.fitted(rows, happened, weights, seed=3).told(rows) for _ in range(2))
    assert np.array_equal(first, second)


def test_before_anything_was_forecast_all_count_alike() -> None:
    said = log_odds(np.array([[0.1, 0.3], [0.5, 0.5]]))
    assert Joining.even(2).probability(said) == pytest.approx(1 / (1 + np.exp(-said.mean(axis=1))))


def test_the_joining_takes_back_what_was_promised_too_much() -> None:
    drawn = np.random.default_rng(0)
    true = drawn.uniform(-4, 0, 20_000)
    happened = drawn.random(20_000) < 1 / (1 + np.exp(-true))
    said = np.column_stack([true + 1.5, true + 1.5 + drawn.normal(0, 1, 20_000)])
    joining = Joining.fitted(said, happened)
    assert joining.probability(said).mean() == pytest.approx(happened.mean(), abs=1e-3)
    assert joining.weights[0] > joining.weights[1], "the one that errs less counts more"
    assert joining.weights.sum() == pytest.approx(1.0, abs=0.1)


def test_few_events_move_the_joining_little() -> None:
    said = np.full((200, 2), -3.0)
    said[:, 1] -= 1
    happened = np.arange(200) < 10
    assert np.abs(Joining.fitted(said, happened).weights - 0.5).max() < 0.5


def test_no_forecast_says_never_or_for_sure() -> None:
    assert np.isfinite(log_odds(np.array([0.0, 1.0]))).all()
