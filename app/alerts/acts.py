"""What may be done to an alert, once: the body each act takes and the action it calls. Pages and API share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from flask_babel import lazy_gettext as _l
from pydantic import StringConstraints

from app.alerts import actions, group, guards, merging, triage
from app.alerts.chain import CHAIN
from app.alerts.models import Alert, Authority, HandedTo, NonResponseReason, Outcome, Priority, ResponseKind
from app.alerts.models import StepKind as K
from app.api.bodies import Body, Id, Nothing, Text, When
from app.call_backs import actions as call_backs
from app.call_backs.body import CallBackOrdered, CalledBack, HandedOn
from app.grading import Credibility, Reliability, Verification
from app.havens import actions as havens
from app.patrols import actions as patrols
from app.patrols.models import PatrolMode
from app.permissions import Permission
from app.sources import actions as sources
from app.sources.body import Told

Reference = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")]


class Note(Body):
    note: Text = ""


class Verify(Body):
    verification: Verification
    source_reliability: Reliability
    credibility: Credibility
    note: Text


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
    """A decision as the one to respond: `authority` and `mandate` say by whose power and under which paragraph."""

    reason: NonResponseReason
    authority: Authority
    mandate: Reference = ""
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
    """`for_reporter`: what whoever sent the report reads on its own page; it counts as told once that was read."""

    told: bool
    note: Text = ""
    for_reporter: Text = ""


class HandOver(Body):
    to: HandedTo
    note: Text


class Close(Body):
    lesson: Text = ""


@dataclass(frozen=True)
class Act:
    words: Any
    body: type[Body]
    step: K  # which chain.py allows in which state, to whom
    call: Callable[[int, Any], Any]
    also: tuple[Permission, ...] = ()  # what it takes beside the step's permission
    # What the action refuses beside; then it is not offered either.
    guard: Callable[[Alert], object] | None = None

    def allowed(self, may: Callable[[Permission], bool]) -> bool:
        return CHAIN[self.step].allowed(may) and all(map(may, self.also))


ACTS: dict[str, Act] = {
    "acknowledge": Act(_l("Acknowledge"), Nothing, K.ACKNOWLEDGED, lambda i, b: actions.acknowledge(i)),
    "pass-on": Act(_l("Pass on"), Note, K.PASSED_ON, lambda i, b: actions.pass_on(i, b.note), guard=guards.turn_runs),
    "act-at-once": Act(
        _l("Record immediate action"), Note, K.IMMEDIATE_ACTION, lambda i, b: actions.act_at_once(i, b.note)
    ),
    "verify": Act(
        _l("Record verification"), Verify, K.VERIFIED,
        lambda i, b: triage.find_out(i, b.verification, b.source_reliability, b.credibility, b.note),
    ),
    "decide": Act(
        _l("Decide to respond"), Decide, K.DECIDED,
        lambda i, b: actions.decide_to_respond(
            i, b.response, b.authority, b.note, mandate=b.mandate, rule_of_engagement=b.rule_of_engagement
        ),
        guard=guards.surely_enough,
    ),
    "decline": Act(
        _l("Decline with reason"), Decline, K.DECLINED,
        lambda i, b: actions.decline_with_reason(i, b.reason, b.authority, b.note, mandate=b.mandate),
    ),
    "review": Act(
        _l("Approve or refuse the decision not to respond"), Review, K.NON_RESPONSE_APPROVED,
        lambda i, b: actions.review_non_response(i, b.approve, b.note),
        guard=guards.waits_for_approval,
    ),
    "task": Act(
        _l("Order a measure"), Task, K.TASKED,
        lambda i, b: actions.task(i, b.response, order=b.order, unit_id=b.unit_id),
        guard=guards.decided_to_respond,
    ),
    "send-patrol": Act(
        _l("Send patrol"), SendPatrol, K.TASKED,
        lambda i, b: patrols.send_patrol(i, b.unit_id, b.mode, order=b.order, leader_id=b.leader_id),
        also=(Permission.SEND_PATROLS,), guard=guards.decided_to_respond,
    ),
    "open-haven": Act(
        _l("Open haven"), OpenHaven, K.TASKED,
        lambda i, b: havens.open_for_alert(i, b.haven_id, b.reason),
        also=(Permission.KEEP_HAVENS,), guard=guards.decided_to_respond,
    ),
    "depart": Act(
        _l("Record departure"), Movement, K.DEPARTED,
        lambda i, b: actions.report_movement(i, K.DEPARTED, b.moment(), note=b.note),
    ),
    "arrive": Act(
        _l("Record arrival"), Movement, K.ARRIVED,
        lambda i, b: actions.report_movement(i, K.ARRIVED, b.moment(), note=b.note),
    ),
    "outcome": Act(
        _l("Record outcome"), RecordOutcome, K.OUTCOME, lambda i, b: actions.record_outcome(i, b.outcome, b.note)
    ),
    "feedback": Act(
        _l("Record feedback to the source"), Feedback, K.FEEDBACK,
        lambda i, b: actions.give_feedback(i, b.told, b.note, b.for_reporter),
        guard=group.needs_an_answer,
    ),
    "hand-over": Act(
        _l("Hand over"), HandOver, K.HANDED_OVER, lambda i, b: actions.hand_over(i, b.to, b.note),
        guard=guards.approved,
    ),
    "close": Act(_l("Close"), Close, K.CLOSED, lambda i, b: actions.close(i, b.lesson), guard=guards.closable),
    "reopen": Act(_l("Reopen"), Note, K.REOPENED, lambda i, b: actions.reopen(i, b.note)),
    "note": Act(_l("Add a note"), Note, K.NOTE, lambda i, b: actions.add_note(i, b.note)),
    "approve-verification": Act(
        _l("Approve or refuse what was proposed"), Review, K.VERIFIED,
        lambda i, b: triage.review(i, b.approve, b.note),
        guard=guards.proposal,
    ),
    "triage": Act(
        _l("Triage"), Triage, K.TRIAGED,
        lambda i, b: triage.triage(i, b.priority, b.source_reliability, b.credibility, b.place, b.note),
    ),
    "source": Act(
        _l("Say whose words these are"), Told, K.SOURCE_TOLD,
        lambda i, b: sources.say_whose_words(i, b.source_code, b.repeats_code, b.note),
    ),
    "call-back": Act(
        _l("Order a call-back"), CallBackOrdered, K.CALL_BACK_ORDERED,
        lambda i, b: call_backs.order(i, b.source_code, b.question, b.moment()),
    ),
    "hand-call-back": Act(
        _l("Hand the call-back on"), HandedOn, K.CALL_BACK_HANDED,
        lambda i, b: call_backs.hand(i, b.call_back_id, b.watch_id),
        also=(Permission.KEEP_SOURCES,),
    ),
    "called-back": Act(
        _l("Record the call-back"), CalledBack, K.CALLED_BACK,
        lambda i, b: call_backs.answer(i, b.call_back_id, b.result, b.answer),
    ),
    "merge": Act(_l("Merge"), Merge, K.MERGED, lambda i, b: merging.merge(i, b.leader_id, b.note)),
    "part": Act(_l("Take the merging back"), Why, K.PARTED, lambda i, b: merging.part(i, b.note), guard=guards.follows),
}  # fmt: skip
