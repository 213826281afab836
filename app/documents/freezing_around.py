"""What was around an event: warnings before it, bases and patrols near it, and how often such things happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import text

from app.db import db
from app.documents.freezing_place import Scene
from app.documents.incident_report_brief import EarlierWarning, Presence
from app.documents.parts import Chart, Panel
from app.documents.wording import MONTHS, dtg, kilometres
from app.patrols.visits import NO_VISIT_SQL
from app.permissions import REACH, Permission, viewer, within_parameters

#: The handbook's measure of a blind spot (1.6): an attack without a prior alert within 25 km and 7 days.
WARNED_METRES, WARNED = 25_000, timedelta(days=7)
PATROL_METRES, PATROL = 25_000, timedelta(hours=48)
PATTERN_KM, PATTERN_MONTHS = 50, 12

HERE = "geography(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326))"
# The statements below are put together from constants of ours alone; what is asked for comes as parameters.
WARNINGS = text(f"""
SELECT id, received_at, ST_Distance(geography(place), {HERE}) / 1000 AS km FROM alerts
WHERE {REACH} AND received_at >= :since AND received_at < :until
    AND ST_DWithin(geography(place), geography(ST_GeomFromText(:ground, 4326)), :metres)
ORDER BY received_at, id LIMIT 50
""")  # noqa: S608
BASES = text(f"""
SELECT name, ST_Distance(geography(place), {HERE}) / 1000 AS km FROM bases WHERE {REACH}
ORDER BY geography(place) <-> {HERE} LIMIT 2
""")  # noqa: S608
PATROLS = text(f"""
SELECT p.call_sign, f.at, f.metres / 1000 AS km
FROM (SELECT * FROM patrols WHERE {REACH} AND started_at < :until AND (ended_at IS NULL OR ended_at > :since)) p
CROSS JOIN LATERAL (
    SELECT at, ST_Distance(geography(place), {HERE}) AS metres FROM (
        SELECT x.at, x.place FROM positions x JOIN tracked t ON t.id = x.tracked_id
        WHERE t.patrol_id = p.id AND x.flags & 39 = 0 AND x.at BETWEEN :since AND :until
            AND x.place && geometry(ST_Buffer({HERE}, :metres))
        UNION ALL
        SELECT s.arrived_at, s.place FROM patrol_stops s
        WHERE s.patrol_id = p.id AND s.arrived_at BETWEEN :since AND :until
    ) seen ORDER BY metres, at LIMIT 1) f
WHERE f.metres <= :metres AND {NO_VISIT_SQL} ORDER BY f.metres, f.at LIMIT 1
""")  # noqa: S608
INCIDENTS = text(f"""
SELECT to_char(occurred_from AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*) FROM incidents
WHERE {REACH} AND occurred_from >= :since AND occurred_from < :until AND verification <> 'unfounded'
    AND CASE WHEN :exact THEN place_precision <= 2 AND ST_DWithin(geography(place), {HERE}, :metres)
        ELSE ST_Intersects(place, ST_GeomFromText(:ground, 4326)) END
GROUP BY 1
""")  # noqa: S608
FIRST = text(f"SELECT min(occurred_from) FROM incidents WHERE {REACH}")  # noqa: S608


def warnings_before(scene: Scene, ground: str | None) -> tuple[EarlierWarning, ...]:
    """Alerts within 25 km and seven days before; lead and distance only where both ends are known."""
    if ground is None:
        return ()
    until = scene.begin if scene.hour_known else scene.end
    span = {"since": scene.begin - WARNED, "until": until, "ground": ground, "metres": WARNED_METRES}
    rows = db.session.execute(WARNINGS, {**scene.here, **span, **within_parameters(Permission.READ_ALERTS)})
    return tuple(
        EarlierWarning(
            alert_serial=_("Alert %(id)s", id=row.id),
            raised_at=row.received_at,
            lead_minutes=(until - row.received_at).total_seconds() / 60 if scene.hour_known else None,
            distance_km=round(row.km, 1) if scene.exact else None,
        )
        for row in rows
    )


def presence_near(scene: Scene) -> tuple[Presence, ...]:
    """The two nearest bases, and with the nearest the patrol that came closest in the 48 hours before."""
    rows = db.session.execute(BASES, {**scene.here, **within_parameters(Permission.SEE_MAP)}).all()
    patrol = nearest_patrol(scene) if rows else None
    return tuple(
        Presence(row.name, round(row.km, 1) if scene.exact else None, patrol if place == 0 else None)
        for place, row in enumerate(rows)
    )


def nearest_patrol(scene: Scene) -> str | None:
    """In words; None (not known) where the place or the hour is not known or patrols may not be read."""
    if not scene.exact or not scene.hour_known or not viewer().holds(Permission.READ_PATROLS):
        return None
    span = {"since": scene.begin - PATROL, "until": scene.begin, "metres": PATROL_METRES}
    row = db.session.execute(
        PATROLS, {**scene.here, **span, **within_parameters(Permission.READ_PATROLS)}
    ).first()
    if row is None:
        return _("none on record within 25 km in the 48 hours before")
    return f"{row.call_sign}, {kilometres(row.km)}, {dtg(row.at)}"


def months_until(at: datetime) -> list[datetime]:
    """The first days of the twelve months that end with the month of `at`."""
    month, found = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0), []
    for _month in range(PATTERN_MONTHS):
        found.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return found[::-1]


def pattern(scene: Scene, ground: str | None) -> Chart | None:
    """Incidents per month around a point or within the area; the month of the event is marked."""
    if ground is None or scene.precision > 4:
        return None
    reach = within_parameters(Permission.READ_INCIDENTS)
    months = months_until(scene.begin)
    span: dict[str, Any] = {
        "since": months[0], "until": (months[-1] + timedelta(days=32)).replace(day=1), "ground": ground,
        "exact": scene.precision <= 2, "metres": PATTERN_KM * 1000,
    }  # fmt: skip
    rows = db.session.execute(INCIDENTS, {**scene.here, **span, **reach})
    counted: dict[str, int] = dict(rows.tuples().all())
    first: datetime | None = db.session.execute(FIRST, reach).scalar()
    # Before anything was recorded nobody counted: no bar, which is not the same as none.
    begun = f"{first.astimezone(UTC):%Y-%m}" if first else ""
    values = tuple(
        counted.get(month, 0) if month >= begun else None for month in map("{:%Y-%m}".format, months)
    )
    title = _("Incidents per month within %(km)s km", km=PATTERN_KM)
    if scene.precision > 2:
        title = _("Incidents per month in the same area")
    return Chart(
        title=title,
        unit=_("incidents"),
        categories=tuple(f"{MONTHS[m.month - 1]} {m:%y}" for m in months),
        panels=(Panel(_("All incidents"), values, len(months) - 1),),
    )
