"""The chain as a table: which step is allowed in which state, where it leads, and whose permission it needs.

After the early-warning and rapid-response procedure (handbook 1.5). Verification may run beside the response
when life is in danger, so `verify` moves the state only while nothing has been decided.

Triage is a step and no state of its own: it is done again whenever something is learned, and beside immediate action. A
state TRIAGED would be one press more between a P1 and its decision; when it was triaged, the step says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.alerts.models import AlertStatus as S
from app.alerts.models import Clock
from app.alerts.models import StepKind as K
from app.grading import Verification
from app.permissions import Permission as P

OPEN = frozenset(S) - {S.CLOSED}
UNDECIDED = frozenset({S.RECEIVED, S.ACKNOWLEDGED, S.VERIFIED})
# What the handbook's 4.9 lets nobody say alone: it is proposed, and approved by a second person (triage.py).
TWO_PERSONS = (Verification.VERIFIED, Verification.UNFOUNDED, Verification.CONTRADICTED)
ANSWERED = frozenset({S.DECIDED, S.TASKED, S.RESPONDING, S.ON_SCENE})


@dataclass(frozen=True)
class Step:
    """`moves` maps the state before to the state after; a state that stands in `keeps` stays as it is."""

    permission: P
    moves: dict[S, S]
    keeps: frozenset[S] = frozenset()
    stops: tuple[Clock, ...] = ()  # clocks that end with this step
    following: bool = False  # allowed while the alert follows another: else that one is acted on
    command: bool = (
        False  # whoever decides may take it, too: an alert that climbed to him waits for him alone
    )

    def allowed(self, may: Callable[[P], bool]) -> bool:
        """Asks `may` for each permission, of which one is enough."""
        return may(self.permission) or (self.command and may(P.DECIDE_ALERTS))

    def after(self, status: S, follows: bool = False) -> S | None:
        """The state after this step, or None where the step is not allowed."""
        if follows and not self.following:
            return None
        if status in self.moves:
            return self.moves[status]
        return status if status in self.keeps else None


CHAIN: dict[K, Step] = {
    K.ACKNOWLEDGED: Step(
        P.HANDLE_ALERTS, {S.RECEIVED: S.ACKNOWLEDGED}, stops=(Clock.ACKNOWLEDGE,), command=True
    ),
    K.IMMEDIATE_ACTION: Step(P.HANDLE_ALERTS, {}, OPEN - {S.RECEIVED}, command=True),
    K.VERIFIED: Step(
        P.HANDLE_ALERTS, {S.ACKNOWLEDGED: S.VERIFIED}, OPEN - {S.RECEIVED, S.ACKNOWLEDGED}, (Clock.VERIFY,)
    ),
    # Once more while it is answered: a force that turns out to be needed goes out under a rule that is said then.
    K.DECIDED: Step(
        P.DECIDE_ALERTS, {S.ACKNOWLEDGED: S.DECIDED, S.VERIFIED: S.DECIDED}, ANSWERED, (Clock.DECIDE,)
    ),
    K.DECLINED: Step(
        P.DECIDE_ALERTS, {S.ACKNOWLEDGED: S.DECIDED, S.VERIFIED: S.DECIDED}, stops=(Clock.DECIDE,)
    ),
    K.NON_RESPONSE_APPROVED: Step(P.APPROVE_NON_RESPONSE, {}, frozenset({S.DECIDED}), (Clock.APPROVE,)),
    K.NON_RESPONSE_REFUSED: Step(P.APPROVE_NON_RESPONSE, {S.DECIDED: S.ACKNOWLEDGED}, stops=(Clock.APPROVE,)),
    K.TASKED: Step(P.DECIDE_ALERTS, {S.DECIDED: S.TASKED}, ANSWERED - {S.DECIDED}),
    K.DEPARTED: Step(P.HANDLE_ALERTS, {S.TASKED: S.RESPONDING}, frozenset({S.RESPONDING, S.ON_SCENE})),
    K.ARRIVED: Step(
        P.HANDLE_ALERTS, {S.TASKED: S.ON_SCENE, S.RESPONDING: S.ON_SCENE}, frozenset({S.ON_SCENE})
    ),
    K.OUTCOME: Step(P.HANDLE_ALERTS, dict.fromkeys(ANSWERED - {S.DECIDED}, S.RESPONDED)),
    # Before its own decision only as a follower, whose source is told what became of the leader (actions.give_feedback).
    K.FEEDBACK: Step(P.HANDLE_ALERTS, {}, OPEN, (Clock.FEEDBACK,), following=True),
    K.HANDED_OVER: Step(P.DECIDE_ALERTS, dict.fromkeys((S.DECIDED, S.TASKED), S.RESPONDED)),
    K.CLOSED: Step(
        P.HANDLE_ALERTS,
        {S.RESPONDED: S.CLOSED, S.DECIDED: S.CLOSED},
        stops=tuple(Clock),
    ),
    K.REOPENED: Step(P.HANDLE_ALERTS, {S.CLOSED: S.ACKNOWLEDGED}),
    K.NOTE: Step(P.HANDLE_ALERTS, {}, frozenset(S), following=True),
    K.TRIAGED: Step(P.HANDLE_ALERTS, {}, OPEN - {S.RECEIVED}),
    K.SOURCE_TOLD: Step(P.HANDLE_ALERTS, {}, frozenset(S), following=True),
    K.MERGED: Step(P.HANDLE_ALERTS, {}, UNDECIDED),
    K.PARTED: Step(P.HANDLE_ALERTS, {}, UNDECIDED, following=True),
    K.CALL_BACK_ORDERED: Step(P.HANDLE_ALERTS, {}, OPEN, following=True),
    K.CALL_BACK_HANDED: Step(P.HANDLE_ALERTS, {}, OPEN, following=True),
    K.CALLED_BACK: Step(P.HANDLE_ALERTS, {}, frozenset(S), following=True),
    # What is to be held true or false waits for a second person, whose approval is the step VERIFIED;
    # the clock runs until then.
    K.VERIFICATION_PROPOSED: Step(P.HANDLE_ALERTS, {}, OPEN - {S.RECEIVED}),
    K.VERIFICATION_REFUSED: Step(P.HANDLE_ALERTS, {}, OPEN - {S.RECEIVED}),
    K.PASSED_ON: Step(P.HANDLE_ALERTS, {}, UNDECIDED, command=True),
    # Follows a triage that corrected the place: what lies there is weighed, and a priority proposed.
    K.WEIGHED: Step(P.HANDLE_ALERTS, {}, OPEN - {S.RECEIVED}),
}


UNTOLD = frozenset({"place_before", "reasons", "known", "source", "repeats_source", "for_reporter"})


def for_the_log(details: Mapping[str, Any] | None) -> dict[str, Any]:
    """A step's details as the ledger keeps them: auditors read it who read no alert, and are not told where it was, what
    lay near or was known, nor which source spoke."""
    return {name: value for name, value in (details or {}).items() if name not in UNTOLD}
