"""How long help needs by road: from the nearest base to each place, in either season, as the roads are now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import func, select

from app.db import db
from app.mission.models import MilitaryBase
from app.permissions import Permission, within
from app.roads.network import network, season_at
from geo.road_joining import joined
from geo.roads import Season, minutes_between


@dataclass(frozen=True)
class Reached:
    """Minutes from the nearest base; inf where no road leads there. base: its name, of the present season."""

    dry: float
    rainy: float
    minutes: float
    base: str | None


NOWHERE = Reached(np.inf, np.inf, np.inf, None)


def reached(spots: Sequence[tuple[float, float]], at: datetime | None = None) -> list[Reached]:
    """For each place (lon, lat). Help comes from any base that the viewer knows of, whatever its sector."""
    b = MilitaryBase
    bases = db.session.execute(
        select(b.name, func.ST_X(b.place), func.ST_Y(b.place))
        .where(within(Permission.SEE_MAP, b.sector_id))
        .order_by(b.id)
    ).all()
    roads = network(at)
    if not bases or not len(roads.ends) or not spots:
        return [NOWHERE] * len(spots)
    whole, nodes = joined(roads, [(lon, lat) for _name, lon, lat in bases] + list(spots))
    starts, ends = nodes[: len(bases)], nodes[len(bases) :]
    by_season = {season: minutes_between(whole, starts, ends, season) for season in Season}
    present = by_season[season_at(at)]
    nearest = present.argmin(axis=0)
    return [
        Reached(
            float(by_season[Season.DRY][:, n].min()), float(by_season[Season.RAINY][:, n].min()),
            float(present[first, n]), bases[first][0] if np.isfinite(present[first, n]) else None,
        )
        for n, first in enumerate(nearest)
    ]  # fmt: skip
