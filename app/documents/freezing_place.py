"""Where and when it happened: in words no finer than is known, and as the shape that a map may show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import text

from app.db import db
from app.documents.incident_report_brief import Place
from app.documents.wording import day, dtg, kilometres, whole
from app.incidents.wording import DATE_PRECISION, PLACE_PRECISION
from app.words import grid

#: Radius in metres where neither the source nor a border says how far the place may lie (UCDP's where_prec).
RADIUS = {2: 25_000, 3: 25_000, 4: 60_000, 5: 100_000, 6: 250_000}
#: Precision → level of the administrative area within which it lies.
LEVEL = {3: 2, 4: 1, 6: 0}
#: From this radius on a point would claim more than is known.
POINT_METRES = 1_000
#: Side of an MGRS cell in metres → digits; the cell is never finer than the place is known.
DIGITS = ((10, 4), (100, 3), (1_000, 2), (10_000, 1))


@dataclass(frozen=True)
class Scene:
    """The event in space and time. `precision`: UCDP's where_prec 1-7; `radius_m`: how far from (lon, lat) the true
    place may lie, None where the source does not say; `begin` and `end`: the span within which it happened."""

    lon: float
    lat: float
    precision: int
    radius_m: int | None
    name: str | None
    admin_code: str | None
    begin: datetime
    end: datetime
    date_precision: int

    @property
    def exact(self) -> bool:
        return self.precision == 1 and (self.radius_m or 0) <= POINT_METRES

    @property
    def hour_known(self) -> bool:
        """Whether the time is a moment: many sources tell the day alone."""
        return self.end - self.begin < timedelta(hours=23) and self.date_precision == 1

    @property
    def moment(self) -> datetime | None:
        return self.begin if self.hour_known else None

    @property
    def here(self) -> dict[str, float]:
        return {"lon": self.lon, "lat": self.lat}


def time_precision(scene: Scene) -> str:
    """How well the time is known, in words; the days where only they are."""
    words = str(DATE_PRECISION[scene.date_precision])
    if scene.hour_known:
        if scene.end - scene.begin < timedelta(minutes=1):
            return _("the moment as told")
        return f"{dtg(scene.begin)} – {dtg(scene.end)}"
    first, last = day(scene.begin), day(scene.end)
    days = first if first == last else f"{first} – {last}"
    return _("%(days)s (%(words)s); the hour is not known", days=days, words=words)


def place_words(scene: Scene) -> str:
    if scene.precision > 2 or scene.radius_m is None:
        return str(PLACE_PRECISION[scene.precision])
    if scene.radius_m == 0:
        return str(PLACE_PRECISION[1])
    if scene.radius_m < 1000:
        return _("within %(n)s m", n=whole(scene.radius_m))
    return _("within %(distance)s", distance=kilometres(scene.radius_m / 1000))


def uncertainty(scene: Scene) -> int | None:
    return scene.radius_m if scene.radius_m is not None else RADIUS.get(scene.precision)


def mgrs(scene: Scene) -> str | None:
    """The grid reference, cut to how well the place is known; None where even a square of 100 km is too fine."""
    far = uncertainty(scene) or 0
    if scene.precision > 4 or far > 100_000:
        return None
    digits = next((digits for side, digits in DIGITS if far <= side), 0)
    return grid(scene.lon, scene.lat, digits)


def place_of(scene: Scene) -> Place:
    admin = None
    if scene.admin_code is not None:
        admin = db.session.execute(
            text("SELECT name FROM admin_areas WHERE code = :code"), {"code": scene.admin_code}
        ).scalar()
    return Place(
        precision=place_words(scene),
        exact=scene.exact,
        name=scene.name,
        mgrs=mgrs(scene),
        lon=scene.lon if scene.exact else None,
        lat=scene.lat if scene.exact else None,
        uncertainty_m=float(scene.radius_m) if scene.exact and scene.radius_m is not None else None,
        admin_name=admin,
        # A code of the district would be finer than a place that is known to the province alone.
        admin_code=scene.admin_code if scene.precision <= 3 else None,
    )


AREA = text("""
SELECT ST_AsText(ST_SimplifyPreserveTopology(area, 0.002), 5) FROM admin_areas
WHERE level = :level AND ST_Intersects(area, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)) ORDER BY code LIMIT 1
""")
CIRCLE = text("""
SELECT ST_AsText(geometry(ST_Buffer(geography(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)), :radius)), 5)
""")


def ground_of(scene: Scene) -> str | None:
    """WKT (lon lat) of where it lies: a point where it is exact, otherwise the area within which it is; None for
    what is known so roughly that no shape would be honest."""
    if scene.exact:
        return f"POINT({scene.lon:.5f} {scene.lat:.5f})"
    if scene.precision in LEVEL:
        area = db.session.execute(AREA, {**scene.here, "level": LEVEL[scene.precision]}).scalar()
        if area is not None:
            return str(area)
    radius = uncertainty(scene)
    if scene.precision > 5 or radius is None:
        return None
    return str(db.session.execute(CIRCLE, {**scene.here, "radius": radius}).scalar_one())
