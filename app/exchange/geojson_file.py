"""A layer as one GeoJSON FeatureCollection (RFC 7946)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any

from sqlalchemy import Row

from app.exchange.layers import Layer
from app.exchange.tables import Marking


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def write(layer: Layer, batches: Iterable[Sequence[Row[Any]]], marking: Marking, file: IO[bytes]) -> int:
    """Feature by feature; the marking stands at the top and in each. Returns how many."""
    head = {"type": "FeatureCollection", "name": layer.name, "classification": marking.classification,
            "exercise": marking.exercise, "mission": marking.mission}  # fmt: skip
    file.write(json.dumps(head)[:-1].encode() + b', "features": [')
    count = 0
    for batch in batches:
        for row in batch:
            properties = {name: plain(getattr(row, name)) for name in layer.columns} | {
                "marking": marking.words
            }
            feature = (
                f'{{"type":"Feature","id":{json.dumps(row.id)},"geometry":{row.shape or "null"},'
                f'"properties":{json.dumps(properties, ensure_ascii=False)}}}'
            )
            file.write((",\n" if count else "\n").encode() + feature.encode())
            count += 1
    file.write(b"\n]}\n")
    return count
