"""The plan of an evacuation as it is kept: solved, replayed by the checker, and put into plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from flask import current_app
from flask_babel import gettext as _

from app.errors import Refusal
from app.evacuations.body import PlanBody
from app.evacuations.gathering import Gathered, gathered
from app.evacuations.models import Evacuation
from geo.evacuation.assigning import KINDS
from geo.evacuation.check import faults
from geo.evacuation.plan import Plan
from geo.evacuation.planning import planned
from geo.roads import line_of, minutes_between

# Degrees, some thirty metres: finer is not seen, and weighs on the page.
FINE = 0.0003
MOST_TO_OPEN = 3


class Faulty(Refusal):
    """A plan that the checker refuses is shown to nobody."""

    status = 500
    code = "plan_refused"


def solved(
    evacuation: Evacuation, asked: PlanBody, before: Mapping[str, Any] | None
) -> tuple[dict[str, Any], list[int]]:
    """The plan from now on, and the havens that it tells of; `before`: the content of the plan so far, from which few
    are moved. Raises as `gathered`."""
    begun = datetime.now(UTC)
    found = gathered(evacuation, asked)
    plan = planned(found.problem, went(before))
    wrong = faults(found.problem, plan)
    if wrong:
        # The sentences name places and havens; the log is read by operators.
        current_app.logger.error("an evacuation plan was refused by its checker: %s faults", len(wrong))
        raise Faulty(_("The plan did not stand up to its check and is not shown. Tell the operator."))
    made = content(found, plan, begun)
    return made, told_of(found, plan, made)


def told_of(found: Gathered, plan: Plan, made: Mapping[str, Any]) -> list[int]:
    """Ids of all havens of which the content tells anything."""
    more = {found.shelters[haven].id for haven, _places in plan.more_places}
    listed = {h["id"] for part in ("havens", "to_open") for h in made[part]}
    return sorted(more | listed | {h.id for h in found.exposed})


def went(before: Mapping[str, Any] | None) -> dict[tuple[str, int, str], int] | None:
    """Who went where, as `geo.evacuation.planning` takes it."""
    if before is None:
        return None
    found: dict[tuple[str, int, str], int] = {}
    for leg in before["legs"]:
        place, haven = str(before["places"][leg["place"]]["id"]), str(before["havens"][leg["haven"]]["id"])
        carried = leg.get("cannot_walk", 0)  # plans from before it was asked know of none
        parts = (leg["people"] - leg["wounded"] - carried, leg["wounded"], carried)
        for kind, people in zip(KINDS, parts, strict=True):
            if people:
                found[place, kind, haven] = people
    return found


def content(found: Gathered, plan: Plan, begun: datetime) -> dict[str, Any]:
    """Numbers in legs, waves and `left` are positions in `places`, `havens`, `units` and `legs`; minutes from `at`; lines
    in lon, lat. Only havens that somebody goes to are in it."""
    problem = found.problem
    used = sorted({leg.haven for leg in plan.legs})
    position = {haven: n for n, haven in enumerate(used)}
    return {
        "at": begun.isoformat(),
        "season": problem.season.value,
        "places": [
            {
                "id": p.id, "name": p.name, "lon": p.lon, "lat": p.lat, "people": g.people, "wounded": g.wounded,
                "children": g.children, "without_transport": g.without_transport, "cannot_walk": g.cannot_walk,
            }
            for p, g in zip(found.places, problem.groups, strict=True)
        ],
        "havens": [
            {
                "id": found.shelters[n].id, "name": found.shelters[n].name, "lon": found.shelters[n].lon,
                "lat": found.shelters[n].lat, "free": problem.havens[n].places, "step_free": problem.havens[n].step_free,
            }
            for n in used
        ],
        "units": [{"id": u.id, "name": u.name, "call_sign": u.call_sign} for u in found.units],
        "legs": [
            {
                "place": leg.group, "haven": position[leg.haven], "people": leg.people, "wounded": leg.wounded,
                "without_transport": leg.without_transport, "minutes": round(leg.minutes, 1), "line": drawn(found, leg),
                "cannot_walk": leg.cannot_walk,
            }
            for leg in plan.legs
        ],
        "waves": [
            {
                "leg": w.leg, "unit": w.escort, "people": w.people, "without_transport": w.without_transport,
                "vehicles": w.vehicles, "departs": round(w.departs), "arrives": round(w.arrives),
            }
            for w in plan.waves
        ],
        "left": [
            {"place": left.group, "people": left.people, "wounded": left.wounded, "why": left.why.value,
             "cannot_walk": left.cannot_walk}
            for left in plan.left
        ],
        "waiting": [{"leg": w.leg, "people": w.people} for w in plan.waiting],
        "more": [{"name": found.shelters[haven].name, "places": places} for haven, places in plan.more_places],
        "to_open": to_open(found, plan),
        "exposed": [h.name for h in found.exposed],
        "farther": found.farther,
        "moved": plan.moved,
        "proven": plan.proven,
        "milliseconds": round((datetime.now(UTC) - begun).total_seconds() * 1000),
    }  # fmt: skip


def drawn(found: Gathered, leg: Any) -> list[list[float]]:
    line = line_of(found.problem.network, found.problem.groups[leg.group].node, leg.links)
    if line is None:
        return []
    return [[round(x, 5), round(y, 5)] for x, y, *_z in line.simplify(FINE).coords]


def to_open(found: Gathered, plan: Plan) -> list[dict[str, Any]]:
    """Havens that could be opened for those who are left, the nearest by open roads first."""
    left = [left for left in plan.left if not left.wounded] or list(plan.left)
    if not left or not found.waiting:
        return []
    nodes = [found.problem.groups[each.group].node for each in left]
    minutes = minutes_between(found.problem.network, nodes, found.waiting_nodes, found.problem.season)
    people = np.array([each.people for each in left])
    reached = np.isfinite(minutes)
    mean = np.where(reached, minutes, 0.0).T @ people / np.maximum(reached.T @ people, 1)
    order = [n for n in np.lexsort((mean, -(reached.T @ people))).tolist() if reached[:, n].any()]
    return [
        {
            "id": found.waiting[n].id, "name": found.waiting[n].name, "state": found.waiting[n].state,
            "places": found.waiting[n].free, "minutes": round(float(mean[n])),
        }
        for n in order[:MOST_TO_OPEN]
    ]  # fmt: skip
