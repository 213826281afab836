"""The transport problem proves its own answer, and says when it can't be asked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.evacuation.nearest import Reached, soonest
from geo.evacuation.transport import FORBIDDEN, shares
from geo.roads import Season


@settings(max_examples=80, deadline=None)
@given(st.data(), st.integers(1, 12), st.integers(1, 6))
def test_prices_prove_that_nothing_is_cheaper(data: st.DataObject, rows: int, columns: int) -> None:
    amounts = data.draw(arrays(np.int64, rows, elements=st.integers(0, 30)))
    capacity = np.append(data.draw(arrays(np.int64, columns, elements=st.integers(0, 40))), -1)
    cost = data.draw(arrays(np.int64, (rows, columns + 1), elements=st.integers(0, 60)))
    cost[cost > 45] = FORBIDDEN
    cost[:, -1] = 1000
    found = shares(cost, amounts, capacity)
    assert (found.amounts >= 0).all()
    assert np.array_equal(found.amounts.sum(axis=1), amounts)
    assert (found.amounts.sum(axis=0)[:-1] <= capacity[:-1]).all()
    assert not found.amounts[cost >= FORBIDDEN].any()
    assert found.bound(cost, amounts, capacity) == found.total


def test_a_column_that_takes_everybody_must_be_there() -> None:
    with pytest.raises(ValueError, match="open to all"):
        shares(np.zeros((1, 2), dtype=np.int64), np.ones(1, dtype=np.int64), np.array([1, 1]))
    with pytest.raises(ValueError, match="0 or more"):
        shares(np.zeros((1, 1), dtype=np.int64), -np.ones(1, dtype=np.int64), np.array([-1]))


def test_the_nearest_havens_are_told_for_both_seasons() -> None:
    dry, rainy = np.array([10.0, 5.0, np.inf]), np.array([10.0, np.inf, np.inf])
    assert soonest(dry, rainy, Season.DRY) == [Reached(1, 5.0, None), Reached(0, 10.0, 10.0)]
    assert soonest(dry, rainy, Season.RAINY) == [Reached(0, 10.0, 10.0)]
    assert soonest(dry, rainy, Season.DRY, few=1) == [Reached(1, 5.0, None)]
