"""Events in UCDP's columns, from GeoJSON or CSV, as the forecast bench counts them."""

from __future__ import annotations

import csv
import json
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NEEDED = ("date_start", "where_prec")


@dataclass(frozen=True)
class Events:
    """Rows of a file, n of them.

    places: (n, 2: lon, lat). months: (n,), counted from year 0. days_left: (n,) of that month after the event.
    deaths: (n,), UCDP's best estimate. kinds: (n,), its type_of_violence. actors: (m, 2) of event and a number for
    each side and each pair of sides; m is 0 in a file that does not name them. left_out: rows that are too coarse,
    or without place or date.
    """

    places: NDArray[np.float64]
    months: NDArray[np.intp]
    days_left: NDArray[np.float64]
    deaths: NDArray[np.float64]
    kinds: NDArray[np.intp]
    actors: NDArray[np.intp]
    left_out: int

    def until(self, year: int) -> Events:
        """Those up to the end of a year; nothing of what came after is kept.

        Raises:
            ValueError: there are none.
        """
        kept = self.months < (year + 1) * 12
        if not kept.any():
            raise ValueError(f"The file holds no event up to {year}.")
        number = np.cumsum(kept) - 1
        named = self.actors[kept[self.actors[:, 0]]]
        return Events(
            self.places[kept],
            self.months[kept],
            self.days_left[kept],
            self.deaths[kept],
            self.kinds[kept],
            np.column_stack([number[named[:, 0]], named[:, 1]]),
            self.left_out,
        )


def read_events(path: Path, coarsest: int) -> Events:
    """Events whose where_prec is `coarsest` or finer.

    Raises:
        ValueError: a file without the columns, or without a single such event.
    """
    rows = list(_rows(path))
    if not rows or any(column not in rows[0] for column in NEEDED):
        raise ValueError(f"{path.name} has no columns {', '.join(NEEDED)}: it must be UCDP's events (GED).")
    kept: list[tuple[float, ...]] = []
    sides: list[list[str]] = []
    for row in rows:
        try:
            if int(float(row["where_prec"])) > coarsest:
                continue
            day = date.fromisoformat(str(row["date_start"])[:10])
            place = float(row["longitude"]), float(row["latitude"])
        except (ValueError, TypeError, KeyError):
            continue
        left = monthrange(day.year, day.month)[1] - day.day
        month = day.year * 12 + day.month - 1
        sides.append(_sides(row))
        kept.append((*place, month, left, _number(row, "best"), _number(row, "type_of_violence")))
    if not kept:
        raise ValueError(f"{path.name} holds no event with where_prec up to {coarsest}.")
    found = np.array(kept, dtype=np.float64)
    return Events(
        found[:, :2],
        found[:, 2].astype(np.intp),
        found[:, 3],
        found[:, 4],
        found[:, 5].astype(np.intp),
        _numbered(sides),
        len(rows) - len(kept),
    )


def _sides(row: dict) -> list[str]:
    """Who fought, each by name, and the pair; civilians are everywhere and tell nothing."""
    pair = [str(row.get(side) or "").strip() for side in ("side_a", "side_b")]
    names = {name.strip() for side in pair for name in side.split(",")} - {"", "Civilians"}
    return [*sorted(names), " - ".join(pair)] if names else []


def _numbered(sides: list[list[str]]) -> NDArray[np.intp]:
    numbers: dict[str, int] = {}
    found = [
        (event, numbers.setdefault(name, len(numbers))) for event, names in enumerate(sides) for name in names
    ]
    return np.array(found, dtype=np.intp).reshape(-1, 2)


def _number(row: dict, column: str) -> float:
    try:
        return max(float(row.get(column) or 0), 0.0)
    except ValueError:
        return 0.0


def _rows(path: Path) -> Iterator[dict]:
    if path.suffix.lower() in (".geojson", ".json"):
        for feature in json.loads(path.read_text())["features"]:
            lon, lat = (feature.get("geometry") or {}).get("coordinates", (None, None))[:2]
            yield {**feature["properties"], "longitude": lon, "latitude": lat}
    else:
        with path.open(newline="", encoding="utf-8-sig") as file:
            yield from csv.DictReader(file)
