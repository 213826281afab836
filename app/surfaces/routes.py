"""Pages and API of the forecast: what is warned of now and how often that was right; one surface as it was issued."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.api.schemas import describes
from app.db import db
from app.permissions import Permission, needs, viewer
from app.surfaces import actions, charts, queries, repeats, scores, wording
from app.surfaces.models import Surface, SurfaceKind

pages = Blueprint("surfaces", __name__, url_prefix="/forecast")
api = Blueprint("surfaces_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


@pages.get("")
@needs(Permission.READ_FORECAST)
def board() -> str:
    """What the latest surface warns of, and its record: the next decision first."""
    surface = queries.latest()
    issued = scores.of_surfaces(SurfaceKind.ISSUED)
    before = scores.of_surfaces(SurfaceKind.AFTERWARDS)
    records = [(kind, scores.record_of(each)) for kind, each in (("issued", issued), ("afterwards", before))]
    return render_template(
        "surfaces/board.html", surface=surface, past=[*issued, *before],
        records=[(kind, each) for kind, each in records if each.total.surfaces], warners=scores.warners(),
        sectors_warned=scores.sectors_warned(),
        may_order=viewer().holds(Permission.ORDER_FORECAST)
        and (surface is None or surface.issued_on != datetime.now(UTC).date()),
        reads_alerts=viewer().holds(Permission.READ_ALERTS), **shown(surface),
    )  # fmt: skip


@pages.get("/<int:surface_id>")
@needs(Permission.READ_FORECAST)
def page(surface_id: int) -> str:
    """One surface as it was issued, and what came of it."""
    surface = queries.one(surface_id)
    found = scores.Scored(surface, None)
    for score in scores.scores_of([surface.id]):
        found = scores.Scored(surface, found.tally or scores.Tally(surfaces=1))
        assert found.tally is not None
        found.tally.add(score)
    return render_template("surfaces/page.html", surface=surface, tally=found.tally, **shown(surface))


@pages.get("/<int:surface_id>/cells/<int:number>/panel")
@needs(Permission.SEE_HOTSPOTS)
def panel(surface_id: int, number: int) -> str:
    """One cell, beside the map."""
    surface, cell = queries.cell(surface_id, number)
    return render_template("surfaces/panel.html", surface=surface, cell=cell, wording=wording)


def shown(surface: Surface | None) -> dict[str, Any]:
    """The cells of a surface as both pages tell them, for those who see cells."""
    told: dict[str, Any] = {
        "sees": viewer().holds(Permission.SEE_HOTSPOTS), "warned": [], "warned_count": 0, "silent": [],
        "silent_count": 0, "blank_count": 0, "repeats": [], "wording": wording, "charts": charts,
        "sectors": queries.sector_names(), "grace": lambda of: timedelta(days=of.grace_days),
    }  # fmt: skip
    if surface is not None and told["sees"]:
        told["warned"], told["warned_count"] = queries.warned(surface)
        told["silent"], told["silent_count"], told["blank_count"] = queries.silent(surface)
        told["repeats"] = repeats.repeats_of(surface)
    return told


@pages.post("/order")
@needs(Permission.ORDER_FORECAST)
def order() -> BaseResponse:
    actions.order()
    db.session.commit()
    flash(_("Today’s surface is ordered. It will stand here in some minutes."))
    return redirect(url_for("surfaces.board"), 303)


@pages.post("/export")
@needs(Permission.READ_FORECAST)
def export() -> Response:
    written = actions.export()
    db.session.commit()
    return written


@api.get("/forecast")
@needs(Permission.READ_FORECAST)
@describes(
    "The latest surface with the cells that it warns of and near repeats among its incidents, as far as the viewer sees "
    "cells, and what surfaces scored."
)
def latest() -> Response:
    surface = queries.latest()
    records = {
        kind.value: told_tally(scores.record_of(scores.of_surfaces(kind)).total) for kind in SurfaceKind
    }
    return jsonify({"surface": surface and told_surface(surface), "scores": records})


@api.get("/forecast/<int:surface_id>")
@needs(Permission.READ_FORECAST)
@describes(
    "One surface as it was issued, with the cells that it warned of, near repeats among its incidents, and its score "
    "once its period has passed."
)
def one_surface(surface_id: int) -> Response:
    surface = queries.one(surface_id)
    tally = scores.Tally()
    for score in scores.scores_of([surface.id]):
        tally.surfaces = 1
        tally.add(score)
    return jsonify({"surface": told_surface(surface), "score": told_tally(tally) if tally.surfaces else None})


def told_surface(surface: Surface) -> dict[str, Any]:
    cells, count = queries.warned(surface)
    return {
        "id": surface.id, "made": surface.kind, "made_at": surface.made_at.isoformat(),
        "from": surface.from_at.isoformat(), "until": surface.until_at.isoformat(), "shown": surface.used,
        "cell_metres": surface.cell_metres, "stands_on": wording.stands_on(surface), "warned_count": count,
        "warned": [
            {
                "cell": c.number, "lon": round(c.lon, 4), "lat": round(c.lat, 4), "class": c.kind,
                "probability": round(c.probability, 4), "near": c.place, "sector_id": c.sector_id,
                "since": c.warned_since.isoformat() if c.warned_since else None, "why": wording.why(c, surface),
            }
            for c in cells
        ],
        "near_repeats": [told_repeats(each) for each in repeats.repeats_of(surface)],
    }  # fmt: skip


def told_repeats(found: repeats.Repeats) -> dict[str, Any]:
    """A sector's bands; none where there were too few incidents. What is not told of a band is null."""
    return {
        "sector_id": found.sector_id, "fewer_than": found.fewer_than, "incidents": found.incidents,
        "since": found.since and found.since.isoformat(), "dealings": found.dealings,
        "bands": [
            {
                "beyond_metres": band.beyond, "within_metres": band.within, "after_days": band.after,
                "until_days": band.until, "pairs": band.observed, "expected": band.expected,
                "times_as_frequent": band.times and round(band.times, 2), "probability": band.probability,
            }
            for row in found.rows for band in row
        ],
    }  # fmt: skip


def told_tally(tally: scores.Tally) -> dict[str, Any]:
    return {
        "surfaces": tally.surfaces, "cells": tally.cells, "hits": tally.hits, "misses": tally.misses,
        "false_alarms": tally.false_alarms, "median_lead_hours": tally.lead_hours,
        "skill_beside_persistence": tally.skill_persistence, "skill_beside_climatology": tally.skill_climatology,
    }  # fmt: skip
