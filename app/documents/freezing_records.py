"""Alerts of a period with their steps and clocks, read set at a time: three statements, however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from app.alerts.models import Clock
from app.alerts.models import StepKind as K
from app.db import db
from app.permissions import REACH, Permission, within_parameters

# REACH is a constant of ours; what is asked for comes as parameters.
ALERTS = text(f"""
SELECT id, kind, channel, priority, verification, received_at, sector_id, source_contactable, leader_id FROM alerts
WHERE raised_at >= :since AND raised_at < :until AND {REACH}
    AND (CAST(:only AS bigint[]) IS NULL OR sector_id = ANY (CAST(:only AS bigint[])))
ORDER BY received_at, id
""")  # noqa: S608
STEPS = text("""
SELECT alert_id, id, kind, at, by_role, details FROM alert_steps
WHERE alert_id = ANY (CAST(:ids AS bigint[])) ORDER BY alert_id, id
""")
CLOCKS = text("""
SELECT alert_id, clock, due_at, stopped_at, ran_out_at FROM alert_clocks
WHERE alert_id = ANY (CAST(:ids AS bigint[])) ORDER BY alert_id, id
""")

#: Field of an alert's facts → the steps that are this step; the chain has two kinds of decision.
FIELDS = {
    "acknowledged": (K.ACKNOWLEDGED,), "verified": (K.VERIFIED,), "decided": (K.DECIDED, K.DECLINED),
    "approved": (K.NON_RESPONSE_APPROVED, K.NON_RESPONSE_REFUSED), "tasked": (K.TASKED,),
    "departed": (K.DEPARTED,), "arrived": (K.ARRIVED,), "outcome_recorded": (K.OUTCOME,),
    "feedback": (K.FEEDBACK,),
}  # fmt: skip
CLOCK_FIELDS: dict[str, str] = {
    Clock.ACKNOWLEDGE: "acknowledged",
    Clock.VERIFY: "verified",
    Clock.DECIDE: "decided",
    Clock.APPROVE: "approved",
    Clock.FEEDBACK: "feedback",
}


@dataclass
class Record:
    """One alert of the period. `steps` in the order of writing, without decisions that were refused afterwards;
    `clocks`: each as it ran first. t0 is when the warning was received: the clocks count from there."""

    alert: Row[Any]
    steps: list[Row[Any]] = field(default_factory=list)
    clocks: dict[str, Row[Any]] = field(default_factory=dict)

    def of(self, *kinds: K) -> list[Row[Any]]:
        return [step for step in self.steps if step.kind in kinds]

    def last(self, *kinds: K) -> Row[Any] | None:
        found = self.of(*kinds)
        return found[-1] if found else None

    def minutes_to(self, name: str) -> float | None:
        """Minutes from t0 to the first such step; telling a source that could not be told is no feedback."""
        found = self.of(*FIELDS[name])
        if name == "feedback":
            found = [step for step in found if step.details.get("told")]
        return round(self.since_t0(min(step.at for step in found)), 1) if found else None

    def since_t0(self, at: datetime) -> float:
        return float((at - self.alert.received_at).total_seconds() / 60)

    def late(self, now: datetime) -> tuple[str, ...]:
        """Fields whose clock ran out before the step, or before `now` where there is no step yet."""
        return tuple(name for clock, name in CLOCK_FIELDS.items() if self.ran_out(clock, now))

    def ran_out(self, name: str, now: datetime) -> bool:
        clock = self.clocks.get(name)
        if clock is None:
            return False
        # A turn that was passed on before its limit is no breach by itself: the step may still be in time.
        return (clock.stopped_at or now) > clock.due_at


def standing(steps: list[Row[Any]]) -> Iterator[Row[Any]]:
    """The steps without each decision not to respond that was refused: it never stood."""
    refused = max((step.id for step in steps if step.kind == K.NON_RESPONSE_REFUSED), default=0)
    return (step for step in steps if step.kind != K.DECLINED or step.id > refused)


def records(since: datetime, until: datetime, only: list[int] | None) -> list[Record]:
    """Alerts raised from `since` to before `until` in the viewer's reach; `only`: in these sectors alone."""
    span = {"since": since, "until": until, "only": only}
    rows = db.session.execute(ALERTS, {**span, **within_parameters(Permission.READ_ALERTS)}).all()
    found = {row.id: Record(row) for row in rows}
    ids = {"ids": list(found)}
    steps: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for step in db.session.execute(STEPS, ids):
        steps[step.alert_id].append(step)
    for alert_id, taken in steps.items():
        found[alert_id].steps = list(standing(taken))
    for clock in db.session.execute(CLOCKS, ids):
        found[clock.alert_id].clocks.setdefault(clock.clock, clock)
    return list(found.values())
