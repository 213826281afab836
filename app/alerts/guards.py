"""When an act on an alert is refused although the chain's state would let it.

Asked by the act, and by the page that offers it, so that nothing is offered which is refused. Each raises Conflict or
NotAllowed with a sentence."""

from __future__ import annotations

from flask_babel import gettext as _

from app.alerts import clocks, group, steps
from app.alerts.models import Alert, AlertStatus, AlertStep, StepKind
from app.errors import Conflict, NotAllowed
from app.permissions import viewer


def turn_runs(alert: Alert) -> None:
    clocks.running_turn(alert.id)


def surely_enough(alert: Alert) -> None:
    """What is not urgent is verified before it is decided, unless life is in danger."""
    unverified = alert.status == AlertStatus.ACKNOWLEDGED and alert.priority in ("P3", "P4")
    if unverified and steps.last_step(alert.id, StepKind.IMMEDIATE_ACTION) is None:
        raise Conflict(
            _("Verify this alert first, or record immediate action if life is in danger."),
            code="verify_first",
        )


def decided_to_respond(alert: Alert) -> None:
    if alert.decision != "respond":
        raise Conflict(_("Decide to respond first."), code="wrong_state")


def ruled(alert_id: int) -> bool:
    """Whether a rule of engagement stands beside the decision to respond."""
    decided = steps.last_step(alert_id, StepKind.DECIDED)
    return bool(decided and decided.details.get("rule_of_engagement"))


def waits_for_approval(alert: Alert) -> None:
    """A decision not to respond that somebody else took."""
    if alert.decision != "not_respond" or is_approved(alert):
        raise Conflict(_("There is no decision here that waits for approval."), code="wrong_state")
    declined = steps.last_step(alert.id, StepKind.DECLINED)
    if declined is not None and declined.by_id == viewer().person_id:
        raise NotAllowed(_("You decided this yourself. Somebody else must approve or refuse it."))


def is_approved(alert: Alert) -> bool:
    return steps.last_step(alert.id, StepKind.NON_RESPONSE_APPROVED) is not None


def approved(alert: Alert) -> None:
    """A decision not to respond goes no further alone, whichever way it goes on."""
    if alert.decision == "not_respond" and not is_approved(alert):
        raise Conflict(
            _("The decision not to respond waits for somebody else's approval."), code="not_approved"
        )


def closable(alert: Alert) -> None:
    if alert.status == AlertStatus.DECIDED and alert.decision == "respond":
        raise Conflict(
            _("The response that was decided has no outcome yet. Record it first."), code="wrong_state"
        )
    approved(alert)
    waits = alert.source_contactable and steps.last_step(alert.id, StepKind.FEEDBACK) is None
    if waits or group.untold(alert.id):
        raise Conflict(
            _("Tell the source what was done, or record why that is not possible; then close."),
            code="no_feedback",
        )


def follows(alert: Alert) -> None:
    if alert.leader_id is None:
        raise Conflict(_("This alert follows no other one."), code="wrong_state")


def proposal(alert: Alert) -> AlertStep:
    """What somebody else proposed to be held true or false, and nobody has answered."""
    found = steps.proposed(steps.written(alert.id, *steps.VERIFYING))
    if found is None:
        raise Conflict(_("There is no proposal here that waits for an answer."), code="wrong_state")
    if found.by_id == viewer().person_id:
        raise NotAllowed(_("You proposed this yourself. Somebody else must approve or refuse it."))
    return found
