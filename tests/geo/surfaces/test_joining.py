"""A joining that corrects what learners promise, and that few events move little."""

import numpy as np
import pytest

from geo.surfaces.joining import Joining

EVEN = np.array([0.5, 0.5])


def test_before_anything_was_forecast_weights_are_those_it_begins_with() -> None:
    said = np.array([[0.1, 0.3], [0.5, 0.7]])
    joining = Joining.fitted(np.empty((0, 2)), np.empty(0, dtype=bool), EVEN)
    assert joining.probability(said) == pytest.approx(said.mean(axis=1))


def test_the_joining_takes_back_what_was_promised_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.surfaces.joining.LEVEL_PRIOR", 1.0)
    drawn = np.random.default_rng(0)
    true = drawn.uniform(0.01, 0.4, 20_000)
    happened = drawn.random(20_000) < true
    errs = np.clip(true * np.exp(drawn.normal(0, 1, 20_000)), 1e-3, 0.99)
    said = np.column_stack([true * 1.5, errs * 1.5])
    joining = Joining.fitted(said, happened, EVEN)
    assert joining.probability(said).mean() == pytest.approx(happened.mean(), abs=1e-3)
    assert joining.weights[0] > joining.weights[1], "the one that errs less counts more"
    assert joining.weights.sum() == pytest.approx(1.0)


def test_many_events_give_the_weight_to_the_one_that_knows() -> None:
    drawn = np.random.default_rng(1)
    true = drawn.beta(0.3, 3, 40_000).clip(1e-4)
    happened = drawn.random(40_000) < true
    said = np.column_stack([np.full(40_000, true.mean()), true])
    assert Joining.fitted(said, happened, np.array([0.9, 0.1])).weights[1] > 0.9


def test_few_events_move_the_joining_little() -> None:
    said = np.full((200, 2), 0.05)
    said[:, 1] /= 3
    happened = np.arange(200) < 10
    joining = Joining.fitted(said, happened, EVEN)
    assert np.abs(joining.weights - 0.5).max() < 0.2
    assert joining.level == pytest.approx(1.0, abs=0.01)


def test_no_level_makes_a_cell_more_than_certain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.surfaces.joining.LEVEL_PRIOR", 1.0)
    said = np.full((400, 2), 0.1)
    joining = Joining.fitted(said, np.arange(400) < 200, EVEN)
    assert joining.level > 2
    assert joining.probability(np.array([[0.9, 0.9]]))[0] < 1
