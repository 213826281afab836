"""Hidden cells stay hidden, whatever is subtracted from whatever else was published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.release import hidden_cells, is_small

SECTORS, KINDS, MONTHS = 4, 3, 3
few = st.sampled_from([0, 0, 0, 1, 2, 3, 5, 8, 13])


def test_one_small_cell_takes_the_next_smallest_with_it():
    assert hidden_cells({"west": [2], "east": [30], "north": [9], "sea": [0]}) == {"west", "north"}


def test_a_small_month_hides_its_sector_in_the_whole_quarter():
    assert hidden_cells({"west": [9, 2, 9], "east": [30, 31, 32], "north": [9, 9, 9]}) == {"west", "north"}


def test_partners_must_protect_in_every_month():
    # North has nothing in the second month: there it would hide nothing of the west.
    assert hidden_cells({"west": [9, 3, 9], "north": [9, 0, 9], "east": [30, 31, 32]}) == {
        "west",
        "north",
        "east",
    }


def test_where_nothing_can_protect_the_empty_ones_are_hidden_too():
    assert hidden_cells({"west": [9, 3], "east": [0, 0]}) == {"west", "east"}


def test_what_speaks_of_one_person_is_hidden_however_often():
    found = hidden_cells({"threat": [40], "raid": [60], "attack": [50]}, always={"threat"})
    assert found == {"threat", "attack"}


def test_without_small_cells_nothing_is_hidden():
    assert hidden_cells({"west": [5, 6], "east": [7, 0]}) == frozenset()
    assert hidden_cells({}) == frozenset()


@pytest.mark.parametrize("cells", [{"a": [1], "b": [1, 2]}, {"a": [-1], "b": [6]}])
def test_nonsense_is_refused(cells):
    with pytest.raises(ValueError, match="count"):
        hidden_cells(cells)


def published(history):
    """What is told of a quarter, as sums over (month, sector, kind): rows of ones, and what they add up to."""
    month_open = not any(is_small([total]) for total in history.sum(axis=(1, 2)))
    rows, sums, kept = [], [], {}

    def tell(where):
        rows.append(where.astype(float).ravel())
        sums.append(float(history[where].sum()))

    spans = [slice(None), *([slice(m, m + 1) for m in range(MONTHS)] if month_open else [])]
    for span in spans:
        where = np.zeros(history.shape, bool)
        where[span] = True
        tell(where)
    for axis, size in ((1, SECTORS), (2, KINDS)):
        by_month = history.sum(axis=3 - axis)
        counts = by_month.T if month_open else by_month.sum(axis=0)[:, None]
        hidden = hidden_cells({n: [int(c) for c in counts[n]] for n in range(size)})
        kept[axis] = hidden
        for n in set(range(size)) - hidden:
            for span in spans:
                where = np.zeros(history.shape, bool)
                where[(span, n) if axis == 1 else (span, slice(None), n)] = True
                tell(where)
    return np.array(rows), np.array(sums), kept, month_open


@settings(max_examples=60, deadline=None)
@given(st.lists(few, min_size=MONTHS * SECTORS * KINDS, max_size=MONTHS * SECTORS * KINDS))
def test_no_set_of_published_tables_gives_a_hidden_cell_back(drawn):
    """Over all histories that agree with everything published, each hidden cell of a quarter or month may still be nought
    or hold at least five, unless there is nothing to be hidden in."""
    history = np.array(drawn).reshape(MONTHS, SECTORS, KINDS)
    if is_small([int(history.sum())]):
        return  # nothing is published of such a quarter
    rows, sums, kept, month_open = published(history)
    for axis, hidden in kept.items():
        spans = [slice(m, m + 1) for m in range(MONTHS)] if month_open else [slice(None)]
        for n in hidden:
            for span in spans:
                cell = np.zeros(history.shape)
                cell[(span, n) if axis == 1 else (span, slice(None), n)] = 1
                if not 0 < history[cell > 0].sum() < 5:
                    continue
                least, most = (
                    linprog(sign * cell.ravel(), A_eq=rows, b_eq=sums, bounds=(0, None)).fun * sign
                    for sign in (1, -1)
                )
                assert least < 0.5
                assert most > 4.5


def test_the_search_for_differences_finds_one_where_too_little_is_hidden():
    history = np.zeros((MONTHS, SECTORS, KINDS))
    history[:, 0, 0], history[:, 1, 0] = 2, 30
    total = np.ones(history.shape).ravel()
    east = np.zeros(history.shape)
    east[:, 1:] = 1
    west = np.zeros(history.shape)
    west[:, 0] = 1
    told = {"A_eq": np.array([total, east.ravel()]), "b_eq": [96.0, 90.0], "bounds": (0, None)}
    assert linprog(west.ravel(), **told).fun == pytest.approx(6)
    assert -linprog(-west.ravel(), **told).fun == pytest.approx(6)
