"""How a patrol stands to its order: for its page, and for its leader's own on a phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from app.deviations import queries as deviations
from app.patrol_orders import queries
from app.patrol_orders.figures import comparison, line_of, stops_of, track_of
from app.patrol_orders.queries import Version
from app.patrols.movement import OUT
from app.patrols.queries import PatrolFile
from app.patrols.sketch import Sketch, sketch
from geo.patrols.comparison import Comparison, Stop


@dataclass(frozen=True)
class Standing:
    """`order`: the version in force; `draft`: a newer one waits for approval. `beside`: planned beside done, once it has
    set off under an order. `silent_at`: when the watch is told that nothing was heard, of a patrol that is out."""

    order: Version | None
    draft: Version | None
    deviations: list[Row[Any]]
    beside: Comparison | None = None
    sketch: Sketch | None = None
    stops: tuple[Stop, ...] = ()
    silent_at: datetime | None = None


def standing(file: PatrolFile, figures: bool = True) -> Standing:
    versions = queries.versions(file.patrol.id)
    order = next((v for v in versions if v.issued), None)
    draft = versions[0] if versions and not versions[0].issued else None
    lapses = deviations.of_patrol(file.patrol.id)
    due = silent_at(order, file) if order else None
    if order is None or not figures or file.patrol.started_at is None or not order.row.known:
        return Standing(order, draft, lapses, silent_at=due)
    track = track_of(file.patrol)
    drawn = sketch(line_of(order), [(s.lon, s.lat) for s in file.stops], track)
    beside = comparison(order, file, track)
    return Standing(order, draft, lapses, beside, drawn, tuple(stops_of(file.stops)), due)


def silent_at(order: Version, file: PatrolFile) -> datetime | None:
    """The last word of it, and so many minutes after that."""
    patrol = file.patrol
    if patrol.state not in OUT:
        return None
    told = [at for s in file.stops for at in (s.arrived_at, s.departed_at)]
    heard = [patrol.started_at, order.row.approved_at, patrol.position_at, *told]
    return max(at for at in heard if at is not None) + timedelta(minutes=order.content.lost_comms_minutes)
