"""How much more a site counts because defenders live in its district: coarse, and only for those who see cells anyway.

What is handed on of a plan must not betray a cell. So (1) cells come through the gate alone, as the viewer may see
them on the map, and for whoever sees none every weight is 1; (2) a cell counts for its whole district, never by distance;
(3) a district in which fewer than `LEAST` are counted counts as one without; (4) there are two weights and no more,
however many there are; (5) it is in no sentence that explains a plan, in no figure of the coverage page, and is
never stored: what remains of it is which of two sites comes first, and that depends on risk, days and people too.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from app.db import db
from app.defenders import gate
from app.mission.models import AdminArea, Place
from app.permissions import Permission, viewer

LEAST = 3
WEIGHT = 1.2


def weights(place_ids: Sequence[int]) -> dict[int, float]:
    """Place id → 1 or WEIGHT."""
    found = dict.fromkeys(place_ids, 1.0)
    if not place_ids or not viewer().holds(Permission.SEE_COARSE_CELLS):
        return found
    cells = gate.cells_for(viewer()).subquery()
    counted = db.session.execute(
        select(Place.id)
        .join(AdminArea, AdminArea.code == Place.admin_code)
        .join(cells, func.ST_Intersects(AdminArea.area, cells.c.cell))
        .where(Place.id.in_(place_ids))
        .group_by(Place.id)
        .having(func.sum(cells.c.defenders) >= LEAST)
    ).scalars()
    return found | dict.fromkeys(counted, WEIGHT)
