"""A problem with something more or something less: one more task, one more unit, what is left of the day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from geo.patrols.plan import Plan
from geo.patrols.problem import FREE, Problem, Tasks, Tier, Tours


@dataclass(frozen=True)
class NewTask:
    """One visit wanted, as a row of `Tasks`. windows: (opens, closes) pairs. allowed: the tours that may do it."""

    node: int
    service: float
    reward: float
    windows: Sequence[tuple[float, float]]
    allowed: Collection[int]
    tier: Tier = Tier.MUST
    end: int | None = None
    site: int | None = None
    gap: int = 0


@dataclass(frozen=True)
class Whereabouts:
    """The node at which a unit can be sent elsewhere, and from when (minutes)."""

    node: int
    free: float


def with_task(problem: Problem, new: NewTask) -> Problem:
    """The problem with the task as its last row.

    Raises:
        ValueError: as `Problem`.
    """
    tasks = problem.tasks
    slots = max(tasks.windows.shape[1], len(new.windows))
    windows = np.full((len(tasks) + 1, slots, 2), np.nan)
    windows[:-1, : tasks.windows.shape[1]] = tasks.windows
    windows[-1, : len(new.windows)] = np.asarray(new.windows, dtype=float).reshape(-1, 2)
    allowed = np.isin(np.arange(len(problem.tours)), list(new.allowed))
    own = int(tasks.site.max(initial=-1)) + 1
    row = {
        "node": new.node, "end": new.node if new.end is None else new.end, "service": new.service, "reward": new.reward,
        "tier": int(new.tier), "site": own if new.site is None else new.site, "gap": new.gap, "locked": FREE,
    }  # fmt: skip
    columns = {name: np.append(getattr(tasks, name), value) for name, value in row.items()}
    whole = Tasks(windows=windows, allowed=np.vstack([tasks.allowed, allowed]), **columns)
    return replace(problem, tasks=whole)


def with_unit(problem: Problem, unit: int) -> Problem:
    """The problem with one unit more, like `unit` on all its days; its tours are the last ones. Locks stay where
    they are."""
    tours, tasks = problem.tours, problem.tasks
    like = np.flatnonzero(tours.unit == unit)
    columns = {
        each.name: np.concatenate([getattr(tours, each.name), getattr(tours, each.name)[like]])
        for each in fields(tours)
    }
    columns["unit"][len(tours) :] = tours.unit.max() + 1
    allowed = np.hstack([tasks.allowed, tasks.allowed[:, like]])
    return replace(problem, tours=Tours(**columns), tasks=replace(tasks, allowed=allowed))


def whereabouts(problem: Problem, plan: Plan, now: float) -> list[Whereabouts]:
    """Where each tour stands at `now` if all went as planned. A unit at a stop finishes it; one on the road
    drives on to the next stop, and is free on arrival (who knows its position puts that in its place)."""
    found = []
    for tour, each in enumerate(plan.rounds):
        start = Whereabouts(int(problem.tours.start[tour]), max(now, float(problem.tours.earliest[tour])))
        if not each.stops or now < each.depart:
            found.append(start)
            continue
        found.append(Whereabouts(int(problem.tours.end[tour]), max(now, each.back)))
        for stop in each.stops:
            if now < stop.begin:
                found[-1] = Whereabouts(int(problem.tasks.node[stop.task]), max(now, stop.arrive))
                break
            if now < stop.leave:
                found[-1] = Whereabouts(int(problem.tasks.end[stop.task]), stop.leave)
                break
    return found


def remaining(
    problem: Problem,
    plan: Plan,
    now: float,
    done: Collection[int],
    at: Mapping[int, Whereabouts] | None = None,
) -> Problem:
    """What is left to be planned at `now`, with the same tours and tasks: tours begin where their units stand,
    what is done (or under way) can't be done again, and the gaps to it hold.

    done: tasks of `plan`. at: whereabouts that are known better than `whereabouts` tells them.
    """
    tours, tasks = problem.tours, problem.tasks
    places = whereabouts(problem, plan, now)
    for tour, known in (at or {}).items():
        places[tour] = known
    out = np.array([bool(each.stops) and now >= each.depart for each in plan.rounds], dtype=bool)
    departed = np.array([each.depart for each in plan.rounds])
    latest = np.where(out, np.minimum(tours.latest, departed + tours.duty), tours.latest)
    allowed = tasks.allowed.copy()
    for tour, each in enumerate(plan.rounds):
        for stop in each.stops:
            if stop.task in done:
                allowed[stop.task] = False
                kin = np.flatnonzero(tasks.site == tasks.site[stop.task])
                least = np.maximum(tasks.gap[kin], tasks.gap[stop.task])
                apart = np.abs(tours.day - tours.day[tour])
                allowed[kin] &= apart[None, :] >= least[:, None]
    return replace(
        problem,
        tours=replace(
            tours,
            start=np.array([each.node for each in places], dtype=np.int64),
            earliest=np.array([each.free for each in places], dtype=np.float64),
            latest=latest,
            duty=np.where(out, np.inf, tours.duty),
        ),
        tasks=replace(tasks, allowed=allowed),
    )
