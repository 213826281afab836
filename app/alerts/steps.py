"""What stands on an alert's chain: one way to write a step, and one to read what counts of those that stand there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from app.alerts.models import Alert, AlertStep, StepKind
from app.db import db
from app.permissions import Viewer

# What was said of the answer before one of these counts no more: the alert was opened again.
OPENS = (StepKind.REOPENED, StepKind.NON_RESPONSE_REFUSED)
# What is found later takes the place of a proposal that waits.
VERIFYING = (StepKind.VERIFICATION_PROPOSED, StepKind.VERIFIED, StepKind.VERIFICATION_REFUSED)


def write(
    alert: Alert, kind: StepKind, at: datetime, *, by: Viewer | None = None, note: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """One row, and a version that the live stream sees; without `by` the system's. Whoever calls flushes and records."""
    add(alert.id, kind, at, by=by, note=note, details=details)
    alert.version += 1


def add(
    alert_id: int, kind: StepKind, at: datetime, *, by: Viewer | None = None, note: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """The row alone: who has just raised an alert may add to it without reading it."""
    db.session.execute(
        insert(AlertStep).inline(),
        {
            "alert_id": alert_id, "kind": kind.value, "at": at, "by_id": by.person_id if by else None,
            "by_role": by.role.value if by else None, "note": note.strip(), "details": dict(details or {}),
        },
    )  # fmt: skip


def repeats_said(steps: Iterable[AlertStep]) -> str:
    """The code of whom the source repeats, as it was given at the entry by somebody who keeps no sources; "" if none."""
    given = (
        step.details.get("repeats_code") for step in steps if step.kind == StepKind.NOTE and step.details
    )
    return next((str(code) for code in given if code), "")


def written(alert_id: int, *kinds: StepKind) -> list[AlertStep]:
    """The steps of these kinds in the order of writing."""
    found = select(AlertStep).where(AlertStep.alert_id == alert_id, AlertStep.kind.in_(kinds))
    return list(db.session.scalars(found.order_by(AlertStep.id)))


def since_opened(steps: Iterable[AlertStep]) -> list[AlertStep]:
    """Those since the alert was last opened, in the order of writing."""
    in_order = sorted(steps, key=lambda step: step.id)
    opened = max((step.id for step in in_order if step.kind in OPENS), default=0)
    return [step for step in in_order if step.id > opened]


def last_step(alert_id: int, kind: StepKind) -> AlertStep | None:
    """The latest step of that kind since the alert was last opened."""
    found = [step for step in since_opened(written(alert_id, kind, *OPENS)) if step.kind == kind]
    return found[-1] if found else None


def proposed(steps: Iterable[AlertStep]) -> AlertStep | None:
    """The proposal to hold something true or false that nobody has answered yet."""
    last = max((step for step in steps if step.kind in VERIFYING), key=lambda step: step.id, default=None)
    return last if last is not None and last.kind == StepKind.VERIFICATION_PROPOSED else None
