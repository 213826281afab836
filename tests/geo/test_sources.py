"""Grades from a history, and how many independent sources there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.sources import FEWEST, History, Saying, independent, suggested_grade, wilson

COUNT = st.integers(0, 400)
WHO = st.sampled_from(["S-1", "S-2", "S-3", "S-4"])
SAYINGS = st.lists(st.builds(Saying, WHO | st.none(), st.none() | WHO), max_size=12)


@given(COUNT, COUNT)
def test_the_bounds_hold_the_share(true: int, false: int) -> None:
    low, high = wilson(true, true + false)
    assert 0 <= low <= high <= 1
    if true + false:
        assert low <= true / (true + false) <= high


def test_the_bounds_are_wilson_s() -> None:
    # 8 of 10 with z = 1.96, as statsmodels' proportion_confint(8, 10, method="wilson") gives it.
    low, high = wilson(8, 10, 1.959963984540054)
    assert (low, high) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)


@given(COUNT, COUNT)
def test_one_more_true_alert_never_makes_a_source_worse(true: int, false: int) -> None:
    before, after = suggested_grade(History(true, false)), suggested_grade(History(true + 1, false))
    assert before == "F" or after <= before


@pytest.mark.parametrize(
    ("true", "false", "grade"),
    [(0, 0, "F"), (2, 0, "F"), (3, 0, "B"),
     (8, 0, "A"), (8, 1, "B"), (5, 3, "C"), (2, 3, "D"), (0, 4, "E"), (90, 10, "A")],
)  # fmt: skip
def test_grades_by_history(true: int, false: int, grade: str) -> None:
    assert suggested_grade(History(true, false)) == grade


def test_a_history_that_is_too_short_says_nothing() -> None:
    assert {suggested_grade(History(t, FEWEST - 1 - t)) for t in range(FEWEST)} == {"F"}


def test_what_three_repeat_from_one_is_one_source() -> None:
    assert independent([Saying("S-1"), Saying("S-2", "S-1"), Saying("S-3", "S-2")]) == 1


def test_one_who_repeats_and_sees_for_himself_is_a_source_of_his_own() -> None:
    assert independent([Saying("S-1"), Saying("S-2", "S-1"), Saying("S-2")]) == 2


def test_two_who_quote_each_other_are_one() -> None:
    assert independent([Saying("S-1", "S-2"), Saying("S-2", "S-1")]) == 1
    assert independent([Saying("S-3", "S-1"), Saying("S-1", "S-2"), Saying("S-2", "S-1")]) == 1


def test_words_of_nobody_known_prove_no_independence() -> None:
    assert independent([Saying(None), Saying(None)]) == 0
    assert independent([Saying(None), Saying("S-1")]) == 1


@given(SAYINGS, st.randoms())
def test_the_order_of_reports_changes_nothing(sayings: list[Saying], chance: object) -> None:
    # Of one source the line of the last saying counts, so only sets without doubles are shuffled.
    once = list({s.source: s for s in sayings}.values())
    mixed = list(once)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert independent(once) == independent(mixed)


@given(SAYINGS)
def test_never_more_sources_than_people_who_are_named(sayings: list[Saying]) -> None:
    named = {s.source for s in sayings} | {s.repeats for s in sayings if s.source is not None}
    assert independent(sayings) <= len(named - {None})


@given(SAYINGS, WHO)
def test_a_repetition_of_one_who_speaks_adds_nothing(sayings: list[Saying], who: str) -> None:
    spoken = [*sayings, Saying(who)]
    assert independent([*spoken, Saying("S-9", who)]) == independent(spoken)
