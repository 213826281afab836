"""Reads of incidents: the table, one incident, what lies in a box. Each goes through the viewer's scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from app.db import db
from app.errors import NotFound
from app.incidents.models import Incident, IncidentKind, IncidentVerification
from app.permissions import Permission, within

PAGE = 50
SORTS = {
    "when": Incident.occurred_from, "kind": Incident.kind, "killed": Incident.killed_best,
    "verification": Incident.verification, "precision": Incident.place_precision, "source": Incident.source,
    "serial": Incident.id,
}  # fmt: skip
Box = tuple[float, float, float, float]  # west, south, east, north in degrees


def visible() -> ColumnElement[bool]:
    return within(Permission.READ_INCIDENTS, Incident.sector_id)


def rows() -> Select[Any]:
    return select(
        Incident.id, Incident.source, Incident.source_id, Incident.kind, Incident.original_kind,
        Incident.occurred_from, Incident.occurred_to, Incident.date_precision, Incident.place_name,
        Incident.place_precision, Incident.admin_code, Incident.sector_id, Incident.side_a, Incident.side_b,
        Incident.killed_low, Incident.killed_best, Incident.killed_high, Incident.injured, Incident.abducted,
        Incident.killed_by_side, Incident.verification, Incident.source_reliability, Incident.credibility,
        Incident.alert_id, Incident.recorded_at, func.ST_X(Incident.place).label("lon"),
        func.ST_Y(Incident.place).label("lat"),
    ).where(visible())  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """The table's filters, as they stand in the URL; `until` is the first moment that is left out."""

    kind: str = ""
    verification: str = ""
    source: str = ""
    precision: str = ""
    grade: str = ""
    actor: str = ""
    sector: int | None = None
    search: str = ""
    since: datetime | None = None
    until: datetime | None = None
    box: Box | None = None
    sort: str = "-when"

    def where(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        # A kind that no incident has is the map's filter for alerts, and is none here.
        kind = self.kind if self.kind in set(IncidentKind) else ""
        for column, value in (
            (Incident.kind, kind), (Incident.verification, self.verification), (Incident.source, self.source),
        ):  # fmt: skip
            if value:
                found.append(column == value)
        if self.precision in ("1", "2", "3", "4", "5", "6", "7"):
            found.append(Incident.place_precision == int(self.precision))
        elif self.precision == "exact":
            found.append(Incident.place_precision <= 2)
        elif self.precision == "coarse":
            found.append(Incident.place_precision > 2)
        if self.since is not None:
            found.append(Incident.occurred_to >= self.since)
        if self.until is not None:
            found.append(Incident.occurred_from < self.until)
        if self.box is not None:
            found.append(Incident.place.op("&&")(func.ST_MakeEnvelope(*self.box, 4326)))
        if self.grade in ("A", "B", "C", "D", "E", "F"):
            found.append(Incident.source_reliability <= self.grade)
        if self.sector is not None:
            found.append(Incident.sector_id == self.sector)
        if self.actor:
            named = self.actor.lower()
            found.append(
                (func.strpos(func.lower(Incident.side_a), named) > 0)
                | (func.strpos(func.lower(Incident.side_b), named) > 0)
            )
        if self.search:
            wanted = self.search.lower()
            found.append(
                (func.strpos(func.lower(Incident.place_name), wanted) > 0)
                | (func.strpos(func.lower(Incident.side_a), wanted) > 0)
                | (func.strpos(func.lower(Incident.side_b), wanted) > 0)
            )
        return found


def table(filters: Filters, page: int = 1) -> tuple[list[Row[Any]], int]:
    """One page of incidents and how many there are, newest first unless sorted otherwise."""
    total = db.session.execute(
        select(func.count()).select_from(Incident).where(visible(), *filters.where())
    ).scalar_one()
    column: Any = SORTS.get(filters.sort.lstrip("-"), Incident.occurred_from)
    # Few ids first: the wide columns are read for one page only.
    ids = (
        select(Incident.id)
        .where(visible(), *filters.where())
        .order_by(column.desc() if filters.sort.startswith("-") else column.asc(), Incident.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    wanted = list(db.session.scalars(ids))
    found = {row.id: row for row in db.session.execute(rows().where(Incident.id.in_(wanted)))}
    return [found[i] for i in wanted if i in found], total


def sources() -> list[str]:
    """The sources that incidents of the viewer's scope come from."""
    return list(
        db.session.scalars(select(Incident.source).where(visible()).distinct().order_by(Incident.source))
    )


@dataclass(frozen=True)
class IncidentFile:
    """One incident with its words and the judgements on it, oldest first."""

    incident: Row[Any]
    summary: str
    report_id: Any
    recorded_by_id: int | None
    verifications: list[IncidentVerification]


def one(incident_id: int) -> IncidentFile:
    incident = db.session.execute(rows().where(Incident.id == incident_id)).first()
    if incident is None:
        raise NotFound
    rest = db.session.execute(
        select(Incident.summary, Incident.report_id, Incident.recorded_by_id).where(
            Incident.id == incident_id
        )
    ).one()
    judged = db.session.scalars(
        select(IncidentVerification)
        .where(IncidentVerification.incident_id == incident_id)
        .order_by(IncidentVerification.id)
    )
    return IncidentFile(incident, rest.summary, rest.report_id, rest.recorded_by_id, list(judged))


def as_json(i: Row[Any]) -> Mapping[str, Any]:
    """An incident as the API tells it; the place always with its precision."""
    return {
        "id": i.id, "kind": i.kind, "source": i.source, "source_id": i.source_id, "original_kind": i.original_kind,
        "occurred_from": i.occurred_from.isoformat(), "occurred_to": i.occurred_to.isoformat(),
        "date_precision": i.date_precision,
        "place": {"lon": i.lon, "lat": i.lat, "precision": i.place_precision, "name": i.place_name,
                  "admin_code": i.admin_code},
        "sector_id": i.sector_id, "side_a": i.side_a, "side_b": i.side_b,
        "killed": {"low": i.killed_low, "best": i.killed_best, "high": i.killed_high, "by_side": i.killed_by_side},
        "injured": i.injured, "abducted": i.abducted, "verification": i.verification,
        "grade": f"{i.source_reliability}{i.credibility}", "alert_id": i.alert_id,
        "recorded_at": i.recorded_at.isoformat(),
    }  # fmt: skip


def whole(found: IncidentFile) -> Mapping[str, Any]:
    return {
        **as_json(found.incident),
        "summary": found.summary,
        "verifications": [
            {"from": v.from_status, "to": v.to_status, "note": v.note, "at": v.at.isoformat(), "by_role": v.by_role}
            for v in found.verifications
        ],
    }  # fmt: skip
