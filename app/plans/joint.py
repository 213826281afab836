"""Units that go jointly with State forces in a plan: under which decision of due diligence, and where those don't come
along.

State forces don't come to people who are asked who threatens them, to relief and displaced people under escort, nor to
the places that app/due_diligence/places.py shuts to them. Defenders' cells are not asked: what a plan keeps is read by
others, and a site that is shut to joint tours for no other reason would point to a defender. Whoever sees cells is warned
on the plan's page (`near_cells`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.db import db
from app.defenders import gate
from app.due_diligence import queries as due_diligence
from app.due_diligence.places import points_of, shut_spots
from app.errors import Invalid
from app.means import queries as means
from app.permissions import Permission, viewer
from app.sites.models import Need

if TYPE_CHECKING:
    from app.plans.ground import TaskOf

# Escorts of those for whom soldiers of the State beside them may be the danger.
WITHOUT_STATE = frozenset({"humanitarian", "displaced"})
MOST = 3
MOST_PEOPLE = 500


@dataclass(frozen=True)
class Partner:
    """State forces that go with a unit: the decision that lets them (its id), and how many they are."""

    clearance: int
    people: int


def partner_of(unit: Mapping[str, Any]) -> Partner | None:
    """Of a tour's unit as frozen.py keeps it."""
    return Partner(*unit["joint"]) if "joint" in unit else None


def check(sector_id: int, last: date, joint: Mapping[int, Partner]) -> None:
    """Raises Invalid for a unit that no plan of this sector has, or a decision that does not hold on the last day."""
    if not joint:
        return
    if not set(joint) <= {unit.id for unit in means.with_means(sector_id)}:
        words = _("Choose units of the sector that is planned, whose means are set.")
        raise Invalid(words, fields={"joint": words})
    if not {each.clearance for each in joint.values()} <= {d.id for d in due_diligence.holding(last)}:
        words = _("A joint patrol needs a decision of due diligence that holds on all of the plan’s days.")
        raise Invalid(words, fields={"joint": words})
    if not all(1 <= each.people <= MOST_PEOPLE for each in joint.values()):
        words = _("Say how many of the State’s forces go along.")
        raise Invalid(words, fields={"joint": words})


def without_state_forces(tasks: Sequence[TaskOf]) -> frozenset[int]:
    """The tasks to which State forces don't come along, each by where it is done and by what it is."""
    spots = [(n, spot) for n, task in enumerate(tasks) for spot in task.spots]
    shut = shut_spots([spot for _n, spot in spots])
    by_place = {n for (n, _spot), is_shut in zip(spots, shut, strict=True) if is_shut}
    return frozenset(by_place | {n for n, task in enumerate(tasks) if without_state(task)})


def without_state(task: TaskOf) -> bool:
    """Whether State forces don't come along to this task wherever it is done."""
    if task.visit:
        return Need.ALONE in task.visit.facts.site.needs
    return task.alert is not None or (task.escort is not None and task.escort.kind in WITHOUT_STATE)


def near_cells(spots: Sequence[tuple[float, float]]) -> list[bool]:
    """Whether each spot (lon, lat) lies in a square that the viewer sees on the map as one where defenders live. Asked
    for whoever looks, and kept nowhere."""
    if not spots or not viewer().holds(Permission.SEE_COARSE_CELLS):
        return [False] * len(spots)
    cells = gate.cells_for(viewer()).subquery()
    points = points_of(spots)
    found = select(points.c.path).where(
        select(cells.c.cell).where(func.ST_Intersects(cells.c.cell, points.c.geom)).exists()
    )
    near = {path[0] - 1 for path in db.session.execute(found).scalars()}
    return [n in near for n in range(len(spots))]
