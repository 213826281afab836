"""How high the sun stands, and so whether it is night somewhere.

Source: J. Meeus, *Astronomical Algorithms* (2nd ed., 1998), chapters 25 (solar coordinates, low accuracy, 0.01°), 13
(equatorial to horizontal coordinates) and 12 (sidereal time). Refraction is left out: at the limit of night it moves the
sun by less than a tenth of a degree, some 25 seconds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from math import asin, atan2, cos, degrees, radians, sin

_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
# Civil twilight: above it one sees the road without lamps.
NIGHT_BELOW = -6.0


def sun_altitude(at: datetime, lon: float, lat: float) -> float:
    """The altitude of the sun's centre over the horizon in degrees, below it negative, for an aware time.

    lon, lat: degrees. Raises ValueError for a time without its zone.
    """
    days = _days(at)
    ascension, declination = _equatorial(days)
    # Greenwich mean sidereal time (Meeus 12.4, without the terms in T² and T³: under a second in a century).
    hour_angle = radians(280.46061837 + 360.98564736629 * days + lon) - ascension
    phi = radians(lat)
    return degrees(asin(sin(phi) * sin(declination) + cos(phi) * cos(declination) * cos(hour_angle)))


def is_night(at: datetime, lon: float, lat: float) -> bool:
    """Whether the sun stands below civil twilight there and then."""
    return sun_altitude(at, lon, lat) < NIGHT_BELOW


def declination(at: datetime) -> float:
    """The sun's apparent declination in degrees."""
    return degrees(_equatorial(_days(at))[1])


def _days(at: datetime) -> float:
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return (at - _J2000).total_seconds() / 86_400


def _equatorial(days: float) -> tuple[float, float]:
    """Apparent right ascension and declination in radians, from days since J2000 (Meeus 25.2 to 25.8)."""
    t = days / 36_525
    mean_longitude = 280.46646 + t * (36_000.76983 + t * 0.0003032)
    anomaly = radians(357.52911 + t * (35_999.05029 - t * 0.0001537))
    centre = (
        (1.914602 - t * (0.004817 + t * 0.000014)) * sin(anomaly)
        + (0.019993 - t * 0.000101) * sin(2 * anomaly)
        + 0.000289 * sin(3 * anomaly)
    )
    node = radians(125.04 - 1_934.136 * t)
    longitude = radians(mean_longitude + centre - 0.00569 - 0.00478 * sin(node))
    tilt = radians(23.439291 - 0.0130042 * t + 0.00256 * cos(node))
    return atan2(cos(tilt) * sin(longitude), cos(longitude)), asin(sin(tilt) * sin(longitude))
