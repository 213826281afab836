"""What was known at the moment of a decision, frozen beside it: later gradings and assessments must not rewrite it."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import func, select

from app.alerts.models import Alert, AlertStep, AlertWeighing
from app.db import db
from app.permissions import Permission, within
from app.threats.models import Threat

# As far as a report looks around itself by default.
NEAR_METRES = 25_000
MOST_THREATS = 20


def what_was_known(alert: Alert) -> dict[str, Any]:
    """Ids and digests, no words: the report, the last step, the weighing, the threats whose area lies near with the time
    of their assessment. Only what the one who decides could see."""
    last_step = select(func.max(AlertStep.id)).where(AlertStep.alert_id == alert.id)
    weighed = select(AlertWeighing.alert_id).where(AlertWeighing.alert_id == alert.id)
    return {
        "verification": alert.verification,
        "grade": f"{alert.source_reliability}{alert.credibility}",
        "priority": alert.priority,
        "version": alert.version,
        "report": str(alert.report_id) if alert.report_id else None,
        "verbatim_sha256": hashlib.sha256(alert.verbatim.encode()).hexdigest(),
        "last_step": db.session.execute(last_step).scalar(),
        "weighing_seen": db.session.execute(weighed).scalar() is not None,
        "threats": threats_near(alert),
    }


def threats_near(alert: Alert) -> list[dict[str, Any]]:
    t, here = Threat, select(Alert.place).where(Alert.id == alert.id).scalar_subquery()
    near = func.ST_DWithin(func.geography(t.area), func.geography(here), NEAR_METRES)
    found = db.session.execute(
        select(t.id, t.changed_at)
        .where(within(Permission.READ_THREATS, t.sector_id), t.ended_at.is_(None), near)
        .order_by(t.id)
        .limit(MOST_THREATS)
    )
    return [{"id": row.id, "assessed_at": row.changed_at.isoformat()} for row in found]
