"""300 settlements: towns first, then villages along the rivers and between the towns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPoint, Point

from app.exercise.chance import KM, Floats, point, stream
from app.exercise.country import Land
from app.exercise.districts import AdminArea
from app.exercise.names import Namer
from app.exercise.rivers import River

SETTLEMENTS, TOWNS = 300, 40
_CAPITAL_POPULATION, _RANK_EXPONENT = 600_000, 1.27


@dataclass(frozen=True)
class Settlement:
    """kind: capital, town or village. place: WGS 84 (lon, lat). population: people."""

    code: str
    name: str
    kind: str
    population: int
    district_code: str
    place: Point


@dataclass(frozen=True)
class _Sites:
    spots: Floats
    district: Floats
    to_river: Floats
    to_coast: Floats


def _sites(
    rng: np.random.Generator, land: Land, rivers: Sequence[River], districts: Sequence[AdminArea]
) -> _Sites:
    """Places where somebody could settle: on the mainland, off the water's edge, clear of district borders."""
    west, south, east, north = land.mainland.bounds
    spots = np.round(rng.uniform((west, south), (east, north), (9_000, 2)), 6)
    points = shapely.points(spots)
    found = shapely.STRtree([a.area.buffer(-1.2 * KM) for a in districts]).query(points, predicate="within")
    spots, owner = spots[found[0]], found[1]
    points = shapely.points(spots)
    kept = shapely.contains_xy(land.mainland, spots[:, 0], spots[:, 1])  # nobody founds a village on an islet
    spots, owner, points = spots[kept], owner[kept], points[kept]
    water = shapely.union_all([r.line.simplify(0.002) for r in rivers])
    to_coast = shapely.distance(land.coast.simplify(0.004), points) / KM
    return _Sites(spots, owner, shapely.distance(water, points) / KM, to_coast)


def _chosen(rng: np.random.Generator, sites: _Sites, weight: Floats, count: int, apart_km: float,
            before: Sequence[int] = ()) -> list[int]:  # fmt: skip
    """Sites drawn by weight (Gumbel keys), none nearer than `apart_km` to another or to those before."""
    key = np.log(weight + 1e-12) + rng.gumbel(size=len(weight))
    for b in before:
        key[np.hypot(*(sites.spots - sites.spots[b]).T) < apart_km * KM] = -np.inf
    taken: list[int] = []
    for candidate in np.argsort(-key, kind="stable"):
        if key[candidate] == -np.inf:
            continue
        taken.append(int(candidate))
        if len(taken) == count:
            break
        key[np.hypot(*(sites.spots - sites.spots[candidate]).T) < apart_km * KM] = -np.inf
    return taken


def _capital(sites: _Sites, rivers: Sequence[River]) -> int:
    """The site by the mouth of the greatest river that has one worth a harbour."""
    mouth = next((r for r in rivers if r.into is None), rivers[0]).line.geoms[-1].coords[-1]
    away = np.hypot(*(sites.spots - np.array(mouth)).T) / KM
    return int(np.argmin(away + 3 * np.abs(sites.to_coast - 4)))


def _towns(rng: np.random.Generator, sites: _Sites, capital: int, district_count: int) -> list[int]:
    """One town in each district at least, the capital first; the rest where water and sea draw people."""
    pull = 0.15 + np.exp(-sites.to_river / 4) + 0.5 * np.exp(-sites.to_coast / 12)
    towns = [capital]
    for district in range(district_count):
        if sites.district[capital] != district:
            inside = np.where(sites.district == district, pull, 0.0)
            towns += [t for t in _chosen(rng, sites, inside, 1, 0) if sites.district[t] == district]
    towns += _chosen(rng, sites, pull, TOWNS - len(towns), 24, towns)
    # The order is that of size: without a shuffle, the largest towns would all lie in the first districts.
    return [capital, *(towns[1:][int(i)] for i in rng.permutation(TOWNS - 1))]


def _trunks(sites: _Sites, towns: Sequence[int]) -> shapely.Geometry:
    """Straight lines between towns that are neighbours (Delaunay, the shorter half): where traffic will pass."""
    lines = shapely.get_parts(
        shapely.delaunay_triangles(MultiPoint(sites.spots[list(towns)]), only_edges=True)
    )
    length = shapely.length(lines)
    return shapely.union_all(lines[length <= np.median(length)])


def settle(
    seed: int, land: Land, rivers: Sequence[River], districts: Sequence[AdminArea], namer: Namer
) -> list[Settlement]:
    """The settlements, the largest first; populations by rank and size after Zipf, the capital about 600,000."""
    rng = stream(seed, "settlements")
    sites = _sites(rng, land, rivers, districts)
    towns = _towns(rng, sites, _capital(sites, rivers), len(districts))
    to_trunk = shapely.distance(_trunks(sites, towns), shapely.points(sites.spots)) / KM
    pull = (
        0.05
        + np.exp(-sites.to_river / 2.5)
        + 0.9 * np.exp(-to_trunk / 2.5)
        + 0.3 * np.exp(-sites.to_coast / 4)
    )
    chosen = towns + _chosen(rng, sites, pull, SETTLEMENTS - len(towns), 5, towns)
    settlements: list[Settlement] = []
    for rank, site in enumerate(chosen, start=1):
        spread = 1.0 if rank == 1 else float(rng.uniform(0.85, 1.15))
        population = max(310, round(_CAPITAL_POPULATION * rank**-_RANK_EXPONENT * spread))
        kind = "capital" if rank == 1 else "town" if rank <= TOWNS else "village"
        district = districts[int(sites.district[site])]
        # The town a district grew around gives it its name.
        named = any(s.district_code == district.code for s in settlements)
        name = namer.village() if named else district.name
        place = point(*sites.spots[site])
        settlements.append(Settlement(f"P{rank:03d}", name, kind, population, district.code, place))
    return settlements
