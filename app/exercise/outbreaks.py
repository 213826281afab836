"""When and where incidents happen: a self-exciting point process in space and time.

Background events fall where armed groups, people and roads are, with seasons and offensives; each event sets
off others near it soon after. After Ogata (ETAS, Annals of the Institute of Statistical Mathematics 50, 1998) and,
for violence, Mohler et al. (Journal of the American Statistical Association 106, 2011) and Johnson and Bowers on near
repeats (2004).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from app.exercise.actors import Presence
from app.exercise.chance import KM, Floats, stream
from app.exercise.country import Land
from app.exercise.roads import RoadGraph
from app.exercise.settlements import Settlement

DAYS, BEFORE = 730, 90  # the process runs `BEFORE` days ahead of the window, so that day one isn't calm
DECAY_DAYS, DECAY_KM = 10.0, 8.0
BRANCHING = 0.62  # events that an event sets off, on average
WANTED, GIVE_OR_TAKE = 5000, 110
_HOTSPOTS = 46
_OFFENSIVE_DAYS = 45

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Outbreaks:
    """day: days since the window's start (0 to 730, with the time of day), sorted. spots: (n, 2) lon, lat on land.
    group: index of the armed group that is strongest there, −1 in quiet country. parent: index of the event that
    set it off, −1 for background or for one before the window."""

    day: Floats
    spots: Floats
    group: Indices
    parent: Indices


def _season(day: Floats, first_day_of_year: float) -> Floats:
    """Rate over the year, highest in the dry season (January), when roads carry; lowest in July."""
    return 1.0 + 0.45 * np.cos(2 * np.pi * (day + first_day_of_year - 20) / 365.25)


def _hotspots(
    rng: np.random.Generator, presence: Presence, settlements: Sequence[Settlement]
) -> tuple[Floats, Floats]:
    """Centres (lon, lat) and weights, by the groups' strength and the people there."""
    spots = np.array([s.place.coords[0] for s in settlements])
    people = np.array([s.population for s in settlements]) ** 0.25
    pull = presence.at(spots).sum(axis=1) * people
    chosen = rng.choice(len(spots), _HOTSPOTS, replace=False, p=pull / pull.sum())
    return spots[chosen], np.exp(rng.normal(0, 0.8, _HOTSPOTS))


def _background(rng: np.random.Generator, count: int, presence: Presence, settlements: Sequence[Settlement],
                roads: RoadGraph, year_day: float) -> tuple[Floats, Floats]:  # fmt: skip
    """Days (from −BEFORE) and spots of background events."""
    centres, weights = _hotspots(rng, presence, settlements)
    # Offensives: every hotspot has months of storm and months of quiet.
    blocks = (DAYS + BEFORE) // _OFFENSIVE_DAYS + 1
    heat = np.exp(rng.normal(0, 0.75, (_HOTSPOTS, blocks))) * weights[:, None]
    cell = rng.choice(heat.size, size=count, p=(heat / heat.sum()).ravel())
    day = (cell % blocks + rng.random(count)) * _OFFENSIVE_DAYS - BEFORE
    spots = centres[cell // blocks] + rng.normal(0, 4.5 * KM, (count, 2))
    elsewhere = rng.random(count)
    # A fifth in towns by their size (crime, protest), an eighth on roads anywhere.
    people = np.array([s.population for s in settlements]) ** 0.55
    town = rng.choice(len(settlements), count, p=people / people.sum())
    places = np.array([s.place.coords[0] for s in settlements])
    in_town = elsewhere < 0.20
    spots[in_town] = (places[town] + rng.normal(0, 1.6 * KM, (count, 2)))[in_town]
    lines = np.array([k.line for k in roads.links])
    length = shapely.length(lines)
    road = rng.choice(len(lines), count, p=length / length.sum())
    on_road = (elsewhere >= 0.20) & (elsewhere < 0.325)
    along = shapely.line_interpolate_point(lines[road], rng.random(count), normalized=True)
    spots[on_road] = shapely.get_coordinates(along)[on_road]
    uniform = ~on_road & in_town
    day[uniform] = rng.uniform(-BEFORE, DAYS, count)[uniform]
    kept = rng.random(count) < _season(day, year_day) / 1.45
    return day[kept], spots[kept]


def _aftershocks(
    rng: np.random.Generator, day: Floats, spots: Floats, parent: Indices
) -> tuple[Floats, Floats, Indices]:
    """Every event with all that it set off, in generations until none is left."""
    every_day, every_spot, every_parent = [day], [spots], [parent]
    first = 0
    while len(day):
        # Gamma-mixed: most events set off nothing, a few a whole series.
        children = rng.poisson(BRANCHING * rng.gamma(0.5, 2.0, len(day)))
        cause = np.repeat(np.arange(len(day)), children)
        day_next = day[cause] + rng.exponential(DECAY_DAYS, len(cause))
        reach, turn = rng.exponential(DECAY_KM, len(cause)) * KM, rng.uniform(0, 2 * np.pi, len(cause))
        spots_next = spots[cause] + np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None]
        within = day_next < DAYS
        parent_next = cause + first
        first += len(day)
        day, spots, parent_next = day_next[within], spots_next[within], parent_next[within]
        every_day.append(day)
        every_spot.append(spots)
        every_parent.append(parent_next)
    return np.concatenate(every_day), np.vstack(every_spot), np.concatenate(every_parent)


