"""Reads of the forecast: surfaces as issued, their cells, the risk at a place. Each goes through the viewer's scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import shape
from sqlalchemy import ColumnElement, false, select, text, true

from app.db import db
from app.errors import NotFound
from app.mission.models import Sector
from app.permissions import Permission, viewer, within
from app.surfaces.cells import CLASSES, NEVER, NO_DATA, Cells, grid_of, joined, shown, unpacked
from app.surfaces.models import Surface, SurfaceKind, SurfacePart
from geo.risk import suggested_likelihood

EPOCH = date(1970, 1, 1)
MOST_CELLS_TOLD = 40


@dataclass(frozen=True)
class Cell:
    """One cell as people read it. number: on its surface's grid. lon, lat: its middle. kind: its class.

    lately, beside, ever: incidents in four periods, the same in the cells beside it, and in all; since: whole periods
    since the last, None if there was none. place: the settlement nearest to the middle, if the mission has one.
    """

    number: int
    lon: float
    lat: float
    kind: str
    probability: float
    warned: bool
    warned_since: date | None
    lately: int
    beside: int
    ever: int
    since: int | None
    sector_id: int | None
    place: str | None = None


@dataclass(frozen=True)
class Risk:
    """What the latest surface says of a place: the surface, the cell, and whether the model or persistence speaks."""

    surface_id: int
    until_at: datetime
    period_days: int
    used: str
    cell: Cell


@dataclass(frozen=True)
class Suggestion:
    """What a surface says of an area: the chance of violence in it within the period, the matrix's likelihood for that,
    the cell that adds most; None where nothing is heard of it. heard, silent: how many of its cells are observed,
    and how many not."""

    surface: Surface
    chance: float | None
    likelihood: int | None
    worst: Cell | None
    heard: int
    silent: int


def mine() -> ColumnElement[bool]:
    """A surface's own row tells of no place: whoever reads the forecast of any sector reads it."""
    return true() if viewer().holds(Permission.READ_FORECAST) else false()


def latest(known_at: datetime | None = None) -> Surface | None:
    """The surface that was issued last, or had been at a moment."""
    asked = select(Surface).where(mine(), Surface.kind == SurfaceKind.ISSUED)
    if known_at is not None:
        asked = asked.where(Surface.made_at <= known_at)
    return db.session.scalars(asked.order_by(Surface.from_at.desc()).limit(1)).first()


def one(surface_id: int) -> Surface:
    found = db.session.scalars(select(Surface).where(Surface.id == surface_id, mine())).first()
    if found is None:
        raise NotFound
    return found


def cells_of(surface: Surface) -> tuple[Cells, NDArray[np.int64]]:
    """The cells that the viewer may see, and the sector of each, 0 for none."""
    parts = db.session.scalars(
        select(SurfacePart)
        .where(SurfacePart.surface_id == surface.id, within(Permission.SEE_HOTSPOTS, SurfacePart.sector_id))
        .order_by(SurfacePart.id)
    ).all()
    cells = joined([unpacked(part.content, part.cells) for part in parts])
    sectors = [np.full(part.cells, part.sector_id or 0, dtype=np.int64) for part in parts]
    return cells, np.concatenate(sectors) if sectors else np.empty(0, dtype=np.int64)


def told(surface: Surface, cells: Cells, sectors: NDArray[np.int64], which: Iterable[int]) -> list[Cell]:
    """Those of the cells at the places `which`, in that order, with the name of a settlement near."""
    grid, probabilities = grid_of(surface), shown(surface, cells)
    found = []
    for n in which:
        row = cells[n]
        middle = grid.square(int(row["cell"])).centroid
        found.append(
            Cell(
                int(row["cell"]), middle.x, middle.y, CLASSES[int(row["kind"])], float(probabilities[n]),
                bool(row["warned"]), day(int(row["warned_since"])), int(row["lately"]), int(row["beside"]),
                int(row["ever"]), int(row["since"]) if row["since"] >= 0 else None, int(sectors[n]) or None,
            )
        )  # fmt: skip
    return named(found)


