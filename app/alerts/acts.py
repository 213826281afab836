"""What may be done to an alert, once: the body each act takes and the action it calls. Pages and API share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from flask_babel import lazy_gettext as _l
from pydantic import StringConstraints

from app.alerts import actions, merging, triage
from app.alerts.models import Authority, NonResponseReason, Outcome, Priority, ResponseKind, StepKind
from app.api.bodies import Body, Id, Nothing, Text, When
from app.call_backs import actions as call_backs
from app.call_backs.bodies import CallBackOrdered, CalledBack
from app.grading import Credibility, Reliability, Verification
from app.havens import actions as havens
from app.patrols import actions as patrols
from app.patrols.models import PatrolMode
from app.permissions import Permission
from app.sources import actions as sources
from app.sources.bodies import Told

Reference = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")]


class Note(Body):
    note: Text = ""


class Verify(Body):
    verification: Verification
    source_reliability: Reliability
    credibility: Credibility
    note: Text


class ApproveVerification(Body):
    approve: bool
    note: Text = ""


class Triage(Body):
    priority: Priority
    source_reliability: Reliability
    credibility: Credibility
    # As one would write it at the entry; empty leaves it where it is.
    place: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] | None = None
    note: Text


class Merge(Body):
    leader_id: Id
    note: Text


class Why(Body):
    note: Text


class Decide(Body):
    """`mandate`: the paragraph that is acted under; with `rule_of_engagement` needed wherever force may follow."""

    response: ResponseKind
    authority: Authority
    mandate: Reference = ""
    rule_of_engagement: Reference = ""
    note: Text = ""


class Decline(Body):
    reason: NonResponseReason
    note: Text


class Review(Body):
    approve: bool
    note: Text = ""


class Task(Body):
    response: ResponseKind
    order: Text = ""
    unit_id: Id | None = None


class SendPatrol(Body):
    unit_id: Id
    mode: PatrolMode = PatrolMode.VEHICLE
    leader_id: Id | None = None
    order: Text = ""


class OpenHaven(Body):
    haven_id: Id
    reason: Text


class Movement(When):
    note: Text = ""


class RecordOutcome(Body):
    outcome: Outcome
    note: Text = ""


class Feedback(Body):
    told: bool
    note: Text = ""


class HandOver(Body):
    to: Literal["state", "partner", "humanitarian", "other"]
    note: Text


class Close(Body):
    lesson: Text = ""


@dataclass(frozen=True)
class Act:
    words: Any
    body: type[Body]
    permission: Permission
    call: Callable[[int, Any], Any]
    command: bool = False  # as in chain.py: whoever decides may do it, too

    def permissions(self) -> tuple[Permission, ...]:
        """Any one of these lets a viewer do it, in the alert's sector."""
        return (self.permission, Permission.DECIDE_ALERTS) if self.command else (self.permission,)


H, D = Permission.HANDLE_ALERTS, Permission.DECIDE_ALERTS
ACTS: dict[str, Act] = {
    "acknowledge": Act(_l("Acknowledge"), Nothing, H, lambda i, b: actions.acknowledge(i), command=True),
    "pass-on": Act(_l("Pass on"), Note, H, lambda i, b: actions.pass_on(i, b.note), command=True),
    "act-at-once": Act(
        _l("Record immediate action"), Note, H, lambda i, b: actions.act_at_once(i, b.note), command=True
    ),
    "verify": Act(
        _l("Record verification"), Verify, H,
        lambda i, b: triage.find_out(i, b.verification, b.source_reliability, b.credibility, b.note),
    ),
    "decide": Act(
        _l("Decide to respond"), Decide, D,
        lambda i, b: actions.decide_to_respond(
            i, b.response, b.authority, b.note, mandate=b.mandate, rule_of_engagement=b.rule_of_engagement
        ),
    ),
    "decline": Act(
        _l("Decline with reason"), Decline, D, lambda i, b: actions.decline_with_reason(i, b.reason, b.note)
    ),
    "review": Act(
        _l("Approve or refuse the decision not to respond"), Review, Permission.APPROVE_NON_RESPONSE,
        lambda i, b: actions.review_non_response(i, b.approve, b.note),
    ),
    "task": Act(
        _l("Order a measure"), Task, D,
        lambda i, b: actions.task(i, b.response, order=b.order, unit_id=b.unit_id),
    ),
    "send-patrol": Act(
        _l("Send patrol"), SendPatrol, Permission.SEND_PATROLS,
        lambda i, b: patrols.send_patrol(i, b.unit_id, b.mode, order=b.order, leader_id=b.leader_id),
    ),
    "open-haven": Act(
        _l("Open haven"), OpenHaven, Permission.KEEP_HAVENS,
        lambda i, b: havens.open_for_alert(i, b.haven_id, b.reason),
    ),
    "depart": Act(
        _l("Record departure"), Movement, H,
        lambda i, b: actions.report_movement(i, StepKind.DEPARTED, b.moment(), note=b.note),
    ),
    "arrive": Act(
        _l("Record arrival"), Movement, H,
        lambda i, b: actions.report_movement(i, StepKind.ARRIVED, b.moment(), note=b.note),
    ),
    "outcome": Act(
        _l("Record outcome"), RecordOutcome, H, lambda i, b: actions.record_outcome(i, b.outcome, b.note)
    ),
    "feedback": Act(
        _l("Record feedback to the source"), Feedback, H,
        lambda i, b: actions.give_feedback(i, b.told, b.note),
    ),
    "hand-over": Act(_l("Hand over"), HandOver, D, lambda i, b: actions.hand_over(i, b.to, b.note)),
    "close": Act(_l("Close"), Close, H, lambda i, b: actions.close(i, b.lesson)),
    "reopen": Act(_l("Reopen"), Note, H, lambda i, b: actions.reopen(i, b.note)),
    "note": Act(_l("Add a note"), Note, H, lambda i, b: actions.add_note(i, b.note)),
    "approve-verification": Act(
        _l("Approve or refuse what was proposed"), ApproveVerification, H,
        lambda i, b: triage.review(i, b.approve, b.note),
    ),
    "triage": Act(
        _l("Triage"), Triage, H,
        lambda i, b: triage.triage(i, b.priority, b.source_reliability, b.credibility, b.place, b.note),
    ),
    "source": Act(
        _l("Say whose words these are"), Told, H,
        lambda i, b: sources.say_whose_words(i, b.source_code, b.repeats_code, b.note),
    ),
    "call-back": Act(
        _l("Order a call-back"), CallBackOrdered, H,
        lambda i, b: call_backs.order(i, b.source_code, b.question, b.moment()),
    ),
    "called-back": Act(
        _l("Record the call-back"), CalledBack, H,
        lambda i, b: call_backs.answer(i, b.call_back_id, b.result, b.answer),
    ),
    "merge": Act(_l("Merge"), Merge, H, lambda i, b: merging.merge(i, b.leader_id, b.note)),
    "part": Act(_l("Take the merging back"), Why, H, lambda i, b: merging.part(i, b.note)),
}  # fmt: skip
