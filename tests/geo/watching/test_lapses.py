"""Lapses: bands, dwell, hysteresis, error radius, lateness."""

from __future__ import annotations

import pytest

from geo.watching.lapses import Bands, Known, Lapse, Reading, begin, in_order, judge, lapses

MINUTE = 60.0
FENCE = Bands(red=0.0, clear=-100.0, amber=-50.0, dwell=10 * MINUTE, recover=5 * MINUTE)
NOW = 30 * 60.0


def track(*values: float, error: float = 10.0, step: float = MINUTE, start: float = 0.0) -> list[Reading]:
    """One fix a minute; each value is metres into the area."""
    return [Reading(start + n * step, v - error, v + error) for n, v in enumerate(values)]


def test_what_holds_for_long_enough_is_amber_then_red_then_over() -> None:
    told = track(*[-30] * 12, *[40] * 12, *[-300] * 7)
    (found,) = lapses(told, FENCE)
    assert (found.opened_at, found.amber_at) == (0.0, 10 * MINUTE)
    assert found.red_at == (12 + 10) * MINUTE
    assert found.cleared_at == (24 + 5) * MINUTE
    assert found.value == 30.0


def test_a_short_visit_is_no_lapse() -> None:
    assert lapses(track(*[-300] * 3, *[40] * 9, *[-300] * 3), FENCE) == []


def test_on_the_edge_nothing_begins_and_nothing_ends() -> None:
    on_the_edge = track(*[0] * 60, error=150.0)
    assert lapses(on_the_edge, FENCE) == []
    open_one = Lapse(opened_at=-600.0, value=1.0, red_at=-60.0)
    assert lapses(on_the_edge, FENCE, open_one) == [open_one]


def test_one_stray_fix_outside_does_not_end_it_and_one_uncertain_fix_does_not_start_the_wait_anew() -> None:
    inside_with_a_doubt = [
        *track(*[40] * 6),
        Reading(6 * MINUTE, -500.0, 500.0),
        *track(*[40] * 6, start=7 * MINUTE),
    ]
    (found,) = lapses(inside_with_a_doubt, FENCE)
    assert found.red_at == 10 * MINUTE
    (still,) = lapses(
        [*track(*[40] * 12), *track(-400, start=12 * MINUTE), *track(40, start=13 * MINUTE)], FENCE
    )
    assert still.open


def test_what_was_inside_when_first_seen_has_not_entered() -> None:
    entering = Bands(red=0.0, clear=-50.0, crossing=True)
    assert lapses(track(*[40] * 5), entering) == []
    (found,) = lapses(track(40, 40, -90, 40), entering)
    assert found.opened_at == 3 * MINUTE


def test_a_patrol_that_is_back_is_no_longer_watched() -> None:
    (found,) = lapses(track(*[40] * 20), FENCE, ended=15 * MINUTE)
    assert found.cleared_at == 15 * MINUTE


def test_bands_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="order"):
        Bands(red=0.0, clear=10.0)


def test_a_lapse_that_is_over_when_it_is_told_pages_nobody() -> None:
    told = track(*[40] * 20, *[-300] * 10)
    (change,) = judge(told, FENCE, [], now=NOW, page_within=1800.0)
    assert change.lapse and change.lapse.red_at and change.lapse.cleared_at and not change.page


def test_what_came_hours_late_is_recorded_and_pages_nobody_until_a_fresh_fix_says_that_it_is_so_still() -> (
    None
):
    told = track(*[40] * 20)
    hours_later = 5 * 3600.0
    (change,) = judge(told, FENCE, [], now=hours_later, page_within=1800.0)
    assert change.id is None and change.lapse and not change.page
    known = [Known(1, change.lapse)]
    fresh = [*told, Reading(hours_later - 60.0, 20.0, 60.0)]
    (second,) = judge(fresh, FENCE, known, now=hours_later, page_within=1800.0)
    assert (second.id, second.page) == (1, True)
    assert judge(fresh, FENCE, [Known(1, change.lapse, paged=True)], hours_later, 1800.0) == []


def test_a_late_point_that_shows_that_it_never_was_takes_the_lapse_back() -> None:
    sparse = [Reading(0.0, 30, 50), Reading(11 * MINUTE, 30, 50)]
    (first,) = judge(sparse, FENCE, [], now=11 * MINUTE, page_within=1800.0)
    assert first.lapse
    outside_between = [*sparse, Reading(5 * MINUTE, -400, -380)]
    (second,) = judge(outside_between, FENCE, [Known(7, first.lapse, paged=True)], 12 * MINUTE, 1800.0)
    assert (second.id, second.lapse, second.page) == (7, None, False)


def test_readings_are_asked_for_from_before_what_makes_a_known_lapse_begin() -> None:
    known = [Known(1, Lapse(opened_at=7_000.0, value=1.0, red_at=7_500.0, cleared_at=9_000.0))]
    assert begin(9_500.0, known, FENCE) == 7_000.0 - FENCE.reach


def test_of_two_fixes_of_one_moment_the_first_told_stands() -> None:
    assert in_order([Reading(2, 0, 0), Reading(1, 5, 5), Reading(2, 9, 9)]) == [
        Reading(1, 5, 5),
        Reading(2, 0, 0),
    ]
