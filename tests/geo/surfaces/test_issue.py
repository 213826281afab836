"""A surface says what it stands on, is judged by what came, and its model is used only after it was better."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.hotspots import HotspotClass
from geo.surfaces.history import History
from geo.surfaces.issue import FEWEST_JUDGED, Judgement, highest, issue, judge, skills, trusted

GOOD = Judgement(3, 1, 2, brier=0.02, brier_persistence=0.03, brier_climatology=0.04)
BAD = replace(GOOD, brier=0.05)
SHAPE = (6, 8)


def history(periods: int = 20) -> History:
    counts = np.zeros((periods, *SHAPE))
    counts[:, 2:4, 3:5] = 2
    counts[0, 0, 0] = 1
    counts[-2, 5, 7] = 4
    return History(counts, counts, np.zeros(periods + 1))


@pytest.fixture(scope="module")
def issued():
    observed = np.ones(SHAPE, dtype=bool)
    observed[0, 7] = False
    return issue(history(), observed)


def test_with_too_little_past_persistence_is_shown(issued) -> None:
    assert issued.probability is None
    assert not issued.trusted
    assert np.array_equal(issued.shown, issued.persistence)
    assert list(np.argwhere(issued.warned)[0]) == [2, 3]


def test_the_reasons_can_be_counted(issued) -> None:
    why = issued.reasons
    assert [why.lately[2, 3], why.beside[2, 3], why.ever[2, 3], why.periods_since[2, 3]] == [8, 24, 40, 0]
    assert [why.lately[2, 5], why.beside[2, 5], why.ever[2, 5], why.periods_since[2, 5]] == [0, 16, 0, -1]
    assert [why.lately[5, 7], why.periods_since[5, 7], why.periods_since[0, 0]] == [4, 1, 19]


def test_a_cell_of_which_nothing_is_heard_is_no_data_and_not_calm(issued) -> None:
    assert issued.classes[7] is HotspotClass.NO_DATA
    assert issued.classes[2 * 8 + 3] is HotspotClass.PERSISTENT
    assert not issued.warned[0, 7]


def test_a_judgement_counts_what_came(issued) -> None:
    came = np.zeros(SHAPE)
    came[2, 3] = came[4, 4] = 1
    came[0, 7] = 1  # nobody looks there: neither a hit nor a miss
    told = judge(issued, came)
    assert (told.hits, told.misses) == (1, 1)
    assert told.hits + told.false_alarms == issued.warned.sum() == 2
    assert told.brier is None
    assert 0 < told.brier_persistence < 1


def test_the_model_has_to_be_better_before_it_is_used() -> None:
    assert not trusted([])
    assert not trusted([GOOD] * (FEWEST_JUDGED - 1))
    assert trusted([GOOD] * FEWEST_JUDGED)
    assert not trusted([BAD] * 20)
    assert not trusted([replace(GOOD, brier=0.03)] * 20), "as good as persistence is not better"
    assert not trusted([replace(GOOD, brier=None)] * 20)
    assert skills([GOOD]) == (pytest.approx(0.5), pytest.approx(1 / 3))
    assert skills([]) is None


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(arrays(np.float64, SHAPE, elements=st.floats(0, 1)), arrays(np.bool_, SHAPE).filter(np.any))
def test_the_highest_are_as_many_as_said_and_all_observed(scores: np.ndarray, observed: np.ndarray) -> None:
    warned = highest(scores, observed, 0.2)
    assert warned.sum() == min(max(1, round(0.2 * observed.sum())), (observed & (scores > 0)).sum())
    assert (scores[warned] > 0).all(), "where nothing ever was there is no reason to give"
    assert not (warned & ~observed).any()
    assert scores[warned].min(initial=1.0) >= scores[observed & ~warned].max(initial=0.0)


def test_what_does_not_fit_is_refused(issued) -> None:
    with pytest.raises(ValueError, match="shape"):
        issue(history(), np.ones((2, 2), dtype=bool))
    with pytest.raises(ValueError, match="at least one period"):
        issue(history().before(0), np.ones(SHAPE, dtype=bool))
    with pytest.raises(ValueError, match="issue's cells"):
        judge(issued, np.zeros((2, 2)))
