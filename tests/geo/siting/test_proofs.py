"""Every answer is the best there is, says so rightly, and stands the independent replay."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from geo.compiled import warm_siting
from geo.siting.capacitated import least_total_filled, most_within_filled
from geo.siting.centre import least_longest, least_longest_filled
from geo.siting.check import Aim, Question, faults
from geo.siting.closing import closed, suits
from geo.siting.covering import most_within
from geo.siting.median import least_total
from geo.siting.placement import Placement, Proof
from geo.siting.rows import rows_of
from tests.geo.siting.questions import Small, small

NEAR = {"rel": 1e-6, "abs": 1e-6}


def replayed(asked: Small, aim: Aim, given_: Placement, *, filled: bool = False) -> None:
    question = Question(
        aim,
        asked.distance.tolist(),
        asked.weight.tolist(),
        asked.count,
        asked.radius,
        asked.keep,
        np.flatnonzero(asked.forbidden).tolist(),
        asked.size.tolist() if filled else None,
        asked.room.tolist() if filled else None,
    )
    told = given_.certificate
    assert faults(question, given_.sites.tolist(), given_.serves.tolist(), told.value, told.bound) == []


@settings(max_examples=40, deadline=None)
@given(small())
def test_the_least_total_the_least_longest_way_and_most_within_reach_are_those_of_trying_all(
    asked: Small,
) -> None:
    how = {"keep": asked.keep, "forbidden": asked.forbidden}
    median = least_total(asked.distance, asked.weight, asked.count, **how)
    centre = least_longest(asked.distance, asked.count, **how)
    cover = most_within(asked.distance, asked.weight, asked.radius, asked.count, **how)
    for placed, aim, best in (
        (median, Aim.TOTAL, min(map(asked.total, asked.choices()))),
        (centre, Aim.LONGEST, min(map(asked.longest, asked.choices()))),
        (cover, Aim.WITHIN, max(map(asked.reached, asked.choices()))),
    ):
        assert placed.certificate.value == pytest.approx(best, **NEAR)
        assert placed.certificate.bound == pytest.approx(best, **NEAR)
        assert placed.certificate.best and placed.certificate.proof is not Proof.STOPPED
        replayed(asked, aim, placed)


@settings(max_examples=15, deadline=None)
@given(small(places=4, candidates=4))
def test_where_sites_fill_up_the_answer_is_that_of_trying_all_too(asked: Small) -> None:
    how = {"keep": asked.keep, "forbidden": asked.forbidden}
    least, most, longest = zip(*map(asked.filled, asked.choices()), strict=True)
    total = least_total_filled(asked.distance, asked.weight, asked.size, asked.room, asked.count, **how)
    cover = most_within_filled(
        asked.distance, asked.weight, asked.size, asked.room, asked.radius, asked.count, **how
    )
    assert total.certificate.value == pytest.approx(min(least), **NEAR)
    assert cover.certificate.value == pytest.approx(max(most), **NEAR)
    assert total.certificate.bound == pytest.approx(min(least), **NEAR)
    assert cover.certificate.bound == pytest.approx(max(most), **NEAR)
    replayed(asked, Aim.TOTAL, total, filled=True)
    replayed(asked, Aim.WITHIN, cover, filled=True)
    centre = least_longest_filled(asked.distance, asked.size, asked.room, asked.count, **how)
    assert centre.certificate.value == centre.certificate.bound == min(longest)
    replayed(asked, Aim.LONGEST, centre, filled=True)


@settings(max_examples=10, deadline=None)
@given(small(places=8, candidates=6))
def test_one_more_site_or_more_room_never_makes_it_worse(asked: Small) -> None:
    if asked.count < len(asked.room):
        asked = replace(asked, keep=[], forbidden=np.zeros(len(asked.room), dtype=bool))
        fewer, more = (least_total(asked.distance, asked.weight, asked.count + one) for one in (0, 1))
        assert more.certificate.value <= fewer.certificate.value + 1e-6
    before, after = (
        most_within_filled(asked.distance, asked.weight, asked.size, room, asked.radius, asked.count)
        for room in (asked.room, asked.room + 5)
    )
    assert after.certificate.value >= before.certificate.value - 1e-6
    tight, loose = (
        least_longest_filled(asked.distance, asked.size, room, asked.count).certificate.value
        for room in (asked.room, asked.room + 5)
    )
    assert loose <= tight


def test_a_search_that_is_stopped_says_what_it_has_not_proven() -> None:
    """A graph on which prices alone leave a gap, and no time for anything else."""
    drawn = np.random.default_rng(3)
    places = drawn.random((150, 2))
    distance = np.hypot(*(places[:, None] - places[None]).T)
    stopped = least_total(distance, np.ones(150), 7, seconds=0.0).certificate
    whole = least_total(distance, np.ones(150), 7).certificate
    assert stopped.proof is Proof.STOPPED and not stopped.best
    assert stopped.bound <= whole.value <= stopped.value and stopped.gap > 0
    assert whole.best and whole.value < stopped.value * (1 + 1e-9)


def test_the_same_seed_gives_the_same_sites() -> None:
    drawn = np.random.default_rng(5)
    distance, weight = drawn.integers(1, 99, (60, 30)).astype(float), drawn.integers(1, 9, 60).astype(float)
    one, two = (most_within(distance, weight, 12.0, 4, seed=9) for _ in range(2))
    assert one.sites.tolist() == two.sites.tolist() and one.serves.tolist() == two.serves.tolist()


def test_what_branching_leaves_of_a_covering_has_the_same_value_at_the_solver() -> None:
    drawn = np.random.default_rng(2)
    places = drawn.random((90, 2))
    distance = np.hypot(*(places[:, None] - places[None]).T)
    weight = drawn.integers(1, 101, 90).astype(float)
    value = weight.sum() - most_within(distance, weight, 0.09, 20).certificate.value
    rows = rows_of(np.where(distance <= 0.09, 0.0, weight[:, None]), weight)
    assert suits(rows, 20) and not suits(rows, 5) and not suits(rows_of(distance), 20)
    state = np.zeros(90, np.int8)
    found = closed(rows, state, 20, value + 1.0, 20.0, 500)
    assert found.chosen is not None and found.bound == pytest.approx(value)
    assert rows.cost[:, found.chosen.astype(bool)].min(axis=1).sum() == value
    # Nobody may be left out at all: then there is no such placement.
    assert closed(rows, state, 20, 0.0, 20.0, 500).bound == np.inf


def test_people_in_thousands_are_placed_in_the_time_given_with_a_bound_that_holds() -> None:
    drawn = np.random.default_rng(8)
    places = drawn.integers(0, 100, (80, 2)).astype(float)
    distance = np.floor(np.hypot(*(places[:, None] - places[None, :12]).T)).T
    people, room = drawn.integers(150, 4000, 80), np.full(12, 22_003)
    warm_siting()  # what is compiled at its first call would take the time that is given to the search
    placed = least_total_filled(distance, np.ones(80), people, room, 8, seconds=0.3)
    told = placed.certificate
    question = Question(Aim.TOTAL, distance.tolist(), [1.0] * 80, 8, size=people.tolist(), room=room.tolist())
    assert faults(question, placed.sites.tolist(), placed.serves.tolist(), told.value, told.bound) == []
    # Without rooms the least is less, and a bound that knew nothing of them would be no more than that.
    assert least_total(distance, np.ones(80), 8).certificate.value < told.bound <= told.value < np.inf


def test_people_who_fit_nowhere_are_told_and_not_placed() -> None:
    distance = np.array([[1.0, 4.0], [2.0, 3.0]])
    people, room = np.array([50, 80]), np.array([60, 60])
    nowhere = least_total_filled(distance, np.ones(2), people, room, 2)
    assert nowhere.certificate.value == np.inf and nowhere.serves[1] == -1
    worst = least_longest_filled(distance, people, room, 2)
    assert worst.certificate.value == worst.certificate.bound == np.inf
    some = most_within_filled(distance, people.astype(float), people, room, 5.0, 2)
    assert some.certificate.value == some.certificate.bound == 50


def test_where_rooms_bind_nobody_the_longest_way_is_that_without_them() -> None:
    drawn = np.random.default_rng(4)
    distance = drawn.integers(1, 99, (60, 20)).astype(float)
    size = drawn.integers(0, 9, 60)
    filled = least_longest_filled(distance, size, np.full(20, 1000), 4).certificate
    alone = least_longest(distance[size > 0], 4).certificate
    assert (filled.value, filled.bound, filled.searched) == (alone.value, alone.value, 1)


def test_a_shortest_longest_way_that_is_stopped_says_what_it_has_not_proven() -> None:
    drawn = np.random.default_rng(6)
    places = drawn.random((120, 2))
    distance = np.hypot(*(places[:, None] - places[None, :40]).T).T
    size, room = drawn.integers(1, 9, 120), np.full(40, 90)
    stopped = least_longest_filled(distance, size, room, 8, seconds=0.0)
    told = stopped.certificate
    question = Question(
        Aim.LONGEST, distance.tolist(), size.tolist(), 8, size=size.tolist(), room=room.tolist()
    )
    assert faults(question, stopped.sites.tolist(), stopped.serves.tolist(), told.value, told.bound) == []
    assert told.bound <= told.value and not told.best


def test_questions_without_an_answer_are_refused() -> None:
    distance = np.ones((3, 2))
    with pytest.raises(ValueError, match="kept and forbidden"):
        least_total(distance, np.ones(3), 1, keep=[0], forbidden=np.array([True, False]))
    with pytest.raises(ValueError, match="fewer allowed"):
        least_longest(distance, 2, forbidden=np.array([True, False]))
    with pytest.raises(ValueError, match="One weight"):
        most_within(distance, np.ones(2), 1.0, 1)
    with pytest.raises(ValueError, match="none negative"):
        least_total(-distance, np.ones(3), 1)
