"""Searching for a patrol plan, as whoever asked for it: the ground is frozen first, then searched, then replayed by the
checker; what that refuses is never stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from app.db import db
from app.errors import Refusal
from app.plans import actions, queries, results
from app.plans.driving import driven
from app.plans.frozen import freeze, on_roads_of_now, problem_of, weighed
from app.plans.ground import ground_of
from app.plans.wishes import Wishes
from geo.patrols.check import faults
from geo.patrols.due import let_in, solve_due
from geo.patrols.overnight import slept
from geo.patrols.plan import Infeasible, Plan, timed
from geo.patrols.problem import FREE, Problem, level
from geo.patrols.replanning import FEE, GENTLE
from geo.patrols.search import HOT, kept
from geo.patrols.sheet import FewChanges
from geo.patrols.why import one_more, why
from workers.runtime import acting_for
from workers.solves import PATIENCE, Watched

# Of processor time for the question of one more unit, as a share of the search's own.
MORE_SHARE, MOST_MORE = 0.3, 0.3


def search(plan_id: int, watched: Watched) -> None:
    with acting_for(watched.asked_by_id):
        asked = queries.one(plan_id)
        if asked.state != "solving":
            return
        parent, wishes = queries.one(asked.parent_id) if asked.parent_id else None, Wishes.read(asked.wishes)
        if parent is not None and parent.ground and parent.result:
            frozen = on_roads_of_now(parent.ground)
            before = results.plan_of(parent.result)
        else:
            frozen, before = (
                freeze(ground_of(asked.sector_id, asked.first_day, asked.days, wishes.joint)),
                None,
            )
        plain = problem_of(frozen)
        seconds = asked.seconds
        problem = wishes.on(plain)
        heavier = weighed(problem, frozen)

    def told(share: float, plan: Plan) -> None:
        watched.told(share, sum(len(order) for order in plan.orders()))

    start = few = None
    if before:
        start = beginning(heavier, wishes, before)
        few = as_it_was(heavier, wishes.arranged(before.orders()))
    found = solve_due(
        heavier, seconds=seconds, seed=plan_id, start=start, few=few, hot=GENTLE if before else HOT, patience=PATIENCE,
        told=told, stop=watched.stop,
    )  # fmt: skip
    settled = slept(let_in(problem, found), found.nights)
    plan = replace(timed(settled, found.orders()), nights=found.nights, missed=found.missed)
    if faults(problem, plan):
        raise Refusal("The checker refuses the plan.", code="refused")
    more = one_more(
        settled, plan, seconds=min(MORE_SHARE * seconds, MOST_MORE), seed=plan_id, patience=PATIENCE
    )
    facts = why(settled, plan)
    watched.told(1.0, sum(len(order) for order in plan.orders()))
    with acting_for(watched.asked_by_id):
        result = results.stored(plan, facts, more, driven(frozen, settled, plan))
        result["found_at"] = datetime.now(UTC).isoformat()
        actions.keep_result(plan_id, frozen, result)
        db.session.commit()


def beginning(problem: Problem, wishes: Wishes, before: Plan) -> Plan:
    """What of the plan before can be kept, with what was wished; at home where a road to a post is closed since."""
    orders = wishes.arranged(before.orders())
    try:
        return replace(kept(slept(problem, before.nights), orders), nights=before.nights)
    except Infeasible:
        return kept(slept(problem, ()), orders)


def as_it_was(problem: Problem, orders: list[list[int]]) -> FewChanges:
    """What was not spoken of stays with its tour unless that costs something: an officer who moves one stop is not to
    look for all the others."""
    tour_of = {task: tour for tour, order in enumerate(orders) for task in order}
    former = np.array([tour_of.get(task, FREE) for task in range(len(problem.tasks))])
    lowest = level(problem)[problem.tasks.tier == problem.tasks.tier.max()]
    return FewChanges(former, FEE * float(lowest.mean()), len(former))
