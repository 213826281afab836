"""A layer's rows on their way into a file: read in batches, so that a hundred thousand take no more room than a few."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, literal_column, null, select

from app.db import db
from app.exchange.layers import Layer
from app.mission.queries import Identity

BATCH = 2_000
MOST = 200_000


@dataclass(frozen=True)
class Marking:
    """What stands in every file and beside every row, since rows are cut out and sent on without their file."""

    classification: str
    exercise: bool
    mission: str

    @classmethod
    def of(cls, identity: Identity, exercise: bool) -> Marking:
        return cls(identity.classification, exercise or identity.exercise, identity.name)

    @property
    def words(self) -> str:
        return f"{self.classification} · EXERCISE" if self.exercise else self.classification


Shaped = Callable[[Any], ColumnElement[Any]]
SHAPED_AS: dict[str, Shaped] = {
    "wkb": func.ST_AsBinary,
    "wkt": lambda shape: func.ST_AsText(shape, 6),
    "geojson": lambda shape: func.ST_AsGeoJSON(shape, 6),
    "kml": lambda shape: func.ST_AsKML(shape, 6),
    "none": lambda _shape: null(),
}


def batches(layer: Layer, where: Sequence[ColumnElement[bool]], shaped: str) -> Iterator[Sequence[Row[Any]]]:
    """The viewer's rows of a layer, in the order of their keys, some thousands at a time: id, `shape` as `shaped` says,
    lon and lat of a point on it, `since` and `until` of the row where it has a period, and the layer's columns."""
    query = layer.rows().where(*where)
    if layer.period:
        first, last = layer.period
        query = query.add_columns(first.label("since"), func.nullif(last, FOREVER).label("until"))
    else:
        query = query.add_columns(null().label("since"), null().label("until"))
    rows = query.limit(MOST + 1).subquery("r")
    point = func.ST_PointOnSurface(rows.c.shape)
    asked = select(
        rows.c.id, SHAPED_AS[shaped](rows.c.shape).label("shape"), func.ST_X(point).label("lon"),
        func.ST_Y(point).label("lat"), rows.c.since, rows.c.until, *[rows.c[name] for name in layer.columns],
    ).order_by(rows.c.id)  # fmt: skip
    yield from db.session.execute(asked, execution_options={"yield_per": BATCH}).partitions(BATCH)


FOREVER: ColumnElement[Any] = literal_column("timestamptz 'infinity'")
