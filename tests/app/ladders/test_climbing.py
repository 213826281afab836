"""The ladder as arithmetic: whatever it is made of, every turn has one that follows or an end, and no telephone rings in
the quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.ladders.climbing import Ladder, Rung, Then, Turn, Way, next_due

POSTS = ("duty_officer", "sector", "force_headquarters", "head_of_mission")
ZONES = ("UTC", "Africa/Kinshasa", "Asia/Kathmandu", "America/St_Johns")
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
MINUTES = st.integers(0, 1439)
RUNGS = st.lists(
    st.builds(Rung, st.sampled_from(POSTS), st.integers(1, 600), st.frozensets(st.sampled_from(Way))),
    min_size=1,
    max_size=6,
)
LADDERS = st.builds(
    lambda rungs, then: Ladder(tuple(rungs), then), RUNGS, st.sampled_from(Then)
)  # fmt: skip


@given(LADDERS)
def test_every_rung_is_climbed_once_from_below(ladder: Ladder) -> None:
    turn, seen = Turn(0, 0), [0]
    while (after := ladder.after(turn)) is not None and after.again == 0:
        seen.append(after.rung)
        turn = after
    assert seen == list(range(len(ladder.rungs)))


@given(LADDERS, st.integers(0, 50))
def test_at_the_top_it_stays_or_is_told_again_for_ever(ladder: Ladder, times: int) -> None:
    top = len(ladder.rungs) - 1
    turn: Turn | None = Turn(top, 0)
    for n in range(1, times + 1):
        assert turn is not None
        turn = ladder.after(turn)
        if ladder.then is Then.STAY:
            assert turn is None
            return
        assert turn == Turn(top, n)


@given(LADDERS, st.integers(0, 20))
def test_a_ladder_that_was_shortened_still_has_a_rung_for_whoever_stood_higher(
    ladder: Ladder, rung: int
) -> None:
    assert ladder.rung(rung) in ladder.rungs
    after = ladder.after(Turn(rung, 0))
    assert after is None or ladder.rung(after.rung) in ladder.rungs


@given(LADDERS, st.sets(st.sampled_from(POSTS)), st.sampled_from(POSTS))
def test_it_begins_at_the_first_from_the_owner_up_of_those_it_is_for_and_with_none_at_the_owner(
    ladder: Ladder, posts: set[str], owner: str
) -> None:
    start = ladder.from_owner(owner)
    begun = ladder.first_at(posts, start)
    assert start <= begun < len(ladder.rungs)
    assert not any(rung.post in posts for rung in ladder.rungs[start:begun])
    assert ladder.rungs[begun].post in posts or begun == start


@given(MOMENTS, MINUTES, MINUTES, st.sampled_from(ZONES))
def test_no_telephone_rings_in_the_quiet_hours_and_none_waits_longer_than_they_last(
    moment: datetime, start: int, end: int, zone: str
) -> None:
    ladder = Ladder((Rung("sector", 5, frozenset(Way)),), Then.STAY, start, end)
    rings = ladder.may_ring_from(moment, zone)
    assert moment <= rings <= moment + timedelta(hours=25)  # one hour more where the clocks are put back
    local = rings.astimezone(ZoneInfo(zone))
    into = (local.hour * 60 + local.minute - start) % 1440
    assert start == end or into >= (end - start) % 1440
    before = moment.astimezone(ZoneInfo(zone))
    quiet = (before.hour * 60 + before.minute - start) % 1440 < (end - start) % 1440
    assert (rings > moment) == (quiet and start != end)


@given(MOMENTS, MINUTES, st.sampled_from(ZONES))
def test_without_quiet_hours_it_rings_at_once(moment: datetime, minutes: int, zone: str) -> None:
    assert Ladder((Rung("sector", 5, frozenset(Way)),), Then.STAY).may_ring_from(moment, zone) == moment


@given(MOMENTS, st.integers(0, 100_000), st.integers(1, 600))
def test_what_ran_out_on_time_does_not_drift_and_what_was_found_late_gets_its_whole_time(
    due: datetime, late: int, minutes: int
) -> None:
    now, on_time = due + timedelta(seconds=late), timedelta(seconds=5)
    ends = next_due(due, now, minutes, on_time)
    assert ends == (due if late <= 5 else now) + timedelta(minutes=minutes)
    assert ends - now >= timedelta(minutes=minutes) - on_time
