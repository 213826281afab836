"""What a surface stands on, read by the worker for the house (migrations/sql/0018_surfaces.sql, 0039_near_repeats.sql):
places, times, numbers.

Nothing of defenders is among it. Places are (n, 2) arrays of longitude and latitude in degrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Row, text

from app.db import db

AGAINST_CIVILIANS = (
    "attack_on_civilians", "killing", "injury", "abduction", "crsv", "torture", "looting_burning", "displacement",
    "attack_on_protected_site",
)  # fmt: skip
FIGHTS = ("armed_clash", "shelling_remote_violence", "ied_mine", "attack_on_un", "cattle_raid", "riot_mob")
#: What is forecast, and what a forecast is judged by: violence. Not the mission's own difficulties, nor words.
EVENTS = AGAINST_CIVILIANS + FIGHTS

Places = NDArray[np.float64]


@dataclass(frozen=True)
class Events:
    """Incidents: places (n, 2), at (n,) in seconds since 1970, against_civilians (n,), harm (n,) in people, exact (n,):
    known to the very place and day."""

    places: Places
    at: NDArray[np.float64]
    against_civilians: NDArray[np.bool_]
    harm: NDArray[np.float64]
    exact: NDArray[np.bool_]

    def those(self, which: NDArray[np.bool_]) -> Events:
        return Events(
            self.places[which], self.at[which], self.against_civilians[which], self.harm[which], self.exact[which]
        )  # fmt: skip


def ground() -> list[tuple[int | None, BaseGeometry]]:
    """The mission's sectors, or its land under None; the smallest first. Degrees."""
    rows = db.session.execute(text("SELECT sector_id, area FROM vigil.surface_ground()")).all()
    areas = [(row.sector_id, shapely.from_wkb(bytes(row.area))) for row in rows]
    return sorted(areas, key=lambda each: (each[1].area, each[0] or 0))


def events(since: datetime, until: datetime, known: datetime) -> Events:
    """What happened from `since` to before `until`, as far as it was on record at `known`."""
    rows = db.session.execute(
        text(
            "SELECT lon, lat, at, kind, harm, exact FROM vigil.surface_events(:kinds, :since, :until, :known)"
        ),
        {"kinds": list(EVENTS), "since": since, "until": until, "known": known},
    ).all()
    return Events(
        places_of(rows),
        np.array([row.at.timestamp() for row in rows]),
        np.array([row.kind in AGAINST_CIVILIANS for row in rows], dtype=bool),
        np.array([float(row.harm) for row in rows]),
        np.array([row.exact for row in rows], dtype=bool),
    )


def signs(since: datetime, until: datetime) -> tuple[Places, NDArray[np.float64]]:
    """Alerts that somebody raised: places, and seconds since 1970."""
    rows = db.session.execute(
        text("SELECT lon, lat, at FROM vigil.surface_signs(:since, :until)"),
        {"since": since, "until": until},
    ).all()
    return places_of(rows), np.array([row.at.timestamp() for row in rows])


def heard(since: datetime, until: datetime) -> tuple[Places, NDArray[np.bool_]]:
    """Where anything was heard; and whether by a base or a network, which reach the cells beside it."""
    rows = db.session.execute(
        text("SELECT lon, lat, wide FROM vigil.surface_heard(:since, :until)"),
        {"since": since, "until": until},
    ).all()
    return places_of(rows), np.array([row.wide for row in rows], dtype=bool)


def people() -> tuple[Places, NDArray[np.float64]]:
    rows = db.session.execute(text("SELECT lon, lat, people FROM vigil.surface_people()")).all()
    return places_of(rows), np.array([float(row.people) for row in rows])


def alerts_to_score(before: datetime, metres: float, days: float) -> Sequence[Row[Any]]:
    return db.session.execute(
        text("SELECT * FROM vigil.alerts_to_score(:before, :kinds, :metres, :days)"),
        {"before": before, "kinds": list(EVENTS), "metres": metres, "days": days},
    ).all()


def places_of(rows: Sequence[Row[Any]]) -> Places:
    return np.array([(row.lon, row.lat) for row in rows], dtype=np.float64).reshape(-1, 2)
