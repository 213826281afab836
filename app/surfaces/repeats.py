"""Reads of near repeats: whether incidents of a surface made others nearby and soon more likely, sector by sector."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db import db
from app.permissions import Permission, within
from app.surfaces.models import Surface, SurfacePart

# As geo.hotspots.FALSE_DISCOVERIES, which no web process loads; a test holds the two together.
MARKED_UP_TO = 0.05


@dataclass(frozen=True)
class Band:
    """Pairs of incidents more than `beyond` and at most `within` metres apart (0: from the same place on), and more than
    `after` and at most `until` days.

    observed, expected: how many there were, and how many if place and time had nothing to do with each other.
    probability: that chance alone does as much, corrected for the number of bands. All None where so few were observed
    that they could be told apart.
    """

    beyond: float
    within: float
    after: float
    until: float
    observed: int | None
    expected: float | None
    probability: float | None

    @property
    def times(self) -> float | None:
        """How many times as frequent as expected."""
        return self.observed / self.expected if self.observed is not None and self.expected else None

    @property
    def marked(self) -> bool:
        return self.times is not None and self.probability is not None and self.probability <= MARKED_UP_TO


@dataclass(frozen=True)
class Repeats:
    """A sector's table, distances down and times along; of too few incidents no rows, but how many it takes.

    incidents: how many were compared, from `since` on; shortened: older ones were left out, there being too many.
    """

    sector_id: int | None
    rows: Sequence[Sequence[Band]] = ()
    fewer_than: int | None = None
    incidents: int = 0
    since: datetime | None = None
    shortened: bool = False
    dealings: int = 0

    @property
    def soonest(self) -> list[Band]:
        """The nearest of the bands that are marked soonest, and the marked ones that follow it outwards; none where
        nothing is marked."""
        for column in zip(*self.rows, strict=True):
            nearest = itertools.dropwhile(lambda band: not band.marked, column)
            if found := list(itertools.takewhile(lambda band: band.marked, nearest)):
                return found
        return []


def repeats_of(surface: Surface) -> list[Repeats]:
    """Of the sectors of which the viewer sees cells. Surfaces from before it was asked have none."""
    asked = (
        select(SurfacePart.sector_id, SurfacePart.near_repeats)
        .where(
            SurfacePart.surface_id == surface.id,
            SurfacePart.near_repeats.is_not(None),
            within(Permission.SEE_HOTSPOTS, SurfacePart.sector_id),
        )
        .order_by(SurfacePart.id)
    )
    return [read(row.sector_id, row.near_repeats) for row in db.session.execute(asked)]


def read(sector_id: int | None, stored: dict[str, Any]) -> Repeats:
    """What repeating.py stored."""
    if "fewer_than" in stored:
        return Repeats(sector_id, fewer_than=stored["fewer_than"])
    metres, days = [0.0, *stored["metres"]], [0.0, *stored["days"]]
    rows = [
        [
            Band(beyond, within, after, until, *(stored[name][d][t] for name in ("observed", "expected", "probability")))
            for t, (after, until) in enumerate(itertools.pairwise(days))
        ]
        for d, (beyond, within) in enumerate(itertools.pairwise(metres))
    ]  # fmt: skip
    return Repeats(
        sector_id, rows, None, stored["incidents"], datetime.fromisoformat(stored["since"]), stored["shortened"],
        stored["dealings"],
    )  # fmt: skip
