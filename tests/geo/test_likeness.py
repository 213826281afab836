"""Two warnings beside each other: alike where they are, and for reasons that can be said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.likeness import Told, likeness
from geo.spelling import alike, folded, in_common
from geo.warning import KIND_WEIGHT

WORDS = st.text(alphabet="abcdeghkouwy 0123456789éïẞ", max_size=60)
TOLD = st.builds(
    Told,
    lon=st.floats(-180, 180), lat=st.floats(-90, 90), hours=st.floats(-1000, 1000),
    kind=st.sampled_from(sorted(KIND_WEIGHT)), radius_m=st.floats(0, 250_000), words=WORDS,
    actors=st.frozensets(st.sampled_from(["X", "Y", "Z"]), max_size=2),
)  # fmt: skip
METRES = st.floats(0, 1_000_000)
HERE = Told(
    0.5, 0.5, 0.0, "attack_under_way", words="EXERCISE: forty men on motorbikes at the ferry of Ouadda"
)


@given(TOLD, TOLD, METRES)
def test_the_score_is_between_0_and_100_and_the_same_both_ways(one: Told, other: Told, metres: float) -> None:
    found = likeness(one, other, metres)
    assert 0 <= found.score <= 100
    assert found == likeness(other, one, metres)


@given(TOLD)
def test_a_warning_is_wholly_like_itself(one: Told) -> None:
    assert likeness(one, one, 0.0).score == 100


@given(TOLD, TOLD, METRES, METRES)
def test_further_apart_is_never_more_alike(one: Told, other: Told, near: float, far: float) -> None:
    near, far = sorted((near, far))
    other = replace(other, radius_m=one.radius_m + 1)  # two circles that differ: no exact repetition
    assert likeness(one, other, near).score >= likeness(one, other, far).score


@given(TOLD, TOLD, METRES, st.floats(0, 1000))
def test_longer_apart_is_never_more_alike(one: Told, other: Told, metres: float, hours: float) -> None:
    later = replace(other, hours=one.hours + abs(other.hours - one.hours) + hours)
    assert likeness(one, later, metres).score <= likeness(one, other, metres).score


def test_the_same_event_told_by_two_is_found() -> None:
    second = replace(
        HERE, hours=0.4, kind="armed_group_movement", radius_m=700,
        words="EXERCISE: about 40 armed men with motorbikes near ferry Wadda",
    )  # fmt: skip
    assert likeness(HERE, second, 1_100).score >= 70


def test_another_event_of_the_same_hour_is_not() -> None:
    second = Told(0.9, 0.5, 0.3, "medical_emergency", words="EXERCISE: a woman in labour needs transport")
    assert likeness(HERE, second, 40_000).score < 35


def test_a_vague_place_proves_less_than_a_village() -> None:
    sharp, vague = replace(HERE, radius_m=100, words=""), replace(HERE, radius_m=60_000, words="")
    assert likeness(HERE, sharp, 50).score > likeness(HERE, vague, 50).score + 10


@pytest.mark.parametrize("metres", [-1.0, float("nan"), float("inf")])
def test_a_distance_that_is_none_is_refused(metres: float) -> None:
    with pytest.raises(ValueError, match="distance"):
        likeness(HERE, HERE, metres)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Mohammed", "Muhamed"), ("Ouaddaï", "Waddai"), ("Khartoum", "Kartum"), ("Djéma", "Jema"), ("Tchad", "Chad"),
     ("Yusuf", "Youssouf"), ("Shabunda", "Schabunda")],
)  # fmt: skip
def test_spellings_of_one_name_fold_alike(one: str, other: str) -> None:
    assert alike(folded(one), folded(other)) >= 0.75


@pytest.mark.parametrize(("one", "other"), [("Bria", "Boda"), ("40", "41"), ("ferry", "market")])
def test_other_words_stay_other_words(one: str, other: str) -> None:
    assert alike(folded(one), folded(other)) < 0.6


def test_a_short_call_is_found_again_in_a_long_account() -> None:
    long = "EXERCISE: at dawn forty armed men on motorbikes crossed at the ferry and went to the market of the old town"
    assert (in_common("forty men motorbikes ferry", long) or 0) > 0.9
    assert (in_common("ferry", long) or 0) < 0.4, "one word that is found again proves little"
    assert in_common("", long) is None
    assert in_common("the of and", long) is None


@given(WORDS, WORDS)
def test_words_in_common_are_a_share_and_symmetric(one: str, other: str) -> None:
    share = in_common(one, other)
    assert share == in_common(other, one)
    assert share is None or 0 <= share <= 1
