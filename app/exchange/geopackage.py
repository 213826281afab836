"""A layer as GeoPackage, written by GDAL in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import numpy as np
from pyogrio import raw
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Float, Integer, Row

from app.exchange.layers import Layer
from app.exchange.tables import Marking

IN_UTC = 100  # how GDAL numbers time zones: quarters of an hour from UTC, which is 100


def array_of(column: Any, values: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    """(values, which of them are missing) in the type that GDAL makes the field of."""
    missing = np.array([v is None for v in values], dtype=bool)
    kind = column.type
    if isinstance(kind, Boolean):
        return np.array([bool(v) for v in values], dtype=bool), missing
    if isinstance(kind, BigInteger | Integer):
        return np.array([v or 0 for v in values], dtype=np.int64), missing
    if isinstance(kind, Float):
        return np.array([v or 0 for v in values], dtype=np.float64), missing
    if isinstance(kind, DateTime):
        in_utc = [None if v is None else v.astimezone(UTC).replace(tzinfo=None) for v in values]
        return np.array(in_utc, dtype="datetime64[ms]"), missing
    if isinstance(kind, Date):
        return np.array(values, dtype="datetime64[D]"), missing
    return np.array([None if v is None else str(v) for v in values], dtype=object), missing


def at_least_one(batches: Iterable[Sequence[Row[Any]]]) -> Iterator[Sequence[Row[Any]]]:
    """An empty list is a file too: with its layer and its columns."""
    found = False
    for batch in batches:
        found = True
        yield batch
    if not found:
        yield ()


def write(layer: Layer, batches: Iterable[Sequence[Row[Any]]], marking: Marking, path: Path) -> int:
    """Write to `path`, which must not exist yet. Returns how many features."""
    fields = [*layer.columns, "marking"]
    zones = {name: IN_UTC for name, column in layer.columns.items() if isinstance(column.type, DateTime)}
    count = 0
    for batch in at_least_one(batches):
        columns = [
            array_of(column, [getattr(row, name) for row in batch]) for name, column in layer.columns.items()
        ]
        data = [values for values, _missing in columns] + [
            np.array([marking.words] * len(batch), dtype=object)
        ]
        masks = [missing for _values, missing in columns] + [np.zeros(len(batch), dtype=bool)]
        raw.write(
            path,
            np.array([None if row.shape is None else bytes(row.shape) for row in batch], dtype=object),
            data,
            np.array(fields, dtype=object),
            field_mask=masks,
            layer=layer.name,
            driver="GPKG",
            geometry_type=layer.drawn,
            crs="EPSG:4326",
            append=path.exists(),
            gdal_tz_offsets={name: np.full(len(batch), IN_UTC) for name in zones},
            **(
                {}
                if count
                else {"layer_metadata": {"DESCRIPTION": marking.words, "CLASSIFICATION": marking.words}}
            ),
        )
        count += len(batch)
    return count
