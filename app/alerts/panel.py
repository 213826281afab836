"""What an alert's page offers: the acts that are possible now for this viewer, and the chain as a timeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.alerts import wording
from app.alerts.acts import ACTS
from app.alerts.chain import CHAIN
from app.alerts.models import Alert, AlertStatus, AlertStep
from app.alerts.models import StepKind as K
from app.alerts.queries import Chain
from app.call_backs import wording as call_back_words
from app.db import db
from app.errors import Refusal
from app.ladders.wording import POSTS
from app.permissions import Permission, role_words, viewer
from app.words import dtg

# A step that is told later than this after it happened shows both times: a departure told late must not pass for one
# that was told at once.
TOLD_LATE = timedelta(minutes=5)
# Offered where there is something to choose from: beside the likely ones, and at each call-back.
BESIDE = ("merge", "called-back", "hand-call-back")


def possible(chain: Chain) -> list[str]:
    """The acts possible now, what comes next in the chain first."""
    status, follows = AlertStatus(chain.alert.status), chain.alert.leader_id is not None
    alert = db.session.execute(select(Alert).where(Alert.id == chain.alert.id)).scalar_one()
    found = []
    for name, act in ACTS.items():
        if name in BESIDE or not act.allowed(lambda p: viewer().may(p, alert.sector_id)):
            continue
        if CHAIN[act.step].after(status, follows) is None or (name == "feedback" and chain.fed_back):
            continue
        if act.guard is None or passes(act.guard, alert):
            found.append(name)
    return sorted(found, key=lambda name: order(name, status))


def passes(guard: Callable[[Alert], object], alert: Alert) -> bool:
    try:
        guard(alert)
    except Refusal:
        return False
    return True


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
    kinds = {step.id: step.kind for step in chain.steps}
    events = [event(step) | {"known": known(step.details or {}, kinds)} for step in chain.steps]
    events += [
        {
            "what": _("%(step)s by %(echelon)s", step=wording.CLOCKS[c.clock], echelon=POSTS[c.echelon]),
            "when": c.due_at,
            "state": "late" if c.ran_out_at else "next",
        }
        for c in chain.clocks
        if c.stopped_at is None and c.ran_out_at is None
    ]
    return events


def known(details: Mapping[str, Any], kinds: Mapping[int, str]) -> list[tuple[str, str]]:
    """What was known when this was decided (knowledge.py), as facts with their labels; of threats the number alone,
    as the API tells it: who may read one has its page. `kinds`: of the chain's steps, by their number."""
    then = details.get("known")
    if not then:
        return []
    threats = [
        _("Threat %(id)s, assessed %(at)s", id=t["id"], at=dtg(datetime.fromisoformat(t["assessed_at"])))
        for t in then["threats"]
    ]
    last = kinds.get(then["last_step"], "")
    return [
        (_("Verification"), str(wording.VERIFICATIONS.get(then["verification"], then["verification"]))),
        (_("Grade"), then["grade"]),
        (_("Priority"), then["priority"]),
        (_("The chain until"), str(wording.STEPS.get(last, last))),
        (_("Field report"), _("one stands behind it") if then["report"] else _("none stands behind it")),
        (
            _("Points of its weighing"),
            _("could be seen") if then["weighing_seen"] else _("could not be seen, or there were none"),
        ),
        (_("Threats assessed near it"), "; ".join(threats) or _("none")),
        (_("Fingerprint of the words as they came"), f"{then['verbatim_sha256'][:16]}…"),
    ]


def proposal(priority: str | None) -> str:
    if priority is None:
        return _("would raise no alert by itself")
    return _("proposes %(priority)s", priority=priority)


def why_it_went_up(details: Mapping[str, Any]) -> str:
    if details.get("passed_on"):
        return _("passed on")
    return _("nobody could be reached") if details.get("unreached") else _("the clock ran out")


def how_told(details: Mapping[str, Any]) -> str:
    if details.get("heard"):
        return _("read by whoever sent the report")
    if details.get("for_reporter"):
        return _("written for whoever sent the report: %(words)s", words=details["for_reporter"])
    return _("told") if details["told"] else _("could not be told")


def event(step: AlertStep) -> dict[str, Any]:
    details = step.details or {}
    words = [str(wording.STEPS.get(step.kind, step.kind))]
    for key, codes in (
        ("verification", wording.VERIFICATIONS), ("response", wording.RESPONSES),
        ("reason", wording.NON_RESPONSES), ("outcome", wording.OUTCOMES), ("authority", wording.AUTHORITIES),
        ("to", POSTS | wording.HAND_OVERS), ("clock", wording.CLOCKS),
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
    if details.get("repeats_code") and viewer().holds(Permission.READ_SOURCES):
        words.append(_("repeats what %(code)s said", code=details["repeats_code"]))
    if details.get("by") == "sms":
        words.append(_("by SMS"))
    if step.kind == K.ESCALATED:
        words.append(why_it_went_up(details))
    if details.get("again"):
        words.append(_("told again"))
    for key, label in (("mandate", _("mandate")), ("rule_of_engagement", _("rule of engagement"))):
        if details.get(key):
            words.append(f"{label} {details[key]}")
    if isinstance(details.get("told"), bool):
        words.append(how_told(details))
    return {
        "what": " · ".join(words),
        "when": step.at,
        "recorded": step.recorded_at if step.recorded_at - step.at > TOLD_LATE else None,
        "by": role_words(step.by_role),
        "note": step.note,
        "state": "late" if step.kind == K.ESCALATED else "done",
    }
