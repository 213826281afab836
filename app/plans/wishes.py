"""What an officer wants of a plan: visits kept with a tour, in an order, not with a unit, left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from flask_babel import gettext as _

from app.errors import Invalid
from app.plans.joint import Partner
from geo.patrols.problem import Problem


@dataclass(frozen=True)
class Wishes:
    """By row of the plan's tasks: `kept` task → tour; `not_with` (task, unit's id); `out` tasks; `orders` in which tasks
    are to stand as far as they go with the same tour, each task in one of them at most. `joint`: unit's id → State forces
    that go with it, from the first search on: what is made from a plan keeps them with its ground."""

    kept: Mapping[int, int]
    not_with: frozenset[tuple[int, int]]
    out: frozenset[int]
    orders: tuple[tuple[int, ...], ...] = ()
    joint: Mapping[int, Partner] = field(default_factory=dict)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Wishes:
        return cls(
            {int(task): int(tour) for task, tour in stored.get("kept", {}).items()},
            frozenset((int(task), int(unit)) for task, unit in stored.get("not_with", [])),
            frozenset(int(task) for task in stored.get("out", [])),
            tuple(tuple(int(task) for task in order) for order in stored.get("orders", [])),
            {int(unit): Partner(*each) for unit, each in stored.get("joint", {}).items()},
        )

    def stored(self) -> dict[str, Any]:
        return {
            "kept": {str(task): tour for task, tour in sorted(self.kept.items())},
            "not_with": [list(pair) for pair in sorted(self.not_with)], "out": sorted(self.out),
            "orders": [list(order) for order in self.orders],
            "joint": {str(unit): [each.clearance, each.people] for unit, each in sorted(self.joint.items())},
        }  # fmt: skip

    def on(self, problem: Problem) -> Problem:
        """The problem with these wishes."""
        allowed, locked = problem.tasks.allowed.copy(), problem.tasks.locked.copy()
        for task, unit in self.not_with:
            allowed[task, problem.tours.unit == unit] = False
        for task in self.out:
            allowed[task] = False
        for task, tour in self.kept.items():
            locked[task] = tour
        tasks = replace(problem.tasks, allowed=allowed, locked=locked)
        return replace(problem, tasks=tasks, orders=self.orders)

    def arranged(self, before: Sequence[Sequence[int]]) -> list[list[int]]:
        """The orders of the plan before with these wishes: where the search for the next one begins."""
        found = [
            [task for task in order if task not in self.out and self.kept.get(task, tour) == tour]
            for tour, order in enumerate(before)
        ]
        for task, tour in self.kept.items():
            if task not in found[tour]:
                found[tour].append(task)
        for wanted in self.orders:
            for order in found:
                places = [place for place, task in enumerate(order) if task in wanted]
                for place, task in zip(
                    places, sorted((order[p] for p in places), key=wanted.index), strict=True
                ):
                    order[place] = task
        return found

    def keeps_order(self, stops: Sequence[int]) -> bool:
        """Whether two stops of a tour at least stand in an order of an officer's."""
        return any(sum(task in order for task in stops) > 1 for order in self.orders)


def changed(
    wishes: Wishes,
    problem: Problem,
    orders: list[list[int]],
    said: Mapping[int, str],
    arranged: Mapping[int, str] | None = None,
) -> Wishes:
    """The wishes with what was said of tasks: `free`, `keep`, `not_with` (the unit that has it now), `out`, `earlier` or
    `later` by one place, `move:<tour>`; and of the order of tours: `keep`, `free`, or its tasks as `3,1,2`.

    orders: of the plan that this was said of. Raises Invalid for what can't be said of a task or tour.
    """
    kept, not_with, out = dict(wishes.kept), set(wishes.not_with), set(wishes.out)
    tour_of = {task: tour for tour, order in enumerate(orders) for task in order}
    loose: set[int] = set()
    new: dict[int, list[int]] = {}
    for task, word in said.items():
        if not 0 <= task < len(problem.tasks):
            raise wrong(f"wish_{task}")
        kept.pop(task, None)
        out.discard(task)
        act, _colon, number = word.partition(":")
        if act == "out":
            out.add(task)
        elif act == "keep" and task in tour_of:
            kept[task] = tour_of[task]
        elif act == "not_with" and task in tour_of:
            not_with.add((task, int(problem.tours.unit[tour_of[task]])))
        elif act in ("earlier", "later") and task in tour_of:
            kept[task] = tour = tour_of[task]
            swap(new.setdefault(tour, list(orders[tour])), task, -1 if act == "earlier" else 1)
        elif (
            act == "move"
            and number.isdecimal()
            and len(number) < 7
            and int(number) in np.flatnonzero(problem.tasks.allowed[task])
        ):
            kept[task] = int(number)
            loose.add(task)
            not_with.discard((task, int(problem.tours.unit[int(number)])))
        elif act == "free":
            loose.add(task)
            not_with = {pair for pair in not_with if pair[0] != task}
        else:
            raise wrong(f"wish_{task}")
    for tour, word in (arranged or {}).items():
        if not 0 <= tour < len(orders):
            raise wrong(f"order_{tour}")
        if word == "free":
            loose |= set(orders[tour])
        elif word == "keep":
            new.setdefault(tour, list(orders[tour]))
        else:
            new[tour] = numbers(word, f"order_{tour}")
    # What goes elsewhere, or nowhere, stands in no order of the tour that it leaves. What an officer put elsewhere in its
    # tour stays there: else the next search could take it away, and the order with it.
    for tour, order in new.items():
        unit = int(problem.tours.unit[tour])
        away = out | {task for task, other in not_with if other == unit}
        new[tour] = [t for t in order if t not in away and kept.get(t, tour_of.get(t)) == tour]
        here = [task for task in new[tour] if task in orders[tour]]
        was = [task for task in orders[tour] if task in here]
        kept |= {task: tour for task, before in zip(here, was, strict=True) if task != before}
    gone = loose | out | {task for order in new.values() for task in order}
    stay = [tuple(task for task in order if task not in gone) for order in wishes.orders]
    found = [order for order in [*stay, *(tuple(order) for order in new.values())] if len(order) > 1]
    return Wishes(kept, frozenset(not_with), frozenset(out), tuple(found), wishes.joint)


def swap(order: list[int], task: int, by: int) -> None:
    """Changes the places of a task and of the one before or behind it, where there is one."""
    here = order.index(task)
    there = here + by
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]


def numbers(word: str, field: str) -> list[int]:
    parts = word.split(",")
    if not all(part.isascii() and part.isdecimal() and len(part) < 6 for part in parts):
        raise wrong(field)
    found = [int(part) for part in parts]
    if len(set(found)) != len(found):
        raise wrong(field)
    return found


def wrong(field: str) -> Invalid:
    return Invalid(_("This can’t be asked of that visit."), fields={field: _("Choose one of the list.")})
