"""What an evacuation is answered: legs, waves, and who is left and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Why people have no place in a haven."""

    NO_ROAD = "no_road"  # no open road leads to any haven
    NOT_ADMITTED = (
        "not_admitted"  # havens can be reached, but none may take them: medical care, communities apart
    )
    NO_PLACE = "no_place"  # all that may take them are full


@dataclass(frozen=True)
class Leg:
    """People of one group who go to one haven. Numbers are rows of the problem's tuples.

    links: in the order in which they are driven. minutes: on the way. weight: minutes with what is to be avoided
    counted longer. cannot_walk: of those who aren't wounded.
    """

    group: int
    haven: int
    people: int
    wounded: int
    without_transport: int
    links: tuple[int, ...]
    minutes: float
    weight: float
    cannot_walk: int = 0


@dataclass(frozen=True)
class Left:
    """People of one group, wounded, unable to walk, or neither, without a place in any haven."""

    group: int
    people: int
    wounded: bool
    why: Why
    cannot_walk: bool = False


@dataclass(frozen=True)
class Wave:
    """One escort with people of one leg. Times in minutes from now.

    approach: the links by which the escort comes to the place. vehicles: all that are on the road.
    """

    leg: int
    escort: int
    people: int
    without_transport: int
    vehicles: int
    approach: tuple[int, ...]
    departs: float
    arrives: float


@dataclass(frozen=True)
class Waiting:
    """People who have a place, but whom no escort brings there within the horizon."""

    leg: int
    people: int


@dataclass(frozen=True)
class Plan:
    """An evacuation.

    left_weight: people without a place × danger, made least first. total: people × danger × hundredths of a weighted
    minute on the road, with what steps count for, and being left, for those who can't walk, made least among those.
    objective: left_weight × dear + total + what changes cost; no assignment under the rules has an objective below
    `bound`. more_places: (haven, places) that would take in
    everybody who is left for want of a place, each at the nearest. moved: people sent elsewhere than before.
    """

    legs: tuple[Leg, ...]
    left: tuple[Left, ...]
    waves: tuple[Wave, ...]
    waiting: tuple[Waiting, ...]
    more_places: tuple[tuple[int, int], ...]
    left_weight: int
    total: int
    dear: int
    objective: int
    bound: int
    moved: int

    @property
    def proven(self) -> bool:
        """Whether no assignment under the rules can be better."""
        return self.objective == self.bound
