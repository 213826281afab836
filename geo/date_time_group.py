"""Date-time groups, DDHHMMZMONYY: 211430ZNOV26 is 21 November 2026, 14:30 UTC.

The letter is the time zone (ACP 121): Z is UTC, A to M without J are +1 to +12 hours, N to Y −1 to −12. J
means "the observer's own time": nobody else can know which, so it is refused and the sender asked.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

from geo.refused import Refused

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
ZONE_HOURS: dict[str, int] = (
    {"Z": 0}
    | {letter: hours for hours, letter in enumerate("ABCDEFGHIKLM", start=1)}
    | {letter: -hours for hours, letter in enumerate("NOPQRSTUVWXY", start=1)}
)

# A group without a year means the nearest past. Without this grace a report whose clock runs a minute ahead
# would be filed a year ago and its warning lost.
CLOCK_GRACE = timedelta(minutes=15)
# A two-digit year is the one that lies at most this far ahead: '89' is 1989 for old records, '27' is 2027.
_YEARS_AHEAD = 20

_GROUP = re.compile(
    r"([0-9]{2}) ?([0-9]{2})([0-9]{2})([0-9]{2})? ?([A-Z]) ?("
    + "|".join(MONTHS)
    + r") ?((?:19|20)?[0-9]{2})?"
)
_WITHOUT_ZONE = re.compile(r"[0-9]{2} ?[0-9]{4}(?:[0-9]{2})? ?(?:" + "|".join(MONTHS) + r") ?[0-9]*")
_WITHOUT_MONTH = re.compile(r"[0-9]{2} ?[0-9]{4}(?:[0-9]{2})? ?[A-Z]?")


class DateTimeGroupError(Refused):
    """A date-time group that cannot be read or written; the code says why."""


def parse(text: str, now: datetime) -> datetime:
    """The instant (UTC, aware) that a group names; upper or lower case, spaces and seconds allowed.

    now: the aware time of reading. A group without a year is the nearest such time in the past (at most
        15 minutes ahead of `now`, for clocks that run fast).

    Raises:
        DateTimeGroupError: with the code of what is wrong.
        ValueError: `now` is not aware.
    """
    if now.utcoffset() is None:
        raise ValueError("now must carry a time zone")
    upper = " ".join(text.upper().split()) if isinstance(text, str) and len(text) <= 40 else ""
    found = _GROUP.fullmatch(upper)
    if found is None:
        raise DateTimeGroupError(_why_unread(upper))
    day, hour, minute = int(found[1]), int(found[2]), int(found[3])
    second = int(found[4] or 0)
    if hour > 23:
        raise DateTimeGroupError("time_hours")
    if minute > 59 or second > 59:
        raise DateTimeGroupError("time_minutes")
    zone = timezone(timedelta(hours=_hours(found[5])))
    month = MONTHS.index(found[6]) + 1
    if found[7] is None:
        return _nearest_past(now, month, day, (hour, minute, second), zone)
    moment = _moment(_year(found[7], now), month, day, (hour, minute, second), zone)
    if moment is None:
        raise DateTimeGroupError("time_no_such_day")
    return moment


def format(when: datetime, zone: str = "Z") -> str:
    """A group such as '211430ZNOV26' for an aware time; seconds are cut off, not rounded.

    Raises:
        DateTimeGroupError: an unknown zone letter, or J.
        ValueError: `when` is not aware.
    """
    local = _local(when, zone)
    return f"{local:%d%H%M}{zone.upper()}{MONTHS[local.month - 1]}{local.year % 100:02d}"


def _local(when: datetime, zone: str) -> datetime:
    if when.utcoffset() is None:
        raise ValueError("the time must carry a time zone")
    return when.astimezone(timezone(timedelta(hours=_hours(zone.upper()))))


def _hours(zone: str) -> int:
    if zone == "J":
        raise DateTimeGroupError("time_zone_j")
    if zone not in ZONE_HOURS:
        raise DateTimeGroupError("time_zone_letter")
    return ZONE_HOURS[zone]


def _year(written: str, now: datetime) -> int:
    if len(written) == 4:
        return int(written)
    latest = now.astimezone(UTC).year + _YEARS_AHEAD
    return latest - (latest - int(written)) % 100


def _moment(year: int, month: int, day: int, clock: tuple[int, int, int], zone: timezone) -> datetime | None:
    try:
        return datetime(year, month, day, *clock, tzinfo=zone).astimezone(UTC)
    except ValueError:
        return None


def _nearest_past(
    now: datetime, month: int, day: int, clock: tuple[int, int, int], zone: timezone
) -> datetime:
    this_year = now.astimezone(zone).year
    # From next year (near New Year the grace may reach it) back over a whole leap cycle, 1900's gap included.
    for year in range(this_year + 1, this_year - 9, -1):
        moment = _moment(year, month, day, clock, zone)
        if moment is not None and moment <= now + CLOCK_GRACE:
            return moment
    raise DateTimeGroupError("time_no_such_day")


def _why_unread(upper: str) -> str:
    if _WITHOUT_ZONE.fullmatch(upper):
        return "time_zone_missing"
    if _WITHOUT_MONTH.fullmatch(upper):
        return "time_month_missing"
    return "time_unread"
