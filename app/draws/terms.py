"""What a mix's days are drawn from: as whole numbers, as they are sealed, stored and handed out; and its check.

The stored form is {"plans": [[[row, …] for each tour] …], "weights": […], "earliest": […], "slack": […], "sites": […],
"units": […]}: rows are those of the mix's tasks; `sites` tells the id of each row's site, `units` of each tour's unit;
weights sum to about 10^12, minutes count from midnight (geo/patrols/drawing.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from geo.patrols.check import faults
from geo.patrols.drawing import WHOLE, Terms
from geo.patrols.game import Mix
from geo.patrols.plan import Infeasible, Plan, timed
from geo.patrols.problem import Problem


def terms_of(problem: Problem, mix: Mix) -> dict[str, Any]:
    """A tour may start so much later than its shift begins that the longest of its routes is still back in time."""
    weighed = [
        (plan, round(chance * WHOLE)) for plan, chance in zip(mix.plans, mix.probabilities, strict=True)
    ]
    kept = [(plan, weight) for plan, weight in weighed if weight]
    tours = problem.tours
    earliest = [int(np.ceil(each)) for each in tours.earliest]
    slack = [
        spare(problem, tour, earliest[tour], [plan[tour] for plan, _weight in kept])
        for tour in range(len(tours))
    ]
    return {
        "plans": [[list(route) for route in plan] for plan, _weight in kept],
        "weights": [weight for _plan, weight in kept],
        "earliest": earliest,
        "slack": slack,
        "sites": [int(each) for each in problem.tasks.site],
        "units": [int(each) for each in tours.unit],
    }


def spare(problem: Problem, tour: int, earliest: int, routes: Sequence[tuple[int, ...]]) -> int:
    longest = max((driven(problem, tour, route) for route in routes), default=0.0)
    return max(int(float(problem.tours.latest[tour]) - earliest - longest - 1e-6), 0) if longest else 0


def driven(problem: Problem, tour: int, route: Sequence[int]) -> float:
    """Minutes of a route from the base and back, with its visits."""
    tours, tasks = problem.tours, problem.tasks
    minutes = problem.travel[int(tours.mode[tour])]
    nodes = [int(tours.start[tour]), *(int(tasks.node[site]) for site in route), int(tours.end[tour])]
    ways = sum(float(minutes[a, b]) for a, b in pairwise(nodes))
    return ways + float(tasks.service[list(route)].sum()) if route else 0.0


def read(stored: Mapping[str, Any]) -> Terms:
    """Raises ValueError where they are no terms."""
    try:
        plans = tuple(tuple(tuple(int(s) for s in route) for route in plan) for plan in stored["plans"])
        weights = [int(each) for each in stored["weights"]]
        starts = tuple(int(each) for each in stored["earliest"]), tuple(int(each) for each in stored["slack"])
        meant = tuple(int(each) for each in stored["sites"]), tuple(int(each) for each in stored["units"])
    except (KeyError, TypeError) as broken:
        raise ValueError("These are no terms of a draw.") from broken
    return Terms(plans, tuple(each / WHOLE for each in weights), *starts, *meant)


def day_plan(
    problem: Problem, routes: Sequence[Sequence[int]], starts: Sequence[int]
) -> tuple[Problem, Plan]:
    """The plan of a day on which each tour sets off at its start, and the problem of which it is a plan.

    Raises Infeasible where the roads don't let it be, or the independent checker refuses it.
    """
    started = replace(problem, tours=replace(problem.tours, earliest=np.array(starts, dtype=np.float64)))
    plan = timed(started, routes)
    if faults(started, plan):
        raise Infeasible("The checker refuses the day's plan.")
    return started, plan


def replayed(problem: Problem, stored: Mapping[str, Any]) -> bool:
    """Whether the checker lets every plan of the mix pass, at the earliest and at the latest start."""
    earliest, slack = np.array(stored["earliest"]), np.array(stored["slack"])
    try:
        for routes in stored["plans"]:
            for starts in (earliest, earliest + slack):
                day_plan(problem, routes, starts.tolist())
    except Infeasible:
        return False
    return True
