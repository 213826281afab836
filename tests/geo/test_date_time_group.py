"""Date-time groups."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import date_time_group
from geo.date_time_group import DateTimeGroupError, parse

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "211430ZNOV26",
        "211430znov26",
        "21 1430Z NOV 26",
        "21 1430 Z NOV 26",
        " 211430ZNOV2026 ",
        "21143000ZNOV26",
    ],
)
def test_a_group_is_read_with_and_without_spaces(text):
    assert parse(text, NOW) == datetime(2026, 11, 21, 14, 30, tzinfo=UTC)


def test_what_is_read_is_in_utc():
    assert parse("211405BNOV26", NOW) == datetime(2026, 11, 21, 12, 5, tzinfo=UTC)
    assert parse("211405BNOV26", NOW).utcoffset() == timedelta()


@pytest.mark.parametrize(
    ("zone", "hours"),
    [("Z", 0), ("A", 1), ("B", 2), ("I", 9), ("K", 10), ("L", 11), ("M", 12), ("N", -1), ("Y", -12)],
)
def test_zone_letters_leave_out_j(zone, hours):
    noon = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert parse(f"201200{zone}NOV26", NOW) == noon - timedelta(hours=hours)


def test_zone_j_is_refused_and_asks_for_the_zone():
    with pytest.raises(DateTimeGroupError, match="time_zone_j"):
        parse("211430JNOV26", NOW)
    with pytest.raises(DateTimeGroupError, match="time_zone_j"):
        date_time_group.format(NOW, "J")


def test_without_a_year_it_is_the_nearest_past():
    assert parse("211430ZNOV", NOW).year == 2026
    assert parse("221430ZNOV", NOW).year == 2025
    assert parse("311200ZDEC", NOW).year == 2025


def test_a_clock_that_runs_fast_does_not_send_a_report_back_a_year():
    assert parse("211505ZNOV", NOW).year == 2026
    assert parse("211516ZNOV", NOW).year == 2025
    new_year = datetime(2026, 12, 31, 23, 55, tzinfo=UTC)
    assert parse("010003ZJAN", new_year) == datetime(2027, 1, 1, 0, 3, tzinfo=UTC)


def test_the_twenty_ninth_of_february_without_a_year_is_the_last_one():
    assert parse("291200ZFEB", NOW) == datetime(2024, 2, 29, 12, 0, tzinfo=UTC)
    assert parse("291200ZFEB", datetime(2103, 1, 1, tzinfo=UTC)).year == 2096


def test_two_figures_of_a_year_may_be_of_the_last_century():
    assert parse("011200ZJAN89", NOW).year == 1989
    assert parse("011200ZJAN46", NOW).year == 2046
    assert parse("011200ZJAN47", NOW).year == 1947


BAD = {
    "": "time_unread",
    "tomorrow": "time_unread",
    "211430NOV26": "time_zone_missing",
    "21 1430 NOV 26": "time_zone_missing",
    "211430Z": "time_month_missing",
    "211430": "time_month_missing",
    "212400ZNOV26": "time_hours",
    "211460ZNOV26": "time_minutes",
    "21143060ZNOV26": "time_minutes",
    "311430ZNOV26": "time_no_such_day",
    "001430ZNOV26": "time_no_such_day",
    "310000ZFEB": "time_no_such_day",
    "290000ZFEB26": "time_no_such_day",
    "211430ZXXX26": "time_unread",
    "211430ZNOV6": "time_unread",
    "2026-11-21T14:30Z": "time_unread",
    "\u0662\u06611430ZNOV26": "time_unread",
    "2" * 500: "time_unread",
}


@pytest.mark.parametrize(("text", "reason"), BAD.items())
def test_what_cannot_be_read_is_refused_with_a_code(text, reason):
    with pytest.raises(DateTimeGroupError) as refusal:
        parse(text, NOW)
    assert refusal.value.code == reason


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{6} ?[A-Z] ?(JAN|FEB|NOV)[0-9]{0,4}", fullmatch=True))
def test_whatever_is_sent_is_read_or_refused_and_never_breaks(text):
    try:
        read = parse(text, NOW)
    except DateTimeGroupError:
        return
    assert read.utcoffset() == timedelta()


def test_a_time_is_written_as_a_group_without_its_seconds():
    when = datetime(2026, 11, 21, 14, 30, 59, tzinfo=UTC)
    assert date_time_group.format(when) == "211430ZNOV26"
    assert date_time_group.format(when, "b") == "211630BNOV26"
    assert date_time_group.format(when.astimezone(timezone(timedelta(hours=5)))) == "211430ZNOV26"


@given(
    when=st.datetimes(datetime(1948, 1, 1), datetime(2046, 6, 1), timezones=st.just(UTC)),
    zone=st.sampled_from("ABCDEFGHIKLMNOPQRSTUVWXYZ"),
)
def test_what_is_written_in_any_zone_reads_back_to_the_minute(when, zone):
    minute = when.replace(second=0, microsecond=0)
    assert parse(date_time_group.format(when, zone), NOW) == minute


def test_times_without_a_zone_are_refused():
    naive = datetime(2026, 11, 21)
    for use in (
        lambda: parse("211430ZNOV26", naive),
        lambda: date_time_group.format(naive),
    ):
        with pytest.raises(ValueError, match="time zone"):
            use()
