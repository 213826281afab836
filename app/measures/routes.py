"""Pages and API of measures: all of a period, one with its trend and parts, the file with hashtags."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from flask_babel import gettext as _

from app.api.schemas import describes
from app.asked import argument
from app.asked import period as asked_span
from app.db import db
from app.errors import Invalid
from app.measures import actions, charts, queries, views, wording
from app.measures.catalogue import measure_of
from app.measures.models import Figure, Measure, Source
from app.measures.periods import (
    Period,
    any_period,
    last_quarters,
    quarter_before,
    quarter_of,
    read_period,
)
from app.measures.sources import DIVISIONS
from app.permissions import Permission, needs, viewer

pages = Blueprint("measures", __name__, url_prefix="/measures")
api = Blueprint("measures_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)

QUARTERS_OFFERED = 8


def asked_period(as_released: bool) -> Period:
    """Of ?period=2026-Q3 or 2026-08, or ?since= and until=; else the present quarter, or of released figures the last."""
    now = datetime.now(UTC)
    if argument("period"):
        return read_period(argument("period"))
    since, until = asked_span()
    if as_released and since is None and until is None:
        return quarter_before(quarter_of(now))
    return any_period(since, until, now)


def wants_released(otherwise: bool = False) -> bool:
    """Whether figures are asked for as they may leave the house; who sees no others gets these in any case."""
    asked = argument("view")
    only_these = views.sight_of(Source.ALERTS) is views.Sight.RELEASED
    return asked == "released" or only_these or (otherwise and asked != "exact")


def asked_division(measure: Measure) -> str:
    by = argument("by")
    if by and by not in DIVISIONS[measure.source]:
        words = _("This measure is not divided so.")
        raise Invalid(words, fields={"by": words})
    return by


def shown(as_released: bool, period: Period) -> dict[str, Any]:
    """What both pages say of themselves."""
    now = datetime.now(UTC)
    # What a link to another page of measures carries on.
    asked = (
        {"period": period.code}
        if period.code
        else {n: argument(n) for n in ("since", "until") if argument(n)}
    )
    return {
        "asked": asked | ({"view": "released"} if as_released else {}),
        "period": period, "as_released": as_released, "wording": wording, "charts": charts, "Sight": views.Sight,
        "quarters": [quarter_of(now), *last_quarters(now, QUARTERS_OFFERED)],
        "may_release": Permission.RELEASE_MEASURES in viewer().anywhere(),
    }  # fmt: skip


@pages.get("")
@needs(Permission.READ_MEASURES)
def board() -> str:
    """Every measure of a period, the figures first."""
    as_released = wants_released()
    period = asked_period(as_released)
    lines = views.board(period, as_released)
    return render_template("measures/board.html", lines=lines, **shown(as_released, period))


@pages.get("/<code>")
@needs(Permission.READ_MEASURES)
def page(code: str) -> str:
    """One measure: its figure, its trend, its parts, and the alerts behind it for those who read them."""
    measure = measure_of(code)
    as_released = wants_released()
    period, by = asked_period(as_released), asked_division(measure)
    line = views.one(measure, period, by, as_released)
    behind = []
    if line.sight is views.Sight.EXACT:
        behind = queries.alerts_behind(measure, period, by, argument("key"))
    return render_template(
        "measures/page.html", line=line, measure=measure, by=by, behind=behind, sectors=queries.sector_names(),
        divisions=DIVISIONS[measure.source], most_behind=queries.MOST_BEHIND, **shown(as_released, period),
    )  # fmt: skip


@pages.post("/export")
@needs(Permission.RELEASE_MEASURES)
def export() -> Response:
    written = actions.export(read_period(request.form.get("period", "")[:20]))
    db.session.commit()
    return written


@api.get("/measures")
@needs(Permission.READ_MEASURES)
@describes(
    "Every measure of a period with numerator and denominator; period (2026-Q3, 2026-08) or since, until. Small "
    "cells are hidden and periods must have ended, unless view=exact is asked by somebody who reads what is counted."
)
def list_measures() -> Response:
    as_released = wants_released(otherwise=True)
    period = asked_period(as_released)
    lines = views.board(period, as_released)
    return jsonify({"period": told_period(period), "measures": [told(line) for line in lines]})


@api.get("/measures/<code>")
@needs(Permission.READ_MEASURES)
@describes(
    "One measure with its months; by: sector, unit, kind and others divides it; period and view as for the list."
)
def one_measure(code: str) -> Response:
    measure = measure_of(code)
    as_released = wants_released(otherwise=True)
    period, by = asked_period(as_released), asked_division(measure)
    line = views.one(measure, period, by, as_released)
    parts = {"months": [told_figure(f) for f in line.months], "cells": [told_figure(f) for f in line.cells]}
    return jsonify({"period": told_period(period), "by": by or None, **told(line), **parts})


def told_period(period: Period) -> dict[str, Any]:
    return {
        "code": period.code or None,
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
    }


def told(line: views.Line) -> dict[str, Any]:
    m = line.measure
    return {
        "code": m.code, "name": str(m.name), "definition": str(m.definition), "numerator_is": str(m.numerator),
        "denominator_is": str(m.denominator), "excluded": str(m.excluded), "shape": m.shape.value, "unit": m.unit,
        "view": line.sight.value, "figure": told_figure(line.figure) if line.figure else None,
    }  # fmt: skip


def told_figure(figure: Figure) -> dict[str, Any]:
    if figure.hidden:
        return {"key": figure.key, "month": figure.month, "hidden": True}
    return {
        "key": figure.key, "month": figure.month, "hidden": False, "numerator": figure.numerator,
        "denominator": figure.denominator, "share": figure.share, "median": figure.median, "ninetieth": figure.ninetieth,
        "counted": figure.counted, "missing": figure.missing, "parts": figure.parts or None,
    }  # fmt: skip
