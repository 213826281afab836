"""The rest of the day with few changes: proposed by the search, or taken as an officer confirmed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

import numpy as np
from flask import current_app
from sqlalchemy import Row

from app.replanning.day import ON_SCENE, REWARD, Day
from geo.patrols.changed import NewTask, with_task
from geo.patrols.check import faults
from geo.patrols.plan import Infeasible, Plan, timed
from geo.patrols.problem import Problem, Tier

CALLED_OFF = 0  # no patrol's number: the stop goes with nobody
LATER = 10.0  # minutes by which the arrival at the alert may be later than at once


@dataclass(frozen=True)
class Change:
    """One stop of the patrol that is called away: `patrol` goes there now (None: nobody) from `arrive` to `depart`."""

    stop: Row[Any]
    patrol: Row[Any] | None
    moved: bool
    arrive: datetime | None = None
    depart: datetime | None = None


@dataclass(frozen=True)
class Rest:
    """away: the patrol that is called away, `there` when it is at the alert. changes: its stops in their order."""

    away: Row[Any]
    there: datetime
    changes: tuple[Change, ...]

    @property
    def moved(self) -> int:
        return sum(change.moved for change in self.changes)

    @property
    def called_off(self) -> int:
        return sum(change.patrol is None for change in self.changes)


def proposed(day: Day) -> Rest | None:
    """What the search proposes; None where the patrol has no way to the alert, or an independent replay finds a fault."""
    if not isfinite(day.reached) or not day.stops:
        return None
    # Numba takes a second to load, and only whoever plans waits for it.
    from geo.patrols.replanning import mended

    problem, alert = with_alert(day), len(day.stops)
    plan = mended(problem, day.orders)
    if alert not in plan.orders()[day.away]:
        return None
    if faults(problem, plan):
        current_app.logger.error("a replay refused the rest of a day")
        return None
    return rest(day, plan)


def as_confirmed(day: Day, said: Mapping[int, int]) -> Rest | None:
    """What an officer confirmed: for each stop of the patrol that is called away (by its id) the patrol that goes there,
    or CALLED_OFF. None where that can no longer be done, or isn't about these stops."""
    if not isfinite(day.reached) or {day.stops[n].id for n in day.orders[day.away]} != set(said):
        return None
    tours = {patrol.id: n for n, patrol in enumerate(day.patrols)}
    whole = with_alert(day)
    orders = [list(order) if n != day.away else [len(day.stops)] for n, order in enumerate(day.orders)]
    for task in day.orders[day.away]:
        patrol = said[day.stops[task].id]
        if patrol == CALLED_OFF:
            continue
        if patrol not in tours or not whole.tasks.allowed[task, tours[patrol]]:
            return None
        orders[tours[patrol]].append(task)
    for n, order in enumerate(orders):
        # What another patrol can't do any more anyway is its own matter: it stays in its order and isn't touched here.
        if n != day.away and len(order) == len(day.orders[n]):
            orders[n] = []
    try:
        plan = timed(whole, orders)
    except Infeasible:
        return None
    return None if faults(whole, plan) else rest(day, plan)


def with_alert(day: Day) -> Problem:
    """The rest of the day with the alert as its last task, locked to the patrol that is called away and done at once."""
    new = NewTask(
        node=day.spot, service=ON_SCENE, reward=REWARD, windows=[(0.0, day.reached + LATER)], allowed=[day.away],
        tier=Tier.MUST,
    )  # fmt: skip
    whole = with_task(day.problem, new)
    locked = whole.tasks.locked.copy()
    locked[-1] = day.away
    return replace(whole, tasks=replace(whole.tasks, locked=locked))


def rest(day: Day, plan: Plan) -> Rest:
    when = {
        stop.task: (tour, stop.begin, stop.leave)
        for tour, each in enumerate(plan.rounds)
        for stop in each.stops
    }

    def at(minute: float) -> datetime:
        return day.begins + timedelta(minutes=float(np.round(minute)))

    changes = []
    for task in day.orders[day.away]:
        if task not in when:
            changes.append(Change(day.stops[task], None, False))
            continue
        tour, begin, leave = when[task]
        changes.append(Change(day.stops[task], day.patrols[tour], tour != day.away, at(begin), at(leave)))
    return Rest(day.patrols[day.away], at(when[len(day.stops)][1]), tuple(changes))
