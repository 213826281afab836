"""Raising an alert: under a unique key, with its reasons, first step and clocks, in the caller's transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.alerts.chain import LADDER
from app.alerts.models import Priority
from app.db import db
from app.ledger.actions import record
from app.mission.queries import procedures, thresholds
from app.permissions import viewer
from geo.warning import Near, Sighting, Surroundings, Weighing, weigh

CLOCKS = ("acknowledge", "verify", "decide")

# Statements for the driver: each report waits for them, and SQLAlchemy's part would take longer than the database's.
RAISE = """
INSERT INTO alerts (id, alert_key, kind, channel, priority, verification, reasons, occurred_at, received_at,
    place, radius_metres, place_as_given, admin_code, sector_id, report_id, verbatim, source_code,
    source_contactable, reporter_id, owner_echelon, source_reliability, credibility, place_precision, date_precision)
VALUES (nextval('alert_ids'), %(key)s, %(kind)s, %(channel)s, %(priority)s, 'reported', CAST(%(reasons)s AS jsonb),
    %(occurred_at)s, %(received_at)s, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(radius_metres)s,
    %(place_as_given)s, %(admin_code)s, %(sector_id)s, %(report_id)s, %(verbatim)s, %(source_code)s,
    %(source_contactable)s, %(reporter_id)s, %(echelon)s, %(source_reliability)s, %(credibility)s,
    %(place_precision)s, %(date_precision)s)
ON CONFLICT DO NOTHING
"""
SURROUNDINGS = "SELECT * FROM vigil.surroundings(%(lon)s, %(lat)s, %(metres)s, %(since)s)"
# The id is asked of the sequence: RETURNING would take the right to read alerts, which a reporter has not.
BEGIN_CHAIN = """
SELECT currval('alert_ids') AS alert_id, vigil.begin_chain(currval('alert_ids'), %(score)s,
    CAST(%(reasons)s AS jsonb), %(at)s, %(role)s, %(echelon)s, CAST(%(clocks)s AS text[]),
    CAST(%(due)s AS timestamptz[]))
"""


@dataclass(frozen=True)
class Reported:
    """What an alert is raised from: a report, or what the duty officer was told. Times aware, lon/lat in degrees."""

    key: str
    kind: str
    channel: str
    occurred_at: datetime
    received_at: datetime
    lon: float
    lat: float
    radius_metres: int
    place_precision: int
    date_precision: int
    source_reliability: str
    credibility: int
    place_as_given: str
    admin_code: str | None
    sector_id: int | None
    report_id: UUID | None
    verbatim: str
    source_contactable: bool
    source_code: str | None = None


def weigh_and_raise(reported: Reported, at_least: Priority | None = None) -> int | None:
    """Weigh against the surroundings; raise an alert if it is worth one. Returns its id, None if there is none.

    `at_least` is the priority that a human gave: the weighing may only make it more urgent, never less.
    """
    weighing = weighed(reported)
    priority = most_urgent(weighing.priority, at_least)
    if priority is None:
        return None
    return raise_alert(reported, weighing, priority)


def weighed(reported: Reported) -> Weighing:
    settings = procedures()
    found = db.session.connection().exec_driver_sql(
        SURROUNDINGS,
        {
            "lon": reported.lon,
            "lat": reported.lat,
            "metres": settings["surroundings_metres"],
            "since": reported.received_at - timedelta(days=settings["recent_incident_days"]),
        },
    )
    age = (reported.received_at - reported.occurred_at).total_seconds() / 3600
    sighting = Sighting(
        kind=reported.kind,
        age_hours=age,
        source_reliability=reported.source_reliability,
        credibility=reported.credibility,
        place_precision=reported.place_precision,
        radius_m=float(reported.radius_metres),
    )
    return weigh(sighting, Surroundings(tuple(near(*row) for row in found)), thresholds())


def near(kind: str, metres: float, band: str, count: int, label: str) -> Near:
    """One row of vigil.surroundings as geo.warning takes it; what `band` means depends on the kind."""
    if kind == "defender_cell":
        return Near(kind, metres, risk=band, count=count)
    if kind == "threat_area":
        return Near(kind, metres, intensity=int(band) / 25)
    if kind == "incident":
        return Near(kind, metres, intensity=min(0.4 + int(band) / 20, 1.0), count=count)
    if kind == "place":
        return Near(kind, metres, count=int(band), label=label)
    return Near(kind, metres, count=count, label=label or None)


def most_urgent(weighed: str | None, at_least: Priority | None) -> str | None:
    given = [p for p in (weighed, at_least.value if at_least else None) if p]
    return min(given) if given else None


def raise_alert(reported: Reported, weighing: Weighing, priority: str) -> int | None:
    """Write the alert under its key; None if one stands under that key already (weighing twice raises once)."""
    who = viewer()
    raised = db.session.connection().exec_driver_sql(
        RAISE,
        {
            **{f: getattr(reported, f) for f in Reported.__dataclass_fields__},
            "priority": priority,
            "reasons": json.dumps(weighing.sentences(cleared=False)),
            "reporter_id": who.person_id,
            "echelon": LADDER[0],
        },
    )
    if raised.rowcount == 0:
        return None
    alert_id: int = (
        db.session.connection()
        .exec_driver_sql(
            BEGIN_CHAIN,
            {
                "score": weighing.score,
                "reasons": json.dumps([{"points": r.points, "sentence": r.plain} for r in weighing.reasons]),
                "at": reported.received_at,
                "role": who.role.value,
                "echelon": LADDER[0],
                "clocks": list(CLOCKS),
                "due": [reported.received_at + minutes(clock, priority) for clock in CLOCKS],
            },
        )
        .scalar_one()
    )
    record("alerts.raised", "alerts", alert_id, {"priority": priority, "kind": reported.kind})
    return alert_id


def minutes(clock: str, priority: str) -> timedelta:
    """How long a step may take, from the standing procedures."""
    return timedelta(minutes=procedures()[f"{clock}_minutes_{priority.lower()}"])
