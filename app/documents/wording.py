"""How values are put into words in documents: one spelling for page, PDF and DOCX.

Date-time groups follow the NATO form DDHHMMZMONYY. Nothing here depends on the reader's locale: the same
brief must give the same bytes whoever asks for it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from flask_babel import gettext as _

from geo import date_time_group

#: English abbreviations: date-time groups use them in every language.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: Control characters that no format can carry (XML 1.0 forbids most), and the bidirectional overrides
#: with which a text could show itself, or the words after it, in another order than they were written.
_UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def in_utc(at: datetime) -> datetime:
    """`at` in UTC; ValueError where it has no zone."""
    if at.tzinfo is None:
        raise ValueError("a time in a brief needs its zone")
    return at.astimezone(UTC)


def printable(text: str) -> str:
    """`text` with line ends as \\n, tabs as spaces, and each unprintable character as U+FFFD."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def dtg(at: datetime) -> str:
    """Date-time group in Zulu, as spoken on the radio: 211430ZNOV26."""
    return date_time_group.format(in_utc(at))


def day(at: datetime) -> str:
    """21 Nov 2026."""
    at = in_utc(at)
    return f"{at.day:02d} {MONTHS[at.month - 1]} {at.year}"


def dtg_and_local(at: datetime, offset_minutes: int) -> str:
    """211205ZNOV26 (14:05 local, 21 Nov 2026); the local part falls away where local time is UTC."""
    if offset_minutes == 0:
        return f"{dtg(at)} ({day(at)})"
    local = in_utc(at).astimezone(timezone(timedelta(minutes=offset_minutes)))
    date = f"{local.day:02d} {MONTHS[local.month - 1]} {local.year}"
    return _("%(dtg)s (%(time)s local, %(date)s)", dtg=dtg(at), time=f"{local:%H:%M}", date=date)


def whole(value: int) -> str:
    """6,170."""
    return f"{value:,}"


def minutes(value: float | None) -> str:
    """Minutes from t0 as a bare number for a dense column; a dash where there is no time."""
    return "–" if value is None else f"{round(value):,}"


def duration(value: float | None) -> str:
    """23 min, 1 h 04 min, 3 d 2 h; "not known" where there is none. Negative: the same with "before"."""
    if value is None:
        return _("not known")
    total = round(abs(value))
    if total < 60:
        text = f"{total} min"
    elif total < 48 * 60:
        text = f"{total // 60} h {total % 60:02d} min"
    else:
        text = f"{total // 1440} d {total % 1440 // 60} h"
    return text if value >= 0 else _("%(span)s before", span=text)


def kilometres(value: float | None) -> str:
    """0.4 km below ten, 64 km above; "not known" where there is none."""
    if value is None:
        return _("not known")
    return f"{value:.1f} km" if value < 10 else f"{round(value):,} km"


def percent(part: int, whole_count: int) -> str:
    """72 %. Never 100 % while one is missing, never 0 % while there is one: then one decimal more."""
    share = 100 * part / whole_count
    text = f"{share:.0f}"
    if text in {"0", "100"} and 0 < part < whole_count:
        # 999 of 1,000 rounds to 99.9; 1 of 100,000 still must not read as nothing.
        text = f"{min(max(share, 0.1), 99.9):.1f}"
    return f"{text} %"


def low_best_high(low: int | None, best: int | None, high: int | None) -> str:
    """12 (10–15); 12 where the bounds agree; "at least 10" or "at most 15" where that is all."""
    if best is None:
        if low is not None and high is not None:
            return f"{low:,}–{high:,}"
        if low is not None:
            return _("at least %(n)s", n=whole(low))
        return _("not known") if high is None else _("at most %(n)s", n=whole(high))
    bounds = ((low if low is not None else best), (high if high is not None else best))
    return whole(best) if bounds == (best, best) else f"{best:,} ({bounds[0]:,}–{bounds[1]:,})"


def coordinates(lon: float, lat: float, uncertainty_m: float | None) -> str:
    """Latitude and longitude with no more decimals than the place deserves (5 decimals are about 1 m)."""
    places = 5 if uncertainty_m is not None and uncertainty_m <= 20 else 4
    for limit, fewer in ((100, 3), (1_000, 2), (10_000, 1)):
        if uncertainty_m is not None and uncertainty_m > limit:
            places = fewer
    north, east = ("N" if lat >= 0 else "S"), ("E" if lon >= 0 else "W")
    return f"{abs(lat):.{places}f}° {north}, {abs(lon):.{places}f}° {east}"


def known(text: str | None) -> str:
    """The text, or "Not known": an empty field would look like calm."""
    return text.strip() if text and text.strip() else _("Not known")
