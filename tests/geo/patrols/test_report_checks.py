"""Each check finds what it is for, and keeps silent one step on this side of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geo import grid_reference
from geo.patrols import report_checks as checks
from geo.patrols.report_checks import Fix, Visit

NOON = datetime(2026, 11, 20, 10, tzinfo=UTC)  # noon at 30° E
BUNIA = (30.25, 1.5667)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def visit(name: str, arrived: float | None, departed: float | None, lon: float = 30.25) -> Visit:
    times = (None if m is None else after(m) for m in (arrived, departed))
    return Visit(name, lon, 1.5, *times)


def track(*minutes_and_lons: tuple[float, float]) -> list[Fix]:
    return [Fix(after(m), lon, 1.5) for m, lon in minutes_and_lons]


def codes(found: object) -> list[str]:
    return [f.code for f in found]  # type: ignore[attr-defined]


def test_times_that_run_backwards_or_lie_ahead_are_refused() -> None:
    good = [visit("A", 10, 20), visit("B", 40, 40)]
    assert list(checks.in_order(after(0), good, after(60), after(60))) == []
    left_first = list(checks.in_order(after(0), [visit("A", 20, 10)], after(60), after(60)))
    assert codes(left_first) == ["order"] and left_first[0].refused and left_first[0].where == "A"
    assert codes(checks.in_order(after(0), good[::-1], after(60), after(60))) == ["order"]
    assert codes(checks.in_order(after(0), good, after(60), after(20))) == ["future"] * 3


@given(st.lists(st.integers(-600, 0), min_size=4, max_size=4))
def test_only_sorted_times_pass(minutes: list[int]) -> None:
    start, arrived, departed, end = minutes
    found = list(checks.in_order(after(start), [visit("A", arrived, departed)], after(end), after(0)))
    assert (found == []) == (minutes == sorted(minutes))


def test_speed_is_flagged_by_what_the_patrol_moves_on() -> None:
    # 0.1° of longitude at 1.5° N is 11.12 km: in 6 minutes 111 km/h, in 5 minutes 133.
    assert codes(checks.speeds("vehicle", track((0, 30.0), (6, 30.1)), [])) == []
    fast = list(checks.speeds("vehicle", track((0, 30.0), (5, 30.1)), []))
    assert codes(fast) == ["too_fast"] and fast[0].number == 133 and not fast[0].refused
    assert codes(checks.speeds("foot", track((0, 30.0), (80, 30.1)), [])) == ["too_fast"]
    assert codes(checks.speeds("foot", track((0, 30.0), (90, 30.1)), [])) == []
    legs = [visit("A", 0, 10, 30.0), visit("B", 15, 20, 30.1)]
    assert [(f.code, f.where) for f in checks.speeds("vehicle", [], legs)] == [("too_fast_leg", "B")]


def test_a_jump_of_the_receiver_within_seconds_is_no_speed() -> None:
    jump = [Fix(NOON, 30.0, 1.5), Fix(NOON + timedelta(seconds=2), 30.001, 1.5)]
    assert codes(checks.speeds("vehicle", jump, [])) == []


def test_the_longest_silence_of_the_track_is_told_once() -> None:
    assert codes(checks.gaps(track((0, 30), (30, 30)), after(0), after(60))) == []
    found = list(checks.gaps(track((5, 30), (40, 30)), after(0), after(90)))
    assert [(f.code, f.number, f.at) for f in found] == [("gap", 50, after(40))]
    assert codes(checks.gaps([], after(0), after(31))) == ["gap"]


def test_what_lies_outside_the_area_is_counted_and_named() -> None:
    area = box(30, 1, 30.2, 2)
    found = list(checks.outside(track((0, 30.1), (9, 30.3), (20, 30.4)), [visit("B", 9, 9, 30.3)], area))
    assert [(f.code, f.number, f.where) for f in found] == [("outside", 2, ""), ("stop_outside", None, "B")]
    assert list(checks.outside(track((0, 99)), [], None)) == []


def test_a_grid_and_a_position_for_the_same_place_must_agree() -> None:
    cell = grid_reference.parse("36NSG939733")
    same = checks.grids_disagree("A", cell.centre, cell.precision_m, 30.24965, 1.56653)
    assert same == []
    apart = checks.grids_disagree("A", cell.centre, cell.precision_m, 30.26, 1.5667)
    assert codes(apart) == ["grid"] and 1_000 < (apart[0].number or 0) < 1_300


def test_the_sun_says_whether_it_was_day() -> None:
    by_day, by_night = track((0, 30), (60, 30)), track((720, 30), (780, 30))
    assert codes(checks.light("day", by_day, [])) == []
    assert codes(checks.light("day", [*by_day, *by_night], [])) == ["not_day"]
    assert codes(checks.light("night", by_night, [])) == []
    assert codes(checks.light("night", by_day, [])) == ["not_night"]
    assert codes(checks.light("both", by_day, [])) == ["not_both"]
    assert codes(checks.light("both", [], [])) == []


def test_the_same_row_twice_is_found() -> None:
    rows = [("armed_group", NOON), ("armed_group", NOON), ("drone", NOON)]
    assert [(f.where, f.number) for f in checks.twice("observations", rows)] == [("observations", 1)]
    assert list(checks.twice("observations", rows[1:])) == []
