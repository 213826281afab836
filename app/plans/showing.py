"""A plan as its page shows it: days with tours with stops, what was left out, what one more unit would bring."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from app.due_diligence import queries as due_diligence
from app.mission.hours import DAY
from app.plans import wording
from app.plans.frozen import problem_of, slept_out
from app.plans.joint import near_cells, partner_of
from app.plans.models import PatrolPlan
from app.plans.results import figures
from app.plans.verifying import still_read
from app.plans.wishes import Wishes

# So many kinds of lines can be told apart (css: .tour-0 …); the label says whose each is.
LINES = 6


@dataclass(frozen=True)
class StopShown:
    task: int
    number: int
    name: str
    why: str
    astray: str
    at: str
    until: str
    waits: int
    kilometres: float
    minutes: int
    kept: bool
    must: bool
    alerts: list[tuple[int, bool]]
    moves: list[tuple[int, str]]


@dataclass(frozen=True)
class TourShown:
    tour: int
    label: str
    mark: str
    unit: str
    day: int
    line: int
    depart: str
    back: str
    hours: float
    kilometres: float
    home: tuple[float, int]
    ordered: bool
    joint: str
    near_cells: list[str]
    evening: str
    morning: str
    stops: list[StopShown]

    @property
    def count(self) -> int:
        return len(self.stops)


@dataclass(frozen=True)
class LeftOutShown:
    task: int
    name: str
    why: str
    reason: str
    by_hand: bool
    must: bool
    alerts: list[tuple[int, bool]]
    instead: str
    moves: list[tuple[int, str]]


@dataclass(frozen=True)
class Shown:
    days: list[tuple[int, str]]
    tours: list[TourShown]
    staying: list[str]
    short: list[str]
    left_out: list[LeftOutShown]
    more: tuple[str, list[str]] | None
    figures: dict[str, Any]

    @property
    def joint(self) -> list[TourShown]:
        return [tour for tour in self.tours if tour.joint]


def shown(plan: PatrolPlan) -> Shown:
    """Of a plan that has a result."""
    ground: Any = plan.ground
    result: Any = plan.result
    problem, wishes = problem_of(ground), Wishes.read(plan.wishes)
    begins = datetime.fromisoformat(ground["begins"])
    labels, marks = labels_of(ground, begins, plan.days), labels_of(ground, begins, 1)
    units = sorted({each["id"] for each in ground["units"]})
    allowed = wishes.on(problem).tasks.allowed

    def moves(task: int, tour: int | None) -> list[tuple[int, str]]:
        return [(int(n), labels[n]) for n in np.flatnonzero(problem.tasks.allowed[task]) if n != tour]

    read = still_read(ground["about"])

    def alerts(fact: dict[str, Any]) -> list[tuple[int, bool]]:
        return [(number, read[number]) for number in fact.get("alert_ids", ()) if number in read]

    evening, morning = slept_out(ground, result)
    astray, joint = set(result.get("missed", ())), together(ground)
    near = stops_near_cells(ground, result, joint)
    tours = []
    for n, each in enumerate(result["rounds"]):
        if not each["stops"] and not each["travel"]:
            continue
        stops, before, metres = [], each["depart"], result["ways"][n]["metres"]
        for place, (task, arrive, begin, leave) in enumerate(each["stops"]):
            fact = ground["about"][task]
            stops.append(StopShown(
                task, place + 1, wording.name(fact), wording.why(fact),
                wording.astray(fact) if task in astray else "", wording.clock(begin),
                wording.clock(leave), round(begin - arrive), metres[place] / 1000, round(arrive - before),
                task in wishes.kept, fact["priority"] == "must", alerts(fact), moves(task, n),
            ))  # fmt: skip
            before = leave
        unit = ground["units"][n]
        tours.append(TourShown(
            n, labels[n], marks[n], f"{unit['call_sign']} · {unit['name']}", int(problem.tours.day[n]),
            units.index(unit["id"]) % LINES, wording.clock(each["depart"]),
            wording.clock(each["back"]), (each["back"] - each["depart"]) / 60, sum(metres) / 1000,
            (metres[-1] / 1000, round(each["back"] - before)),
            wishes.keeps_order([stop.task for stop in stops]), joint.get(n, ""), near.get(n, []),
            evening.get(n, ""), morning.get(n, ""), stops,
        ))  # fmt: skip
    left = []
    for task, reason in result["left_out"]:
        fact, by_hand = ground["about"][task], task in wishes.out
        given = result["instead"].get(str(task)) if "draw" not in result else None
        instead = ", ".join(wording.name(ground["about"][t]) for t in given[1]) if given else ""
        left.append(LeftOutShown(
            task, wording.name(fact), wording.why(fact),
            wording.left_out(
                fact, "not_drawn" if "draw" in result else reason, by_hand, task in wishes.kept
            ), by_hand, fact["priority"] == "must", alerts(fact), instead,
            moves(task, None) if allowed[task].any() or by_hand else [],
        ))  # fmt: skip
    left.sort(key=lambda each: (not each.must, each.by_hand))
    more = result["one_more"]
    like = next((u["call_sign"] for u in ground["units"] if more and u["id"] == more["unit"]), "")
    return Shown(
        [(n, wording.day(begins, n)) for n in range(plan.days)], tours,
        [labels[n] for n, each in enumerate(result["rounds"]) if not each["stops"] and not each["travel"]],
        [f"{each['call_sign']}: {wording.at_once(each)}" for each in ground.get("short", ())], left,
        (like, [wording.name(ground["about"][task]) for task in more["tasks"]]) if more else None,
        figures(ground, result),
    )  # fmt: skip


def together(ground: dict[str, Any]) -> dict[int, str]:
    """Tour → with which State forces it goes, as the viewer may know them."""
    partners = {n: partner for n, unit in enumerate(ground["units"]) if (partner := partner_of(unit))}
    names = due_diligence.recipients({partner.clearance for partner in partners.values()})
    return {n: wording.together(each.clearance, names.get(each.clearance)) for n, each in partners.items()}


def stops_near_cells(
    ground: dict[str, Any], result: dict[str, Any], joint: Collection[int]
) -> dict[int, list[str]]:
    """Joint tour → names of its stops in squares where defenders live, for viewers who see these on the map."""
    stops = [(tour, task) for tour in joint for task, *_times in result["rounds"][tour]["stops"]]
    near = near_cells([tuple(ground["spots"][ground["tasks"]["node"][task]]) for _tour, task in stops])
    found: dict[int, list[str]] = {}
    for (tour, task), is_near in zip(stops, near, strict=True):
        if is_near:
            found.setdefault(tour, []).append(wording.name(ground["about"][task]))
    return found


def labels_of(ground: dict[str, Any], begins: datetime, days: int) -> list[str]:
    """Whose tour each is: the call sign, a number where a unit has several that day, the day where there are several."""
    found: list[str] = []
    seen: dict[tuple[int, str], int] = {}
    count = [(each["id"], each["day"]) for each in ground["units"]]
    for n, each in enumerate(ground["units"]):
        key = (each["id"], each["day"])
        seen[key] = seen.get(key, 0) + 1
        label = each["call_sign"] + (f"/{seen[key]}" if count.count(key) > 1 else "")
        if days > 1:
            label += " " + wording.day(begins, int(ground["tours"]["earliest"][n] // DAY))
        found.append(label)
    return found


def differences(one: PatrolPlan, other: PatrolPlan) -> list[tuple[str, str, str]]:
    """(visit, tour in one, tour in the other) of each visit that is elsewhere; only plans of one ground's tasks."""
    found = []
    where = [placed(each) for each in (one, other)]
    for key in sorted(where[0].keys() | where[1].keys()):
        first, second = (each.get(key, "") for each in where)
        if first != second:
            found.append((key[0], first, second))
    return found


def placed(plan: PatrolPlan) -> dict[tuple[str, str, int], str]:
    """(name, what it is, which visit of the site) → label of its tour. Two sites may have one name."""
    ground: Any = plan.ground
    result: Any = plan.result
    labels = labels_of(ground, datetime.fromisoformat(ground["begins"]), plan.days)
    found = {}
    for n, each in enumerate(result["rounds"]):
        for task, *_times in each["stops"]:
            fact = ground["about"][task]
            what = str(fact.get("site") or fact.get("escort") or fact.get("alert_ids"))
            found[wording.name(fact), what, int(fact.get("number", 0))] = labels[n]
    return found
