"""An alert's chain as an incident report tells it: steps with their clocks, the decision, what is still to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from app.alerts.models import AlertClock, AlertStep, Clock, StepKind
from app.alerts.queries import Chain
from app.alerts.wording import (
    AUTHORITIES,
    CLOCKS,
    HAND_OVERS,
    NON_RESPONSES,
    OUTCOMES,
    RESPONSES,
    STEPS,
    VERIFICATIONS,
)  # fmt: skip
from app.documents.incident_report_brief import ChainStep, FollowUp
from app.documents.wording import dtg
from app.ladders.wording import POSTS
from app.permissions import role_words

#: The step that stops a clock, and whether its time stands among the figures at the top.
CLOCK_OF = {
    StepKind.ACKNOWLEDGED: Clock.ACKNOWLEDGE, StepKind.VERIFIED: Clock.VERIFY, StepKind.DECIDED: Clock.DECIDE,
    StepKind.DECLINED: Clock.DECIDE, StepKind.NON_RESPONSE_APPROVED: Clock.APPROVE,
    StepKind.NON_RESPONSE_REFUSED: Clock.APPROVE, StepKind.FEEDBACK: Clock.FEEDBACK,
}  # fmt: skip
AT_THE_TOP = (StepKind.ACKNOWLEDGED, StepKind.ARRIVED)
#: Codes in a step's details and the words for them; anything else in there is no matter of a report.
IN_WORDS = (
    ("verification", VERIFICATIONS), ("response", RESPONSES), ("authority", AUTHORITIES),
    ("reason", NON_RESPONSES), ("outcome", OUTCOMES), ("to", POSTS | HAND_OVERS),
)  # fmt: skip


@dataclass(frozen=True)
class Response:
    """What the chain says about the answer; each None where nothing is on record."""

    decision: str | None = None
    non_response_reason: str | None = None
    non_response_approver: str | None = None
    outcome: str | None = None
    feedback: str | None = None
    lesson: str | None = None


def note_of(step: AlertStep, notes: bool = True) -> str | None:
    """The codes of a step in words, and with `notes` what the officer wrote."""
    details = step.details or {}
    words = [str(codes[details[key]]) for key, codes in IN_WORDS if details.get(key) in codes]
    if "told" in details:
        words.append(_("told") if details["told"] else _("could not be told"))
    if step.note and notes:
        words.append(step.note)
    return "; ".join(words) or None


def first_clocks(clocks: Iterable[AlertClock]) -> dict[str, AlertClock]:
    """Each clock as it ran first, at the lowest echelon: a step is late by that one."""
    found: dict[str, AlertClock] = {}
    for clock in sorted(clocks, key=lambda c: c.id):
        found.setdefault(clock.clock, clock)
    return found


def steps_of(chain: Chain, notes: bool = True) -> tuple[ChainStep, ...]:
    """All steps in order, then those that were due and are not on record."""
    first, t0 = first_clocks(chain.clocks), chain.alert.received_at
    limits = {name: round((c.due_at - t0).total_seconds() / 60) for name, c in first.items()}
    seen: set[str] = set()
    found = []
    for step in chain.steps:
        fresh = step.kind not in seen
        seen.add(step.kind)
        clock = CLOCK_OF.get(StepKind(step.kind))
        found.append(
            ChainStep(
                step=str(STEPS[step.kind]),
                at=step.at,
                role=role_words(step.by_role),
                note=note_of(step, notes),
                limit_minutes=limits.get(clock) if clock and fresh else None,
                headline=fresh and step.kind in AT_THE_TOP,
            )
        )
    return (*found, *(ChainStep(str(STEPS[kind])) for kind in missing(chain, seen)))


def missing(chain: Chain, seen: set[str]) -> list[StepKind]:
    due = [StepKind.ACKNOWLEDGED, StepKind.VERIFIED]
    if StepKind.DECLINED not in seen:
        due += [StepKind.DECIDED, StepKind.OUTCOME]
    elif chain.alert.decision == "not_respond" and not chain.approved:
        due.append(StepKind.NON_RESPONSE_APPROVED)
    if chain.source_contactable:
        due.append(StepKind.FEEDBACK)
    return [kind for kind in (*due, StepKind.CLOSED) if kind not in seen]


def last(chain: Chain, *kinds: StepKind) -> AlertStep | None:
    return next((step for step in reversed(chain.steps) if step.kind in kinds), None)


def response_of(chain: Chain, notes: bool = True) -> Response:
    alert = chain.alert
    decided = last(chain, StepKind.DECIDED, StepKind.DECLINED)
    decision = reason = approver = None
    if alert.decision == "respond" and decided is not None:
        decision = _("Respond: %(note)s", note=note_of(decided, notes) or "")
    elif alert.decision == "not_respond" and decided is not None:
        code = decided.details.get("reason", "other")
        decision, reason = _("Not to respond"), str(NON_RESPONSES[code])
        if decided.note and notes:
            reason = f"{reason}: {decided.note}"
        approval = last(chain, StepKind.NON_RESPONSE_APPROVED)
        approver = role_words(approval.by_role) if chain.approved and approval else _("nobody yet")
    outcome, closed = last(chain, StepKind.OUTCOME, StepKind.HANDED_OVER), last(chain, StepKind.CLOSED)
    if alert.status not in ("responded", "closed"):
        outcome = None  # of an earlier round: the alert was reopened
    return Response(
        decision=decision,
        non_response_reason=reason,
        non_response_approver=approver,
        outcome=f"{STEPS[outcome.kind]}: {note_of(outcome, notes) or ''}" if outcome else None,
        feedback=feedback_of(chain, notes),
        lesson=closed.note or None if closed and notes else None,
    )


def feedback_of(chain: Chain, notes: bool) -> str:
    told = last(chain, StepKind.FEEDBACK)
    if told is not None:
        return f"{note_of(told, notes) or ''} ({dtg(told.at)})"
    if not chain.source_contactable:
        return _("The source can’t be reached.")
    return _("The source has not been told yet.")


def follow_up(chain: Chain) -> tuple[FollowUp, ...]:
    """Clocks that still run and orders that have not arrived: what somebody has yet to do."""
    if chain.alert.status == "closed":
        return ()
    running = [
        FollowUp(str(CLOCKS[c.clock]), str(POSTS[c.echelon]), c.due_at, _("to be done"))
        for c in chain.clocks
        if c.stopped_at is None and c.ran_out_at is None
    ]
    if chain.alert.status == "responded":
        return tuple(running)
    ordered = [
        FollowUp(str(RESPONSES[t.response]), None, None, _("departed") if t.departed_at else _("ordered"))
        for t in chain.taskings
        if t.arrived_at is None and t.haven_id is None
    ]
    return (*ordered, *running)
