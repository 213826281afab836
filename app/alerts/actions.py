"""What an officer does with an alert. Each act is one step of the chain: one row, one ledger event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, select, update

from app.alerts import clocks, group, guards, steps
from app.alerts.chain import CHAIN, TWO_PERSONS, for_the_log
from app.alerts.knowledge import what_was_known
from app.alerts.models import (
    Alert,
    AlertStatus,
    Authority,
    HandedTo,
    NonResponseReason,
    Outcome,
    ResponseKind,
    StepKind,
    Tasking,
)  # fmt: skip
from app.db import db
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.grading import Verification
from app.ledger.actions import in_words, record
from app.mission.models import Unit
from app.moments import CLOCK_GRACE
from app.permissions import Permission, viewer
from app.reasons import reason_given

# From these force may follow, whatever was meant: they stand on a paragraph of the mandate and a rule of engagement.
FORCE = frozenset(
    {ResponseKind.USE_OF_FORCE, ResponseKind.SHOW_OF_FORCE, ResponseKind.INTERPOSITION,
     ResponseKind.QUICK_REACTION_FORCE, ResponseKind.POLICE_INTERVENTION}
)  # fmt: skip


def taken(alert_id: int) -> Alert:
    """The alert, locked until the end of the transaction; NotFound if the viewer may not see it."""
    alert = locked(alert_id)
    if alert is None or not may_see(alert):
        raise NotFound
    return alert


def locked(alert_id: int) -> Alert | None:
    """As it stands behind the lock, though the session may have read it before."""
    return db.session.execute(
        select(Alert).where(Alert.id == alert_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()


def may_see(alert: Alert) -> bool:
    who = viewer()
    return who.may(Permission.READ_ALERTS, alert.sector_id)


def take_step(
    alert: Alert,
    kind: StepKind,
    *,
    at: datetime | None = None,
    note: str = "",
    details: Mapping[str, Any] | None = None,
    permission: Permission | None = None,
) -> None:
    """Write one transition: check right, order and time; move the state; stop the clocks that it ends.

    Raises NotAllowed, Conflict (not in this state) or Invalid (a time that can't be).
    """
    rule = CHAIN[kind]
    who = viewer()
    may = partial(who.may, sector_id=alert.sector_id)
    if not (may(permission) if permission else rule.allowed(may)):
        raise NotAllowed(_("Your role may read this alert and may not do this. Ask the duty officer."))
    after = rule.after(AlertStatus(alert.status), alert.leader_id is not None)
    if after is None:
        raise Conflict(
            _(
                "This step is not possible now: somebody may have acted in the meantime. Look at the alert again."
            ),
            code="wrong_state",
        )
    now = datetime.now(UTC)
    happened = at or now
    if happened > now + CLOCK_GRACE:
        raise Invalid(_("The time lies in the future. Nothing was changed."))
    if happened < alert.received_at - timedelta(days=1):
        raise Invalid(_("The time lies before the alert came in. Nothing was changed."))
    steps.write(alert, kind, happened, by=who, note=note, details=details)
    alert.status = after.value
    if rule.stops:
        clocks.stop(alert.id, rule.stops, now)
    db.session.flush()
    # The entry's own time is when it was told.
    told = {"happened_at": in_words(happened)} if at is not None else {}
    record(
        f"alerts.{kind.value}", "alerts", alert.id, {"status": alert.status, **for_the_log(details), **told}
    )


def acknowledge(alert_id: int, by: str = "") -> Alert:
    """`by`: "sms" where the word came by telephone (workers/replies.py)."""
    alert = taken(alert_id)
    take_step(alert, StepKind.ACKNOWLEDGED, details=way(by))
    alert.owner_id = viewer().person_id
    return alert


def way(by: str) -> dict[str, str]:
    return {"by": by} if by else {}


def act_at_once(alert_id: int, note: str, by: str = "") -> Alert:
    """Immediate action beside verification: life is in danger (handbook 1.5, state 2a)."""
    alert = taken(alert_id)
    take_step(alert, StepKind.IMMEDIATE_ACTION, note=note, details=way(by))
    return alert


def pass_on(alert_id: int, note: str, by: str = "") -> Alert:
    """Say that one can't take the alert: the clock that runs now ends now, and the clocks' process tells the deputy or
    the next rung within a second. The alert stays on the board as it is."""
    alert = taken(alert_id)
    take_step(alert, StepKind.PASSED_ON, note=note, details={**way(by), "from": alert.owner_echelon})
    clocks.end_turn(alert.id)
    return alert


def verify(
    alert_id: int, verification: Verification, source_reliability: str, credibility: int, note: str
) -> Alert:
    """Say what was found out: a status, the two grades (independent judgements) and why."""
    alert = taken(alert_id)
    if verification in TWO_PERSONS:
        raise NotAllowed(_("What is held true or false is proposed by one person and approved by another."))
    needs_grades(source_reliability, credibility)
    reason_given(note)
    return hold(alert, verification, source_reliability, credibility, note)


def hold(
    alert: Alert, verification: Verification, reliability: str, credibility: int, note: str, approves: int | None = None
) -> Alert:  # fmt: skip
    """What was found stands on the alert, what stood there before in the step. `approves`: the step that proposed it."""
    details = {
        "verification": verification.value, "reliability": reliability, "credibility": credibility,
        "before": {"reliability": alert.source_reliability, "credibility": alert.credibility},
    }  # fmt: skip
    take_step(
        alert, StepKind.VERIFIED, note=note, details=details | ({"approves": approves} if approves else {})
    )
    alert.verification = verification.value
    alert.source_reliability, alert.credibility = reliability, credibility
    db.session.flush()
    return alert


def decide_to_respond(
    alert_id: int, response: ResponseKind, authority: Authority, note: str, *, mandate: str = "",
    rule_of_engagement: str = "",
) -> Alert:  # fmt: skip
    """Raises Invalid where force may follow and the mandate or the rule of engagement is not said."""
    alert = taken(alert_id)
    said = {"mandate": mandate.strip(), "rule_of_engagement": rule_of_engagement.strip()}
    if response in FORCE and not all(said.values()):
        sentence = _("Force may follow from this: say the mandate’s paragraph and the rule of engagement.")
        raise Invalid(sentence, fields={name: sentence for name, value in said.items() if not value})
    if alert.decision == "not_respond":
        raise Conflict(
            _(
                "A decision not to respond stands. It is refused, or the alert reopened, before another is taken."
            ),
            code="wrong_state",
        )
    guards.surely_enough(alert)
    take_step(
        alert, StepKind.DECIDED, note=note,
        details={
            "response": response.value, "authority": authority.value, **{k: v for k, v in said.items() if v},
            "known": what_was_known(alert),
        },
    )  # fmt: skip
    alert.decision = "respond"
    clocks.start_feedback_clock(alert)
    return alert


def decline_with_reason(
    alert_id: int, reason: NonResponseReason, authority: Authority, note: str, *, mandate: str = ""
) -> Alert:
    """Decide not to respond. It stands only once somebody else has approved it."""
    alert = taken(alert_id)
    reason_given(note)
    under = {"mandate": mandate.strip()} if mandate.strip() else {}
    take_step(
        alert, StepKind.DECLINED, note=note,
        details={
            "reason": reason.value, "authority": authority.value, **under, "known": what_was_known(alert),
        },
    )  # fmt: skip
    alert.decision = "not_respond"
    alert.non_response_reason = reason.value
    clocks.approve(alert)
    clocks.start_feedback_clock(alert)
    return alert


def review_non_response(alert_id: int, approve: bool, note: str) -> Alert:
    """Approve or refuse a decision not to respond; never one's own."""
    alert = taken(alert_id)
    guards.waits_for_approval(alert)
    if not approve:
        reason_given(note)
    take_step(alert, StepKind.NON_RESPONSE_APPROVED if approve else StepKind.NON_RESPONSE_REFUSED, note=note)
    if not approve:
        alert.decision = None
        alert.non_response_reason = None
        clocks.decide_anew(alert)
    return alert


def task(
    alert_id: int, response: ResponseKind, *, order: str = "", patrol_id: int | None = None,
    haven_id: int | None = None, unit_id: int | None = None,
) -> Alert:  # fmt: skip
    """Order a measure in answer to an alert that was decided."""
    alert = taken(alert_id)
    guards.decided_to_respond(alert)
    if response in FORCE and not guards.ruled(alert.id):
        raise Conflict(
            _(
                "No rule of engagement stands beside the decision: what may lead to force, a quick reaction force and a "
                "formed police unit too, is decided with the mandate’s paragraph and a rule of engagement. Decide once "
                "more with both."
            ),
            code="no_rule_of_engagement",
        )
    if unit_id is not None:
        unit = db.session.get(Unit, unit_id)
        if unit is None:
            raise Invalid(_("There is no such unit."), fields={"unit_id": _("Choose a unit of the list.")})
        if not viewer().may(Permission.DECIDE_ALERTS, unit.sector_id):
            raise NotAllowed(_("This unit is another sector’s to order. Ask the operations centre."))
    take_step(
        alert, StepKind.TASKED, note=order,
        details={"response": response.value, "patrol": patrol_id, "haven": haven_id, "unit": unit_id},
    )  # fmt: skip
    db.session.execute(
        insert(Tasking).inline(),
        {
            "alert_id": alert.id, "response": response.value, "order": order, "patrol_id": patrol_id,
            "haven_id": haven_id, "unit_id": unit_id, "ordered_by_id": viewer().person_id,
        },
    )  # fmt: skip
    return alert


def report_movement(
    alert_id: int, kind: StepKind, at: datetime | None = None, *, patrol_id: int | None = None, note: str = "",
    by: str = "",
) -> None:  # fmt: skip
    """The answering unit has departed or arrived; its own leader may say so, as may whoever handles the alert."""
    alert = locked(alert_id)
    if alert is None:
        raise NotFound
    leads = patrol_id is not None and viewer().holds(Permission.LEAD_PATROLS)
    if not leads and not may_see(alert):
        raise NotFound
    if leads and AlertStatus(alert.status) not in CHAIN[kind].moves:
        return  # the alert has moved on without this patrol; the patrol's own record keeps its times
    take_step(
        alert, kind, at=at, note=note, details=way(by) | ({"patrol": patrol_id} if patrol_id else {}),
        permission=Permission.LEAD_PATROLS if leads and not may_see(alert) else None,
    )  # fmt: skip
    column = "departed_at" if kind is StepKind.DEPARTED else "arrived_at"
    tasked = update(Tasking).where(Tasking.alert_id == alert.id, getattr(Tasking, column).is_(None))
    if patrol_id is not None:
        tasked = tasked.where(Tasking.patrol_id == patrol_id)
    db.session.execute(tasked.values({column: at or datetime.now(UTC)}))


def record_outcome(alert_id: int, outcome: Outcome, note: str) -> Alert:
    alert = taken(alert_id)
    take_step(alert, StepKind.OUTCOME, note=note, details={"outcome": outcome.value})
    alert.outcome = outcome.value
    return alert


def hand_over(alert_id: int, to: HandedTo, note: str) -> Alert:
    """Pass the answer to the State or a partner; it stays on the record as handed over."""
    alert = taken(alert_id)
    reason_given(note)
    guards.approved(alert)
    take_step(alert, StepKind.HANDED_OVER, note=note, details={"to": to.value})
    return alert


def give_feedback(alert_id: int, told: bool, note: str, for_reporter: str = "") -> Alert:
    """The source was told what was done, or can't be: both are counted. `for_reporter`: words that whoever sent the
    report reads on its own page, and says so (app/field_reports/hearing_back.py). Raises Invalid where no report stands
    behind the alert."""
    alert = taken(alert_id)
    words = for_reporter.strip()
    if words and alert.report_id is None:
        sentence = _("No report of anybody with an account stands behind this alert: nobody would read this.")
        raise Invalid(sentence, fields={"for_reporter": sentence})
    # Also beside words for the reporter: they stop the clock before anybody has read them.
    if not told:
        reason_given(note)
    group.needs_an_answer(alert)
    take_step(
        alert,
        StepKind.FEEDBACK,
        note=note,
        details={"told": told} | ({"for_reporter": words} if words else {}),
    )
    return alert


def close(alert_id: int, lesson: str) -> Alert:
    alert = taken(alert_id)
    guards.closable(alert)
    take_step(alert, StepKind.CLOSED, note=lesson)
    return alert


def reopen(alert_id: int, note: str) -> Alert:
    alert = taken(alert_id)
    reason_given(note)
    take_step(alert, StepKind.REOPENED, note=note)
    alert.decision = alert.non_response_reason = alert.outcome = None
    clocks.decide_anew(alert)
    return alert


def add_note(alert_id: int, note: str) -> Alert:
    alert = taken(alert_id)
    if not note.strip():
        raise Invalid(_("Write the note first."))
    take_step(alert, StepKind.NOTE, note=note)
    return alert


def needs_grades(source_reliability: str, credibility: int) -> None:
    if source_reliability not in tuple("ABCDEF") or not 1 <= credibility <= 6:
        raise Invalid(_("Give a reliability from A to F and a credibility from 1 to 6."))
