"""What was found, as JSON and back, and its figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.mission.hours import DAY
from app.plans.frozen import slept_out
from geo.coverage import NIGHT_FROM, NIGHT_UNTIL
from geo.patrols.plan import LeftOut as Reason
from geo.patrols.plan import Plan, Round, Stop
from geo.patrols.why import OneMore, Why

TIERS = ("must", "should", "could")


def stored(plan: Plan, facts: Why, more: OneMore | None, ways: list[dict[str, Any]]) -> dict[str, Any]:
    """`more`: None where it was not asked what one more unit would bring."""
    return {
        "rounds": [
            {"depart": r.depart, "back": r.back, "travel": r.travel,
             "stops": [[s.task, s.arrive, s.begin, s.leave] for s in r.stops]}
            for r in plan.rounds
        ],
        "reward": list(plan.reward),
        "travel": plan.travel,
        "nights": list(plan.nights),
        "missed": list(plan.missed),
        "left_out": [[task, reason.value] for task, reason in plan.left_out],
        "slack": {str(f.task): round(f.slack) for f in facts.stops},
        "instead": {str(f.task): [f.instead[0], list(f.instead[1])] for f in facts.left_out if f.instead},
        "one_more": {"unit": more.unit, "tasks": list(more.tasks)} if more else None,
        "ways": ways,
    }  # fmt: skip


def plan_of(result: Mapping[str, Any]) -> Plan:
    must, should, could = result["reward"]
    return Plan(
        tuple(
            Round(r["depart"], r["back"], tuple(Stop(*stop) for stop in r["stops"]), r["travel"])
            for r in result["rounds"]
        ),
        (must, should, could),
        result["travel"],
        tuple((task, Reason(reason)) for task, reason in result["left_out"]),
        tuple(result.get("nights", ())),
        tuple(result.get("missed", ())),
    )


def is_night(minute: float) -> bool:
    return not NIGHT_UNTIL <= minute % DAY < NIGHT_FROM


def figures(frozen: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """The plan in numbers. `covered`: (visits in the plan, visits wanted) by priority; `uncovered`: names of sites that
    must be protected and get no visit at all; night: share of stops that begin by night."""
    about = frozen["about"]
    stops = [stop for each in result["rounds"] for stop in each["stops"]]
    done = {stop[0] for stop in stops}
    visits = [(n, each) for n, each in enumerate(about) if each["kind"] == "visit"]
    reached = {each["site"]: each["people"] or 0 for n, each in visits if n in done}
    must = {each["site"]: each["name"] for _n, each in visits if each["priority"] == "must"}
    return {
        "covered": {
            tier: (
                sum(each["priority"] == tier and n in done for n, each in enumerate(about)),
                sum(each["priority"] == tier for each in about),
            )
            for tier in TIERS
        },
        "uncovered": [name for site, name in must.items() if site not in reached],
        "stops": len(stops),
        "tours": sum(bool(each["stops"]) for each in result["rounds"]),
        "hours": sum(each["back"] - each["depart"] for each in result["rounds"]) / 60,
        "kilometres": sum(sum(each["metres"]) for each in result["ways"]) / 1000,
        "night": sum(is_night(stop[2]) for stop in stops) / len(stops) if stops else 0.0,
        "nights_out": len(slept_out(frozen, result)[0]),
        "people": sum(reached.values()),
        "sites": len(reached),
    }
