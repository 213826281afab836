"""An alert that a rule raises: the same weighing, clocks and first step as a report's, without a reporter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text

from app.alerts import steps
from app.alerts.models import Alert, Channel, Priority, StepKind
from app.alerts.raising import Looked, Reported, look_around, weigh_and_raise
from app.db import db
from app.incidents.wording import COARSE
from app.ledger.actions import record
from app.mission.placing import areas_of

# Known to a province or the like (UCDP's where_prec).
SECTOR_PRECISION = 4


@dataclass(frozen=True)
class Somewhere:
    """All that may be told of a place, or is known of it: an area, how many metres it reaches around the point, and the
    place's precision (UCDP). Without a sector: the one in which the point lies."""

    sector_id: int | None
    name: str
    radius_metres: int
    precision: int


@dataclass(frozen=True)
class Seen:
    """What a rule saw. lon, lat in degrees; `words`: why, in sentences, the plainest first; times aware. `somewhere`:
    where the point is but the middle of an area; of a large one nothing around it is weighed: it need not be there.
    source_reliability, credibility: of what was seen, where somebody had told of it; else the mission saw it itself."""

    key: str
    kind: str
    priority: str
    lon: float
    lat: float
    occurred_at: datetime
    received_at: datetime
    words: Sequence[str]
    channel: Channel = Channel.RULE
    somewhere: Somewhere | None = None
    source_reliability: str = "B"
    credibility: int = 2


def raise_by_rule(seen: Seen) -> int:
    """The alert's id: of the new one, or of the one that stands under this key already."""
    wide, around = seen.somewhere, areas_of(seen.lon, seen.lat)
    coarse = wide is not None and wide.precision >= COARSE
    raised = weigh_and_raise(
        Reported(
            key=seen.key, kind=seen.kind, channel=seen.channel.value, occurred_at=seen.occurred_at,
            received_at=seen.received_at, lon=seen.lon, lat=seen.lat,
            radius_metres=wide.radius_metres if wide else 0, place_precision=wide.precision if wide else 1,
            date_precision=1, source_reliability=seen.source_reliability, credibility=seen.credibility,
            place_as_given=(wide.name if wide else "") or f"{seen.lat:.4f}, {seen.lon:.4f}",
            admin_code=None if coarse else around.admin_code,
            sector_id=wide.sector_id if wide and wide.sector_id is not None else around.sector_id,
            report_id=None, verbatim=seen.words[0], source_contactable=False, why=tuple(seen.words),
        ),
        nothing_around() if coarse else look_around(seen.lon, seen.lat, seen.received_at),
        at_least=Priority(seen.priority),
    )  # fmt: skip
    if raised is not None:
        return raised
    return int(db.session.execute(select(Alert.id).where(Alert.alert_key == seen.key)).scalar_one())


def nothing_around() -> Looked:
    return Looked(int(db.session.execute(text("SELECT nextval('alert_ids')")).scalar_one()), None)


def note_on_alert(alert_id: int, words: str, now: datetime) -> None:
    """Say on the alert what the rule saw since. The alert itself leaves the board only by a decision."""
    alert = db.session.execute(select(Alert).where(Alert.id == alert_id).with_for_update()).scalar_one()
    steps.write(alert, StepKind.NOTE, now, note=words)
    db.session.flush()
    record("alerts.note", "alerts", alert.id, {"by": "rule"})
