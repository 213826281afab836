"""How long without, how long in one place, how many within a period; and many fixes against many fences."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from geo.watching.fences import Fences, Track, into_fences
from geo.watching.lapses import Bands, lapses
from geo.watching.measures import Event, Fix, counted, gatherings, silence, stillness

HOUR = 3600.0
TWO_DAYS = Bands(red=48 * HOUR, amber=24 * HOUR, clear=24 * HOUR)


def test_silence_is_amber_and_red_at_the_very_hour_and_over_with_the_next_visit() -> None:
    (found,) = lapses(silence([60 * HOUR], 0.0, 70 * HOUR, TWO_DAYS), TWO_DAYS)
    assert (found.amber_at, found.red_at, found.cleared_at) == (24 * HOUR, 48 * HOUR, 60 * HOUR)


@given(st.lists(st.floats(1, 1e6), max_size=12), st.floats(1, 1e6))
def test_silence_never_lasts_longer_than_the_widest_gap(heard: list[float], until: float) -> None:
    times = [0.0, *sorted(t for t in heard if t <= until), until]
    widest = max(b - a for a, b in pairwise(times))
    readings = list(silence(sorted(heard), 0.0, until, TWO_DAYS))
    assert max(r.high for r in readings) <= widest + 1e-6
    assert bool(lapses(readings, TWO_DAYS)) == (widest >= 24 * HOUR)


def fixes(*metres: float, error: float = 10.0) -> list[Fix]:
    return [Fix(n * 600.0, x, 0.0, error, 0.5, 0.5) for n, x in enumerate(metres)]


def test_who_wanders_about_one_place_stands_still_and_who_drifts_away_does_not() -> None:
    bands = Bands(red=HOUR, clear=HOUR)
    assert lapses(stillness(fixes(0, 40, -40, 20, 0, 30, -10, 5), within=200), bands)
    drifting = fixes(*range(0, 1200, 100))
    assert lapses(stillness(drifting, within=200), bands) == []


def test_a_bad_signal_alone_moves_nobody() -> None:
    assert lapses(stillness(fixes(0, 400, 0, 400, 0, 400, 0, 400, error=300.0), 200), Bands(HOUR, HOUR))


def test_events_count_until_they_pass_out_of_the_period() -> None:
    three = Bands(red=3, clear=3)
    (found,) = lapses(counted([0.0, 10.0, 20.0], 100.0, 500.0), three)
    assert (found.red_at, found.cleared_at) == (20.0, 100.0)


def event(number: int, at: float, x: float = 0.0) -> Event:
    return Event(number, at, x, 0.0, 0.5, 0.5)


def test_a_gathering_begins_with_the_event_that_makes_it_many_and_its_neighbours_begin_none() -> None:
    events = [
        event(1, 0.0),
        event(2, 50.0, 900.0),
        event(3, 60.0, -500.0),
        event(4, 70.0, 100.0),
        event(5, 80.0, 90_000.0),
    ]
    (found,) = gatherings(events, within=1000.0, period=100.0, enough=3)
    assert found.centre.id == 4 and found.times == [0.0, 50.0, 60.0, 70.0]
    assert gatherings(events, 1000.0, 30.0, 4) == []


def test_a_centre_of_before_stays_the_centre() -> None:
    events = [event(1, 0.0), event(2, 10.0, 500.0), event(3, 20.0, 700.0)]
    (found,) = gatherings(events, 1000.0, 100.0, 2, centres=[2])
    assert found.centre.id == 2


@given(
    st.lists(
        st.tuples(st.floats(-0.5, 1.5), st.floats(-0.5, 1.5), st.floats(1, 500)), min_size=1, max_size=20
    )
)
def test_inside_and_outside_are_only_said_when_they_are_sure(fixed: list[tuple[float, float, float]]) -> None:
    area = box(0, 0, 1, 1)
    lon, lat, error = (np.array(column) for column in zip(*fixed, strict=True))
    track = Track(np.arange(len(lon), dtype=float), lon, lat, error)
    for fence, which, readings in into_fences(Fences([area, box(5, 5, 6, 6)]), [track], 1000.0):
        assert (fence, which, len(readings)) == (0, 0, len(fixed))
        for reading, (x, y, radius) in zip(readings, fixed, strict=True):
            sure = 111_500 * min(x, 1 - x, y, 1 - y)  # degrees of this latitude, in metres, from above
            if reading.low >= 0:
                assert 0 <= x <= 1 and 0 <= y <= 1 and sure >= radius * 0.98
            if reading.high < 0:
                assert not (0 < x < 1 and 0 < y < 1)
