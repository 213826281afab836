"""Replays a plan in plain Python, with nothing of the code that found it, before anybody sees it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator

from geo.evacuation.plan import Leg, Plan
from geo.evacuation.problem import Problem

_TOLERANCE = 1e-6


def faults(problem: Problem, plan: Plan) -> list[str]:
    """What is wrong with the plan, a sentence for each fault with codes; empty where it holds."""
    minutes = [float(each) for each in problem.network.minutes(problem.season)]
    return [
        *_counted(problem, plan),
        *_sheltered(problem, plan),
        *(fault for leg in plan.legs for fault in _driven(problem, leg, minutes)),
        *_reckoned(problem, plan),
        *_brought(problem, plan),
        *_escorted(problem, plan, minutes),
        *_borne(problem, plan, minutes),
    ]


def _counted(problem: Problem, plan: Plan) -> Iterator[str]:
    people: Counter[int] = Counter()
    wounded: Counter[int] = Counter()
    on_foot: Counter[int] = Counter()
    carried: Counter[int] = Counter()
    for leg in plan.legs:
        people[leg.group] += leg.people
        carried[leg.group] += leg.cannot_walk
        wounded[leg.group] += leg.wounded
        on_foot[leg.group] += leg.without_transport
        if not (
            leg.people > 0
            and 0 <= leg.wounded <= leg.people
            and 0 <= leg.without_transport <= leg.people
            and 0 <= leg.cannot_walk <= leg.people - leg.wounded
        ):
            yield f"A leg of {problem.groups[leg.group].code} has parts that are more than the whole."
    for left in plan.left:
        people[left.group] += left.people
        wounded[left.group] += left.people if left.wounded else 0
        carried[left.group] += left.people if left.cannot_walk else 0
        on_foot[left.group] += left.people  # who of them has no transport is not told
        if left.people <= 0:
            yield f"Of {problem.groups[left.group].code} nobody is left, and yet it says so."
    for row, group in enumerate(problem.groups):
        if people[row] != group.people or wounded[row] != group.wounded:
            yield f"Of {group.code} {people[row]} people ({wounded[row]} wounded) are counted, not {group.people}."
        if carried[row] != group.cannot_walk:
            yield f"Of {group.code} {carried[row]} people who can't walk are counted, not {group.cannot_walk}."
        if on_foot[row] < group.without_transport:
            yield f"Of {group.code} some without transport are forgotten."


def _sheltered(problem: Problem, plan: Plan) -> Iterator[str]:
    come: Counter[int] = Counter()
    there = {row: set(haven.holds) for row, haven in enumerate(problem.havens)}
    brought: dict[int, set[str]] = defaultdict(set)
    for leg in plan.legs:
        come[leg.haven] += leg.people
        brought[leg.haven].add(problem.groups[leg.group].community)
        if leg.wounded and problem.havens[leg.haven].medical_level < problem.medical_level:
            yield f"{problem.havens[leg.haven].code} takes wounded without the care that they need."
    for row, haven in enumerate(problem.havens):
        if come[row] > haven.places:
            yield f"{haven.code} has {haven.places} places and is given {come[row]} people."
        for one in brought[row]:
            if any(
                frozenset((one, other)) in problem.apart
                for other in there[row] | brought[row]
                if other != one
            ):
                yield f"{haven.code} is given communities that must be apart."


def _driven(problem: Problem, leg: Leg, minutes: list[float]) -> Iterator[str]:
    group, haven = problem.groups[leg.group], problem.havens[leg.haven]
    name = f"The way from {group.code} to {haven.code}"
    end = _end_of(problem, group.node, leg.links)
    if end != haven.node:
        yield f"{name} does not lead there."
    took = sum(minutes[link] for link in leg.links)
    if not math.isfinite(took):
        yield f"{name} uses a road that is closed."
    elif abs(took - leg.minutes) > _TOLERANCE:
        yield f"{name} takes {took:.1f} minutes, not {leg.minutes:.1f}."


def _end_of(problem: Problem, node: int, links: tuple[int, ...]) -> int | None:
    for link in links:
        one, other = (int(each) for each in problem.network.ends[link])
        if node not in (one, other):
            return None
        node = other if node == one else one
    return node


def _reckoned(problem: Problem, plan: Plan) -> Iterator[str]:
    """The figures by which a plan is judged, from its legs."""
    minutes = problem.network.minutes(problem.season)
    total, left = 0, 0
    for leg in plan.legs:
        weight = sum(
            float(minutes[link]) * (1.0 if problem.avoid is None else float(problem.avoid[link]))
            for link in leg.links
        )
        if not abs(weight - leg.weight) <= _TOLERANCE * max(1.0, weight):
            yield f"A leg of {problem.groups[leg.group].code} weighs {weight:.2f} minutes, not {leg.weight:.2f}."
            continue
        danger = problem.groups[leg.group].danger
        total += round(leg.weight * 100) * danger * leg.people
        # Steps before somebody who can't walk count like a longer way.
        if not problem.havens[leg.haven].step_free:
            total += round(problem.over_steps * 100) * danger * leg.cannot_walk
    for each in plan.left:
        left += each.people * problem.groups[each.group].danger
        if each.cannot_walk:
            total += 2 * round(problem.over_steps * 100) * problem.groups[each.group].danger * each.people
    if (total, left) != (plan.total, plan.left_weight):
        yield f"The plan says {plan.total} for its time and {plan.left_weight} for who is left, not {total} and {left}."
    if plan.objective < plan.bound:
        yield "The plan claims to be better than what it says is possible."


def _brought(problem: Problem, plan: Plan) -> Iterator[str]:
    people: Counter[int] = Counter()
    on_foot: Counter[int] = Counter()
    waits: Counter[int] = Counter()
    for wave in plan.waves:
        people[wave.leg] += wave.people
        on_foot[wave.leg] += wave.without_transport
    for waiting in plan.waiting:
        waits[waiting.leg] += waiting.people
    for number, leg in enumerate(plan.legs):
        code = problem.groups[leg.group].code
        if people[number] + waits[number] != leg.people:
            yield f"Of {leg.people} people of {code}, {people[number]} are brought and {waits[number]} wait."
        if not leg.without_transport - waits[number] <= on_foot[number] <= leg.without_transport:
            yield f"Waves from {code} carry {on_foot[number]} people without transport of {leg.without_transport}."


def _escorted(problem: Problem, plan: Plan, minutes: list[float]) -> Iterator[str]:
    standing = [(escort.node, escort.ready, 0) for escort in problem.escorts]
    for wave in sorted(plan.waves, key=lambda each: each.departs):
        escort, leg = problem.escorts[wave.escort], plan.legs[wave.leg]
        node, free, made = standing[wave.escort]
        if not 0 < wave.people <= escort.people or not 0 <= wave.without_transport <= min(
            wave.people, escort.seats
        ):
            yield f"{escort.code} is given more people than it can bring."
        own = wave.people - wave.without_transport
        if wave.vehicles != escort.vehicles + math.ceil(own / problem.people_a_vehicle):
            yield f"A wave of {escort.code} miscounts its vehicles."
        if _end_of(problem, node, wave.approach) != problem.groups[leg.group].node:
            yield f"{escort.code} does not come to where its wave begins."
        there = free + sum(minutes[link] for link in wave.approach) + problem.load
        if not there <= wave.departs + _TOLERANCE:
            yield f"{escort.code} leaves before it can be there."
        if (
            abs(wave.departs + leg.minutes - wave.arrives) > _TOLERANCE
            or wave.arrives > problem.horizon + _TOLERANCE
        ):
            yield f"A wave of {escort.code} arrives at the wrong time, or too late."
        if made + 1 > escort.waves:
            yield f"{escort.code} makes more waves than it can."
        standing[wave.escort] = (problem.havens[leg.haven].node, wave.arrives + problem.unload, made + 1)


def _borne(problem: Problem, plan: Plan, minutes: list[float]) -> Iterator[str]:
    """In no sixty minutes, whenever they begin, does a link take more vehicles than it bears."""
    entries: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for wave in plan.waves:
        at = wave.departs
        for link in plan.legs[wave.leg].links:
            entries[link].append((at, wave.vehicles))
            at += minutes[link]
            if not math.isfinite(at):
                break  # a closed road, of which `_driven` speaks
    for link, times in entries.items():
        times.sort()
        first, inside = 0, 0
        for at, vehicles in times:
            inside += vehicles
            while times[first][0] <= at - 60.0 + _TOLERANCE:
                inside -= times[first][1]
                first += 1
            if inside > problem.vehicles_an_hour[link]:
                yield f"Link {link} takes {inside} vehicles in an hour and bears {problem.vehicles_an_hour[link]}."
                break
