"""The exercise's dataset as canonical bytes: equal datasets give equal bytes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from app.exercise.dataset import Dataset


def plain(value: Any) -> Any:
    """A value of the dataset as JSON knows it: shapes as GeoJSON geometries, moments as ISO 8601 with Z."""
    if isinstance(value, BaseGeometry):
        return json.loads(shapely.to_geojson(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(v) for v in value]
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"the exercise holds a value of type {type(value).__name__}")


def dataset_bytes(dataset: Dataset) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(plain(dataset), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
