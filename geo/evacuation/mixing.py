"""Communities that may not share a haven: branch and bound over the transport problem.

Without the rules the assignment is a minimum, and so a bound. Where a haven has two communities that must be apart, one
of them may not be there: both ways are tried, the bound tells which can't pay (Land & Doig, Econometrica 28, 1960).
A first answer comes from sending away, haven by haven, those whom it costs less, and is bettered by exchanges.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.evacuation.transport import FORBIDDEN, Shares, shares

#: So many costs are looked at before the best so far is taken: some 0.3 s for 1,000 places and 100 havens. What each
#: try takes whatever its size is counted like so many costs more.
EFFORT, EACH = 15_000_000, 30_000
FEWEST = 10
#: After how many of the least bad exchanges a second one is looked for.
SECOND = 12
#: Clashes are settled a so-many-th at a time.
AT_ONCE = 20

Ban = tuple[int, int]  # haven, community


@dataclass(frozen=True, eq=False)
class Demand:
    """cost: (n, k). amount: (n,). capacity: (k,), the last without limit. community: (n,) numbers, −1 for none.

    apart: (c, c) which communities may not share a column; the last column is no haven and knows no rule.
    """

    cost: NDArray[np.int64]
    amount: NDArray[np.int64]
    capacity: NDArray[np.int64]
    community: NDArray[np.intp]
    apart: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Settled:
    """shares: an assignment that keeps the rules. cost: with what the search forbade. bound: none costs less."""

    shares: Shares
    cost: NDArray[np.int64]
    bound: int


def settled(demand: Demand, effort: int = EFFORT) -> Settled:
    """The cheapest assignment under the rules, or, where `effort` ends before, the best found and a bound."""
    root = _solved(demand, frozenset())
    clash = _clashes(demand, root)
    if not clash:
        return Settled(root, demand.cost, root.total)
    tries = max(FEWEST, effort // (demand.cost.size + EACH))
    best, bans, used = _exchanged(demand, *_dive(demand, root), tries * 9 // 10)
    tries -= used
    order = itertools.count()
    open_ends = [(root.total, next(order), frozenset[Ban](), clash, root)]
    while open_ends and open_ends[0][0] < best.total and tries > 0:
        _, _, here, clash, above = heapq.heappop(open_ends)
        _, haven, one, other = clash[0]
        for community in (one, other):
            tries -= 1
            more = here | {(haven, community)}
            found = _solved(demand, more, above)
            if found.total >= best.total:
                continue
            still = _clashes(demand, found)
            if still:
                heapq.heappush(open_ends, (found.total, next(order), more, still, found))
            else:
                best, bans = found, more
    bound = min(best.total, open_ends[0][0]) if open_ends else best.total
    return Settled(best, _banned(demand, bans), bound)


def _banned(demand: Demand, bans: frozenset[Ban]) -> NDArray[np.int64]:
    cost = demand.cost.copy()
    for haven, community in bans:
        cost[demand.community == community, haven] = FORBIDDEN
    return cost


def _solved(demand: Demand, bans: frozenset[Ban], begun: Shares | None = None) -> Shares:
    return shares(_banned(demand, bans), demand.amount, demand.capacity, begun)


def _there(demand: Demand, found: Shares) -> NDArray[np.int64]:
    """People by haven and community."""
    kinds = range(len(demand.apart))
    return np.array([found.held[:-1, demand.community == each].sum(axis=1) for each in kinds]).T


def _clashes(demand: Demand, found: Shares) -> list[tuple[int, int, int, int]]:
    """(−people of the smaller, haven, community, community): where most would have to give way stands first."""
    there = _there(demand, found)
    clash = []
    for one, other in np.argwhere(np.triu(demand.apart)).tolist():
        fewer = np.minimum(there[:, one], there[:, other])
        clash += [(-int(fewer[haven]), haven, one, other) for haven in np.flatnonzero(fewer).tolist()]
    return sorted(clash)


def _dive(demand: Demand, found: Shares) -> tuple[Shares, frozenset[Ban]]:
    """Where two clash, the one that goes elsewhere at less cost has to; the clearest cases first, some at a time.

    Each round bans a community from a haven for good, so it ends.
    """
    bans: frozenset[Ban] = frozenset()
    while clash := _clashes(demand, found):
        pays = _pays(demand, _banned(demand, bans) + found.price, found)
        clear = []
        for _, haven, one, other in clash:
            cheaper, dearer = sorted((int(pays[each, haven]), each) for each in (one, other))
            clear.append((cheaper[0] - dearer[0], haven, cheaper[1]))
        clear.sort()
        bans = bans | {(haven, goes) for _, haven, goes in clear[: len(clear) // AT_ONCE + 1]}
        found = _solved(demand, bans, found)
    return found, bans


def _pays(demand: Demand, reduced: NDArray[np.int64], found: Shares) -> NDArray[np.int64]:
    """(c, k): what it costs at least, at today's prices, if all of a community leave a haven."""
    first, second = np.partition(reduced, 1, axis=1)[:, :2].T
    kinds = [demand.community == each for each in range(len(demand.apart))]
    return np.array([found.held[:, who] @ (second - first)[who] for who in kinds])


def _exchanged(
    demand: Demand, best: Shares, bans: frozenset[Ban], tries: int
) -> tuple[Shares, frozenset[Ban], int]:
    """Local search: a haven lets in a community that is banned, and bans those who must be apart from it.

    Where no exchange helps, a second one is looked for after each of the least bad. Also told: how many were reckoned.
    """
    used = 0
    while used < tries:
        found, worse, spent = _beside(demand, best, bans, best.total, tries - used)
        used += spent
        for first, changed in worse:
            if found is None and used < tries:
                found, _, spent = _beside(demand, first, changed, best.total, tries - used)
                used += spent
        if found is None:
            break
        best, bans = found
    return best, bans, used


def _beside(
    demand: Demand, here: Shares, bans: frozenset[Ban], less_than: int, tries: int
) -> tuple[tuple[Shares, frozenset[Ban]] | None, list[tuple[Shares, frozenset[Ban]]], int]:
    """The first exchange that brings the total below `less_than`, the most promising first, or else the least bad.

    Also told: how many were reckoned.
    """
    worse: list[tuple[Shares, frozenset[Ban]]] = []
    promising = [ban for saving, ban in _promising(demand, here, bans) if here.total + saving < less_than]
    for tried, (haven, community) in enumerate(promising[:tries], start=1):
        others = {(haven, int(other)) for other in np.flatnonzero(demand.apart[community])}
        changed = (bans - {(haven, community)}) | others
        found = _solved(demand, changed, here)
        if _clashes(demand, found):
            continue
        if found.total < less_than:
            return (found, changed), [], tried
        worse = sorted([*worse, (found, changed)], key=lambda each: each[0].total)[:SECOND]
    return None, worse, len(promising[:tries])


def _promising(demand: Demand, best: Shares, bans: frozenset[Ban]) -> list[tuple[int, Ban]]:
    """Exchanges, (−saving, (haven, community to let in)), the most promising first.

    No exchange saves more than it says: that is the bound that today's prices give for the problem after it.
    """
    reduced = _banned(demand, bans) + best.price
    least, pays = reduced.min(axis=1), _pays(demand, reduced, best)
    # By community and haven: what all of it would save there.
    saves = []
    for each in range(len(demand.apart)):
        who = demand.community == each
        better = np.maximum(least[who, None] - demand.cost[who] - best.price, 0)
        saves.append(demand.amount[who] @ better)
    return sorted(
        (int(pays[demand.apart[community], haven].sum()) - int(saves[community][haven]), (haven, community))
        for haven, community in bans
    )
