"""Figures, counted by the database set at a time: one statement for all measures of a source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select, text

from app.alerts import queries as alerts
from app.alerts.models import Alert
from app.db import db
from app.measures.models import Figure, Measure, Shape, Source
from app.measures.periods import Period
from app.measures.sources import DIVISIONS, READ_BY, ROWS
from app.mission.models import Sector
from app.mission.queries import procedures
from app.permissions import REACH, Permission, viewer, within_parameters
from app.sites.queries import VISIT_METRES

MOST_BEHIND = 200
#: A row whose cell is not known still belongs to the total.
NOT_KNOWN = "not_known"


def parameters(source: Source, period: Period) -> dict[str, Any]:
    values = procedures()
    reads = Permission.READ_DEFENDERS if source is Source.DEFENDERS else Permission.READ_MEASURES
    return within_parameters(reads) | {
        "since": period.since, "until": period.until, "compartments": sorted(viewer().compartments),
        "feedback_minutes": values["feedback_hours"] * 60,
        "warning_metres": values["measures_warning_metres"], "warning_days": values["measures_warning_days"],
        "coverage_metres": values["measures_coverage_metres"], "coverage_days": values["measures_coverage_days"],
        "visit_metres": VISIT_METRES,
    }  # fmt: skip


def columns(n: int, measure: Measure) -> list[str]:
    """The sums of one measure, as SQL; constants of the catalogue and no word of a request."""
    rows = f"({measure.among}) AND ({measure.counted})"
    also = [f"count(*) FILTER (WHERE {other}) AS also_{n}_{k}" for k, other in enumerate(measure.also)]
    if measure.shape is Shape.TIMES:
        timed = f"({measure.among}) AND {measure.value} IS NOT NULL"
        return [
            f"count(*) FILTER (WHERE {measure.among}) AS among_{n}",
            f"count(*) FILTER (WHERE {timed}) AS counted_{n}",
            f"count(*) FILTER (WHERE ({measure.among}) AND ({measure.due}) AND {measure.value} IS NULL) AS missing_{n}",
            f"percentile_cont(0.5) WITHIN GROUP (ORDER BY {measure.value}) FILTER (WHERE {timed}) AS median_{n}",
            f"percentile_disc(0.9) WITHIN GROUP (ORDER BY {measure.value}) FILTER (WHERE {timed}) AS ninetieth_{n}",
        ]
    found = [
        f"count(*) FILTER (WHERE {measure.among}) AS among_{n}",
        f"count(*) FILTER (WHERE {rows}) AS counted_{n}",
        f"coalesce(sum({measure.weight}) FILTER (WHERE {measure.among}), 0)::float8 AS denominator_{n}",
        f"coalesce(sum({measure.value}) FILTER (WHERE {rows}), 0)::float8 AS numerator_{n}",
    ]
    return (
        also
        + found
        + [
            f"count(*) FILTER (WHERE ({measure.among}) AND {measure.column} = '{part}') AS part_{n}_{part}"
            for part in measure.parts
        ]
    )


def figures(
    measures: Sequence[Measure], period: Period, by: str = "", monthly: bool = False
) -> dict[str, list[Figure]]:
    """Figures of measures of one source, by code: each cell (and month) that has rows, in the order of keys.

    by: a division of the source, or nothing for the total alone.
    """
    source = measures[0].source
    counted = [m for m in measures if m.shape is not Shape.NOT_RECORDED]
    if not counted:
        return {}
    cell = f"coalesce({DIVISIONS[source][by]}, '{NOT_KNOWN}')" if by else "NULL::text"
    month = "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM')" if monthly else "NULL::text"
    sums = ", ".join(column for n, measure in enumerate(counted) for column in columns(n, measure))
    # Constants of ours alone: what a request gives comes as parameters, and `by` is looked up.
    query = (
        f"SELECT {month} AS month, {cell} AS cell, count(*) AS rows, {sums} FROM ({ROWS[source]}) f WHERE {REACH} "  # noqa: S608
        "GROUP BY 1, 2 ORDER BY 1, 2"
    )
    found = db.session.execute(text(query), parameters(source, period)).all()
    return {m.code: [figure(m, n, row) for row in found] for n, m in enumerate(counted)}


def figure(measure: Measure, n: int, row: Row[Any]) -> Figure:
    told = row._mapping
    plain = Figure(row.cell, row.month, row.rows, told[f"among_{n}"], told[f"counted_{n}"])
    if measure.shape is Shape.TIMES:
        return Figure(
            plain.key, plain.month, plain.rows, plain.among, plain.counted, plain.counted, plain.among,
            told[f"median_{n}"], told[f"ninetieth_{n}"], told[f"missing_{n}"],
        )  # fmt: skip
    return Figure(
        plain.key, plain.month, plain.rows, plain.among, plain.counted, told[f"numerator_{n}"],
        told[f"denominator_{n}"], parts={part: told[f"part_{n}_{part}"] for part in measure.parts},
        also=tuple(told[f"also_{n}_{k}"] for k in range(len(measure.also))),
    )  # fmt: skip


def totals(measures: Iterable[Measure], period: Period) -> dict[str, Figure]:
    """The total of each measure, by code; one statement for each source."""
    found: dict[str, Figure] = {}
    every = list(measures)
    for source in dict.fromkeys(m.source for m in every):
        ours = [m for m in every if m.source is source]
        for code, cells in figures(ours, period).items():
            found[code] = cells[0] if cells else Figure(parts=dict.fromkeys(parts_of(ours, code), 0))
    return found


def parts_of(measures: Sequence[Measure], code: str) -> tuple[str, ...]:
    return next(m.parts for m in measures if m.code == code)


def alerts_behind(measure: Measure, period: Period, by: str = "", key: str = "") -> list[Row[Any]]:
    """The alerts that a figure counts, newest first, as far as the viewer reads alerts; of one cell where it is named."""
    source = measure.source
    if source not in (Source.ALERTS, Source.RULES) or not viewer().holds(READ_BY[source]):
        return []
    cell = f"AND coalesce({DIVISIONS[source][by]}, '{NOT_KNOWN}') = :key" if by and key else ""
    query = (
        f"SELECT alert_id FROM ({ROWS[source]}) f WHERE {REACH} AND ({measure.among}) {cell} "  # noqa: S608
        f"ORDER BY at DESC, alert_id DESC LIMIT {MOST_BEHIND}"
    )
    ids = list(db.session.scalars(text(query), parameters(source, period) | {"key": key}))
    found = db.session.execute(alerts.rows().where(Alert.id.in_(ids)).order_by(Alert.raised_at.desc()))
    return list(found)


def sector_names() -> dict[str, str]:
    """Code → name."""
    return {row.code: row.name for row in db.session.execute(select(Sector.code, Sector.name))}
