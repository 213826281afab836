"""Layers of the land."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, false, true

from app.exchange.layers import Layer
from app.mission.models import AdminArea, Place, RoadLink
from app.permissions import Permission, viewer
from app.roads.queries import lapsed, state_now


def known() -> ColumnElement[bool]:
    """The land tells of no person: whoever sees the map sees all of it."""
    return true() if viewer().holds(Permission.SEE_MAP) else false()


ADMIN_AREAS = Layer(
    name="admin-areas",
    title=_l("Administrative areas"),
    permission=Permission.SEE_MAP,
    key=AdminArea.code,
    shape=AdminArea.area,
    columns={
        "code": AdminArea.code, "name": AdminArea.name, "level": AdminArea.level, "parent_code": AdminArea.parent_code,
    },
    drawn="MultiPolygon",
    visible=known,
    codes={"level": AdminArea.level, "parent_code": AdminArea.parent_code},
)  # fmt: skip

PLACES = Layer(
    name="places",
    title=_l("Places"),
    permission=Permission.SEE_MAP,
    key=Place.id,
    shape=Place.place,
    columns={
        "code": Place.code, "name": Place.name, "kind": Place.kind, "population": Place.population,
        "admin_code": Place.admin_code,
    },
    visible=known,
    codes={"kind": Place.kind},
)  # fmt: skip

ROADS = Layer(
    name="roads",
    title=_l("Roads"),
    permission=Permission.SEE_MAP,
    key=RoadLink.id,
    shape=RoadLink.line,
    columns={
        "code": RoadLink.code, "road_class": RoadLink.road_class, "state": state_now(), "metres": RoadLink.metres,
        "minutes": RoadLink.minutes,
    },
    drawn="LineString",
    visible=known,
    codes={"state": state_now(), "road_class": RoadLink.road_class},
    lapsed=lapsed,
)  # fmt: skip
