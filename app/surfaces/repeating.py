"""Near repeats among the incidents that a surface stands on, each sector by itself. In the worker alone, as making.py.

Only what is known to its very place and day can be near another: an incident "within some 25 km" of a settlement lies on
the map in the middle of it, beside others that may have been an hour away.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.surfaces.facts import Events
from app.surfaces.past import NO_SECTOR, OUTSIDE, Ground
from geo.hotspots import adjusted
from geo.near_repeat import latest_within, near_repeats
from geo.projection import transformer_of
from geo.release import is_small

#: Upper ends of the bands. Kept with each surface, so that others may be chosen later.
METRES = (2_000.0, 5_000.0, 10_000.0, 25_000.0)
DAYS = (7.0, 14.0, 28.0)
# With 199 the rarest that can be told is 1 in 200: no band alone could pass the correction for twelve of them.
DEALINGS = 999
FEWEST_INCIDENTS = 20
# Some ten seconds for each sector that has as many (bench/hotspots); of more incidents the latest are compared.
MOST_PAIRS = 1_000_000
DAY = 86_400.0


def by_sector(ground: Ground, incidents: Events, seed: int) -> dict[int | None, dict[str, Any]]:
    """What is kept of each sector that has cells; None: of the mission's ground in no sector. seed: of the dealings."""
    exact = incidents.those(incidents.exact)
    cells = ground.grid.cells_of(exact.places)
    owner = np.where(cells < 0, OUTSIDE, ground.owner[cells])
    return {
        None if sector == NO_SECTOR else sector: found(ground, exact.those(owner == sector), seed)
        for sector in np.unique(ground.owner[ground.ours]).tolist()
    }


def found(ground: Ground, incidents: Events, seed: int) -> dict[str, Any]:
    """The table of one sector as it is stored. Bands with so few pairs that they could be told apart are not kept."""
    if len(incidents.at) < FEWEST_INCIDENTS:
        return {"fewer_than": FEWEST_INCIDENTS}
    east, north = transformer_of(ground.grid.plane).transform(*incidents.places.T)
    # The order says whose time a dealing gives to whom, and the database tells rows in any.
    order = np.lexsort((north, east, incidents.at))
    places, at = np.column_stack([east, north])[order], incidents.at[order]
    count = latest_within(places, METRES[-1], MOST_PAIRS)
    places, at = places[-count:], at[-count:]
    table = near_repeats(
        places, (at - at[0]) / DAY, distance_bands=list(METRES), time_bands=list(DAYS), dealings=DEALINGS, seed=seed
    )  # fmt: skip
    corrected = adjusted(table.probability.ravel()).reshape(table.probability.shape)
    told = ~np.vectorize(lambda pairs: is_small([pairs]), otypes=[bool])(table.observed)
    return {
        "incidents": count, "since": datetime.fromtimestamp(float(at[0]), UTC).isoformat(),
        "shortened": count < len(order), "dealings": DEALINGS, "seed": seed, "metres": METRES, "days": DAYS,
        "observed": kept(table.observed, told), "expected": kept(table.expected.round(3), told),
        "probability": kept(corrected.round(4), told),
    }  # fmt: skip


def kept(numbers: NDArray[Any], told: NDArray[np.bool_]) -> list[list[Any]]:
    """(distances, times) as JSON has it, None where nothing is told."""
    return [
        [number if is_told else None for number, is_told in zip(row, row_told, strict=True)]
        for row, row_told in zip(numbers.tolist(), told.tolist(), strict=True)
    ]
