"""What needs somebody first: havens that are compromised, overfull, about to run out, or not looked after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, select

from app.db import db
from app.havens import compromise, correcting, register, stocks
from app.havens.models import Haven, HavenState
from app.havens.queries import rows, visible
from app.havens.register_models import HavenInspection, HavenRecord, HavenStock
from app.havens.stocks import Limits, Shortfall
from app.mission.queries import procedures

MOST_SHOWN = 12


@dataclass(frozen=True)
class Pressing:
    """One haven and why: people above its places, stores that end, steps that nobody has taken, faults of the register
    (codes of wording.FAULTS)."""

    haven: Row[Any]
    too_many: int
    shortfalls: Sequence[Shortfall]
    steps_left: int
    faults: Sequence[str]

    def rank(self, now: datetime) -> tuple[int, float]:
        """Smaller comes first: compromised; survival lacking now, soon; too many; the rest by what ends first."""
        soonest = min((s.at.timestamp() for s in self.shortfalls), default=float("inf"))
        survival = [s for s in self.shortfalls if s.level == stocks.SURVIVAL]
        if self.steps_left:
            return (0, soonest)
        if survival:
            return (1 if any(s.over(now) for s in survival) else 2, min(s.at.timestamp() for s in survival))
        if self.too_many:
            return (3, -float(self.too_many))
        return (4 if self.shortfalls else 5, soonest)


def pressing() -> tuple[list[Pressing], int]:
    """(the first twelve havens that need somebody, how many there are), of those that the viewer may know of. A haven
    that is shut is asked for nothing but what is left of its compromise."""
    now = datetime.now(UTC)
    havens = list(db.session.execute(rows()))
    counts, records = newest(HavenStock), newest(HavenRecord)
    inspections = newest(HavenInspection, HavenInspection.inspected_on)
    left = compromise.unfinished([h.id for h in havens if h.state == HavenState.COMPROMISED.value])
    moved = correcting.moved_at([h.id for h in havens])
    limits = Limits.of(procedures())
    found = []
    for h in havens:
        counted = counts.get(h.id)
        open_now = h.state in (HavenState.OPEN.value, HavenState.FULL.value)
        one = Pressing(
            h, max(0, h.occupancy - h.capacity_night),
            stocks.shortfalls(counted, h.occupancy, now, limits) if counted else [],
            left.get(h.id, 0),
            register.faults(records.get(h.id), inspections.get(h.id), h.state, moved.get(h.id))
            if open_now else [],
        )  # fmt: skip
        if one.too_many or one.shortfalls or one.steps_left or one.faults:
            found.append(one)
    found.sort(key=lambda p: (*p.rank(now), p.haven.name))
    return found[:MOST_SHOWN], len(found)


def newest(model: Any, *before: Any) -> dict[int, Any]:
    """The newest row about each haven that the viewer may know of."""
    newest_first = [column.desc() for column in (*before, model.id)]
    found = db.session.scalars(
        select(model)
        .join(Haven, Haven.id == model.haven_id)
        .where(visible())
        .distinct(model.haven_id)
        .order_by(model.haven_id, *newest_first)
    )
    return {row.haven_id: row for row in found}


def of_one(haven: Row[Any]) -> list[Shortfall]:
    """What one haven will be short of."""
    counted = register.latest_stock(haven.id)
    if counted is None:
        return []
    return stocks.shortfalls(counted, haven.occupancy, datetime.now(UTC), Limits.of(procedures()))
