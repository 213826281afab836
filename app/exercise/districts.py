"""Districts, provinces, sectors: tilings of the land in which neighbours share every vertex of their edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, MultiPolygon
from shapely.geometry.base import BaseGeometry

from app.exercise.chance import GRID, KM, Floats, multi_polygon, on_grid, stream
from app.exercise.country import Land
from app.exercise.names import COUNTRY_CODE, COUNTRY_NAME, MISSION_CODE, Namer
from app.exercise.noise import line_between_seeds

DISTRICTS, SECTORS, PROVINCES_IN_SECTOR, AREAS_IN_SECTOR = 28, 3, 2, 3
COMPASS = ("north", "centre", "south")


@dataclass(frozen=True)
class AdminArea:
    """An area with a p-code: level 0 country, 1 province, 2 district. The parent stands in its own field."""

    code: str
    name: str
    level: int
    parent_code: str | None
    area: MultiPolygon


@dataclass(frozen=True)
class Sector:
    """echelon: mission, sector or battalion. districts: codes of the districts that it covers."""

    code: str
    name: str
    echelon: str
    parent_code: str | None
    districts: tuple[str, ...]
    area: MultiPolygon


def _seeds(rng: np.random.Generator, land: Land) -> Floats:
    """Well-spaced points, denser towards the coast (Lloyd, IEEE Transactions on Information Theory 28, 1982)."""
    west, south, east, north = land.mainland.bounds
    spots = rng.uniform((west, south), (east, north), (5000, 2))
    spots = spots[shapely.contains_xy(land.mainland, spots)]
    weight = 0.5 + np.exp(-shapely.distance(land.coast.simplify(0.01), shapely.points(spots)) / (90 * KM))
    middles = spots[rng.choice(len(spots), DISTRICTS, replace=False, p=weight / weight.sum())]
    for _ in range(4):
        own = np.hypot(*(spots[:, None] - middles[None]).transpose(2, 0, 1)).argmin(axis=1)
        for i in range(DISTRICTS):
            part = own == i
            if part.any():
                # Halfway only: perfectly relaxed cells look like honeycomb.
                middles[i] = (middles[i] + np.average(spots[part], axis=0, weights=weight[part])) / 2
    return middles


def _noisy_cells(rng: np.random.Generator, land: Land, seeds: Floats) -> list[BaseGeometry]:
    """A noisy Voronoi cell for each seed, all together covering the land and more."""
    # A ring of seeds outside closes the outer cells; near enough that no edge of the land's own cells is long.
    ring = land.whole.convex_hull.buffer(140 * KM).exterior
    far = np.array([ring.interpolate(share, normalized=True).coords[0] for share in np.arange(20) / 20])
    every = np.vstack([seeds, far])
    edges = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(every), only_edges=True))
    frame = land.whole.envelope.buffer(30 * KM)
    lines: list[BaseGeometry] = [frame.exterior]
    for edge in edges:
        ends = shapely.get_coordinates(edge)
        if not edge.intersects(frame):
            continue
        away = np.hypot(*(every - ends.mean(axis=0)).T)
        lines.append(LineString(line_between_seeds(rng, ends[0], ends[1], every[int(away.argmin())], 3 * KM)))
    noded = shapely.union_all(lines, grid_size=GRID)
    faces = shapely.get_parts(shapely.polygonize(list(shapely.get_parts(noded))))
    tree = shapely.STRtree(faces)
    return [faces[int(tree.query(shapely.points(seed), predicate="within")[0])] for seed in seeds]


def tile(rng: np.random.Generator, land: Land) -> list[MultiPolygon]:
    """The land cut into districts without gap or overlap, islands with the nearest."""
    cells = _noisy_cells(rng, land, _seeds(rng, land))
    edges = shapely.union_all([*(c.boundary for c in cells), land.mainland.exterior], grid_size=GRID)
    faces = shapely.get_parts(shapely.polygonize(list(shapely.get_parts(edges))))
    inside = faces[shapely.contains(land.mainland.buffer(GRID), faces)]
    pieces: list[list[BaseGeometry]] = [[] for _ in cells]
    tree = shapely.STRtree(cells)
    for face in inside:
        home = tree.query(face.representative_point(), predicate="within")
        owner = int(home[0]) if len(home) else int(tree.nearest(face.representative_point()))
        pieces[owner].append(face)
    _give_away_cut_off(pieces)
    for island in shapely.get_parts(land.whole):
        if not island.intersects(land.mainland):
            nearest = min(range(len(cells)), key=lambda i: shapely.union_all(pieces[i]).distance(island))
            pieces[nearest].append(island)
    return [multi_polygon(on_grid(shapely.union_all(p, grid_size=GRID))) for p in pieces]


def _give_away_cut_off(pieces: list[list[BaseGeometry]]) -> None:
    """A bay can cut a lobe off its district: it goes to the neighbour with which it shares the longest edge."""
    for own, faces in enumerate(pieces):
        faces.sort(key=lambda f: -f.area)
        for lobe in faces[1:]:
            shared = [
                0.0
                if other == own
                else sum(lobe.intersection(f).length for f in theirs if f.intersects(lobe))
                for other, theirs in enumerate(pieces)
            ]
            best = int(np.argmax(shared))
            if shared[best] > 0:
                faces.remove(lobe)
                pieces[best].append(lobe)


def neighbours(areas: Sequence[MultiPolygon]) -> dict[int, set[int]]:
    """Which areas share an edge (not only a corner)."""
    found: dict[int, set[int]] = {i: set() for i in range(len(areas))}
    for a, b in zip(*shapely.STRtree(areas).query(areas, predicate="intersects"), strict=True):
        if a < b and areas[a].intersection(areas[b]).length > 1 * KM:
            found[int(a)].add(int(b))
            found[int(b)].add(int(a))
    return found


def in_parts(members: Sequence[int], starts: Sequence[int], middles: Floats, size: Floats,
             near: dict[int, set[int]]) -> list[list[int]]:  # fmt: skip
    """Members in connected groups of about the same size, grown from `starts`: the smallest picks next."""
    parts = [[s] for s in starts]
    free = set(members) - set(starts)
    while free:
        order = sorted(range(len(parts)), key=lambda k: size[parts[k]].sum())
        for k in order:
            reachable = sorted(free & set().union(*(near[m] for m in parts[k])))
            if reachable:
                away = np.hypot(*(middles[reachable] - middles[starts[k]]).T)
                chosen = reachable[int(away.argmin())]
                parts[k].append(chosen)
                free.discard(chosen)
                break
        else:
            raise ValueError("the districts are not all connected by land")
    return parts


def _far_apart(members: Sequence[int], count: int, middles: Floats) -> list[int]:
    """`count` members, each as far as can be from those before; from north-west to south-east."""
    chosen = [max(members, key=lambda m: middles[m][1] - middles[m][0])]
    while len(chosen) < count:
        chosen.append(max(members, key=lambda m: min(np.hypot(*(middles[m] - middles[c])) for c in chosen)))
    return sorted(chosen, key=lambda m: middles[m][0] - middles[m][1])


@dataclass(frozen=True)
class Division:
    """admin: country, provinces, districts. sectors: mission, sectors, areas of responsibility."""

    admin: list[AdminArea]
    sectors: list[Sector]

    def districts(self) -> list[AdminArea]:
        return [a for a in self.admin if a.level == 2]

    def areas_of_responsibility(self) -> list[Sector]:
        return [s for s in self.sectors if s.echelon == "battalion"]


def divide(seed: int, land: Land, namer: Namer) -> Division:
    """6 provinces and 28 districts with p-codes; 3 sectors of 2 provinces, with 3 areas of responsibility each."""
    areas = tile(stream(seed, "districts"), land)
    near = neighbours(areas)
    middles = np.array([a.centroid.coords[0] for a in areas])
    size = np.array([a.area for a in areas])
    by_latitude = sorted(range(len(areas)), key=lambda i: -middles[i][1])
    starts = [by_latitude[0], by_latitude[len(areas) // 2], by_latitude[-1]]
    bands = in_parts(range(len(areas)), starts, middles, size, near)

    def joined(members: Sequence[int]) -> MultiPolygon:
        return multi_polygon(on_grid(shapely.union_all([areas[m] for m in members], grid_size=GRID)))

    everything = joined(range(len(areas)))
    admin = [AdminArea(COUNTRY_CODE, COUNTRY_NAME, 0, None, everything)]
    district_codes: dict[int, str] = {}
    parts_of_sectors: list[tuple[str, str, list[list[int]]]] = []
    for band, compass in zip(bands, COMPASS, strict=True):
        for members in in_parts(band, _far_apart(band, PROVINCES_IN_SECTOR, middles), middles, size, near):
            province = f"{COUNTRY_CODE}{1 + sum(a.level == 1 for a in admin):02d}"
            admin.append(AdminArea(province, namer.root(), 1, COUNTRY_CODE, joined(members)))
            for n, m in enumerate(sorted(members, key=lambda m: (-middles[m][1], m)), start=1):
                district_codes[m] = f"{province}{n:02d}"
                admin.append(AdminArea(district_codes[m], namer.root(), 2, province, areas[m]))
        posts = _far_apart(band, AREAS_IN_SECTOR, middles)
        parts_of_sectors.append((compass, compass[0].upper(), in_parts(band, posts, middles, size, near)))

    def codes(members: Sequence[int]) -> tuple[str, ...]:
        return tuple(sorted(district_codes[m] for m in members))

    sectors = [Sector(MISSION_CODE, "Mission area", "mission", None, codes(range(len(areas))), everything)]
    for compass, letter, parts in parts_of_sectors:
        band = [m for part in parts for m in part]
        code = f"S-{letter}"
        sectors.append(
            Sector(code, f"Sector {compass.title()}", "sector", MISSION_CODE, codes(band), joined(band))
        )
        for n, part in enumerate(parts, start=1):
            name = f"Area {compass.title()} {n}"
            sectors.append(Sector(f"{code}{n}", name, "battalion", code, codes(part), joined(part)))
    admin.sort(key=lambda a: (a.level, a.code))
    return Division(admin, sectors)