def _ashore(land: Land, spots: Floats) -> Floats:
    """Spots that fell into the water or over the border, moved to the mainland's nearest ground."""
    out = ~shapely.contains_xy(land.mainland, spots[:, 0], spots[:, 1])
    ground = land.mainland.buffer(-0.6 * KM).simplify(0.002)
    nearest = shapely.shortest_line(ground, shapely.points(spots[out]))
    moved = spots.copy()
    moved[out] = shapely.get_coordinates(shapely.get_point(nearest, 0))
    return moved


def break_out(seed: int, year_day: float, land: Land, presence: Presence, settlements: Sequence[Settlement],
              roads: RoadGraph) -> Outbreaks:  # fmt: skip
    """Some 5,000 events over 730 days. year_day: day of the year at which the window
    starts, with its fraction."""
    rng = stream(seed, "outbreaks")
    share_of_window = DAYS / (DAYS + BEFORE)
    # A fifth more than needed, thinned at random to the number wanted: thinning keeps the clustering.
    drawn = round(1.2 * WANTED * (1 - BRANCHING) / share_of_window * 1.45)
    day, spots = _background(rng, drawn, presence, settlements, roads, year_day)
    day, spots, parent = _aftershocks(rng, day, spots, np.full(len(day), -1))
    # Time of day: little happens between midnight and four.
    hour = (rng.beta(2.2, 1.9, len(day)) * 24 + 3) % 24
    midnight = year_day % 1
    day = np.floor(day + midnight) - midnight + hour / 24
    inside = np.flatnonzero((day >= 0) & (day < DAYS))
    wanted = WANTED + int(rng.integers(-GIVE_OR_TAKE, GIVE_OR_TAKE + 1))
    kept = rng.permutation(inside)[:wanted]
    kept = kept[np.argsort(day[kept], kind="stable")]
    new_index = np.full(len(day), -1)
    new_index[kept] = np.arange(len(kept))
    parents = np.where(parent[kept] >= 0, new_index[parent[kept]], -1)
    # The time of day can put an event before its cause of the same day: it then stands on its own.
    parents = np.where(parents < np.arange(len(kept)), parents, -1)
    placed = np.round(_ashore(land, spots[kept]), 6)
    strength = presence.at(placed)
    group = np.where(strength.max(axis=1) > 0.012, strength.argmax(axis=1), -1)
    # Where several are strong, each acts in its share: the strongest is not the only one.
    other = (
        np.cumsum(strength, axis=1) / strength.sum(axis=1, keepdims=True) < rng.random((len(kept), 1))
    ).sum(axis=1)
    group = np.where(
        (group >= 0) & (rng.random(len(kept)) < 0.5), np.minimum(other, strength.shape[1] - 1), group
    )
    return Outbreaks(day[kept], placed, group, parents)
