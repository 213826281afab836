"""Positions as people write them: whatever the notation, the same place is read."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coordinates import CoordinatesError, looks_like, parse

# 15 seconds and whole hundredths of minutes: exact in each notation.
lats = st.integers(-90 * 3600, 90 * 3600)
lons = st.integers(-180 * 3600, 180 * 3600)


def parts(seconds: int) -> tuple[int, int, int]:
    whole = abs(seconds)
    return whole // 3600, whole // 60 % 60, whole % 60


def dms(seconds: int, letters: str) -> str:
    d, m, s = parts(seconds)
    return f"{d}°{m:02d}'{s:02d}\"{letters[seconds < 0]}"


def spaced(seconds: int, letters: str) -> str:
    d, m, s = parts(seconds)
    return f"{letters[seconds < 0]} {d} {m} {s}"


def minutes(seconds: int, letters: str) -> str:
    d, m, s = parts(seconds)
    return f"{d}° {m + s / 60:.4f}' {letters[seconds < 0]}"


def packed(seconds: int, letters: str) -> str:
    d, m, s = parts(seconds)
    width = 2 if letters == "NS" else 3
    return f"{d:0{width}d}{m:02d}{s:02d}{letters[seconds < 0]}"


def dashed(seconds: int, letters: str) -> str:
    d, m, s = parts(seconds)
    return f"{d}-{m:02d}-{s:02d}{letters[seconds < 0]}"


def iso(seconds: int, letters: str) -> str:
    return f"{'-' if seconds < 0 else '+'}{packed(seconds, letters)[:-1]}"


NOTATIONS = (dms, spaced, minutes, packed, dashed)


@given(lats, lons, st.sampled_from(NOTATIONS), st.sampled_from([" ", ", ", "; ", " / "]), st.booleans())
def test_every_notation_with_hemispheres_reads_the_same_place_in_either_order(
    lat: int, lon: int, write: object, between: str, lon_first: bool
) -> None:
    both = [write(lat, "NS"), write(lon, "EW")]  # type: ignore[operator]
    read = parse(between.join(reversed(both) if lon_first else both))
    assert math.isclose(read.lat, lat / 3600, abs_tol=1e-6)
    assert math.isclose(read.lon, lon / 3600, abs_tol=1e-6)


@given(st.floats(-90, 90), st.floats(-180, 180), st.integers(0, 7), st.sampled_from([", ", " ", ";", "/"]))
def test_decimal_degrees_are_read_latitude_first_and_no_surer_than_their_figures(
    lat: float, lon: float, places: int, between: str
) -> None:
    written = f"{lat:.{places}f}{between}{lon:.{places}f}"
    read = parse(written)
    assert read.lat == float(f"{lat:.{places}f}")
    assert read.lon == float(f"{lon:.{places}f}")
    # The place that was meant lies within what the figures tell.
    north = (read.lat - lat) * 111_320
    east = (read.lon - lon) * 111_320 * math.cos(math.radians(lat))
    assert math.hypot(north, east) <= read.metres * 1.1 + 0.1


@given(st.integers(-9_000_000, 9_000_000), st.integers(-18_000_000, 18_000_000))
def test_decimal_commas_are_decimal_points(lat: int, lon: int) -> None:
    written = f"{lat / 1e5:.5f} {lon / 1e5:.5f}"
    assert parse(written.replace(".", ",")) == parse(written)


@given(lats, lons)
def test_iso_6709_is_read(lat: int, lon: int) -> None:
    read = parse(f"{iso(lat, 'NS')}{iso(lon, 'EW')}/")
    assert math.isclose(read.lat, lat / 3600, abs_tol=1e-6)
    assert math.isclose(read.lon, lon / 3600, abs_tol=1e-6)


@given(st.text(max_size=80))
def test_nothing_that_is_written_breaks_the_reader_or_lies_off_the_globe(written: str) -> None:
    looks_like(written)
    try:
        read = parse(written)
    except CoordinatesError:
        return
    assert -90 <= read.lat <= 90 and -180 <= read.lon <= 180 and read.metres >= 0


@given(st.text(alphabet="0123456789.,;/+-°'\" NSEW", max_size=40))
def test_no_jumble_of_figures_breaks_the_reader(written: str) -> None:
    try:
        read = parse(written)
    except CoordinatesError:
        return
    assert math.isfinite(read.lat) and abs(read.lat) <= 90 and abs(read.lon) <= 180


@pytest.mark.parametrize(
    "written",
    [
        "", "Bambari", "4.25", "4.25 18.5 3", "91, 10", "10, 181", "4N 5N", "4E 5W", "4°61'N 18°0'E",
        "4.5°30'N 18°E", "-4N 18E", "4N 18", "1" * 70, "4, 25 18, 51",
    ],
)  # fmt: skip
def test_what_names_no_place_is_refused_with_a_code(written: str) -> None:
    with pytest.raises(CoordinatesError) as refused:
        parse(written)
    assert refused.value.code.startswith("position_")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("4.25, 18.5", True), ("4°15'N 18°E", True), ("Bria", False), ("12", False), ("HAWK 21", False)],
)
def test_only_what_holds_nothing_but_figures_and_their_signs_looks_like_a_position(
    written: str, meant: bool
) -> None:
    assert looks_like(written) is meant
