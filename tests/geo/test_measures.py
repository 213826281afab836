"""Figures with their denominators."""

import statistics
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.measures import Share, median, percentile, shown_count, summarise, suppress_small_cells

numbers = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=50)


def test_percentiles_are_interpolated_between_neighbours():
    assert percentile([10, 20, 30, 40, 50], 0.9) == pytest.approx(46)
    assert median([1, 2, 3, 4]) == 2.5
    assert percentile([7], 0.9) == 7


def test_without_values_there_is_no_percentile():
    assert median([]) is None
    assert percentile([], 0.9) is None


@given(values=numbers, share=st.floats(0, 1))
def test_percentiles_are_those_of_numpys_linear_method(values, share):
    assert percentile(values, share) == pytest.approx(np.percentile(values, share * 100), rel=1e-9, abs=1e-5)
    assert median(values) == pytest.approx(statistics.median(values), rel=1e-9, abs=1e-6)
    assert min(values) <= percentile(values, share) <= max(values)


def test_percentiles_of_nonsense_are_refused():
    with pytest.raises(ValueError, match="finite"):
        percentile([1, float("nan")], 0.5)
    with pytest.raises(ValueError, match="from 0 to 1"):
        percentile([1], 90)


def test_a_share_shows_both_its_numbers():
    assert str(Share(12, 15)) == "12 of 15 (80 %)"
    assert str(Share(0, 15)) == "0 of 15 (0 %)"
    assert Share(12, 15).value == 0.8


def test_a_share_of_nothing_is_a_dash_and_not_nought_per_cent():
    assert str(Share(0, 0)) == "—"
    assert Share(0, 0).value is None


@pytest.mark.parametrize(("numerator", "denominator"), [(-1, 5), (6, 5), (1, 0)])
def test_a_share_larger_than_the_whole_is_refused(numerator, denominator):
    with pytest.raises(ValueError, match="numerator"):
        Share(numerator, denominator)


def test_a_summary_counts_what_is_missing_and_what_is_recorded_backwards():
    minutes = [timedelta(minutes=n) for n in (10, 20, 30, 40, 50)]
    summary = summarise([*minutes, None, None, timedelta(minutes=-5)])
    assert (summary.count, summary.missing, summary.reversed) == (5, 2, 1)
    assert summary.median == timedelta(minutes=30)
    assert summary.ninetieth == timedelta(minutes=46)
    assert str(summary.missing_share) == "3 of 8 (38 %)"


def test_a_summary_of_nothing_has_no_figures():
    summary = summarise([None])
    assert (summary.count, summary.missing, summary.median, summary.ninetieth) == (0, 1, None, None)
    assert str(summarise([]).missing_share) == "—"


def test_small_counts_are_not_shown():
    assert [shown_count(count) for count in (0, 1, 4, 5, 12)] == ["0", "<5", "<5", "5", "12"]
    with pytest.raises(ValueError, match="negative"):
        shown_count(-1)


def test_a_table_without_small_cells_is_left_alone():
    assert suppress_small_cells({"women": 12, "men": 30, "unknown": 0}) == {
        "women": 12,
        "men": 30,
        "unknown": 0,
    }


def test_one_small_cell_takes_another_with_it_or_the_total_would_tell():
    assert suppress_small_cells({"women": 2, "men": 30, "girls": 9}) == {
        "women": None,
        "men": 30,
        "girls": None,
    }


def test_a_table_too_small_to_hide_in_is_hidden():
    assert suppress_small_cells({"women": 2, "men": 1}) == {"women": None, "men": None}
    assert suppress_small_cells({"women": 3, "men": 0}) == {"women": None, "men": None}


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 30), max_size=8))
def test_no_small_cell_can_be_had_by_subtraction(counts):
    shown = suppress_small_cells(counts)
    assert shown.keys() == counts.keys()
    hidden = [counts[key] for key, count in shown.items() if count is None]
    assert all(count is None or count == 0 or count >= 5 for count in shown.values())
    assert all(shown[key] in (None, counts[key]) for key in counts)
    if hidden and any(count is not None for count in shown.values()):
        assert len(hidden) >= 2
        assert sum(hidden) >= 5
