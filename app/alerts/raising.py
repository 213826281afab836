"""Raising an alert: under a unique key, with its reasons, first step and clocks, in the caller's transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.alerts.models import Alert, Clock, Priority
from app.db import db
from app.field_reports.models import FieldReport
from app.ladders.climbing import Post
from app.ledger.actions import ADD_EVENT, event
from app.mission.queries import procedures, thresholds
from app.permissions import current_viewer
from geo.warning import Near, Sighting, Surroundings, Weighing, weigh

# Those that start with the alert; that of the feedback starts with the decision.
CLOCKS = (Clock.ACKNOWLEDGE, Clock.VERIFY, Clock.DECIDE)

# Statements for the driver: each report waits for them, and SQLAlchemy's part would take longer than the database's.
# The alert's number is drawn before it is known whether there will be one: RETURNING would take the right to read
# alerts, which a reporter has not.
AROUND = """
SELECT jsonb_agg(jsonb_build_array(s.kind, s.distance, s.band, s.count, s.label))
FROM vigil.surroundings(%(lon)s, %(lat)s, %(metres)s, %(since)s) AS s
"""
LOOK_AROUND = f"SELECT nextval('alert_ids') AS alert_id, ({AROUND}) AS found"
RAISE = f"""
WITH raised AS (
    SELECT vigil.raise_alert(CAST(%(said)s AS jsonb), %(score)s, CAST(%(points)s AS jsonb), %(role)s,
                             CAST(%(clocks)s AS text[]), CAST(%(due)s AS timestamptz[])) AS done
)
{ADD_EVENT} FROM raised WHERE done
"""  # noqa: S608 - its parts are constants


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
    indicators: tuple[str, ...] = ()  # those of a report stand on it
    why: tuple[str, ...] = ()  # sentences that stand before the weighing's own: what a rule saw


def where_to_look(lon: float, lat: float, received_at: datetime) -> dict[str, Any]:
    """The parameters of AROUND and LOOK_AROUND; lon, lat in degrees."""
    settings = procedures()
    return {
        "lon": lon,
        "lat": lat,
        "metres": settings["surroundings_metres"],
        "since": received_at - timedelta(days=settings["recent_incident_days"]),
    }


Found = list[tuple[str, float, str, int, str]] | None


@dataclass(frozen=True)
class Looked:
    """A row of LOOK_AROUND: the number for an alert, if there will be one, and what lies near."""

    alert_id: int
    found: Found


def look_around(lon: float, lat: float, received_at: datetime) -> Looked:
    connection = db.session.connection()
    return Looked(*connection.exec_driver_sql(LOOK_AROUND, where_to_look(lon, lat, received_at)).one())


def weigh_and_raise(reported: Reported, looked: Looked, at_least: Priority | None = None) -> int | None:
    """Weigh against the surroundings; raise an alert if it is worth one. Returns its id, None if there is none.

    `at_least` is the priority that a human gave: the weighing may only make it more urgent, never less.
    """
    weighing = weighed(reported, looked.found)
    priority = most_urgent(weighing.priority, at_least)
    if priority is None:
        return None
    return raise_alert(looked.alert_id, reported, weighing, priority)


def weighed_at(alert: Alert, lon: float, lat: float) -> Weighing:
    """The weighing that an alert which stands would have at this place; lon, lat in degrees."""
    asked = where_to_look(lon, lat, alert.received_at)
    return weighed(alert, db.session.connection().exec_driver_sql(AROUND, asked).scalar_one())


def weighed(reported: Reported | Alert | FieldReport, found: Found) -> Weighing:
    age = (reported.received_at - reported.occurred_at).total_seconds() / 3600
    sighting = Sighting(
        kind=reported.kind,
        age_hours=age,
        source_reliability=reported.source_reliability,
        credibility=reported.credibility,
        place_precision=reported.place_precision,
        radius_m=float(reported.radius_metres),
    )
    return weigh(sighting, Surroundings(tuple(near(*row) for row in found or ())), thresholds())


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


def raise_alert(alert_id: int, reported: Reported, weighing: Weighing, priority: str) -> int | None:
    """Write the alert under its key; None if one stands under that key already (weighing twice raises once)."""
    said = {
        **{name: getattr(reported, name) for name in Reported.__dataclass_fields__ if name != "why"},
        "id": alert_id,
        "priority": priority,
        "reasons": [*reported.why, *weighing.sentences(cleared=False)],
        "owner_echelon": Post.DUTY_OFFICER.value,
    }
    who = current_viewer.get()
    raised = db.session.connection().exec_driver_sql(
        RAISE,
        {
            "said": json.dumps(said, default=str),  # times and UUIDs, as PostgreSQL reads them
            "score": weighing.score,
            "points": json.dumps(points_of(weighing)),
            "role": who.role.value if who else None,  # nobody's, where a rule raises it
            "clocks": [clock.value for clock in CLOCKS],
            "due": [reported.received_at + minutes(clock, priority) for clock in CLOCKS],
            **event("alerts.raised", "alerts", alert_id, {"priority": priority, "kind": reported.kind}),
        },
    )
    return alert_id if raised.rowcount == 1 else None


def points_of(weighing: Weighing) -> list[dict[str, Any]]:
    """Each reason with its points, for those who see cells."""
    return [{"points": r.points, "sentence": r.plain} for r in weighing.reasons]


def minutes(clock: str, priority: str) -> timedelta:
    """How long a step may take, from the standing procedures."""
    return timedelta(minutes=procedures()[f"{clock}_minutes_{priority.lower()}"])
