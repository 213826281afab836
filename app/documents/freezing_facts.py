"""What a report says of each alert: who answered, when, why not; and the clocks that ran out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from flask_babel import gettext as _

from app.alerts.models import BY_RULE, HandedTo, NonResponseReason, ResponseKind
from app.alerts.models import StepKind as K
from app.alerts.wording import AUTHORITIES, CLOCKS, KINDS, NON_RESPONSES, OUTCOMES, RESPONSES
from app.documents.accountability_report_brief import AlertFacts, AnsweredBy, ClockBreach
from app.documents.freezing_records import CLOCK_FIELDS, FIELDS, Record
from app.grading import Verification
from app.ladders.wording import POSTS
from app.permissions import role_words

#: Steps by which the mission itself did something for the people concerned.
OWN_ACTS = (K.TASKED, K.DEPARTED, K.ARRIVED, K.OUTCOME)
#: Whom an alert was handed to → who answered it; all others are partners.
HANDED: dict[str, AnsweredBy] = {HandedTo.STATE: "state"}


def responses(record: Record) -> set[str]:
    """The kinds of response that were ordered; where nothing was ordered yet, those decided."""
    ordered = {step.details.get("response") for step in record.of(K.TASKED)} - {None}
    return ordered or {step.details.get("response") for step in record.of(K.DECIDED)} - {None}


def answered_by(record: Record, now: datetime) -> AnsweredBy:
    """Who answered. A decision alone is no answer; undecided past its clock is nobody, before it still open."""
    handed, kinds = record.last(K.HANDED_OVER), responses(record)
    own = bool(record.of(*OWN_ACTS)) and kinds != {ResponseKind.STATE_FORCES_ONLY}
    if handed is not None:
        to = HANDED.get(handed.details.get("to", ""), "partner")
        if not own:
            return to
        return "joint" if to == "state" else "mission"
    if own:
        return "joint" if ResponseKind.JOINT_PATROL in kinds else "mission"
    if record.of(*OWN_ACTS):
        return "state"
    decided = record.last(K.DECIDED, K.DECLINED)
    if decided is not None and decided.kind == K.DECLINED:
        return "nobody"
    if record.of(K.IMMEDIATE_ACTION):
        return "mission"
    if decided is None and record.ran_out("decide", now):
        return "nobody"
    return "open"


def decision_words(record: Record) -> str | None:
    decided = record.last(K.DECIDED, K.DECLINED)
    if decided is None and record.alert.leader_id is not None:
        return _("With alert %(id)s, which tells of the same event", id=record.alert.leader_id)
    if decided is None:
        return _("Immediate action; no decision on record") if record.of(K.IMMEDIATE_ACTION) else None
    details = decided.details
    if decided.kind == K.DECLINED:
        authority = AUTHORITIES.get(details.get("authority", ""))
        return "; ".join([_("Not to respond"), *([str(authority)] if authority else [])])
    words = [str(codes[details[key]]) for key, codes in (("response", RESPONSES), ("authority", AUTHORITIES))
             if details.get(key) in codes]  # fmt: skip
    return "; ".join(words) or _("To respond")


def counts_as(alert: Any) -> Literal["told", "rule", "merged"]:
    if alert.leader_id is not None:
        return "merged"
    return "rule" if alert.channel in BY_RULE else "told"


def facts(record: Record, sector: str | None, now: datetime) -> AlertFacts:
    alert = record.alert
    decided = record.last(K.DECIDED, K.DECLINED)
    declined = decided if decided is not None and decided.kind == K.DECLINED else None
    approved = record.last(K.NON_RESPONSE_APPROVED)
    if approved is not None and (declined is None or approved.id < declined.id):
        approved = None
    code = declined.details.get("reason") if declined is not None else None
    ended = record.last(K.OUTCOME)
    outcome = (
        str(OUTCOMES[ended.details["outcome"]])
        if ended and ended.details.get("outcome") in OUTCOMES
        else None
    )
    set_aside = code == NonResponseReason.DUPLICATE and approved is not None
    return AlertFacts(
        serial=_("Alert %(id)s", id=alert.id),
        kind=str(KINDS[alert.kind]),
        priority=alert.priority,
        raised_at=alert.received_at,
        answered_by=answered_by(record, now),
        sector=sector,
        counts_as=counts_as(alert),
        # What tells of the same event as another alert is answered with that one.
        actionable=alert.verification != Verification.UNFOUNDED and not set_aside and alert.leader_id is None,
        handed_over=bool(record.of(K.HANDED_OVER)),
        feedback_expected=alert.source_contactable,
        late=record.late(now),
        decision=decision_words(record),
        non_response_reason=str(NON_RESPONSES[code]) if code in NON_RESPONSES else None,
        non_response_approver=role_words(approved.by_role) if approved else None,
        outcome=outcome,
        **{name: record.minutes_to(name) for name in FIELDS},
    )


def breaches(records: Iterable[Record]) -> tuple[ClockBreach, ...]:
    """Every clock that ran out and passed its alert on, in the order of the alerts; not what was passed on in time."""
    found = []
    for record in records:
        for step in record.of(K.ESCALATED):
            name, due = step.details.get("clock"), step.details.get("due_at")
            if name not in CLOCK_FIELDS:
                continue
            first = record.clocks.get(name)
            due_at = datetime.fromisoformat(due) if due else first.due_at if first else step.at
            early = step.details.get("passed_on") or step.details.get("unreached")
            if early and step.at < due_at:
                continue
            higher = step.details.get("to")
            found.append(
                ClockBreach(
                    alert_serial=_("Alert %(id)s", id=record.alert.id),
                    step=str(CLOCKS[name]),
                    limit_minutes=round(record.since_t0(due_at)),
                    actual_minutes=record.minutes_to(CLOCK_FIELDS[name]),
                    escalated_to=str(POSTS[higher]) if higher in POSTS else None,
                )
            )
    return tuple(found)
