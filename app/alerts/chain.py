"""The chain as a table: which step is allowed in which state, where it leads, and whose permission it needs.

After the early-warning and rapid-response procedure (handbook 1.5). Verification may run beside the response
when life is in danger, so `verify` moves the state only while nothing has been decided.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.alerts.models import AlertStatus as S
from app.alerts.models import StepKind as K
from app.permissions import Permission as P

OPEN = frozenset(S) - {S.CLOSED}
UNDECIDED = frozenset({S.RECEIVED, S.ACKNOWLEDGED, S.VERIFIED})
ANSWERED = frozenset({S.DECIDED, S.TASKED, S.RESPONDING, S.ON_SCENE})


@dataclass(frozen=True)
class Step:
    """`moves` maps the state before to the state after; a state that stands in `keeps` stays as it is."""

    permission: P
    moves: dict[S, S]
    keeps: frozenset[S] = frozenset()
    stops: tuple[str, ...] = ()  # clocks that end with this step

    def after(self, status: S) -> S | None:
        """The state after this step, or None where the step is not allowed."""
        if status in self.moves:
            return self.moves[status]
        return status if status in self.keeps else None


CHAIN: dict[K, Step] = {
    K.ACKNOWLEDGED: Step(P.HANDLE_ALERTS, {S.RECEIVED: S.ACKNOWLEDGED}, stops=("acknowledge",)),
    K.IMMEDIATE_ACTION: Step(P.HANDLE_ALERTS, {}, OPEN - {S.RECEIVED}),
    K.VERIFIED: Step(
        P.HANDLE_ALERTS, {S.ACKNOWLEDGED: S.VERIFIED}, OPEN - {S.RECEIVED, S.ACKNOWLEDGED}, ("verify",)
    ),
    K.DECIDED: Step(P.DECIDE_ALERTS, {S.ACKNOWLEDGED: S.DECIDED, S.VERIFIED: S.DECIDED}, stops=("decide",)),
    K.DECLINED: Step(P.DECIDE_ALERTS, {S.ACKNOWLEDGED: S.DECIDED, S.VERIFIED: S.DECIDED}, stops=("decide",)),
    K.NON_RESPONSE_APPROVED: Step(P.APPROVE_NON_RESPONSE, {}, frozenset({S.DECIDED})),
    K.NON_RESPONSE_REFUSED: Step(P.APPROVE_NON_RESPONSE, {S.DECIDED: S.ACKNOWLEDGED}),
    K.TASKED: Step(P.DECIDE_ALERTS, {S.DECIDED: S.TASKED}, ANSWERED - {S.DECIDED}),
    K.DEPARTED: Step(P.HANDLE_ALERTS, {S.TASKED: S.RESPONDING}, frozenset({S.RESPONDING, S.ON_SCENE})),
    K.ARRIVED: Step(
        P.HANDLE_ALERTS, {S.TASKED: S.ON_SCENE, S.RESPONDING: S.ON_SCENE}, frozenset({S.ON_SCENE})
    ),
    K.OUTCOME: Step(P.HANDLE_ALERTS, dict.fromkeys(ANSWERED - {S.DECIDED}, S.RESPONDED)),
    K.FEEDBACK: Step(P.HANDLE_ALERTS, {}, OPEN - UNDECIDED, ("feedback",)),
    K.HANDED_OVER: Step(P.DECIDE_ALERTS, dict.fromkeys((S.DECIDED, S.TASKED), S.RESPONDED)),
    K.CLOSED: Step(
        P.HANDLE_ALERTS,
        {S.RESPONDED: S.CLOSED, S.DECIDED: S.CLOSED},
        stops=("acknowledge", "verify", "decide", "feedback"),
    ),
    K.REOPENED: Step(P.HANDLE_ALERTS, {S.CLOSED: S.ACKNOWLEDGED}),
    K.NOTE: Step(P.HANDLE_ALERTS, {}, frozenset(S)),
    K.PASSED_ON: Step(P.HANDLE_ALERTS, {}, UNDECIDED),
}

# The echelons that an alert may climb, from below; which of them, when and how a mission sets (app/ladders).
LADDER = ("duty_officer", "sector", "force_headquarters", "head_of_mission")