def named(cells: Sequence[Cell]) -> list[Cell]:
    if not cells:
        return []
    rows = db.session.execute(
        text(
            "SELECT p.name FROM unnest(CAST(:lons AS float8[]), CAST(:lats AS float8[])) WITH ORDINALITY AS c (lon, "
            "lat, n) LEFT JOIN LATERAL (SELECT name FROM places ORDER BY geography(place) <-> "
            "geography(ST_SetSRID(ST_MakePoint(c.lon, c.lat), 4326)) LIMIT 1) p ON true ORDER BY c.n"
        ),
        {"lons": [c.lon for c in cells], "lats": [c.lat for c in cells]},
    )
    return [Cell(**{**vars(c), "place": name}) for c, (name,) in zip(cells, rows, strict=True)]


def warned(surface: Surface) -> tuple[list[Cell], int]:
    """Cells warned of, the likeliest first, as far as a page takes them; and how many there are."""
    cells, sectors = cells_of(surface)
    which = np.flatnonzero(cells["warned"] > 0)
    order = which[np.argsort(-shown(surface, cells)[which], kind="stable")]
    return told(surface, cells, sectors, order[:MOST_CELLS_TOLD].tolist()), len(order)


def silent(surface: Surface) -> tuple[list[Cell], int, int]:
    """Cells of which nothing is heard though incidents were recorded in them, the worst first; how many such there are,
    and how many cells without data in all."""
    cells, sectors = cells_of(surface)
    none = cells["kind"] == NO_DATA
    which = np.flatnonzero(none & (cells["ever"] > 0))
    order = which[np.lexsort((-cells["ever"][which].astype(int), -cells["lately"][which].astype(int)))]
    return told(surface, cells, sectors, order[:10].tolist()), len(order), int(none.sum())


def cell(surface_id: int, number: int) -> tuple[Surface, Cell]:
    """One cell of a surface; NotFound outside the viewer's sectors as outside the mission."""
    surface = one(surface_id)
    cells, sectors = cells_of(surface)
    which = np.flatnonzero(cells["cell"] == number)
    if not len(which):
        raise NotFound
    return surface, told(surface, cells, sectors, which.tolist())[0]


def risk_at(places: Sequence[tuple[float, float]]) -> list[Risk | None]:
    """For each place (lon, lat) what the latest surface says of its cell: for the patrol planner and the risk matrix,
    which decide. None where there is no surface, or none that still holds, outside the mission, and where the viewer may
    not look."""
    surface = latest()
    if surface is None or not places or surface.until_at <= datetime.now(UTC):
        return [None] * len(places)
    cells, sectors = cells_of(surface)
    at = dict(zip(cells["cell"].tolist(), range(len(cells)), strict=True))
    numbers = grid_of(surface).cells_of(np.array(places, dtype=np.float64)).tolist()
    found = dict[int, Cell | None].fromkeys(numbers) | {
        c.number: c for c in told(surface, cells, sectors, sorted({at[n] for n in numbers if n in at}))
    }
    return [
        None if (cell := found[n]) is None
        else Risk(surface.id, surface.until_at, surface.period_days, surface.used, cell)
        for n in numbers
    ]  # fmt: skip


def in_area(area: dict[str, Any]) -> Suggestion | None:
    """What the latest surface says of an area (GeoJSON, lon/lat), for the risk matrix: a suggestion. None where there is
    no surface that still holds, or none of whose cells here the viewer may look at."""
    surface = latest()
    if surface is None or surface.until_at <= datetime.now(UTC):
        return None
    cells, sectors = cells_of(surface)
    grid, ground = grid_of(surface), shape(area)
    here = np.flatnonzero(grid.touching(ground)[cells["cell"]])
    if not len(here):
        return None
    plain = grid.plane.metres(ground)
    # Of a cell that lies half inside, half the chance belongs here.
    inside = np.array([plain.intersection(grid.metric_square(int(cells["cell"][n]))).area for n in here])
    share = inside / grid.cell_m**2
    heard = cells["kind"][here] != NO_DATA
    if not heard.any():
        return Suggestion(surface, None, None, None, 0, len(here))
    said = shown(surface, cells)[here] * share * heard
    chance = float(1.0 - np.prod(1.0 - said))
    worst = told(surface, cells, sectors, [int(here[int(np.argmax(said))])])[0]
    return Suggestion(
        surface, chance, suggested_likelihood(chance), worst, int(heard.sum()), int((~heard).sum())
    )


def day(number: int) -> date | None:
    return None if number == NEVER else EPOCH + timedelta(days=number)


def sector_names() -> dict[int, str]:
    return {row.id: row.name for row in db.session.execute(select(Sector.id, Sector.name))}
