"""Which layers there are for this viewer, and how fresh each is."""

from __future__ import annotations

import hashlib

from sqlalchemy import text

from app.db import db
from app.errors import NotFound
from app.exchange.danger import ALERTS, INCIDENTS, THREATS
from app.exchange.ground import ADMIN_AREAS, PLACES, ROADS
from app.exchange.layers import Layer
from app.exchange.protection import HAVENS, PATROLS, SECTORS, UNITS
from app.permissions import viewer

LAYERS = {
    layer.name: layer
    for layer in (
        INCIDENTS, ALERTS, THREATS, HAVENS, PATROLS, UNITS, SECTORS, ADMIN_AREAS, PLACES, ROADS,
    )
}  # fmt: skip

VERSION = text("SELECT vigil.layer_version(CAST(:layers AS text[]), :permission)")


def open_layers() -> list[Layer]:
    return [layer for layer in LAYERS.values() if layer.open_to_viewer()]


def layer_named(name: str) -> Layer:
    """Raises NotFound too for a layer that this viewer may not read: the two must not differ."""
    layer = LAYERS.get(name)
    if layer is None or not layer.open_to_viewer():
        raise NotFound
    return layer


def etag(layer: Layer, *asked: object) -> str:
    """What an answer about this layer is known by: the layer's version where this viewer reads, his scope, the question.

    Asked before anything else; a change that is committed meanwhile makes the answer newer than its tag, never older.
    """
    version = db.session.execute(
        VERSION, {"layers": layer.counted_as(), "permission": layer.permission.value}
    ).scalar_one()
    scope = viewer().as_database_context()[1:]
    lapsed = layer.lapsed() if layer.lapsed else None
    return hashlib.sha256(repr((layer.name, version, lapsed, scope, *asked)).encode()).hexdigest()[:32]
