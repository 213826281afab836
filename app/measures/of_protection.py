"""Measures that are counted from patrols, places and defenders' files."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.measures.models import Measure, Shape, Source

UNDER_WAY = _l("Patrols that have not come back yet.")
PATROL_HOURS = _l("All hours of patrols that set off in the period")


def hours(
    code: str, name: LazyString, definition: LazyString, numerator: LazyString, counted: str, value: str,
    also: tuple[str, ...] = (),
) -> Measure:  # fmt: skip
    """counted: which patrols add hours; value: how many hours of such a patrol are in the numerator."""
    return Measure(
        code, Source.PATROLS, Shape.SHARE, name, definition, numerator=numerator, denominator=PATROL_HOURS,
        excluded=UNDER_WAY, unit="hours", counted=counted, weight="hours", value=value, also=also,
    )  # fmt: skip


PATROLS = (
    hours("patrol_relevance", _l("Patrol hours where people must be protected"),
          _l("Hours of patrols that reached a stop in the area of an open threat of high risk, of all patrol hours. A "
             "number of patrols would measure activity."),
          _l("Hours of patrols with a stop in such an area"), "there", "hours"),
    hours("patrol_sites", _l("Patrol hours at sites to protect"),
          _l("Hours of patrols that halted at a site that must or should be protected, as the list of sites has them "
             "now, of all patrol hours."),
          _l("Hours of patrols that halted at such a site"), "at_site", "hours"),
    hours("patrol_night", _l("Night share of patrols"),
          _l("Patrol hours between 18 and 6 o’clock of the mission’s own time."), _l("Hours by night"), "night > 0",
          "night"),
    hours("patrol_overnight", _l("Overnight share of patrols"),
          _l("Hours of patrols that stayed out for twelve hours of the night or more (18 to 6 o’clock). A patrol that "
             "leaves at dusk protects nobody at night."),
          _l("Hours of patrols that stayed out overnight"), "night >= 12", "hours",
          also=("night > 0 AND night < 12",)),
    hours("patrol_long_range", _l("Long-range share of patrols"),
          _l("Hours of patrols that were out for longer than a day. What lies far from a base is reached by these "
             "alone."),
          _l("Hours of patrols that were out for longer than a day"), "hours > 24", "hours",
          also=("night >= 12 AND hours <= 24",)),
    hours("patrol_foot", _l("Foot share of patrols"), _l("Hours of patrols on foot."), _l("Hours on foot"),
          "mode = 'foot'", "hours"),
    Measure(
        "patrol_integrated", Source.PATROLS, Shape.SHARE, _l("Integrated share of patrols"),
        _l("Hours of patrols with police, civilians or a women’s team of two or more; by the report, else by the order."),
        numerator=_l("Hours of such patrols"),
        denominator=_l("Hours of patrols of which order or report tell who went along"),
        excluded=_l("Patrols that have not come back yet, and those of which nobody told who went along."), unit="hours",
        among="integrated IS NOT NULL", counted="integrated", weight="hours", value="hours",
    ),
)  # fmt: skip

PLACES = (
    Measure(
        "coverage", Source.PLACES, Shape.SHARE, _l("Coverage"),
        _l("People of places where protection must be given (in the area of an open threat of high risk) who have a base "
           "within reach, or had a patrol there in the last days (10 km, 7 days as seeded)."),
        numerator=_l("People of such places with a base or a patrol’s stop near"),
        denominator=_l("People of all such places"),
        excluded=_l("Places whose population is not known. It is counted now, and not for a period. Patrols count by the "
                    "stops that they reported as reached."),
        unit="people", counted="by_base OR by_patrol", weight="people", value="people",
    ),
)  # fmt: skip

NO_MEASURES = _l(
    "Not recorded: measures for a defender stand in the notes of his file and have no dates of their own yet."
)
DEFENDERS = (
    Measure(
        "overdue_reviews", Source.DEFENDERS, Shape.SHARE, _l("Overdue reviews of defenders"),
        _l("Files of defenders whose review was due before today."), numerator=_l("Files whose review is overdue"),
        denominator=_l("Open files of the viewer’s sectors and compartments"), excluded=_l("Closed files."),
        unit="files", counted="overdue",
    ),
    Measure(
        "time_to_first_assessment", Source.DEFENDERS, Shape.TIMES, _l("Time to a first risk assessment"),
        _l("From a defender’s registration to the first assessment of the risk."),
        numerator=_l("Hours from registration to the first assessment"),
        denominator=_l("Open files with an assessment"), excluded=_l("Closed files."), unit="hours",
        value="assessed_hours",
    ),
    Measure("defender_measures", Source.DEFENDERS, Shape.NOT_RECORDED, _l("Measures in force on time"), NO_MEASURES),
    Measure("first_measure", Source.DEFENDERS, Shape.NOT_RECORDED, _l("Time from request to first measure"),
            NO_MEASURES),
)  # fmt: skip
