"""A forecast that reads the past alone, to the bit, and knows more than what happened lately."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.surfaces import baselines
from geo.surfaces import scores as scoring
from geo.surfaces.features import FAR, SINCE_NEAR, Memory, smoothing
from geo.surfaces.forecaster import Forecaster, TooLittlePast
from geo.surfaces.history import History

ROWS, COLUMNS, PERIODS = 8, 9, 44
ORIGIN = 38


def restless(seed: int = 0, periods: int = PERIODS, base: float = 0.012, echo: float = 0.5) -> History:
    """Events that follow events: each raises the risk of its place and of those beside it, for months."""
    drawn = np.random.default_rng(seed)
    rate = np.full((ROWS, COLUMNS), base)
    rate[2, 3] = rate[5, 6] = 0.15
    near = smoothing(ROWS, 0.7), smoothing(COLUMNS, 0.7)
    heat, counts = np.zeros((ROWS, COLUMNS)), []
    for _ in range(periods):
        now = drawn.poisson(rate + echo * heat).astype(float)
        heat = 0.6 * heat + 0.5 * (near[0] @ now @ near[1].T)
        counts.append(now)
    found = np.array(counts)
    severity = found * drawn.exponential(1.0, found.shape)
    kind = np.minimum(found, drawn.integers(0, 2, found.shape))
    where = np.argwhere(found > 0)
    struck_by = np.column_stack([where[:, 0], where[:, 1] * COLUMNS + where[:, 2], where[:, 2] % 3])
    season = (np.arange(periods + 1) % 12) / 12
    return History(found, severity, season, (kind, found - kind), fresh=0.5 * found, struck_by=struck_by)


HISTORY = restless()


@pytest.fixture(scope="module")
def told() -> np.ndarray:
    return Forecaster(HISTORY).surface(ORIGIN)


def with_future(other: str) -> History:
    counts, severity, fresh = HISTORY.counts.copy(), HISTORY.severity.copy(), HISTORY.fresh.copy()
    kinds = [each.copy() for each in HISTORY.kinds]
    drawn = np.random.default_rng(7)
    for each in (counts, severity, fresh, *kinds):
        future = each[ORIGIN:]
        if other == "shuffled":
            each[ORIGIN:] = drawn.permuted(future.reshape(len(future), -1), axis=1).reshape(future.shape)
        elif other == "emptied":
            future[:] = 0
        else:
            future[:] = 1_000
    by = HISTORY.struck_by.copy()
    later = by[:, 0] >= ORIGIN
    if other == "shuffled":
        by[later, 1:] = drawn.permuted(by[later, 1:], axis=0)
    elif other == "emptied":
        by = by[~later]
    else:
        by[later, 2] += 1_000  # actors of whom the past has not heard
    return History(counts, severity, HISTORY.season, tuple(kinds), fresh=fresh, struck_by=by)


@pytest.mark.parametrize("other", ["shuffled", "emptied", "full"])
def test_another_future_changes_no_bit_of_the_forecast(told: np.ndarray, other: str) -> None:
    assert np.array_equal(Forecaster(with_future(other)).surface(ORIGIN), told)


def test_a_history_that_ends_at_the_origin_gives_the_same_forecast(told: np.ndarray) -> None:
    assert np.array_equal(Forecaster(HISTORY.before(ORIGIN)).surface(ORIGIN), told)


def test_forecasts_made_before_change_no_bit_of_a_later_one(told: np.ndarray) -> None:
    """The bench asks one forecaster for one origin after the other, a worker for the last alone."""
    rolling = Forecaster(HISTORY)
    for origin in (PERIODS, 36, 37):
        rolling.surface(origin)
    assert np.array_equal(rolling.surface(ORIGIN), told)


def test_another_past_does_change_it(told: np.ndarray) -> None:
    counts = HISTORY.counts.copy()
    counts[ORIGIN - 1, 0, 0] += 3
    changed = Forecaster(replace(HISTORY, counts=counts)).surface(ORIGIN)
    assert changed[0, 0] > told[0, 0]


def test_every_cell_has_a_probability(told: np.ndarray) -> None:
    assert told.shape == (ROWS, COLUMNS)
    assert ((told > 0) & (told < 1)).all()


def test_it_knows_more_than_persistence_and_its_probabilities_come_true() -> None:
    history = restless(seed=3, periods=84, base=0.006, echo=0.7)  # a world in which events do follow events
    forecaster = Forecaster(history)
    origins = range(60, 84)
    ours = np.array([forecaster.surface(origin).ravel() for origin in origins])
    lately = np.array([baselines.persistence(history, origin).ravel() for origin in origins])
    happened = (history.counts[60:].reshape(24, -1) > 0).ravel()
    assert scoring.average_precision(ours.ravel(), happened) > scoring.average_precision(
        lately.ravel(), happened
    )
    assert scoring.calibration_error(scoring.calibration(ours.ravel(), happened)) < 0.02
    usual = np.array([baselines.climatology(history, origin).ravel() for origin in origins])
    assert scoring.skill(scoring.brier(ours.ravel(), happened), scoring.brier(usual.ravel(), happened)) > 0


def test_too_short_a_past_is_said() -> None:
    with pytest.raises(TooLittlePast):
        Forecaster(HISTORY).surface(20)
    quiet = History(np.zeros((60, 3, 3)), np.zeros((60, 3, 3)), np.zeros(61))
    with pytest.raises(TooLittlePast):
        Forecaster(quiet).surface(60)
    with pytest.raises(ValueError, match="outside"):
        Forecaster(HISTORY).surface(PERIODS + 1)


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 24), st.integers(0, 1000))
def test_what_a_memory_tells_depends_on_what_it_has_read_alone(read: int, seed: int) -> None:
    history = restless(seed)
    cut = history.before(read)
    whole, short = Memory(history), Memory(cut)
    for _ in range(read):
        whole.move_on()
        short.move_on()
    assert np.array_equal(whole.columns(0.25), short.columns(0.25))


def test_a_memory_knows_where_something_ever_happened_nearby() -> None:
    counts = np.zeros((2, 5, 5))
    counts[0, 2, 2] = 1
    memory = Memory(History(counts, counts, np.zeros(3)))
    memory.move_on()
    near = np.expm1(memory.columns(0.0)[:, SINCE_NEAR]).reshape(5, 5)
    assert near[1:4, 1:4] == pytest.approx(0.0)
    assert near[0] == pytest.approx(FAR, rel=1e-5)


def test_a_history_whose_parts_do_not_fit_is_refused() -> None:
    counts = np.zeros((3, 2, 2))
    for given_ in (
        (counts[0], counts[0], np.zeros(4)),
        (counts, counts[:2], np.zeros(4)),
        (counts, counts, np.zeros(3)),
        (counts, counts, np.zeros(4), (), np.zeros((9, 9))),
        (counts, counts, np.zeros(4), (), None, None, np.array([[0, 4, 0]])),
        (counts, counts, np.zeros(4), (), None, None, np.zeros((3, 2), dtype=int)),
    ):
        with pytest.raises(ValueError, match=r"need|Exposure"):
            History(*given_)
