"""What an evacuation is given: groups under threat, havens with free places, roads, escorts, rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.roads import Network, Season

#: How endangered a group is: 1 ordinary, 9 most. A place that one of danger 2 gets is worth two of danger 1.
MOST_DANGER = 9


@dataclass(frozen=True)
class Group:
    """People at one place who may be divided, but are of one community.

    code: the caller's, no name. node: where they come onto the road. wounded, children, without_transport: how many of
    `people`; they may overlap. community: an opaque code that mixing rules speak of, or nothing. cannot_walk: how many of
    those who aren't wounded use a wheelchair, or must be carried.
    """

    code: str
    node: int
    people: int
    danger: int = 1
    wounded: int = 0
    children: int = 0
    without_transport: int = 0
    community: str = ""
    cannot_walk: int = 0


@dataclass(frozen=True)
class Haven:
    """A haven as it is now. A caller leaves out those that the viewer may not know of.

    places: free ones for the night. medical_level: 0 none. holds: the communities of those who are there already.
    step_free: whether a wheelchair gets in.
    """

    code: str
    node: int
    places: int
    medical_level: int = 0
    holds: frozenset[str] = frozenset()
    step_free: bool = False


@dataclass(frozen=True)
class Escort:
    """A force that goes with one wave at a time.

    node: where it stands. ready: minutes from now. people: the most that it protects on the way. seats: of those, for
    people without transport, in its own or hired vehicles. vehicles: its own and those with the seats. waves: the most
    that it can make.
    """

    code: str
    node: int
    people: int
    seats: int
    vehicles: int
    waves: int
    ready: float = 0.0


@dataclass(frozen=True, eq=False)
class Problem:
    """One evacuation.

    vehicles_an_hour: (m,) for each link, both directions together, in any sixty minutes. avoid: (m,) how many times as
    long a link is taken to be when ways are chosen, 1 or more: what keeps people off roads under threat where another
    is not much longer. Closed links are never used (`geo.roads.slowed`). apart: pairs of communities that may not
    share a haven. medical_level: what a haven must have to take wounded. load, unload: minutes at either end.
    people_a_vehicle: in vehicles of their own. horizon: minutes from now by which everybody must have arrived.
    over_steps: so many weighted minutes longer is a way worth, for somebody who can't walk, that ends where a wheelchair
    gets in. A haven with steps is still better than none, and being left counts twice as much: without that, whoever
    can't walk would be left first where places are few, since he would cost most everywhere.
    """

    network: Network
    groups: tuple[Group, ...]
    havens: tuple[Haven, ...]
    escorts: tuple[Escort, ...]
    vehicles_an_hour: NDArray[np.int64]
    avoid: NDArray[np.float64] | None = None
    apart: frozenset[frozenset[str]] = frozenset()
    season: Season = Season.DRY
    medical_level: int = 1
    load: float = 20.0
    unload: float = 10.0
    people_a_vehicle: int = 5
    horizon: float = 48 * 60.0
    over_steps: float = 120.0

    def __post_init__(self) -> None:
        """Raises ValueError, with a sentence, where numbers or lengths can't be right."""
        nodes, links = len(self.network.nodes), len(self.network.dry)
        kinds: tuple[tuple[Group | Haven | Escort, ...], ...] = (self.groups, self.havens, self.escorts)
        for kind in kinds:
            if not all(0 <= each.node < nodes for each in kind):
                raise ValueError("A group, haven or escort stands at a node that there is not.")
            if len({each.code for each in kind}) != len(kind):
                raise ValueError("Each group, haven and escort needs a code of its own.")
        for group in self.groups:
            if not 1 <= group.danger <= MOST_DANGER:
                raise ValueError(f"Danger is a whole number from 1 to {MOST_DANGER}.")
            parts = (group.wounded, group.children, group.without_transport)
            if not all(0 <= part <= group.people for part in parts):
                raise ValueError(
                    "Wounded, children and people without transport are part of a group's people."
                )
            if not 0 <= group.cannot_walk <= group.people - group.wounded:
                raise ValueError("People who can't walk are part of those who aren't wounded.")
        if any(haven.places < 0 for haven in self.havens):
            raise ValueError("A haven's free places are 0 or more.")
        if any(min(e.people, e.seats, e.vehicles, e.waves) < 0 or not e.ready >= 0 for e in self.escorts):
            raise ValueError("What an escort can do is 0 or more.")
        if np.shape(self.vehicles_an_hour) != (links,) or np.min(self.vehicles_an_hour, initial=0) < 0:
            raise ValueError("Each link needs a number of vehicles an hour, 0 or more.")
        if self.avoid is not None and (self.avoid.shape != (links,) or not (self.avoid >= 1).all()):
            raise ValueError("Each link needs a factor of 1 or more by which it is avoided.")
        if any(len(pair) != 2 for pair in self.apart):
            raise ValueError("A mixing rule keeps two communities apart.")
        if not 0 <= self.over_steps < np.inf:
            raise ValueError("What steps count for is 0 or more minutes.")
        if not (self.people_a_vehicle > 0 and self.load >= 0 and self.unload >= 0 and self.horizon > 0):
            raise ValueError("Times and people in a vehicle must be more than 0.")
