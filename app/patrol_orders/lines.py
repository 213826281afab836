"""The line that a patrol is to take, as its order holds it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from app.db import db

# From the base over the stops and home. One point alone makes no line: it stands there twice.
WAY = text("""
SELECT p.route IS NULL AS straight,
    ST_AsEWKT(coalesce(p.route, ST_MakeLine(
        array_remove(ARRAY[b.place], NULL)
        || ARRAY(SELECT s.place FROM patrol_stops s WHERE s.patrol_id = p.id AND s.called_off_at IS NULL
                 ORDER BY s.sequence)
        || array_remove(ARRAY[coalesce(b.place, (SELECT s.place FROM patrol_stops s WHERE s.patrol_id = p.id
                                                 ORDER BY s.sequence DESC LIMIT 1))], NULL))), 7) AS line
FROM patrols p LEFT JOIN units u ON u.id = p.unit_id LEFT JOIN bases b ON b.id = u.base_id WHERE p.id = :patrol
""")


@dataclass(frozen=True)
class Line:
    """`wkt`: EWKT with its SRID, lon lat; `straight`: no line was planned, and this one leads over hill and dale."""

    wkt: str
    straight: bool


def planned_line(patrol_id: int) -> Line:
    found = db.session.execute(WAY, {"patrol": patrol_id}).one()
    return Line(found.line, found.straight)
