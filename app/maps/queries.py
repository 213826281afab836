"""The layers of the picture, each a GeoJSON FeatureCollection that the database builds in one statement.

Each statement (layers.py) carries the viewer's reach itself, the first wall; row level security stands behind it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from sqlalchemy import text

from app.db import db
from app.havens import wording as havens
from app.incidents.models import IncidentKind
from app.maps import incidents, known, layers, unknown
from app.maps.models import REMEMBERED
from app.patrols import wording as patrols
from app.permissions import Permission, knows_restricted, viewer, within_parameters
from app.positions import wording as positions
from app.tiles.queries import SETTLED
from geo.warning import KIND_WEIGHT

MOST_FEATURES = 3000


@dataclass(frozen=True)
class View:
    """What part of the world, at which zoom, in which period, filtered by what. Degrees, lon/lat.

    `since` and `until` are about the event; `known_at` asks for the picture that the room had then. `grade` is the
    least reliability of the source; `actor` a part of a name in small letters. A kind filters the layers whose code
    list has it and no other: an alert must not vanish because somebody looks for killings.
    """

    west: float = -180.0
    south: float = -90.0
    east: float = 180.0
    north: float = 90.0
    zoom: int = 8
    since: datetime | None = None
    until: datetime | None = None
    known_at: datetime | None = None
    kind: str = ""
    grade: str = ""
    verification: str = ""
    actor: str = ""
    sector: int | None = None

    def sums(self) -> dict[str, int] | None:
        """What to ask the pyramid for, where it can answer: all of time, as it stands, by kind and sector alone."""
        asked = self.since or self.until or self.known_at or self.grade or self.verification or self.actor
        fine = self.zoom > incidents.LAST_SUMMED
        return None if asked or fine else incidents.summed(self.zoom)

    def parameters(self) -> dict[str, Any]:
        return {
            "west": self.west, "south": self.south, "east": self.east, "north": self.north,
            "since": self.since, "until": self.until, "known_at": self.known_at, "most": MOST_FEATURES,
            "grade": self.grade or None, "verification": self.verification or None, "sector": self.sector,
            "actor": self.actor or None,
            "alerts_kind": self.kind if self.kind in KIND_WEIGHT else None,
            "threats_kind": self.kind if self.kind in KIND_WEIGHT else None,
            "incidents_kind": self.kind if self.kind in set(IncidentKind) else None,
            # Clusters are some 50 pixels wide; a tile of 256 pixels spans 360 / 2^zoom degrees.
            "cell": 50 * 360 / (256 * 2.0**self.zoom) if self.zoom < 13 else 0.000_000_1,
            "tolerance": self.tolerance(),
            "zoom": self.zoom,
        }  # fmt: skip

    def tolerance(self) -> float:
        """Half a pixel, in degrees."""
        return 360 / (256 * 2.0**self.zoom) / 2

    def digits(self) -> int:
        """Decimals of a line's or an area's corners: no more than a quarter of a pixel tells. 3 to 5 (110 m to 1 m)."""
        return min(max(math.ceil(-math.log10(self.tolerance())), 3), 5)


LAYERS: dict[str, tuple[str, Permission]] = {
    "land": (layers.LAND, Permission.SEE_MAP),
    "rivers": (layers.RIVERS, Permission.SEE_MAP),
    "roads": (layers.ROADS, Permission.SEE_MAP),
    "places": (layers.PLACES, Permission.SEE_MAP),
    "sectors": (layers.SECTORS, Permission.SEE_MAP),
    "unknown": (unknown.UNKNOWN, Permission.SEE_MAP),
    "communities": (layers.COMMUNITIES, Permission.READ_ALERTS),
    "units": (layers.UNITS, Permission.SEE_MAP),
    "threats": (layers.THREATS, Permission.READ_THREATS),
    "havens": (layers.HAVENS, Permission.READ_HAVENS),
    "patrols": (layers.PATROLS, Permission.READ_PATROLS),
    "alerts": (layers.ALERTS, Permission.READ_ALERTS),
    "incidents": (incidents.ONE_BY_ONE, Permission.READ_INCIDENTS),
}
# Lines and areas. Points keep their metre: a mark that moved with each zoom would be drawn anew under a hand.
WIDE = ("rivers", "roads", "threats", "unknown")
# Whole, in one of two grains, whatever part is seen: simplified to a pixel of the zoom at which a country fits a screen.
STILL = ("land", "sectors")
EMPTY = '{"type":"FeatureCollection","total":0,"features":[]}'


def layer(name: str, view: View) -> str:
    """One layer as GeoJSON text; empty for a viewer without its permission. With `view.known_at`, as the room knew it
    then; what is not remembered (the ground, units) answers as it stands."""
    statement, permission = LAYERS[name]
    if not viewer().holds(permission):
        return EMPTY
    sums = view.sums() if name == "incidents" else None
    if sums:
        statement = incidents.SUMMED
    if name in REMEMBERED:
        statement = statement.format(**(known.THEN_KNOWN if view.known_at else known.NOW))
    if name != "incidents":
        digits = (4 if view.zoom >= 9 else 3) if name in STILL else view.digits() if name in WIDE else 5
        statement = layers.COLLECT.format(inner=statement, digits=digits)
    parameters = {
        **view.parameters(),
        **(sums or {}),
        # What the sums hold already is not read again row by row.
        "coarser_than": SETTLED if sums else 0,
        **within_parameters(permission),
        **(unknown.reaches() if name == "unknown" else {}),
        "restricted": knows_restricted(),
        **words(),
    }
    used = {k: v for k, v in parameters.items() if f":{k}" in statement}
    return str(db.session.execute(text(statement), used).scalar_one())


def words() -> dict[str, str]:
    """What people read in the titles, in the viewer's language. PostgreSQL's format() puts the figures in."""
    return {
        "words_base": _("Base %(name)s", name="%s"),
        "words_alert": _("Alert %(id)s · %(priority)s", id="%1$s", priority="%2$s"),
        "words_cluster": _("Incidents: %(n)s · killed: %(killed)s", n="%1$s", killed="%2$s"),
        "words_incident": _("Incident %(id)s · killed: %(killed)s", id="%1$s", killed="%2$s"),
        "words_area": _("Incidents: %(n)s · place known to this area only", n="%s"),
        "words_unknown": _("%(name)s: no report in this period", name="%s"),
        "words_network_works": _("alert network"),
        "words_network_silent": _("alert network, not reached"),
        "words_haven_states": as_json(havens.STATES),
        "words_carrier_kinds": as_json(positions.KINDS),
        "words_patrol_states": as_json(patrols.STATES),
    }


def as_json(codes: Mapping[Any, LazyString]) -> str:
    return json.dumps({code: str(said) for code, said in codes.items()})


def bounds() -> tuple[float, float, float, float]:
    """(west, south, east, north) of the mission: its sectors, or its land, or what has happened where one reads."""
    happened = within_parameters(Permission.READ_INCIDENTS)
    for table, column, where, parameters in (
        ("sectors", "area", "true", {}),
        ("admin_areas", "area", "true", {}),
        ("incidents", "place", layers.REACH, happened),
    ):
        row = db.session.execute(
            text(
                f"SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) "  # noqa: S608 - names are ours
                f"FROM (SELECT ST_Extent({column}) AS e FROM {table} WHERE {where}) AS x WHERE e IS NOT NULL"
            ),
            parameters,
        ).first()
        if row is not None:
            return row[0], row[1], row[2], row[3]
    return -20.0, -20.0, 40.0, 30.0
