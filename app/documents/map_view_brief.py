"""The frozen brief of a printed view: a part of the map as whoever printed it saw it, less what may not travel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.documents.parts import Header, MapArea, MapData, UtcTime

EventKind = Literal["alert", "incident", "patrol", "place", "haven"]


@dataclass(frozen=True)
class ViewMark:
    """A point of the view: `label` is its serial or call sign, empty where there are too many to be labelled."""

    kind: EventKind
    label: str
    lon: float
    lat: float


@dataclass(frozen=True)
class ViewRoad:
    """A road that is not as usual when the view is printed. `shape`: WKT line, lon lat."""

    state: Literal["closed", "slowed"]
    shape: str


@dataclass(frozen=True)
class ViewMap(MapData):
    """A map with what happens on it, ruled with the UTM grid: squares of `grid_step` metres."""

    events: tuple[ViewMark, ...] = ()
    threats: tuple[MapArea, ...] = ()
    grid_step: int = 10_000
    hindered: tuple[ViewRoad, ...] = ()


@dataclass(frozen=True)
class ViewRow:
    """A thing of the view as a line of its table; `grid` is cut to how well its place is known."""

    layer: str
    serial: str
    what: str
    grid: str
    state: str


@dataclass(frozen=True)
class MapViewBrief:
    """`since`, `until`: the period that was chosen, of incidents; `left_out`: sentences on what is in the view and not
    on the sheet."""

    header: Header
    map: ViewMap
    layers: tuple[str, ...]
    south_west: str
    north_east: str
    rows: tuple[ViewRow, ...] = ()
    left_out: tuple[str, ...] = ()
    since: UtcTime | None = None
    until: UtcTime | None = None
    kind: Literal["map_view"] = "map_view"
