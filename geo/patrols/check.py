"""Replays a patrol plan by itself, without a line of the search or of what sets the times, and says what is wrong
with it.

Nobody is shown a plan that this refuses. It is plain arithmetic on purpose: it is to be read, not to be quick.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from geo.patrols.plan import Plan, Stop
from geo.patrols.problem import FREE, Problem

SLACK = 1e-6  # minutes: what sums of floating point numbers may be apart


class Wrong(StrEnum):
    """What can be wrong with a plan."""

    TOURS = "not_one_round_a_tour"
    UNKNOWN_TASK = "unknown_task"
    TWICE = "task_done_twice"
    LOST = "task_neither_done_nor_left_out"
    NOT_ALLOWED = "tour_not_allowed"  # a skill that is missing, or an officer's prohibition
    LOCK = "lock_not_kept"
    ORDER = "locked_order_not_kept"
    NO_WAY = "no_way"
    LEG = "leg_takes_other_time"
    WINDOW = "outside_its_windows"
    SERVICE = "service_of_other_length"
    TOO_EARLY = "departs_too_early"
    TOO_LATE = "back_too_late"
    DUTY = "duty_too_long"
    GAP = "visits_of_one_site_too_close"
    REWARD = "reward_told_wrongly"
    TRAVEL = "travel_told_wrongly"
    NIGHT = "night_where_none_may_be_slept"
    DUE = "days_on_which_it_is_due_told_wrongly"


@dataclass(frozen=True)
class Fault:
    """tour, task: what it is about, None where it is about the whole."""

    wrong: Wrong
    tour: int | None = None
    task: int | None = None


def faults(problem: Problem, plan: Plan) -> list[Fault]:
    """All that is wrong with the plan; none: it can be carried out as it says, and is worth what it says."""
    if len(plan.rounds) != len(problem.tours):
        return [Fault(Wrong.TOURS)]
    known = range(len(problem.tasks))
    named = [stop.task for each in plan.rounds for stop in each.stops]
    named += [task for task, _ in plan.left_out]
    unknown = [task for task in named if task not in known]
    if unknown:
        return [Fault(Wrong.UNKNOWN_TASK, task=task) for task in unknown]
    found = [Fault(Wrong.TWICE, task=task) for task in known if named.count(task) > 1]
    found += [Fault(Wrong.LOST, task=task) for task in known if named.count(task) == 0]
    nights = plan.nights or tuple(night.nodes[0] for night in problem.nights)
    if len(nights) != len(problem.nights):
        return [*found, Fault(Wrong.NIGHT)]
    begins, ends, out = list(problem.tours.start), list(problem.tours.end), set()
    for night, node in zip(problem.nights, nights, strict=True):
        if node not in night.nodes:
            found.append(Fault(Wrong.NIGHT, night.before))
            continue
        # Who sleeps there is there in the evening, and nowhere else in the morning.
        ends[night.before] = begins[night.after] = node
        out |= {night.before, night.after} if node != night.nodes[0] else set()
    for tour in range(len(plan.rounds)):
        found += _clock(problem, plan, tour, int(begins[tour]), int(ends[tour]), tour in out)
        found += _leave_given(problem, plan, tour)
    found += _gaps(problem, plan)
    found += _due(problem, plan)
    found += _sums(problem, plan)
    return found


def _clock(problem: Problem, plan: Plan, tour: int, begins: int, ends: int, out: bool) -> Iterator[Fault]:
    """Drives the round minute by minute from where it begins to where it ends; out: its unit sleeps out before or
    after it."""
    tours, tasks, told = problem.tours, problem.tasks, plan.rounds[tour]
    minutes = problem.travel[int(tours.mode[tour])]
    if not told.stops and not out:
        if told.travel != 0 or told.back != told.depart:
            yield Fault(Wrong.TRAVEL, tour)
        return
    if told.depart < float(tours.earliest[tour]) - SLACK:
        yield Fault(Wrong.TOO_EARLY, tour)
    place, ready, driven = begins, told.depart, 0.0
    for stop in told.stops:
        task = stop.task
        leg = float(minutes[place][int(tasks.node[task])])
        escorted = float(minutes[int(tasks.node[task])][int(tasks.end[task])])
        if math.isinf(leg) or math.isinf(escorted):
            yield Fault(Wrong.NO_WAY, tour, task)
        elif not _same(stop.arrive, ready + leg):
            yield Fault(Wrong.LEG, tour, task)
        if stop.begin < stop.arrive - SLACK or not _open(problem, stop):
            yield Fault(Wrong.WINDOW, tour, task)
        if not _same(stop.leave, stop.begin + float(tasks.service[task]) + escorted):
            yield Fault(Wrong.SERVICE, tour, task)
        place, ready, driven = int(tasks.end[task]), stop.leave, driven + leg + escorted
    home = float(minutes[place][ends])
    if math.isinf(home):
        yield Fault(Wrong.NO_WAY, tour)
    elif not _same(told.back, ready + home):
        yield Fault(Wrong.LEG, tour)
    if told.back > float(tours.latest[tour]) + SLACK:
        yield Fault(Wrong.TOO_LATE, tour)
    if told.back - told.depart > float(tours.duty[tour]) + SLACK:
        yield Fault(Wrong.DUTY, tour)
    if not _same(told.travel, driven + home):
        yield Fault(Wrong.TRAVEL, tour)


def _open(problem: Problem, stop: Stop) -> bool:
    windows = problem.tasks.windows[stop.task]
    return any(float(opens) - SLACK <= stop.begin <= float(closes) + SLACK for opens, closes in windows)


def _leave_given(problem: Problem, plan: Plan, tour: int) -> Iterator[Fault]:
    """Skills, prohibitions, locks and locked orders."""
    tasks = [stop.task for stop in plan.rounds[tour].stops]
    for task in tasks:
        if not bool(problem.tasks.allowed[task][tour]):
            yield Fault(Wrong.NOT_ALLOWED, tour, task)
        if int(problem.tasks.locked[task]) not in (FREE, tour):
            yield Fault(Wrong.LOCK, tour, task)
    for order in problem.orders:
        here = [task for task in tasks if task in order]
        wanted = [task for task in order if task in here]
        if here != wanted:
            yield Fault(Wrong.ORDER, tour, here[0])


def _gaps(problem: Problem, plan: Plan) -> Iterator[Fault]:
    visits: dict[int, list[tuple[int, int, int]]] = {}
    for tour, each in enumerate(plan.rounds):
        for stop in each.stops:
            site, day = int(problem.tasks.site[stop.task]), int(problem.tours.day[tour])
            visits.setdefault(site, []).append((day, tour, stop.task))
    for same in visits.values():
        for k, (day, tour, task) in enumerate(same):
            for other_day, _, other in same[:k]:
                least = max(int(problem.tasks.gap[task]), int(problem.tasks.gap[other]))
                if abs(day - other_day) < least:
                    yield Fault(Wrong.GAP, tour, task)


def _due(problem: Problem, plan: Plan) -> Iterator[Fault]:
    """A visit that is due is made on its days, or the plan says that it isn't, and says so of no other."""
    begins = {stop.task: (tour, stop.begin) for tour, each in enumerate(plan.rounds) for stop in each.stops}
    astray = {
        task
        for task, opens, closes in problem.due
        if task in begins and not opens - SLACK <= begins[task][1] <= closes + SLACK
    }
    for task in sorted(astray ^ set(plan.missed)):
        yield Fault(Wrong.DUE, begins[task][0] if task in begins else None, task)


def _sums(problem: Problem, plan: Plan) -> Iterator[Fault]:
    by_tier = [0.0] * len(plan.reward)
    for each in plan.rounds:
        for stop in each.stops:
            by_tier[int(problem.tasks.tier[stop.task])] += float(problem.tasks.reward[stop.task])
    if any(not _same(told, found) for told, found in zip(plan.reward, by_tier, strict=True)):
        yield Fault(Wrong.REWARD)
    if not _same(plan.travel, sum(each.travel for each in plan.rounds)):
        yield Fault(Wrong.TRAVEL)


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SLACK + 1e-9 * abs(other)
