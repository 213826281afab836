"""A report held against itself, its track, its sector and the sun: what is refused, and what the leader explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import gettext as _
from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from app.db import db
from app.errors import Invalid
from app.mission.models import Sector
from app.mission.placing import Given, placed, read_place
from app.moments import read_moment
from app.patrol_reports.blocks import BLOCKS
from app.patrol_reports.wording import finding
from app.words import dtg
from geo import coordinates, grid_reference
from geo.patrols import report_checks as checks
from geo.patrols.report_checks import Finding, Fix, Visit

# Groups whose rows may not stand there twice.
GROUPS = (("observations", "observations"), ("incidents", "incidents"), ("checkpoints", "checkpoints"))
# What must be answered before a report is sent: by a yes or a no, never by silence.
MUST_SAY = (
    ("signal", "child"), ("signal", "sexual_violence"), ("force", "force_used"), ("force", "weapon_pointed"),
    ("force", "detained"),
)  # fmt: skip


def times_of(block: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    return moment(block.get("started_at")), moment(block.get("ended_at"))


def moment(written: str | None) -> datetime | None:
    return read_moment(written) if written else None


def visits_of(block: dict[str, Any]) -> list[Visit]:
    return [
        Visit(
            w.get("name", ""),
            *where(w.get("place", "")),
            moment(w.get("arrived_at")),
            moment(w.get("departed_at")),
        )
        for w in block.get("waypoints", [])
    ]


def where(written: str) -> tuple[float | None, float | None]:
    """lon, lat of a place as it was written (the last way of two); None, None where it names none."""
    with suppress(ValueError, Invalid):
        found = placed(Given(**read_place(written.split("/")[-1])))
        return found.lon, found.lat
    return None, None


def area_of(sector_id: int | None) -> BaseGeometry | None:
    found = db.session.execute(select(Sector.area).where(Sector.id == sector_id)).scalar()
    return None if found is None else to_shape(found)


def found_in(
    blocks: dict[str, Any], track: Sequence[Fix], sector_id: int | None, now: datetime | None = None
) -> list[Finding]:
    """All that the checks find, impossible things first."""
    now = now or datetime.now(UTC)
    route, task = blocks.get("route", {}), blocks.get("task", {})
    start, end = times_of(route)
    visits = visits_of(route)
    within_ = [f for f in track if (start is None or f.at >= start) and (end is None or f.at <= end)]
    found = [
        *checks.in_order(start, visits, end, now), *of_other_times(blocks, now),
        *checks.speeds(task.get("mode", "vehicle"), within_, visits), *checks.gaps(track, start, end),
        *checks.outside(within_, visits, area_of(sector_id)),
        *checks.light(task.get("light", "day"), within_, visits), *grids(route.get("waypoints", [])),
        *(f for code, group in GROUPS for f in checks.twice(group, rows(blocks.get(code, {}).get(group, [])))),
    ]  # fmt: skip
    return sorted(found, key=lambda f: not f.refused)


def of_other_times(blocks: dict[str, Any], now: datetime) -> Iterator[Finding]:
    """Times to come among what was seen, passed and suffered; a patrol reports nothing that is still to come."""
    for code, group in GROUPS:
        for row in blocks.get(code, {}).get(group, []):
            at = moment(row.get("at"))
            if at is not None and at > now + checks.CLOCK_GRACE:
                yield Finding("future", True, group, at=at)


def grids(waypoints: Sequence[dict[str, Any]]) -> Iterator[Finding]:
    """Places that were written in two ways, such as 36NSG9373 / 1.5667, 30.2500."""
    for w in waypoints:
        cell: grid_reference.GridCell | None = None
        point: coordinates.Coordinates | None = None
        for part in w.get("place", "").split("/"):
            with suppress(ValueError):
                cell = grid_reference.parse(part)
            with suppress(ValueError):
                point = coordinates.parse(part)
        if cell is not None and point is not None:
            name = w.get("name") or w["place"]
            yield from checks.grids_disagree(name, cell.centre, cell.precision_m, point.lon, point.lat)


def rows(group: Sequence[dict[str, Any]]) -> list[tuple[object, ...]]:
    return [tuple(sorted((k, str(v)) for k, v in row.items())) for row in group]


def as_flags(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as they stand in the row and on the page."""
    return [
        {
            "code": f.code,
            "where": f.where,
            "number": f.number,
            "at": dtg(f.at) if f.at else None,
            "refused": f.refused,
        }
        for f in found
    ]


def refuse_impossible(flags: Sequence[dict[str, Any]]) -> None:
    impossible = [finding(f) for f in flags if f["refused"]]
    if impossible:
        raise Invalid(
            _("This can’t be, so nothing was sent. Correct it: %(what)s", what=" ".join(impossible)),
            code="impossible",
        )


def unsaid(blocks: dict[str, Any]) -> list[str]:
    """Codes of the blocks that were not kept yet, or in which a yes or a no is missing."""
    silent = {code for code, name in MUST_SAY if blocks.get(code, {}).get(name) is None}
    return [code for code in BLOCKS if code not in blocks or code in silent]


def readable(blocks: dict[str, Any]) -> None:
    """Refuses times in a block that can't be read. Raises Invalid with the field's name."""
    for name, value in _moments(blocks, ""):
        try:
            read_moment(value)
        except ValueError as error:
            raise Invalid(str(error), fields={name: str(error)}) from None


def _moments(values: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, list):
            for n, row in enumerate(value):
                yield from _moments(row, f"{prefix}{name}.{n}.")
        elif value and name in ("at", "started_at", "ended_at", "prepared_at", "arrived_at", "departed_at"):
            yield prefix + name, str(value)


def day(written: Any) -> date | None:
    return date.fromisoformat(written) if written else None
