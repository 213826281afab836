"""The sun's altitude against published values and against what must hold anywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.sun import declination, is_night, sun_altitude


def test_the_declination_is_that_of_the_worked_example() -> None:
    # Meeus, example 25.a: 1992 October 13, 0h TD: δ = −7.78507°. UTC was 59 s behind, in which the sun moves 0.0003°.
    assert declination(datetime(1992, 10, 13, tzinfo=UTC)) == pytest.approx(-7.78507, abs=0.001)


def test_the_sun_stands_highest_when_the_equation_of_time_says() -> None:
    # Meeus, example 28.b: on 13 October 1992 the equation of time is +13 min 42.6 s, so at Greenwich the sun crosses the
    # meridian at 11:46:17; there its altitude at latitude 50° is 40° + δ.
    noon = datetime(1992, 10, 13, 11, 46, 17, tzinfo=UTC)
    assert sun_altitude(noon, 0, 50) == pytest.approx(40 + declination(noon), abs=0.002)
    for minutes in (-20, 20):
        assert sun_altitude(noon + timedelta(minutes=minutes), 0, 50) < sun_altitude(noon, 0, 50)


def test_midnight_in_bunia_is_night_and_noon_is_not() -> None:
    # 30.25° E is two hours and a minute before Greenwich.
    assert is_night(datetime(2026, 11, 21, 22, tzinfo=UTC), 30.25, 1.5667)
    assert not is_night(datetime(2026, 11, 21, 10, tzinfo=UTC), 30.25, 1.5667)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)),
    st.floats(-180, 180), st.floats(-90, 90),
)  # fmt: skip
def test_on_the_other_side_of_the_earth_the_sun_stands_as_far_below(
    at: datetime, lon: float, lat: float
) -> None:
    when = at.replace(tzinfo=UTC)
    assert sun_altitude(when, lon, lat) == pytest.approx(-sun_altitude(when, lon + 180, -lat), abs=1e-6)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        sun_altitude(datetime(2026, 1, 1), 0, 0)
