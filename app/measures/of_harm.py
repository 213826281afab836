"""Measures that are counted from verified incidents: what happened unwarned, and to how many."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.measures.models import Measure, Shape, Source

CLOSE = _l("Attacks that are not verified, known to a place only beyond some 25 km, or not to the day.")


def victims(code: str, name: object, definition: object, value: str, unit: str = "people") -> Measure:
    return Measure(
        code, Source.VICTIMS, Shape.TOTAL, name, definition, numerator=name,  # type: ignore[arg-type]
        denominator=_l("None: a count"), excluded=_l("Incidents that are not verified."), unit=unit, value=value,
    )  # fmt: skip


MEASURES = (
    Measure(
        "false_negatives", Source.ATTACKS, Shape.SHARE, _l("Attacks that nobody warned of"),
        _l("Verified attacks before which nobody warned near by, in the distance and days of the standing procedures "
           "(25 km, 7 days as seeded). An alert of a rule is nobody’s warning. It warns of blind spots."),
        numerator=_l("Verified attacks without such an alert before"), denominator=_l("Verified attacks"), excluded=CLOSE,
        unit="attacks", counted="lead_hours IS NULL",
    ),
    Measure(
        "lead_time", Source.ATTACKS, Shape.TIMES, _l("Warning lead time"),
        _l("From the first alert near by that somebody told of to the attack; what rules raised is left out."),
        numerator=_l("Hours from the first alert to the attack"),
        denominator=_l("Verified attacks with an alert before"), excluded=CLOSE, unit="hours", value="lead_hours",
    ),
    victims("killed", _l("Killed"), _l("People killed in verified incidents, by the best estimate."), "killed"),
    victims("injured", _l("Injured"), _l("People injured in verified incidents, where a number is recorded."), "injured"),
    victims("abducted", _l("Abducted"), _l("People abducted in verified incidents, where a number is recorded."),
            "abducted"),
    victims("crsv", _l("Conflict-related sexual violence"),
            _l("Verified incidents of sexual violence. Survivors are not counted: their number is not recorded here."),
            "crsv", "incidents"),
)  # fmt: skip
