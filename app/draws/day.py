"""From a day that was drawn to its plan of patrols: as officers know plans, with the starts that were drawn."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from app.coverage.facts import site_facts
from app.draws.models import Draw, Mix
from app.draws.terms import day_plan
from app.mission.queries import identity
from app.plans.driving import driven
from app.plans.frozen import about, on_roads_of_now, problem_of
from app.plans.ground import TaskOf
from app.plans.results import stored
from app.plans.visits import Visit
from geo.patrols.plan import Infeasible
from geo.patrols.why import why


def plan_of(mix: Mix, draw: Draw) -> tuple[dict[str, Any], dict[str, Any]]:
    """(ground, result) as app/plans keeps them.

    On the roads of now, where the routes can be driven on them; else on those of the mix: the draw stands, and at the
    issuing the plan's own check says that it no longer holds.
    """
    ground: Any = mix.ground
    terms: Any = mix.terms
    routes, starts = terms["plans"][draw.drawn_plan], list(draw.drawn_starts or [])
    then = on_day(ground, mix.sector_id, draw.day)
    frozen = on_roads_of_now(then)
    try:
        problem, plan = day_plan(problem_of(frozen), routes, starts)
    except Infeasible:
        frozen = then
        problem, plan = day_plan(problem_of(frozen), routes, starts)
    frozen["tours"] = frozen["tours"] | {"earliest": [float(each) for each in starts]}
    result = stored(plan, why(problem, plan), None, driven(frozen, problem, plan))
    return frozen, result | {"draw": draw.id, "found_at": datetime.now(UTC).isoformat()}


def on_day(ground: dict[str, Any], sector_id: int, day: date) -> dict[str, Any]:
    """The mix's ground moved to a day, with what is known of its sites now."""
    begins = datetime.combine(day, time(), ZoneInfo(identity().time_zone))
    now = {
        each.site.id: about(TaskOf(Visit(each, 1, 1, False, False, (), 0, each.neglect + 1.0), None), begins)
        for each in site_facts(sector_id)
    }
    return ground | {
        "begins": begins.isoformat(),
        "units": [unit | {"day": day.isoformat()} for unit in ground["units"]],
        # A site that was taken off the list meanwhile keeps the words that it had.
        "about": [now.get(each["site"], each) for each in ground["about"]],
    }
