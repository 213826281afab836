"""The page of coverage: what needs somebody first, where hours went, what nobody reaches in time."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template
from flask_babel import gettext as _

from app.api.schemas import describes
from app.asked import number
from app.coverage import actions, wording
from app.coverage.facts import SiteFacts, site_facts
from app.coverage.hours import lately
from app.db import db
from app.mission.queries import procedures, sectors_for
from app.permissions import Permission, needs
from app.roads.network import season_at
from app.roads.wording import SEASONS

pages = Blueprint("coverage", __name__, url_prefix="/coverage")
api = Blueprint("coverage_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)

DAYS = 28


@pages.get("")
@needs(Permission.READ_PATROLS)
def board() -> str:
    sector_id = number("sector")
    found = site_facts(sector_id)
    limit = procedures()["coverage_reach_minutes"]
    return render_template(
        "coverage/board.html", facts=found, first=[f for f in found if f.over and f.site.priority == "must"],
        out_of_reach=[f for f in found if max(f.way.dry, f.way.rainy) > limit], limit=round(limit),
        hours=lately(DAYS, sector_id), days=DAYS, wording=wording, season=SEASONS[season_at()],
        filters=[{"name": "sector", "label": _("Sector"), "kind": "select",
                  "options": sectors_for(Permission.READ_PATROLS)}],
    )  # fmt: skip


@pages.post("/export")
@needs(Permission.READ_PATROLS)
def export() -> Response:
    """The table as CSV, of the sector in its address."""
    written = actions.export(number("sector"))
    db.session.commit()
    return written


def as_json(f: SiteFacts) -> dict[str, object]:
    def minutes(value: float) -> float | None:
        return None if value == float("inf") else round(value, 1)

    return {
        "site_id": f.site.id, "place_code": f.site.code, "name": f.site.name, "priority": f.site.priority,
        "people": f.site.population, "days_alone": round(f.days, 2), "past_gap": f.over, "risk": round(f.risk, 4),
        "minutes_dry": minutes(f.way.dry), "minutes_rainy": minutes(f.way.rainy), "neglect": round(f.neglect, 3),
    }  # fmt: skip


@api.get("/coverage")
@needs(Permission.READ_PATROLS)
@describes("Sites to protect by how much they are left alone: days × risk × √people × reach; filter: sector.")
def list_coverage() -> Response:
    return jsonify({"sites": [as_json(f) for f in site_facts(number("sector"))]})
