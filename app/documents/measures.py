"""How response is measured: rates with their numerators and denominators, medians with what is missing.

Every rule of counting of the report stands here in code and in `how_counted()`, which the document prints. The page of
measures counts in SQL (migrations/sql/0017_measures.sql) by the same rules, and a test holds the two against each other.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.documents.accountability_report_brief import AlertFacts
from app.documents.parts import Figure
from app.documents.wording import duration, percent

#: Answered by the mission itself, and by anybody at all: two rates that must never be mixed.
BY_MISSION = frozenset({"mission", "joint"})
BY_ANYBODY = frozenset({"mission", "joint", "state", "partner", "community"})


@dataclass(frozen=True)
class Spread:
    """Times of one step over many alerts, in words: counted, missing, late, median, 90th percentile."""

    step: str
    field: str
    counted: int
    missing: int
    late: int
    median_text: str
    p90_text: str


def told(alerts: Sequence[AlertFacts]) -> list[AlertFacts]:
    """Those that somebody told of: of these alone are the rates and times."""
    return [alert for alert in alerts if alert.counts_as == "told"]


def seen_by_rules(alerts: Sequence[AlertFacts]) -> list[AlertFacts]:
    return [alert for alert in alerts if alert.counts_as == "rule"]


def share(label: str, part: Sequence[AlertFacts], whole: Sequence[AlertFacts], of_what: str) -> Figure:
    """A percentage that cannot be printed without its two counts; "none" where there is nothing to share."""
    if not whole:
        return Figure(label, _("none"), 0, 0, of_what)
    return Figure(label, percent(len(part), len(whole)), len(part), len(whole), of_what)


def nearest_rank(values: Sequence[float], quantile: float) -> float:
    """The smallest observed value with at least that share at or below it (Hyndman & Fan 1996, type 1).

    Always a time that really occurred. ValueError for no values.
    """
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(math.ceil(quantile * len(values)), 1) - 1]


def _everybody(alert: AlertFacts) -> bool:
    return True


#: Step → whose time is due: a step that nobody had to take is not missing.
_DUE: dict[str, Callable[[AlertFacts], bool]] = {
    "acknowledged": _everybody,
    "verified": _everybody,
    "decided": _everybody,
    "approved": lambda alert: alert.non_response_reason is not None,
    "tasked": lambda alert: alert.answered_by in BY_MISSION,
    "departed": lambda alert: alert.tasked is not None,
    "arrived": lambda alert: alert.tasked is not None,
    "outcome_recorded": lambda alert: alert.answered_by in BY_ANYBODY,
    "feedback": lambda alert: alert.feedback_expected,
}


def step_labels() -> dict[str, str]:
    """Field of an alert → the step in words, in the order of the chain."""
    return {
        "acknowledged": _("Acknowledge"),
        "verified": _("Verify"),
        "decided": _("Decide"),
        "approved": _("Approve"),
        "tasked": _("Task"),
        "departed": _("Depart"),
        "arrived": _("Arrive"),
        "outcome_recorded": _("Outcome"),
        "feedback": _("Feedback"),
    }


def spread(alerts: Sequence[AlertFacts], field: str) -> Spread:
    """Median and 90th percentile from t0 of one step, over alerts that were not handed over."""
    own = [alert for alert in alerts if not alert.handed_over]
    times = [value for alert in own if (value := getattr(alert, field)) is not None]
    missing = sum(1 for alert in own if getattr(alert, field) is None and _DUE[field](alert))
    return Spread(
        step=step_labels()[field],
        field=field,
        counted=len(times),
        missing=missing,
        late=sum(1 for alert in own if field in alert.late),
        median_text=duration(statistics.median(times)) if times else "–",
        p90_text=duration(nearest_rank(times, 0.9)) if times else "–",
    )


def response_rates(alerts: Sequence[AlertFacts]) -> tuple[Figure, Figure]:
    """Any actor's and the mission's own response rate, both over actionable alerts."""
    actionable = [alert for alert in alerts if alert.actionable]
    anybody = [alert for alert in actionable if alert.answered_by in BY_ANYBODY]
    mission = [alert for alert in actionable if alert.answered_by in BY_MISSION]
    of_what = _("actionable alerts")
    return (
        share(_("Response, any actor"), anybody, actionable, of_what),
        share(_("Response, mission"), mission, actionable, of_what),
    )


def justified_non_response(alerts: Sequence[AlertFacts]) -> Figure:
    """Non-responses that carry both a reason and an approver, of all non-responses."""
    declined = [alert for alert in alerts if alert.actionable and alert.answered_by == "nobody"]
    justified = [a for a in declined if a.non_response_reason and a.non_response_approver]
    return share(_("Justified non-response"), justified, declined, _("non-responses"))


def feedback_rate(alerts: Sequence[AlertFacts], limit_hours: int) -> Figure:
    """Sources told within the limit, of alerts whose source can be reached."""
    reachable = [alert for alert in alerts if alert.feedback_expected]
    told = [a for a in reachable if a.feedback is not None and a.feedback <= limit_hours * 60]
    label = _("Feedback within %(hours)s h", hours=limit_hours)
    return share(label, told, reachable, _("alerts with a source that can be reached"))


def how_counted() -> tuple[str, ...]:
    """How the figures are counted, as printed on the document."""
    return (
        _("t0 is the moment at which the warning was received. All times are minutes from t0."),
        _(
            "Response, any actor: actionable alerts answered by the mission, jointly, by the State, by a "
            "partner or by the community. An order, a departure, an outcome or an immediate action on record "
            "is an answer; a decision alone is not. Response, mission: answered by the mission, alone or "
            "jointly. Both are divided by all actionable alerts, those still open at the data cut-off included."
        ),
        _(
            "Actionable are all alerts but those that verification found to be unfounded and those whose setting "
            "aside as a duplicate somebody else approved."
        ),
        _(
            "What rules of the mission saw was told by nobody: it stands in no rate and no time but its own two. An "
            "alert merged into another is counted with that one. Both are in the list of alerts, by week and by sector."
        ),
        _(
            "Medians and 90th percentiles leave out alerts handed over. The 90th percentile is the smallest "
            "observed time with at least nine tenths of the times at or below it. Missing: the step was due "
            "and no time is on record at the data cut-off."
        ),
        _(
            "A non-response is an actionable alert that nobody answered. It is justified when a coded reason "
            "and an approver are both on record."
        ),
    )
