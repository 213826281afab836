"""Measures that leave the house: written whole, recorded, and only then sent."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, current_app
from flask_babel import gettext as _

from app.errors import Invalid
from app.exchange.csv_file import answer
from app.exchange.tables import Marking
from app.ledger.actions import record
from app.measures import hxl_file
from app.measures.periods import Period, quarter_of
from app.mission import queries as mission
from app.settings import settings_of


def export(period: Period) -> Response:
    """The released figures of a quarter or month that is over, as CSV with HXL hashtags. Raises Invalid for another."""
    if not period.code or period.quarter.until > quarter_of(datetime.now(UTC)).since:
        words = _(
            "Choose a quarter that has ended, or a month of one: figures that still grow are not released."
        )
        raise Invalid(words, fields={"period": words})
    settings = settings_of(current_app)
    marking = Marking.of(mission.identity(), settings.exercise)
    content, count = hxl_file.written(period, marking)
    record("measures.exported", "measures", "export", {"period": period.code, "count": count})
    return answer(content, f"measures{'-EXERCISE' if marking.exercise else ''}-{period.code}.csv")
