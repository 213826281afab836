"""Armed actors: State forces, seven invented groups, and "unknown", each with the ground where it moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from app.exercise.chance import GRID, KM, Floats, multi_polygon, on_grid, stream
from app.exercise.country import Land
from app.exercise.names import Namer
from app.exercise.noise import blob
from app.exercise.settlements import Settlement

#: Code → (name with %s for an invented name, kind, centres of its ground, spread in km, share of the violence).
_GROUPS = {
    "EX-AG1": ("%s Liberation Front", "rebel_group", 2, 42.0, 0.25),
    "EX-AG2": ("%s Resistance Movement", "rebel_group", 2, 34.0, 0.17),
    "EX-AG3": ("Army of the %s Hills", "rebel_group", 1, 38.0, 0.11),
    "EX-AG4": ("%s Herders' Militia", "identity_militia", 2, 36.0, 0.16),
    "EX-AG5": ("%s Farmers' Guard", "identity_militia", 2, 30.0, 0.12),
    "EX-AG6": ("%s Self-Defence Committees", "self_defence_group", 3, 24.0, 0.08),
    "EX-AG7": ("%s Road Gang", "criminal_group", 3, 22.0, 0.11),
}
UNKNOWN = "EX-UNK"
ARMY, POLICE = "EX-SF1", "EX-SF2"


@dataclass(frozen=True)
class Actor:
    """kind: state_military, state_police, rebel_group, identity_militia, self_defence_group, criminal_group, unknown.

    ground: where a group moves, WGS 84; None for State forces (everywhere) and for the unknown.
    """

    code: str
    name: str
    kind: str
    ground: MultiPolygon | None


@dataclass(frozen=True)
class Presence:
    """How strong each group is at a point: a sum of normal curves around its centres. Shapes (groups, centres)."""

    centres: tuple[Floats, ...]
    spread_km: tuple[float, ...]
    share: tuple[float, ...]

    def at(self, spots: Floats) -> Floats:
        """Strength of each group at each spot, shape (spots, groups)."""
        columns = []
        for centres, spread, share in zip(self.centres, self.spread_km, self.share, strict=True):
            away = np.hypot(*(spots[:, None] - centres[None]).transpose(2, 0, 1)) / KM
            columns.append(share * np.exp(-0.5 * (away / spread) ** 2).sum(axis=1) / len(centres))
        return np.column_stack(columns)


def raise_actors(
    seed: int, land: Land, settlements: Sequence[Settlement], namer: Namer
) -> tuple[list[Actor], Presence]:
    """The actors, and where the groups are strong: in the borderlands and inland more than by the capital."""
    rng = stream(seed, "actors")
    spots = np.array([s.place.coords[0] for s in settlements])
    from_capital = np.hypot(*(spots - spots[0]).T) / KM
    to_border = shapely.distance(land.border.simplify(0.01), shapely.points(spots)) / KM
    pull = (0.2 + np.exp(-to_border / 45)) * (1 - np.exp(-((from_capital / 110) ** 2)))
    actors = [
        Actor(ARMY, "Talvara Armed Forces", "state_military", None),
        Actor(POLICE, "Talvara National Police", "state_police", None),
    ]
    centres = []
    for code, (pattern, kind, count, spread, _share) in _GROUPS.items():
        first = spots[int(rng.choice(len(spots), p=pull / pull.sum()))]
        near = pull * np.exp(-0.5 * (np.hypot(*(spots - first).T) / (90 * KM)) ** 2)
        chosen = rng.choice(len(spots), count - 1, replace=False, p=near / near.sum())
        own = np.vstack([first[None], spots[chosen]])
        centres.append(own)
        rounds = [Polygon(blob(rng, c, 1.1 * spread * KM, 0.3)).buffer(0) for c in own]
        ground = shapely.intersection(shapely.union_all(rounds), land.whole, grid_size=GRID)
        actors.append(Actor(code, pattern % namer.root(), kind, multi_polygon(on_grid(ground))))
    actors.append(Actor(UNKNOWN, "Unknown armed men", "unknown", None))
    spreads, shares = [g[3] for g in _GROUPS.values()], [g[4] for g in _GROUPS.values()]
    return actors, Presence(tuple(centres), tuple(spreads), tuple(shares))
