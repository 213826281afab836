"""What an alert's page offers: the acts that are possible now for this viewer, and the chain as a timeline."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from app.alerts import wording
from app.alerts.acts import ACTS
from app.alerts.chain import CHAIN, UNDECIDED
from app.alerts.models import AlertStatus, AlertStep
from app.alerts.models import StepKind as K
from app.alerts.queries import Chain
from app.call_backs import wording as call_back_words
from app.permissions import ROLE_NAMES, Permission, viewer

STEP_OF_ACT: dict[str, K] = {
    "acknowledge": K.ACKNOWLEDGED, "act-at-once": K.IMMEDIATE_ACTION, "verify": K.VERIFIED, "decide": K.DECIDED,
    "decline": K.DECLINED, "review": K.NON_RESPONSE_APPROVED, "task": K.TASKED, "send-patrol": K.TASKED,
    "open-haven": K.TASKED, "depart": K.DEPARTED, "arrive": K.ARRIVED, "outcome": K.OUTCOME,
    "feedback": K.FEEDBACK, "hand-over": K.HANDED_OVER, "close": K.CLOSED, "reopen": K.REOPENED, "note": K.NOTE,
    "triage": K.TRIAGED, "source": K.SOURCE_TOLD, "merge": K.MERGED, "part": K.PARTED,
    "call-back": K.CALL_BACK_ORDERED, "called-back": K.CALLED_BACK, "approve-verification": K.VERIFIED,
    "pass-on": K.PASSED_ON,
}  # fmt: skip


# A step that is told later than this after it happened shows both times: a departure told late must not pass for one
# that was told at once.
TOLD_LATE = timedelta(minutes=5)
# These order a measure too, so they need the permission to decide beside their own.
ALSO = {"send-patrol": (Permission.DECIDE_ALERTS,), "open-haven": (Permission.DECIDE_ALERTS,)}


def possible(chain: Chain) -> list[str]:
    """The acts possible now, what comes next in the chain first."""
    who = viewer()
    status = AlertStatus(chain.alert.status)
    declined = chain.alert.decision == "not_respond"
    found = []
    for name, act in ACTS.items():
        if not any(who.may(p, chain.alert.sector_id) for p in act.permissions()):
            continue
        if not all(who.may(p, chain.alert.sector_id) for p in ALSO.get(name, ())):
            continue
        if CHAIN[STEP_OF_ACT[name]].after(status, chain.alert.leader_id is not None) is None:
            continue
        if name == "review" and (not declined or chain.approved or chain.declined_by == who.person_id):
            continue
        if name in ("task", "send-patrol", "open-haven", "hand-over") and declined:
            continue
        if name == "feedback" and (chain.fed_back or (status in UNDECIDED and chain.alert.leader_id is None)):
            continue
        if name == "part" and chain.alert.leader_id is None:
            continue
        if name == "approve-verification" and not approvable(chain):
            continue
        # Offered where there is something to choose from: beside the likely ones, and at each call-back.
        if name in ("merge", "called-back"):
            continue
        if name == "pass-on" and not chasing(chain):
            continue
        if name == "close" and not closable(chain, status, declined):
            continue
        found.append(name)
    return sorted(found, key=lambda name: order(name, status))


def approvable(chain: Chain) -> bool:
    return chain.proposed is not None and chain.proposed.by_id != viewer().person_id


def chasing(chain: Chain) -> bool:
    """Whether a clock runs that one can hand to the next in turn."""
    return any(
        c.stopped_at is None and c.ran_out_at is None and c.clock in ("acknowledge", "decide")
        for c in chain.clocks
    )


def closable(chain: Chain, status: AlertStatus, declined: bool) -> bool:
    answered = status == AlertStatus.RESPONDED or (declined and chain.approved)
    return answered and (chain.fed_back or not chain.source_contactable)


NEXT: dict[AlertStatus, tuple[str, ...]] = {
    AlertStatus.RECEIVED: ("acknowledge", "pass-on"),
    AlertStatus.ACKNOWLEDGED: (
        "approve-verification",
        "verify",
        "triage",
        "act-at-once",
        "decide",
        "decline",
        "pass-on",
    ),
    AlertStatus.VERIFIED: ("decide", "decline"),
    AlertStatus.DECIDED: ("review", "send-patrol", "open-haven", "task", "close", "feedback"),
    AlertStatus.TASKED: ("depart", "arrive", "open-haven", "send-patrol", "outcome"),
    AlertStatus.RESPONDING: ("arrive", "outcome"),
    AlertStatus.ON_SCENE: ("outcome",),
    AlertStatus.RESPONDED: ("feedback", "close"),
    AlertStatus.CLOSED: ("reopen",),
}


def order(name: str, status: AlertStatus) -> int:
    first = NEXT[status]
    return first.index(name) if name in first else len(first) + list(ACTS).index(name)


def timeline(chain: Chain) -> list[dict[str, Any]]:
    """The chain, oldest first, and then what it waits for with the time it must be done by."""
    events = [event(step) for step in chain.steps]
    events += [
        {
            "what": _(
                "%(step)s by %(echelon)s", step=wording.CLOCKS[c.clock], echelon=wording.ECHELONS[c.echelon]
            ),
            "when": c.due_at,
            "state": "late" if c.ran_out_at else "next",
        }
        for c in chain.clocks
        if c.stopped_at is None and c.ran_out_at is None
    ]
    return events


def proposal(priority: str | None) -> str:
    if priority is None:
        return _("would raise no alert by itself")
    return _("proposes %(priority)s", priority=priority)


def event(step: AlertStep) -> dict[str, Any]:
    details = step.details or {}
    words = [str(wording.STEPS.get(step.kind, step.kind))]
    for key, codes in (
        ("verification", wording.VERIFICATIONS), ("response", wording.RESPONSES),
        ("reason", wording.NON_RESPONSES), ("outcome", wording.OUTCOMES), ("authority", wording.AUTHORITIES),
        ("to", wording.ECHELONS | wording.HAND_OVERS), ("clock", wording.CLOCKS),
    ):  # fmt: skip
        if details.get(key) in codes:
            words.append(str(codes[details[key]]))
    if details.get("priority") and details.get("before_priority"):
        words.append(
            _("%(before)s to %(after)s", before=details["before_priority"], after=details["priority"])
        )
    if details.get("place_corrected"):
        words.append(_("place corrected, before: %(place)s", place=details["place_before"]["as_given"]))
    if "proposed" in details:
        words.append(proposal(details["proposed"]))
    if details.get("approves"):
        words.append(_("approved by a second person"))
    if details.get("into"):
        words.append(_("into alert %(id)s", id=details["into"]))
    if details.get("result") in call_back_words.RESULTS:
        words.append(str(call_back_words.RESULTS[details["result"]]))
    if details.get("by") == "sms":
        words.append(_("by SMS"))
    if "deputy_of" in details:
        words.append(_("to the deputy"))
    if details.get("passed_on"):
        words.append(_("passed on"))
    if details.get("unreached"):
        words.append(_("nobody could be reached"))
    if details.get("again"):
        words.append(_("told again"))
    for key, label in (("mandate", _("mandate")), ("rule_of_engagement", _("rule of engagement"))):
        if details.get(key):
            words.append(f"{label} {details[key]}")
    if isinstance(details.get("told"), bool):
        words.append(_("told") if details["told"] else _("could not be told"))
    return {
        "what": " · ".join(words),
        "when": step.at,
        "recorded": step.recorded_at if step.recorded_at - step.at > TOLD_LATE else None,
        "by": ROLE_NAMES.get(step.by_role or "", _("the system")),
        "note": step.note,
        "state": "late" if step.kind == K.ESCALATED else "done",
    }
