"""Looking into a file before it is brought in: its columns, its first rows, where it lies, and which of its columns are
probably meant by which of ours. A guess is shown and never silently used."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from app.mission.importing.reading import GEOMETRY, Row, Unreadable

FIRST_ROWS = 5
LOOKED_AT = 20_000

# What each import takes, and how other people's files call it; the first name is ours.
MEANT: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "pcode", "id", "fid", "osm_id", "objectid", "gid", "uuid", "ident", "identifier", "featureid"),
    "name": ("name", "nom", "nombre", "toponym", "label", "title", "name_en", "name_fr", "featurename", "locality"),
    "kind": ("kind", "type", "fclass", "place", "featuretype", "category", "desc"),
    "population": ("population", "pop", "pop_total", "habitants", "inhabitants"),
    "lon": ("lon", "longitude", "lng", "long", "x", "point_x"),
    "lat": ("lat", "latitude", "y", "point_y"),
    "level": ("level", "admin_level", "adm_level"),
    "parent": ("parent", "parent_code", "parentcode"),
    "class": ("class", "road_class", "highway", "surface_class", "roadtype"),
    "state": ("state", "status", "condition", "passable"),
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """`columns` with how many rows fill each; `shapes`: kinds of shapes and how many; `extent`: west, south, east,
    north of what was looked at; `guesses`: our name → the file's column."""

    rows: int
    whole: bool
    columns: dict[str, int]
    shapes: dict[str, int]
    extent: tuple[float, float, float, float] | None
    first: list[Row] = field(default_factory=list)
    guesses: dict[str, str] = field(default_factory=dict)


def look(found: Iterable[tuple[int, Row]], first_rows: int = FIRST_ROWS) -> Look:
    """Look at the first 20,000 rows, and keep some of them to be shown."""
    columns: dict[str, int] = {}
    shapes: dict[str, int] = {}
    first: list[Row] = []
    box: list[tuple[float, float, float, float]] = []
    count = 0
    for _number, row in islice(found, LOOKED_AT):
        count += 1
        if len(first) < first_rows:
            first.append(row)
        for name, value in row.items():
            if name != GEOMETRY:
                columns[name] = columns.get(name, 0) + (value not in (None, ""))
        shape = row.get(GEOMETRY)
        kind = shape.geom_type if shape is not None and not shape.is_empty else "none"
        shapes[kind] = shapes.get(kind, 0) + 1
        if kind != "none":
            bounds = shape.bounds  # type: ignore[union-attr]
            # A coordinate that is no number has no bounds; its row is refused later, and must hide no other's extent.
            if all(math.isfinite(x) for x in bounds):
                box.append(bounds)
    if not count:
        raise Unreadable("nothing_in_it")
    wests, souths, easts, norths = zip(*box, strict=True) if box else ((), (), (), ())
    extent = (min(wests), min(souths), max(easts), max(norths)) if box else None
    return Look(count, count < LOOKED_AT, columns, shapes, extent, first, guesses(columns))


def guesses(columns: Mapping[str, int], meant: Mapping[str, tuple[str, ...]] = MEANT) -> dict[str, str]:
    """Our name → the column that is probably meant: the first of `meant` that is there and not empty, each once."""
    plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in columns if columns[name]}
    found: dict[str, str] = {}
    for ours, called in meant.items():
        for name in called:
            there = plain.get(re.sub(r"[^a-z0-9]", "", name))
            if there is not None and there not in found.values():
                found[ours] = there
                break
    return found


def mapped(found: Iterable[tuple[int, Row]], mapping: Mapping[str, str]) -> Iterator[tuple[int, Row]]:
    """The rows with our names for their columns: `mapping` is our name → theirs. Raises Unreadable, before the first
    row, for a column that the file has not."""
    for place, (number, row) in enumerate(found):
        if place == 0 and (missing := sorted(set(mapping.values()) - set(row))):
            raise Unreadable("no_column", missing=", ".join(missing), held=", ".join(sorted(row)))
        yield number, {**row, **{ours: row[theirs] for ours, theirs in mapping.items()}}
