"""Ordering today's surface, and the scores as a file. Surfaces themselves are made by the worker alone."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

from flask import Response, current_app
from flask_babel import gettext as _

from app.db import db
from app.errors import Conflict
from app.exchange.csv_file import cell
from app.exchange.tables import Marking
from app.ledger.actions import record
from app.mission import queries as mission
from app.outbox import later
from app.settings import Settings
from app.surfaces import queries, scores
from app.surfaces.models import SurfaceKind

COLUMNS = (
    "surface", "made", "from", "until", "made_at", "shown", "cell_metres", "sector", "cells", "with_event", "hits",
    "misses", "false_alarms", "median_lead_hours", "brier_model", "brier_persistence", "brier_climatology", "marking",
)  # fmt: skip


def order() -> None:
    """Have today's surface made now. Raises Conflict where it stands."""
    standing = queries.latest()
    if standing is not None and standing.issued_on == datetime.now(UTC).date():
        raise Conflict(
            _("Today’s surface stands: what was issued is not made anew. The next one follows tomorrow.")
        )
    record("surfaces.ordered", "surfaces", "next")
    later("workers.surfaces.make", queue="slow")


def export() -> Response:
    """Every score that the viewer reads, a row for each surface and sector, as CSV; recorded, and only then sent."""
    settings: Settings = current_app.extensions["vigil_settings"]
    marking = Marking.of(mission.identity(), settings.exercise)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    names, count = queries.sector_names(), 0
    for kind in SurfaceKind:
        surfaces = {each.surface.id: each.surface for each in scores.of_surfaces(kind, most=10_000)}
        for score in scores.scores_of(list(surfaces)):
            of, own = surfaces[score.surface_id], scores.Tally()
            own.add(score)
            sector = names.get(score.sector_id, "") if score.sector_id else ""
            row = (
                of.id, of.kind, of.from_at, of.until_at, of.made_at, of.used, of.cell_metres, sector, score.cells,
                score.happened, score.hits, score.misses, score.false_alarms, own.lead_hours, score.brier,
                score.brier_persistence, score.brier_climatology, marking.words,
            )  # fmt: skip
            writer.writerow([cell(value) for value in row])
            count += 1
    record("surfaces.exported", "surfaces", "export", {"count": count})
    db.session.commit()
    # With a mark of its order, which spreadsheets want.
    response = Response(out.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    name = f"forecast-scores{'-EXERCISE' if marking.exercise else ''}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
