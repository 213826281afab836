"""Places that an order in force gives away are nobody else's until that evacuation is ended.

Whoever plans is told whose they are as far as he may read those evacuations; of the others the number of free places is
lower, and nothing says why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, text

from app.db import db
from app.evacuations.models import Evacuation
from app.evacuations.queries import ORDER_LASTS, in_force
from app.evacuations.wording import serial
from app.havens import queries as havens
from app.havens.models import OPENLY_KNOWN, Haven


@dataclass(frozen=True)
class Promise:
    """places, of `free`: what others were promised at a haven; by: their evacuations, id and serial."""

    name: str
    places: int
    free: int
    by: tuple[tuple[int, str], ...]


def taken(haven_ids: Sequence[int], but: int) -> dict[int, int]:
    """Haven id → places given away by all other orders in force."""
    asked = text("SELECT haven_id, places FROM vigil.promised_places(:havens, :but, :since)")
    found = db.session.execute(
        asked, {"havens": list(haven_ids), "but": but, "since": datetime.now(UTC) - ORDER_LASTS}
    )
    return {row.haven_id: row.places for row in found}


def told(evacuation: Evacuation) -> list[Promise]:
    """By haven, as far as the viewer reads the evacuations that were promised its places, and may know of it."""
    places: dict[int, int] = defaultdict(int)
    by: dict[int, dict[int, str]] = defaultdict(dict)
    for row in db.session.execute(in_force().where(Evacuation.id != evacuation.id)):
        for leg in row.content["legs"]:
            haven_id = row.content["havens"][leg["haven"]]["id"]
            places[haven_id] += leg["people"]
            by[haven_id][row.evacuation_id] = serial(row.evacuation_id, row.version)
    found = havens.rows().where(Haven.id.in_(places or [0]))
    if not evacuation.restricted:
        found = found.where(Haven.exposure.in_(OPENLY_KNOWN))
    every = taken(list(places), evacuation.id)
    promises = []
    for h in db.session.execute(found.order_by(func.lower(Haven.name), Haven.id)):
        free = max(h.free - (every.get(h.id, 0) - places[h.id]), 0)
        if free:
            promises.append(Promise(h.name, min(places[h.id], free), free, tuple(by[h.id].items())))
    return promises
