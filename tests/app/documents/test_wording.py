from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents import wording


@given(st.integers(1, 10_000), st.data())
def test_a_percentage_is_never_whole_while_one_is_missing_nor_nothing_while_there_is_one(whole, data):
    part = data.draw(st.integers(0, whole))
    text = wording.percent(part, whole)
    assert (text == "100 %") == (part == whole)
    assert (text == "0 %") == (part == 0)
    assert abs(float(text.removesuffix(" %")) - 100 * part / whole) <= 0.5


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ((None, None, None), "not known"),
        ((0, 0, 0), "0"),
        ((10, 12, 15), "12 (10–15)"),
        ((None, 12, None), "12"),
        ((None, 12, 15), "12 (12–15)"),
        ((10, None, None), "at least 10"),
        ((None, None, 1500), "at most 1,500"),
        ((10, None, 15), "10–15"),
    ],
)
def test_casualties_say_no_more_than_is_known(counts, text):
    assert wording.low_best_high(*counts) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(None, "not known"), (0, "0 min"), (59.4, "59 min"), (59.6, "1 h 00 min"), (64, "1 h 04 min"),
     (2880, "2 d 0 h"), (-5, "5 min before")],
)  # fmt: skip
def test_durations_read_as_a_person_says_them(minutes, text):
    assert wording.duration(minutes) == text


def test_a_vague_place_gets_fewer_decimals():
    said = [wording.coordinates(20.78012, -4.33021, metres) for metres in (5, 50, 500, 5_000, 50_000)]
    assert said == [
        "4.33021° S, 20.78012° E",
        "4.3302° S, 20.7801° E",
        "4.330° S, 20.780° E",
        "4.33° S, 20.78° E",
        "4.3° S, 20.8° E",
    ]


def test_times_are_shown_as_a_group_and_in_local_time():
    at = datetime(2026, 11, 21, 23, 5, tzinfo=UTC)
    assert wording.dtg_and_local(at, 120) == "212305ZNOV26 (01:05 local, 22 Nov 2026)"
    assert wording.dtg_and_local(at, 0) == "212305ZNOV26 (21 Nov 2026)"


def test_text_that_would_show_itself_in_another_order_is_made_visible():
    assert wording.printable("a\u202eb\x00c\r\nd\te") == "a\ufffdb\ufffdc\nd e"
    assert wording.printable("سلام \u200d ok") == "سلام \u200d ok"
