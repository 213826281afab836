"""The ground of a plan as JSON, so that it can be solved again, and replayed by the checker, as it was.

Rewards are frozen without the weight of districts (near_defenders.py): held against the facts beside them, a weighted one
would tell in which district defenders live. The search weighs anew, with the rights of whoever asks, and nothing of it
is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.means.crews import Crews
from app.plans.ground import PlanGround, TaskOf, able
from app.plans.near_defenders import weights
from app.plans.travelling import Mode, travel_minutes
from geo.patrols.problem import Due, Night, Problem, Tasks, Tours

Frozen = dict[str, Any]
WHOLE = ("start", "end", "mode", "day", "unit", "node", "tier", "site", "gap", "locked")


def freeze(ground: PlanGround) -> Frozen:
    problem = ground.problem
    modes = sorted({Mode.of(tour.unit) for tour in ground.tours})
    most = max((task.visit.worth for task in ground.tasks if task.visit), default=1.0)
    plain = np.array([task.worth(most) for task in ground.tasks])
    tasks = replace(problem.tasks, reward=plain)
    return {
        "begins": ground.begins.isoformat(),
        "spots": ground.spots.tolist(),
        "modes": [[m.foot_kph, m.open_speed, m.seasonal_speed] for m in modes],
        "travel": listed(problem.travel),
        "tours": {each.name: listed(getattr(problem.tours, each.name)) for each in fields(Tours)},
        "tasks": {each.name: listed(getattr(tasks, each.name)) for each in fields(Tasks)},
        "units": [
            {"id": tour.unit.id, "call_sign": tour.unit.call_sign, "name": tour.unit.name,
             "going": tour.unit.going, "crew": tour.unit.crew, "day": tour.day.isoformat(), "base": tour.unit.base}
            | ({"joint": [tour.joint.clearance, tour.joint.people]} if tour.joint else {})
            for tour in ground.tours
        ],
        "nights": [[night.before, night.after, list(night.nodes)] for night in problem.nights],
        "due": [list(each) for each in problem.due],
        "posts": {str(node): name for node, name in ground.posts.items()},
        "short": [
            {"call_sign": each.unit.call_sign, "wanted": each.wanted, "tours": each.tours,
             "by_night": each.by_night, "short_of": each.short_of}
            for each in ground.short
        ],
        "about": [
            about(task, ground.begins) | would_go(task, ground.short) | shut_to(n, ground)
            for n, task in enumerate(ground.tasks)
        ],
    }  # fmt: skip


def about(task: TaskOf, begins: datetime) -> dict[str, Any]:
    """The facts of one task. Of threats and alerts their number alone: names stay where they are read. Of an alert to
    verify its id, the place and how urgent it is: whoever reads a sector's patrols reads its alerts."""
    if task.visit:
        v, f, s = task.visit, task.visit.facts, task.visit.facts.site
        return {
            "kind": "visit", "site": s.id, "place": s.place_id, "code": s.code, "name": s.name, "priority": s.priority,
            "number": v.number, "of": v.of, "night": v.night, "market": v.market, "days": round(f.days, 2),
            "visited": s.days is not None, "people": s.population, "risk": round(f.risk, 4),
            "threats": len(f.threats), "alerts": len(f.alerts), "over": f.over,
            "longest": s.longest_gap_days, "counted": v.counted,
            "due": (begins.date() + timedelta(days=v.due[1])).isoformat() if v.due else None,
        }  # fmt: skip
    if task.alert:
        a = task.alert
        return {
            "kind": "alert", "alert_ids": list(a.alerts), "rank": a.priority, "code": a.place.code, "name": a.place.name,
            "priority": a.tier.name.lower(),
        }  # fmt: skip
    e: Any = task.escort
    return {
        "kind": "escort", "escort": e.id, "name": e.from_name, "to": e.to_name, "what": e.kind, "priority": "must",
    }  # fmt: skip


def would_go(task: TaskOf, short: Sequence[Crews]) -> dict[str, Any]:
    """The call signs of the units that could do a task, and might have, had they more people or vehicles; `at_home`: of
    those of them that have no patrol for it at all."""
    by_night = bool(task.visit and task.visit.night)
    could = [each for each in short if (each.tours < each.wanted or by_night) and able(each.unit, task)]
    none = [each for each in could if not (each.by_night if by_night else each.tours)]
    names = (("short", could), ("at_home", none))
    return {name: [each.unit.call_sign for each in units] for name, units in names if units}


def shut_to(task: int, ground: PlanGround) -> dict[str, Any]:
    """The call signs of the units that could do a task, but go with State forces, who don't come along to it."""
    joint = {tour.unit.call_sign: tour.unit for tour in ground.tours if tour.joint}
    found = [sign for sign, unit in joint.items() if task in ground.alone and able(unit, ground.tasks[task])]
    return {"alone": found} if found else {}


def problem_of(frozen: Mapping[str, Any]) -> Problem:
    tasks = {name: array(name, values) for name, values in frozen["tasks"].items()}
    tasks["allowed"] = np.array(frozen["tasks"]["allowed"], dtype=bool)
    windows = [
        [[np.nan if x is None else x for x in pair] for pair in row] for row in frozen["tasks"]["windows"]
    ]
    tasks["windows"] = np.array(windows, dtype=np.float64)
    tours = {name: array(name, values) for name, values in frozen["tours"].items()}
    nights = tuple(Night(before, after, tuple(nodes)) for before, after, nodes in frozen.get("nights", ()))
    due = tuple(Due(*each) for each in frozen.get("due", ()))
    return Problem(array("travel", frozen["travel"]), Tours(**tours), Tasks(**tasks), nights=nights, due=due)


def slept_out(frozen: Mapping[str, Any], result: Mapping[str, Any]) -> tuple[dict[int, str], dict[int, str]]:
    """Tour → name of the post where its unit sleeps after it, and tour → of the one from which it sets out."""
    evening, morning = {}, {}
    for (before, after, nodes), node in zip(frozen.get("nights", ()), result.get("nights", ()), strict=False):
        if node != nodes[0]:
            evening[before] = morning[after] = frozen["posts"][str(node)]
    return evening, morning


def weighed(problem: Problem, frozen: Mapping[str, Any]) -> Problem:
    """What is searched with: the districts' weights as the viewer may know them."""
    by_place = weights(sorted({each["place"] for each in frozen["about"] if each["kind"] == "visit"}))
    factor = np.array([by_place.get(each.get("place"), 1.0) for each in frozen["about"]])
    return replace(problem, tasks=replace(problem.tasks, reward=problem.tasks.reward * factor))


def modes_of(frozen: Mapping[str, Any]) -> list[Mode]:
    return [Mode(*each) for each in frozen["modes"]]


def on_roads_of_now(frozen: Frozen) -> Frozen:
    """The same with minutes by road as roads are now: what has been closed since is closed."""
    begins = datetime.fromisoformat(frozen["begins"])
    minutes = travel_minutes(modes_of(frozen), np.array(frozen["spots"]), begins)
    return frozen | {"travel": listed(minutes)}


def listed(values: NDArray[Any]) -> Any:
    """As JSON takes it: None for what is no number, and for what is without end."""
    if values.dtype.kind != "f":
        return values.tolist()
    found = values.astype(object)
    found[~np.isfinite(values)] = None
    return found.tolist()


def array(name: str, values: Sequence[Any]) -> NDArray[Any]:
    if name in WHOLE:
        return np.array(values, dtype=np.int64)
    found = np.array(values, dtype=object)
    return np.where(found == None, np.inf, found).astype(np.float64)  # noqa: E711 - element by element
