"""Learners that don't run away with what they never saw."""

import numpy as np
import pytest

from geo.surfaces.experts import LEAST, MOST, SelfExciting, Straight
from geo.surfaces.features import COUNTS, PLACES, SHARES

WIDTH = PLACES.stop + 5


def rows_of(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows in which the first decayed count raises the odds, with what happened and how much each row counts."""
    drawn = np.random.default_rng(seed)
    rows = np.zeros((count, WIDTH), dtype=np.float32)
    heat = drawn.gamma(0.3, 0.5, count)
    rows[:, COUNTS.start] = np.log1p(20 * heat)
    rows[:, SHARES.start] = np.sqrt(drawn.random(count) * 0.1)
    rows[:, PLACES] = drawn.random((count, PLACES.stop - PLACES.start))
    rows[:, PLACES.stop :] = drawn.normal(size=(count, 5))
    happened = drawn.random(count) < np.minimum(0.02 + 0.3 * heat, 1)
    return rows, happened, np.where(happened, 1.0, 2.0)


def process_of(rows: np.ndarray, happened: np.ndarray) -> SelfExciting:
    parts = SelfExciting.parts(rows)
    return SelfExciting.fitted(parts[happened], parts.sum(axis=0))


def test_the_self_exciting_process_expects_as_many_events_as_there_were() -> None:
    rows, happened, _ = rows_of(3000)
    process = process_of(rows, happened)
    assert (SelfExciting.parts(rows) @ process.weights).sum() == pytest.approx(happened.sum())
    assert (process.weights >= 0).all()


def test_the_tenth_event_adds_less_than_the_second() -> None:
    rows = np.zeros((4, WIDTH), dtype=np.float32)
    rows[:, COUNTS.start] = np.log1p(20 * np.array([1, 2, 9, 10]))
    one, two, nine, ten = SelfExciting.parts(rows)[:, COUNTS.start]
    assert 0 < ten - nine < (two - one) / 3


def test_more_heat_never_lowers_what_the_process_expects() -> None:
    rows, happened, _ = rows_of(3000)
    process = process_of(rows, happened)
    hotter = rows.copy()
    hotter[:, COUNTS] += 0.5
    hotter[:, PLACES] += 0.5
    assert (process.told(hotter) >= process.told(rows)).all()


def test_no_heat_makes_the_process_certain() -> None:
    rows, happened, _ = rows_of(3000)
    assert process_of(rows, happened).told(rows + 20).max() == MOST


def test_beyond_the_ceiling_a_number_tells_the_line_no_more() -> None:
    line = Straight.fitted(*rows_of(3000))
    far = np.repeat(line.ceiling[None, :], 2, axis=0)
    far[1] += 100
    told = line.told(far)
    assert told[0] == told[1]


def test_each_learner_finds_what_raises_the_odds() -> None:
    rows, happened, weights = rows_of(4000)
    line = Straight.fitted(rows, happened, weights)
    quiet, hot = np.zeros((2, WIDTH), dtype=np.float32)
    hot[COUNTS.start] = line.ceiling[COUNTS.start]
    for learner in (line, process_of(rows, happened)):
        told = learner.told(np.array([quiet, hot]))
        assert told[1] > told[0]


def test_no_forecast_says_never_or_for_sure() -> None:
    rows, happened, weights = rows_of(3000)
    for learner in (process_of(rows, happened), Straight.fitted(rows, happened, weights)):
        for extreme in (np.zeros_like(rows[:1]), rows[:1] + 50):
            assert (learner.told(extreme) >= LEAST).all()
            assert (learner.told(extreme) <= 1 - LEAST).all()
