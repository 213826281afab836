"""A joining that corrects what learners promise, and that few events move little."""

import numpy as np
import pytest

from geo.surfaces.joining import Joining

EVEN = np.array([0.5, 0.5])


def test_before_anything_was_forecast_weights_are_those_it_begins_with() -> None:
    said = np.array([[-2.0, -1.0], [0.0, 0.5]])
    joining = Joining.fitted(np.empty((0, 2)), np.empty(0, dtype=bool), EVEN)
    assert joining.probability(said) == pytest.approx(1 / (1 + np.exp(-said.mean(axis=1))))


def test_the_joining_takes_back_what_was_promised_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.surfaces.joining.PRIOR", 20.0)
    monkeypatch.setattr("geo.surfaces.joining.LEVEL_PRIOR", 1.0)
    drawn = np.random.default_rng(0)
    true = drawn.uniform(-4, 0, 20_000)
    happened = drawn.random(20_000) < 1 / (1 + np.exp(-true))
    said = np.column_stack([true + 1.5, true + 1.5 + drawn.normal(0, 1, 20_000)])
    joining = Joining.fitted(said, happened, EVEN)
    assert joining.probability(said).mean() == pytest.approx(happened.mean(), abs=1e-3)
    assert joining.weights[0] > joining.weights[1], "the one that errs less counts more"
    assert joining.weights.sum() == pytest.approx(1.0, abs=0.1)


def test_few_events_move_the_joining_little() -> None:
    said = np.full((200, 2), -3.0)
    said[:, 1] -= 1
    happened = np.arange(200) < 10
    assert np.abs(Joining.fitted(said, happened, EVEN).weights - 0.5).max() < 0.5
