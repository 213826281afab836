"""The mission's roads as `geo.roads.Network`: the ground kept by its version, closures and slowings as they hold now.

What slows: what officers say (`road_conditions`), and the areas of active threats that the viewer may read, by the
standing procedure's factor. The more protective wins: closed before slow, the greater factor before the smaller.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from flask import current_app
from numpy.typing import NDArray
from sqlalchemy import func, select, text

from app.db import db
from app.mission.models import RoadLink
from app.mission.queries import identity, procedures
from app.permissions import Permission, within
from app.roads.models import RoadCondition
from app.roads.queries import holds
from app.threats.models import Threat
from geo.roads import Network, Season, slowed

VERSION = text("SELECT vigil.layer_version(ARRAY['roads'], 'mission:see_map')")
CLASSES = ("main", "secondary", "track")


@dataclass(frozen=True, eq=False)
class Ground:
    """The roads as they lie: link_ids[row] is the id of the network's link `row`."""

    network: Network
    link_ids: NDArray[np.int64]

    def rows_of(self, ids: NDArray[np.int64]) -> NDArray[np.intp]:
        """Rows of these links; ids that are not of this ground are left out."""
        order = np.argsort(self.link_ids)
        at = np.searchsorted(self.link_ids[order], ids)
        at = np.minimum(at, len(order) - 1)
        found = order[at]
        return found[self.link_ids[found] == ids]


def season_at(at: datetime | None = None) -> Season:
    """The season in the mission's own month; the rainy one may run over the turn of the year."""
    values = procedures()
    month = (at or datetime.now(UTC)).astimezone(ZoneInfo(identity().time_zone)).month
    first, last = int(values["rainy_from_month"]), int(values["rainy_until_month"])
    rainy = first <= month <= last if first <= last else month >= first or month <= last
    return Season.RAINY if rainy else Season.DRY


def ground() -> Ground:
    """The roads without what is said of them, kept in each process until one of them changes."""
    values = procedures()
    rain = {name: values[f"roads_rain_{name}"] for name in CLASSES}
    version = db.session.execute(VERSION).scalar_one(), tuple(rain.values())
    kept: tuple[Any, Ground] | None = current_app.extensions.get("vigil_roads")
    if kept is None or kept[0] != version:
        kept = (version, read(rain))
        current_app.extensions["vigil_roads"] = kept
    return kept[1]


def read(rain: dict[str, float]) -> Ground:
    nodes = db.session.execute(text("SELECT id, ST_X(place), ST_Y(place) FROM road_nodes ORDER BY id")).all()
    links = db.session.execute(
        select(
            RoadLink.id, RoadLink.from_node_id, RoadLink.to_node_id, RoadLink.road_class, RoadLink.state,
            RoadLink.metres, RoadLink.minutes, func.ST_AsBinary(RoadLink.line),
        ).order_by(RoadLink.id)
    ).all()  # fmt: skip
    row = {node[0]: n for n, node in enumerate(nodes)}
    network = Network.of(
        [(lon, lat) for _id, lon, lat in nodes],
        [(row[link[1]], row[link[2]]) for link in links],
        [max(link[5], 0.0) for link in links],
        # A link of no minutes would be none: an import may hold one.
        [max(link[6], 0.01) for link in links],
        road_class=[link[3] for link in links],
        state=[link[4] for link in links],
        lines=list(shapely.from_wkb([bytes(link[7]) for link in links])),
        rain=rain,
    )
    return Ground(network, np.array([link[0] for link in links], dtype=np.int64))


def said(at: datetime | None = None) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """What holds at a moment to come, for each link of the ground: (m,) closed, (m,) how many times longer. Without one,
    and once it has passed, as it is now: a road that was closed at noon is closed for whoever plans a day that began at
    midnight."""
    base = ground()
    if at is not None and at <= datetime.now(UTC):
        at = None
    count = len(base.link_ids)
    closed, factor = np.zeros(count, dtype=bool), np.ones(count)
    if not count:
        return closed, factor
    threatened = np.array(threatened_links(), dtype=np.int64)
    factor[base.rows_of(threatened)] = procedures()["roads_threat_slowed"]
    c = RoadCondition
    for link_id, condition, times in db.session.execute(
        select(c.link_id, c.condition, c.factor).where(holds(at))
    ):
        rows = base.rows_of(np.array([link_id], dtype=np.int64))
        if condition == "closed":
            closed[rows] = True
        else:
            factor[rows] = np.maximum(factor[rows], times)
    return closed, factor


def network(at: datetime | None = None) -> Network:
    """The roads at the usual speeds with what holds at a moment: closed links closed, slow ones slow, in both seasons."""
    closed, factor = said(at)
    return slowed(ground().network, closed=closed, factor=factor)


def threatened_links() -> list[int]:
    """Links that lie in the area of an active threat, of those that the viewer may read."""
    return list(
        db.session.execute(
            select(RoadLink.id)
            .join(Threat, func.ST_Intersects(Threat.area, RoadLink.line))
            .where(Threat.ended_at.is_(None), within(Permission.READ_THREATS, Threat.sector_id))
            .distinct()
        ).scalars()
    )
