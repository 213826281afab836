"""Words of measures: divisions, cells, values."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.alerts import wording as alert_words
from app.documents.wording import duration
from app.incidents import wording as incident_words
from app.measures.models import Figure, Measure, Shape, Source
from app.measures.queries import NOT_KNOWN
from app.patrols import wording as patrol_words
from app.words import number, share

DIVISIONS: dict[str, LazyString] = {
    "sector": _l("Sector"), "unit": _l("Unit"), "kind": _l("Kind"), "priority": _l("Priority"),
    "channel": _l("Channel"), "actor": _l("Perpetrator"), "area": _l("Area"), "mode": _l("How patrols went"),
}  # fmt: skip
UNITS: dict[str, LazyString] = {
    "alerts": _l("alerts"), "minutes": _l("minutes"), "hours": _l("hours"), "people": _l("people"),
    "attacks": _l("attacks"), "incidents": _l("incidents"), "files": _l("files"),
}  # fmt: skip
ANSWERED: dict[str, LazyString] = {
    "mission": _l("The mission"), "joint": _l("The mission with the State"), "state": _l("The State"),
    "partner": _l("A partner"), "community": _l("The community"), "nobody": _l("Nobody"),
    "open": _l("Still open within its clock"),
}  # fmt: skip


def cell_words(measure: Measure, by: str, key: str | None, sectors: dict[str, str]) -> str:
    """What a cell is called. A code without words stands as it is."""
    if key == NOT_KNOWN:
        return _("none on record") if by == "unit" else _("not known")
    code = key or ""
    if by == "sector":
        return sectors.get(code, code)
    kinds = alert_words.KINDS if measure.source in (Source.ALERTS, Source.RULES) else incident_words.KINDS
    words = {"kind": kinds, "channel": alert_words.CHANNELS, "mode": patrol_words.MODES}.get(by, {})
    return str(words.get(code, code))


def part_words(measure: Measure, part: str) -> str:
    words = ANSWERED if measure.column == "answered_by" else alert_words.OUTCOMES
    return str(words.get(part, part))


def value_words(measure: Measure, figure: Figure) -> str:
    """The figure itself: a percentage, a time, a number; a dash where there is nothing to tell of."""
    if measure.shape is Shape.TOTAL:
        return number(figure.numerator)
    if measure.shape is Shape.PARTS:
        return number(figure.among)
    if measure.shape is Shape.SHARE:
        return share(figure.share)
    return "–" if figure.median is None else time_words(measure, figure.median)


def time_words(measure: Measure, value: float) -> str:
    return duration(value * 60 if measure.unit == "hours" else value)
