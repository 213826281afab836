"""Times and places in the mission's words: date-time groups, ages, grid references; languages and direction."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask, g
from flask_babel import Babel, format_decimal, get_locale, ngettext
from flask_babel import gettext as _

from geo import date_time_group, grid_reference

# Each in its own words: who needs one may not read the others.
LANGUAGES = {"en": "English", "fr": "Français", "ar": "العربية", "es": "Español", "sw": "Kiswahili"}
# In minutes.
HOUR, DAY = 60, 24 * 60
CATALOGUES = Path(__file__).parent / "translations"
babel = Babel()


def offered() -> list[tuple[str, str]]:
    """(code, name) of the languages that Vigil speaks: English, and those whose compiled catalogue is there."""
    return [(code, name) for code, name in LANGUAGES.items() if code == "en" or catalogued(CATALOGUES, code)]


@cache
def catalogued(catalogues: Path, language: str) -> bool:
    return (catalogues / language / "LC_MESSAGES" / "messages.mo").is_file()


def dtg(when: datetime | None) -> str:
    return date_time_group.format(when) if when else _("not known")


def age(when: datetime | None) -> str:
    """How long ago, in the words of a person; a time to come reads 'in 5 min'."""
    if when is None:
        return _("not known")
    seconds = (datetime.now(UTC) - when).total_seconds()
    text = span(abs(seconds))
    return _("in %(span)s", span=text) if seconds < -30 else _("%(span)s ago", span=text)


def span(seconds: float) -> str:
    whole = int(seconds // 60)
    if whole < 1:
        return _("less than a minute")
    if whole < 120:
        return ngettext("%(num)d min", "%(num)d min", whole)
    return hours(whole // 60) if whole < 48 * 60 else days(whole // (24 * 60))


def minutes(count: int) -> str:
    return str(ngettext("%(num)d minute", "%(num)d minutes", count))


def hours(count: int) -> str:
    return str(ngettext("%(num)d hour", "%(num)d hours", count))


def days(count: int) -> str:
    return str(ngettext("%(num)d day", "%(num)d days", count))


def lasting(count: int) -> str:
    """So many minutes as people say them, and exactly: 45 minutes, 4 hours, 7 days. Days from two on."""
    if count >= 2 * DAY and count % DAY == 0:
        return days(count // DAY)
    if count < 2 * HOUR and count != HOUR:
        return minutes(count)
    if count % HOUR == 0:
        return hours(count // HOUR)
    return _("%(hours)s %(minutes)s", hours=hours(count // HOUR), minutes=minutes(count % HOUR))


def number(value: float) -> str:
    """1,234 with the separators of the language; what isn't whole with one digit more."""
    return str(format_decimal(value, format="#,##0.#"))


def share(part: float | None, whole: float = 1) -> str:
    """72 %; a dash where nobody knows. Never 100 % while something is missing, never 0 % while there is something."""
    if part is None or not whole:
        return "–"
    exact = 100 * part / whole
    if round(exact) in (0, 100) and 0 < part < whole:
        return f"{format_decimal(min(max(exact, 0.1), 99.9), format='0.0')} %"
    return f"{format_decimal(round(exact))} %"


def local_time(when: datetime | None) -> str:
    if when is None:
        return _("not known")
    return when.astimezone(ZoneInfo(g.get("time_zone", "UTC"))).strftime("%d %b %Y %H:%M")


def grid(lon: float, lat: float, digits: int = 5) -> str:
    """MGRS of a point; `digits` of easting and northing each, so that no more is said than is known."""
    try:
        return grid_reference.format_point(lon, lat, digits)
    except ValueError:
        return f"{lat:.5f}, {lon:.5f}"


def apart(metres: float) -> str:
    """How far two points lie from each other: 340 m, 1.2 km."""
    if metres < 1000:
        return _("%(metres)s m", metres=number(round(metres)))
    return _("%(km)s km", km=number(round(metres / 1000, 1)))


def choose_language() -> str:
    signed_in = g.get("signed_in")
    return signed_in.language if signed_in and signed_in.language in dict(offered()) else "en"


def register(app: Flask) -> None:
    babel.init_app(app, locale_selector=choose_language)
    app.jinja_env.filters.update(
        dtg=dtg, age=age, span=span, lasting=lasting, local_time=local_time, number=number, share=share
    )
    app.jinja_env.globals["grid"] = grid

    @app.context_processor
    def language() -> dict[str, str]:
        locale = get_locale()
        return {
            "locale_language": locale.language if locale else "en",
            "locale_direction": locale.text_direction if locale else "ltr",
        }
