"""Minutes by road between the places of a plan, for each way of going, as the roads are at that time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row

from app.roads.network import CLASSES, ground, said, season_at
from geo.road_joining import joined
from geo.roads import SEASONAL, Network, minutes_between, slowed, travelled


@dataclass(frozen=True, order=True)
class Mode:
    """A way of going: on foot at so many km/h, or (foot_kph 0) in vehicles at shares of the usual speed, on open roads
    and on those of the dry season."""

    foot_kph: float
    open_speed: float
    seasonal_speed: float

    @classmethod
    def of(cls, unit: Row[Any]) -> Mode:
        if unit.going == "foot":
            return cls(unit.foot_kph, 1.0, 1.0)
        return cls(0.0, unit.open_speed, unit.seasonal_speed)

    def on(self, network: Network) -> Network:
        """The roads at this speed."""
        if self.foot_kph:
            speeds = dict.fromkeys({*CLASSES, *network.road_class}, self.foot_kph)
            return travelled(network, speeds, speeds)
        seasonal = np.array([state == SEASONAL for state in network.state], dtype=bool)
        speed = np.where(seasonal, self.seasonal_speed, self.open_speed)
        return replace(network, dry=network.dry / speed, rainy=network.rainy / speed)


def travel_minutes(modes: Sequence[Mode], spots: NDArray[np.float64], at: datetime) -> NDArray[np.float64]:
    """(modes, places, places) minutes between places (lon, lat), inf where no open road leads; 0 on the diagonal."""
    roads = ground().network
    count = len(spots)
    found = np.full((len(modes), count, count), np.inf)
    if len(roads.ends):
        closed, factor = said(at)
        for n, mode in enumerate(modes):
            whole, nodes = joined(slowed(mode.on(roads), closed=closed, factor=factor), spots)
            found[n] = minutes_between(whole, nodes, nodes, season_at(at))
    found[:, np.arange(count), np.arange(count)] = 0.0
    return found
