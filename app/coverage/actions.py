"""The table of coverage as a file."""

from __future__ import annotations

import csv
import io

from flask import Response, current_app
from flask_babel import gettext as _

from app.coverage.facts import site_facts
from app.errors import NotAllowed
from app.exchange.csv_file import answer, cell
from app.exchange.tables import Marking
from app.ledger.actions import record
from app.mission.queries import identity
from app.permissions import Permission, viewer
from app.settings import settings_of

COLUMNS = (
    "site", "place_code", "name", "sector", "priority", "people", "days_alone", "visited_at", "longest_gap_days",
    "past_gap", "risk", "minutes_dry", "minutes_rainy", "neglect", "lon", "lat", "marking",
)  # fmt: skip


def export(sector_id: int | None) -> Response:
    """Every site that the viewer reads, with the figures of the page. Recorded before it is sent."""
    if not viewer().holds(Permission.READ_PATROLS):
        raise NotAllowed(_("Your role does not read patrols."))
    marking = Marking.of(identity(), settings_of(current_app).exercise)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    found = site_facts(sector_id)
    for f in found:
        s, way = f.site, f.way
        minutes = [round(m, 1) if m != float("inf") else "" for m in (way.dry, way.rainy)]
        row = (
            s.id, s.code, s.name, s.sector, s.priority, s.population, round(f.days, 2), s.visited_at,
            s.longest_gap_days, f.over, round(f.risk, 4), *minutes, round(f.neglect, 3), s.lon, s.lat, marking.words,
        )  # fmt: skip
        writer.writerow([cell(value) for value in row])
    record("coverage.exported", "sites", "all", {"count": len(found), "sector": sector_id})
    # With a mark of its order, which spreadsheets want.
    return answer(
        out.getvalue().encode("utf-8-sig"), f"coverage{'-EXERCISE' if marking.exercise else ''}.csv"
    )
