"""Measures counted from alerts. t0 is when the warning was received; the period is that in which it was raised."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.alerts.models import Outcome
from app.measures.models import Measure, Shape, Source

ACTIONABLE = _l(
    "Unfounded alerts, duplicates whose setting aside somebody else approved, and what rules raised: that is "
    "counted by itself."
)
ACTIONABLE_ALERTS = _l("Actionable alerts, those still open included")
#: What an outcome says of whether somebody was there before it was over.
IN_TIME = ("threat_averted", "attack_interrupted", "harm_mitigated", "civilians_evacuated", "perpetrators_arrested",
           "harm_occurred")  # fmt: skip
HELPED = "outcome IN (" + ", ".join(f"'{o}'" for o in IN_TIME) + ")"
RESPONDERS = ("mission", "joint", "state", "partner", "community", "nobody", "open")
BY_MISSION = "answered_by IN ('mission', 'joint')"
BY_OTHERS = "answered_by IN ('state', 'partner', 'community')"
BY_ANYBODY = "answered_by IN ('mission', 'joint', 'state', 'partner', 'community')"


def one(code: str, shape: Shape, name: object, definition: object, **rest: object) -> Measure:
    return Measure(code, Source.ALERTS, shape, name, definition, **rest)  # type: ignore[arg-type]


def time(code: str, name: object, definition: object, value: str, due: str, due_words: object) -> Measure:
    return one(
        code, Shape.TIMES, name, definition, numerator=_l("Minutes from when the warning was received"),
        denominator=due_words, excluded=_l("Alerts handed over to the State or a partner, and those that rules raised."),
        unit="minutes",
        among="NOT handed_over", value=value, due=due,
    )  # fmt: skip


MEASURES = (
    one(
        "actionable", Shape.SHARE, _l("Actionable alerts"),
        _l("How many of the alerts that people told of could be acted on."),
        numerator=_l("Actionable alerts"), denominator=_l("Alerts that somebody told of"),
        excluded=_l("Alerts that rules raised."),
        counted="actionable",
    ),
    one(
        "response_any", Shape.SHARE, _l("Response rate, any actor"),
        _l("Alerts that the State, authorities, partners, the community or the mission answered. An order, a departure, "
           "an outcome or an immediate action is an answer; a decision alone is none."),
        numerator=_l("Actionable alerts that anybody answered"), denominator=ACTIONABLE_ALERTS, excluded=ACTIONABLE,
        among="actionable", counted=BY_ANYBODY,
    ),
    one(
        "response_mission", Shape.SHARE, _l("Response rate, mission"),
        _l("Alerts that the mission answered, alone or jointly with the State. Never to be compared with the rate of any "
           "actor."),
        numerator=_l("Actionable alerts that the mission answered"), denominator=ACTIONABLE_ALERTS,
        excluded=ACTIONABLE, among="actionable", counted=BY_MISSION, also=(f"actionable AND {BY_OTHERS}",),
    ),
    one(
        "responders", Shape.PARTS, _l("Response by responder"), _l("Who answered, of all actionable alerts."),
        numerator=_l("Actionable alerts by who answered"), denominator=ACTIONABLE_ALERTS, excluded=ACTIONABLE,
        among="actionable", column="answered_by", parts=RESPONDERS,
    ),
    time("time_to_acknowledge", _l("Time to acknowledge"), _l("Until a duty officer took the alert."), "acknowledged",
         "true", _l("Alerts with an acknowledgement on record")),
    time("time_to_decide", _l("Time to decide"), _l("Until a response was decided, or declined with a reason."),
         "decided", "true", _l("Alerts with a decision on record")),
    time("time_to_depart", _l("Time to depart"), _l("Until the first unit that was sent departed."), "departed",
         "tasked", _l("Alerts with a departure on record")),
    time("time_to_arrive", _l("Time to arrive"), _l("Until the first unit that was sent arrived."), "arrived",
         "tasked", _l("Alerts with an arrival on record")),
    one(
        "on_time_arrival", Shape.SHARE, _l("Arrival in time"),
        _l("Units that arrived before or during the event, as the recorded outcome says: averted, interrupted, "
           "mitigated, evacuated, arrested, or harm despite the response."),
        numerator=_l("Of these, those with an arrival and such an outcome"),
        denominator=_l("Alerts for which somebody set out, with an outcome on record"),
        excluded=_l("False alarms, alerts without an outcome, and those that rules raised."),
        among="physical AND outcome IS NOT NULL AND outcome <> 'false_alarm'",
        counted=f"arrived IS NOT NULL AND {HELPED}",
        also=("outcome IS NOT NULL AND NOT (physical AND outcome <> 'false_alarm')", f"arrived IS NULL AND {HELPED}"),
    ),
    one(
        "outcomes", Shape.PARTS, _l("Outcomes"), _l("What came of the alerts that were answered."),
        numerator=_l("Alerts by outcome"), denominator=_l("Alerts with an outcome on record"),
        excluded=_l("Alerts without an outcome, and those that rules raised."), among="outcome IS NOT NULL",
        column="outcome",
        parts=tuple(o.value for o in Outcome),
    ),
    one(
        "justified_non_response", Shape.SHARE, _l("Justified non-response"),
        _l("Alerts that nobody answered and for which a coded reason and an approver are both on record. Nothing under "
           "100 % is in order: the rest died quietly."),
        numerator=_l("Non-responses with reason and approver"),
        denominator=_l("Actionable alerts that nobody answered: declined, or undecided past the clock"),
        excluded=_l("Alerts still open within their clock, and those that rules raised."),
        among="actionable AND answered_by = 'nobody'",
        counted="justified", also=("actionable AND answered_by = 'open'",),
    ),
    one(
        "feedback", Shape.SHARE, _l("Feedback in time"),
        _l(
            "Sources that were told what was done, within the hours of the standing procedures (72 unless the mission "
            "changed it)."
        ),
        numerator=_l("Alerts whose source was told in time"), denominator=_l("Alerts whose source can be reached"),
        excluded=_l("Alerts whose source can’t be reached, and those that rules raised: they have none."),
        among="reachable",
        counted="feedback <= :feedback_minutes",
    ),
)  # fmt: skip

BY_RULES = (
    Measure(
        "rules_response", Source.RULES, Shape.SHARE, _l("Response to what rules saw, mission"),
        _l("Of the alerts that a rule raised (a missed check-in among them) and that could be acted on, those that the "
           "mission answered. Nobody told of them, so they stand in no other figure of response."),
        numerator=_l("Actionable alerts of rules that the mission answered"),
        denominator=_l("Actionable alerts that rules raised, those still open included"),
        excluded=_l("Unfounded alerts, duplicates whose setting aside somebody else approved, and what people told of."),
        among="actionable", counted=BY_MISSION,
    ),
    Measure(
        "rules_time_to_decide", Source.RULES, Shape.TIMES, _l("Time to decide on what rules saw"),
        _l("From when the rule raised the alert until a response was decided, or declined with a reason."),
        numerator=_l("Minutes from when the rule raised it"), denominator=_l("Such alerts with a decision on record"),
        excluded=_l("Alerts handed over to the State or a partner, and what people told of."), unit="minutes",
        among="NOT handed_over", value="decided",
    ),
)  # fmt: skip

_NOT_RECORDED = _l("Not recorded: alerts carry a source’s code and nothing of the person. What is not known of sources "
                   "is said here, not guessed.")  # fmt: skip
OF_SOURCES = tuple(
    one(code, Shape.NOT_RECORDED, name, _NOT_RECORDED)
    for code, name in (
        ("women_sources", _l("Women among the sources")),
        ("youth_sources", _l("Youth among the sources")),
        ("minority_sources", _l("Minorities among the sources")),
    )
)
