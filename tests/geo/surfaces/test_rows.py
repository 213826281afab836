"""What is kept of the past is as good as all of it."""

import numpy as np
import pytest

from geo.surfaces.experts import SelfExciting
from geo.surfaces.features import Memory
from geo.surfaces.history import History
from geo.surfaces.rows import WARMING, Past

PERIODS = 26
COUNTS = np.random.default_rng(0).poisson(0.03, (PERIODS, 9, 9)).astype(float)
COUNTS[:, :, 5:] = 0  # half of the ground is quiet for ever
HISTORY = History(COUNTS, COUNTS, np.zeros(PERIODS + 1))


def test_a_row_that_was_let_go_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Past(HISTORY, SelfExciting.parts, 0)
    expected = [whole.row(period) for period in range(PERIODS + 1)]
    monkeypatch.setattr("geo.surfaces.rows.KEPT_WHOLE", 2)
    short = Past(HISTORY, SelfExciting.parts, 0)
    short.row(PERIODS)
    for period in (3, 15, PERIODS - 1, PERIODS):
        assert np.array_equal(short.row(period), expected[period])


def test_the_process_learns_from_all_that_was_struck_and_the_sum_of_everything() -> None:
    struck, whole = Past(HISTORY, SelfExciting.parts, 0).process(20)
    memory, rows = Memory(HISTORY), []
    for _ in range(20):
        rows.append(memory.columns(0.0))
        memory.move_on()
    happened = COUNTS[WARMING:20].ravel() > 0
    parts = SelfExciting.parts(np.concatenate(rows[WARMING:]))
    assert np.array_equal(struck, parts[happened])
    assert whole == pytest.approx(parts.sum(axis=0))


def test_the_drawing_keeps_every_event_and_stands_for_all_cells() -> None:
    sizes, total = [], 81 * (PERIODS - WARMING)
    for seed in range(4):
        rows, happened, weights = Past(HISTORY, SelfExciting.parts, seed).line(PERIODS)
        assert happened.sum() == (COUNTS[WARMING:] > 0).sum()
        assert (weights[happened] == 1).all()
        assert len(rows) < total
        sizes.append(weights.sum())
    assert np.mean(sizes) == pytest.approx(total, rel=0.1)


def test_too_many_near_cells_are_thinned_out(monkeypatch: pytest.MonkeyPatch) -> None:
    every = len(Past(HISTORY, SelfExciting.parts, 0).line(PERIODS)[0])
    monkeypatch.setattr("geo.surfaces.rows.MOST_NEAR", 100)
    rows, happened, weights = Past(HISTORY, SelfExciting.parts, 0).line(PERIODS)
    assert len(rows) < every / 2
    assert weights[~happened].min() > 1
    assert (weights[happened] == 1).all()
