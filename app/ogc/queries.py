"""Pages of a layer's rows as GeoJSON text, built by the database in one statement, a keyset for the next page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    cast,
    func,
    literal_column,
    or_,
    select,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.db import db
from app.errors import NotFound
from app.exchange.danger import INCIDENTS
from app.exchange.layers import Layer
from app.ogc import incidents
from app.ogc.asked import BadQuestion, Box, Question

DIGITS = 6  # of a degree: a tenth of a metre


@dataclass(frozen=True)
class Page:
    """`features`: GeoJSON features with commas between. `after`: the key to ask for the next page by; None: the last."""

    features: str
    count: int
    after: str | None


def page(layer: Layer, asked: Question) -> Page:
    """Raises BadQuestion for a filter's value or a key that this layer's columns can't hold."""
    if layer is INCIDENTS:
        found, count, after = incidents.page(asked, int(asked.after) if asked.after else None)
        return Page(found, count, None if after is None else str(after))
    query = layer.rows().where(*conditions(layer, asked))
    rows = query.order_by(layer.key).limit(asked.limit + 1).subquery("r")
    # One more than asked for tells whether there is a next page.
    place = func.row_number().over(order_by=rows.c.id).label("place")
    features = select(rows.c.id, place, feature(layer, rows).label("feature")).subquery("f")
    shown = features.c.place <= asked.limit
    in_order: Any = aggregate_order_by(literal_column("','"), features.c.place)
    row = db.session.execute(
        select(
            func.coalesce(func.string_agg(features.c.feature, in_order).filter(shown), literal_column("''")),
            func.count(),
            func.max(features.c.id).filter(shown),
        )
    ).one()
    more = row[1] > asked.limit
    return Page(row[0], min(row[1], asked.limit), str(row[2]) if more else None)


def one(layer: Layer, feature_id: str) -> str:
    """One feature as GeoJSON text. Raises NotFound."""
    rows = layer.rows().where(layer.key == key(layer, feature_id)).subquery("r")
    found = db.session.execute(select(feature(layer, rows))).scalar()
    if found is None:
        raise NotFound
    return str(found)


def feature(layer: Layer, rows: Any) -> ColumnElement[str]:
    """GeoJSON text of a row (id, shape, …): row_to_json over the layer's columns, put together by hand, since json
    over json would be parsed anew for each row."""
    told = select(*[rows.c[name] for name in layer.columns]).correlate(rows).subquery("p")
    properties = select(func.row_to_json(told.table_valued())).correlate(rows).scalar_subquery()
    return func.concat(
        literal_column("""'{"type":"Feature","id":'"""),
        func.to_json(rows.c.id).cast(Text),
        literal_column("""',"geometry":'"""),
        func.coalesce(func.ST_AsGeoJSON(rows.c.shape, DIGITS), literal_column("'null'")),
        literal_column("""',"properties":'"""),
        properties.cast(Text),
        literal_column("'}'"),
    )


def conditions(layer: Layer, asked: Question) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        column_in(layer.codes[name], values) for name, values in asked.codes.items()
    ]
    if asked.boxes:
        found.append(or_(*[func.ST_Intersects(layer.shape, envelope(box)) for box in asked.boxes]))
    if layer.period and asked.since is not None:
        found.append(layer.period[1] >= asked.since)
    if layer.period and asked.until is not None:
        found.append(layer.period[0] <= asked.until)
    if asked.after is not None:
        found.append(layer.key > key(layer, asked.after))
    return found


def envelope(box: Box) -> ColumnElement[Any]:
    return func.ST_MakeEnvelope(*box, 4326)


def column_in(column: Any, values: list[str]) -> ColumnElement[bool]:
    # As text: a level that is no number is a value that no row has, and not an error.
    return cast(column, Text).in_(values)


def key(layer: Layer, written: str) -> int | str:
    """A row's key, as it came in an address. Raises NotFound for what can be none."""
    if not isinstance(layer.key.type, BigInteger):
        return written
    if not (written.isascii() and written.isdecimal() and len(written) < 19):
        raise NotFound
    return int(written)


def checked(layer: Layer, asked: Question) -> Question:
    """The question, if its key can be one of this layer's. Raises BadQuestion."""
    try:
        if asked.after is not None:
            key(layer, asked.after)
    except NotFound:
        raise BadQuestion(_("This link to a next page is not one of ours.")) from None
    return asked
