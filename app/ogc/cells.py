"""Defenders' cells as a collection: through the gate, never kept by anybody on the way, and by no other measure than
the cell that this viewer sees.

There are no filters, no count of what matched, no times: each would tell more than the cells do. A cell's id is made
from its own outline and tier, so that it names no defender.
"""

from __future__ import annotations

from sqlalchemy import Text, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from app.db import db
from app.defenders.gate import cells_for
from app.defenders.models import DefenderCell
from app.errors import NotFound
from app.ogc.asked import Question
from app.ogc.queries import DIGITS, Page, envelope
from app.permissions import Permission, viewer

NAME = "defender-cells"
PERMISSION = Permission.SEE_COARSE_CELLS


def open_to_viewer() -> bool:
    return viewer().holds(PERMISSION)


def page(asked: Question) -> Page:
    """Cells of the viewer's own tier that meet the box, in the order of their ids."""
    query = cells_for(viewer())
    if asked.boxes:
        query = query.where(
            or_(*[func.ST_Intersects(DefenderCell.cell, envelope(box)) for box in asked.boxes])
        )
    features = read(query, asked.after, asked.limit + 1)
    shown = features[: asked.limit]
    after = shown[-1][0] if len(features) > asked.limit else None
    return Page(",".join(text for _id, text in shown), len(shown), after)


def one(cell_id: str) -> str:
    for found, feature in read(cells_for(viewer()), None, None):
        if found == cell_id:
            return feature
    raise NotFound


def read(query: object, after: str | None, limit: int | None) -> list[tuple[str, str]]:
    c = query.subquery("c").c  # type: ignore[attr-defined]
    name = func.md5(func.concat(c.tier, func.encode(func.ST_AsBinary(c.cell), "hex"))).label("id")
    feature = func.jsonb_build_object(
        "type", "Feature", "id", name, "geometry", func.ST_AsGeoJSON(c.cell, DIGITS).cast(JSONB),
        "properties", func.jsonb_build_object(
            "tier", c.tier, "risk_band", c.risk_band, "defenders", c.defenders, "codenames", c.codenames,
        ),
    ).cast(Text)  # fmt: skip
    rows = select(name, feature.label("feature"))
    if after is not None:
        rows = rows.where(name > after)
    rows = rows.order_by(literal_column("id")).limit(limit)
    return [(row.id, row.feature) for row in db.session.execute(rows)]
