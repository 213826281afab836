"""Ordering today's surface, and the scores as a file. Surfaces themselves are made by the worker alone."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

from flask import Response, current_app
from flask_babel import gettext as _

from app.errors import Conflict
from app.exchange.csv_file import answer, cell
from app.exchange.tables import Marking
from app.ledger.actions import record
from app.mission import queries as mission
from app.outbox import later
from app.permissions import Permission, viewer
from app.settings import settings_of
from app.surfaces import queries, scores
from app.surfaces.models import SurfaceKind

COLUMNS = (
    "surface", "made", "from", "until", "made_at", "shown", "cell_metres", "sector", "cells", "with_event", "hits",
    "misses", "false_alarms", "median_lead_hours", "skill_beside_persistence", "skill_beside_climatology", "marking",
)  # fmt: skip


def order() -> None:
    """Have today's surface made now. Raises Conflict where it stands."""
    standing = queries.latest()
    if standing is not None and standing.issued_on == datetime.now(UTC).date():
        raise Conflict(
            _("Today’s surface stands: what was issued is not made anew. The next one follows tomorrow.")
        )
    record("surfaces.ordered", "surfaces", "next")
    later("workers.surfaces.make", queue="files")


def export() -> Response:
    """Every score that the viewer reads as CSV, a row for each surface and sector; recorded, and only then sent. For
    whoever reads no incident a row is a whole surface: a week in a sector may have been one attack on one house."""
    settings = settings_of(current_app)
    marking = Marking.of(mission.identity(), settings.exercise)
    by_sector = viewer().holds(Permission.READ_INCIDENTS)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    names, count = queries.sector_names(), 0
    for kind in SurfaceKind:
        surfaces = {each.surface.id: each.surface for each in scores.of_surfaces(kind, most=10_000)}
        tallies: dict[tuple[int, int | None], scores.Tally] = {}
        for score in scores.scores_of(list(surfaces)):
            key = (score.surface_id, score.sector_id if by_sector else None)
            tallies.setdefault(key, scores.Tally()).add(score)
        for (number, sector_id), tally in tallies.items():
            of = surfaces[number]
            row = (
                of.id, of.kind, of.from_at, of.until_at, of.made_at, of.used, of.cell_metres,
                names.get(sector_id or 0, ""), tally.cells, tally.happened, tally.hits, tally.misses,
                tally.false_alarms, tally.lead_hours, tally.skill_persistence, tally.skill_climatology, marking.words,
            )  # fmt: skip
            writer.writerow([cell(value) for value in row])
            count += 1
    record("surfaces.exported", "surfaces", "export", {"count": count})
    # With a mark of its order, which spreadsheets want.
    name = f"forecast-scores{'-EXERCISE' if marking.exercise else ''}.csv"
    return answer(out.getvalue().encode("utf-8-sig"), name)
