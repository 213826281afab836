"""What the console shows beside the form: likely duplicates of what is being typed, places, the last entries, codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, select, text

from app.alerts import likely
from app.alerts import queries as alerts
from app.alerts.models import Alert
from app.console.forms import EntryForm
from app.db import db
from app.errors import Refusal
from app.mission.placing import Given, areas_of, placed, read_place
from app.moments import read_moment
from app.permissions import Permission, viewer
from app.sources import queries as sources
from app.sources.body import a_code
from app.sources.models import Source

MOST_PLACES, MOST_RECENT, MOST_CODES = 8, 10, 200
PLACES = text("SELECT code, name, area FROM vigil.place_codes_like(:asked, :most)")


def places_like(asked: str) -> list[Row[Any]]:
    if len(asked.strip()) < 2:
        return []
    return list(db.session.execute(PLACES, {"asked": asked.strip(), "most": MOST_PLACES}))


@dataclass(frozen=True)
class Beside:
    """What stands beside an entry: open alerts of its sector that may tell of the same, and what the history of its
    source says, None where there is none."""

    likely: list[likely.Likely]
    record: sources.Record | None


def beside(form: EntryForm) -> Beside | None:
    """None while place or time can't be read yet."""
    try:
        where = placed(Given.model_validate(read_place(form.place.data or "")))
        when = read_moment(form.occurred_at.data) if form.occurred_at.data else datetime.now(UTC)
    except (ValueError, Refusal):
        return None
    sector_id = areas_of(where.lon, where.lat).sector_id
    entry = likely.Entry(
        where.lon,
        where.lat,
        where.radius_metres,
        when,
        form.kind.data or "other",
        form.verbatim.data or "",
        sector_id,
    )
    # Sent again after a lost answer, an entry is no duplicate of itself.
    own = db.session.scalars(select(Alert.id).where(Alert.alert_key == f"hand:{form.id.data}")).all()
    return Beside(
        likely.likely(entry, own, own_sector=True), record_of(form.source_code.data or "", sector_id)
    )


def record_of(written: str, sector_id: int | None) -> sources.Record | None:
    if not viewer().holds(Permission.READ_SOURCES):
        return None
    try:
        source_id = sources.called(a_code(written), sector_id)
    except ValueError:
        return None
    return sources.histories([source_id]).get(source_id, sources.NOTHING_JUDGED) if source_id else None


def recent() -> list[Row[Any]]:
    """What the viewer has entered last, as far as he reads it."""
    mine = alerts.rows().where(Alert.reporter_id == viewer().person_id, Alert.report_id.is_(None))
    return list(db.session.execute(mine.order_by(Alert.id.desc()).limit(MOST_RECENT)))


def codes() -> list[str]:
    """Codes of sources for the list under the field: of few enough that a list helps."""
    if not viewer().holds(Permission.READ_SOURCES):
        return []
    found = select(Source.code).where(sources.visible()).distinct().order_by(Source.code)
    return list(db.session.scalars(found.limit(MOST_CODES)))
