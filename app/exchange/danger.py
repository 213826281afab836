"""Layers of what happened, what is feared and what was warned of."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, case, func, literal_column

from app.alerts.models import Alert
from app.exchange.layers import Layer
from app.incidents import queries as incidents
from app.incidents.models import Incident
from app.mission.models import Actor
from app.permissions import Permission, within
from app.threats.models import Threat

# How far off a place may be, in metres, as the picture draws it: 2 is known to some 25 km, 3 to a district, 4 to a
# province. What is known more coarsely has no shape at all: a pin would lie.
UNCERTAIN_METRES = case({1: 0, 2: 25_000, 3: 25_000, 4: 60_000}, value=Incident.place_precision)
INCIDENTS = Layer(
    name="incidents",
    title=_l("Incidents"),
    permission=Permission.READ_INCIDENTS,
    key=Incident.id,
    shape=case((Incident.place_precision <= 4, Incident.place)),
    columns={
        "kind": Incident.kind, "occurred_from": Incident.occurred_from, "occurred_to": Incident.occurred_to,
        "date_precision": Incident.date_precision, "place_name": Incident.place_name,
        "place_precision": Incident.place_precision, "uncertain_metres": UNCERTAIN_METRES,
        "admin_code": Incident.admin_code, "sector_id": Incident.sector_id, "side_a": Incident.side_a,
        "side_b": Incident.side_b, "killed_low": Incident.killed_low, "killed_best": Incident.killed_best,
        "killed_high": Incident.killed_high, "injured": Incident.injured, "abducted": Incident.abducted,
        "verification": Incident.verification, "source_reliability": Incident.source_reliability,
        "credibility": Incident.credibility, "source": Incident.source,
    },
    visible=incidents.visible,
    codes={"kind": Incident.kind, "verification": Incident.verification, "source": Incident.source},
    period=(Incident.occurred_from, Incident.occurred_to),
)  # fmt: skip


def with_actor(query: Select[Any]) -> Select[Any]:
    return query.join(Actor, Actor.id == Threat.actor_id)


THREATS = Layer(
    name="threats",
    title=_l("Threats"),
    permission=Permission.READ_THREATS,
    key=Threat.id,
    shape=Threat.area,
    columns={
        "name": Threat.name, "kind": Threat.kind, "actor": Actor.name, "target": Threat.target,
        "sector_id": Threat.sector_id, "intent": Threat.intent, "capability": Threat.capability,
        "likelihood": Threat.likelihood, "impact": Threat.impact, "confidence": Threat.confidence,
        "opened_at": Threat.opened_at, "review_on": Threat.review_on, "ended_at": Threat.ended_at,
    },
    drawn="MultiPolygon",
    visible=lambda: within(Permission.READ_THREATS, Threat.sector_id),
    codes={"kind": Threat.kind, "confidence": Threat.confidence},
    period=(Threat.opened_at, func.coalesce(Threat.ended_at, literal_column("timestamptz 'infinity'"))),
    joined=with_actor,
)  # fmt: skip

# As the table tells them: the warning's words and its source stay in the house.
ALERTS = Layer(
    name="alerts",
    title=_l("Alerts"),
    permission=Permission.READ_ALERTS,
    key=Alert.id,
    shape=Alert.place,
    columns={
        "kind": Alert.kind, "priority": Alert.priority, "status": Alert.status, "channel": Alert.channel,
        "verification": Alert.verification, "source_reliability": Alert.source_reliability,
        "credibility": Alert.credibility, "raised_at": Alert.raised_at, "received_at": Alert.received_at,
        "radius_metres": Alert.radius_metres, "place_precision": Alert.place_precision,
        "admin_code": Alert.admin_code, "sector_id": Alert.sector_id, "decision": Alert.decision,
        "outcome": Alert.outcome, "leader_id": Alert.leader_id,
    },
    visible=lambda: within(Permission.READ_ALERTS, Alert.sector_id),
    # What follows another alert stands in the list, with what it follows, and not on a map: it is no event of its own.
    pictured=lambda: Alert.leader_id.is_(None),
    codes={
        "kind": Alert.kind, "priority": Alert.priority, "status": Alert.status, "verification": Alert.verification,
    },
    period=(Alert.raised_at, Alert.raised_at),
)  # fmt: skip
