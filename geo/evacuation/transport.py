"""The transport problem: amounts to places with capacities at least cost, in whole numbers, with its proof.

Successive shortest paths (Ahuja, Magnanti & Orlin, Network Flows, 1993, section 9.7), started from everybody at his
nearest haven. There are many groups and few havens, so paths are looked for among havens: going from one to another
costs what the cheapest to move of those there would pay. Prices stay 0 where places are free and never fall, so that
at the end they prove the result (`Shares.bound`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

#: The cost of what may not be: far above every other, far below where whole numbers of 64 bits end.
FORBIDDEN = np.int64(2**60)


@dataclass(frozen=True, eq=False)
class Shares:
    """held: (k, n) who goes where. price: (k,) what one unit of capacity more would save. total: cost of all."""

    held: NDArray[np.int64]
    price: NDArray[np.int64]
    total: int

    @property
    def amounts(self) -> NDArray[np.int64]:
        """(n, k): the same by row."""
        return self.held.T

    def bound(self, cost: NDArray[np.int64], amount: NDArray[np.int64], capacity: NDArray[np.int64]) -> int:
        """By weak duality no assignment costs less: Σ amount · min(cost + price) − Σ price · capacity."""
        limited = capacity >= 0
        if (self.price < 0).any() or self.price[~limited].any():
            raise ValueError("Prices must be 0 or more, and 0 where nothing limits.")
        cheapest = (cost + self.price).min(axis=1)
        return int((amount * cheapest).sum() - (self.price * capacity)[limited].sum())


def shares(
    cost: NDArray[np.int64],
    amount: NDArray[np.int64],
    capacity: NDArray[np.int64],
    begun: Shares | None = None,
) -> Shares:
    """The cheapest assignment of `amount` (n,) to columns of `capacity` (k,).

    cost: (n, k), 0 ≤ cost < FORBIDDEN, or FORBIDDEN. capacity: −1 for a column without limit; the last one must be
    such and allowed to all, so that there always is an answer. begun: the answer to a like problem, of other costs or
    capacities: this one is as good without, but comes later.

    Raises:
        ValueError: shapes that don't fit, negative amounts, costs or prices, no last column for all.
    """
    rows, columns = cost.shape
    if (
        amount.shape != (rows,)
        or capacity.shape != (columns,)
        or amount.min(initial=0) < 0
        or cost.min(initial=0) < 0
    ):
        raise ValueError("Amounts and capacities must fit the costs, and be 0 or more.")
    if capacity[-1] != -1 or (cost[:, -1] >= FORBIDDEN).any():
        raise ValueError("The last column must be open to all, without limit.")
    if begun is None:
        price, held = np.zeros(columns, dtype=np.int64), np.zeros((columns, rows), dtype=np.int64)
        held[-1] = amount
    else:
        price, held = np.where(capacity < 0, 0, begun.price), begun.held.copy()
        if held.shape != (columns, rows) or (held.sum(axis=0) != amount).any():
            raise ValueError("An answer to begin with must be of the same amounts.")
    # What has no limit is given as much room as there are people: as good as none, and sums stay small.
    free = np.where(capacity < 0, amount.sum() + 1, capacity).astype(np.int64)
    straight = np.ascontiguousarray
    found, total = _settled(straight(cost), held, free, price)
    return Shares(held, np.maximum(found, 0), total)


@njit(cache=True)
def _measure(column, cost, held, step, via):  # type: ignore[no-untyped-def]
    """What it costs to send one unit on from `column` to each other one, and whose."""
    step[column, :] = FORBIDDEN
    for row in range(cost.shape[0]):
        if held[column, row] > 0:
            here = cost[row, column]
            for other in range(cost.shape[1]):
                more = cost[row, other] - here
                if cost[row, other] < FORBIDDEN and more < step[column, other]:
                    step[column, other] = more
                    via[column, other] = row


@njit(cache=True)
def _settled(cost, held, free, price):  # type: ignore[no-untyped-def]
    """Changes `held` (k, n) into the cheapest assignment and tells its prices and its total.

    Everybody goes where cost + price is least, or stays if that is so; what is too much is sent on to where something
    is lacking. After the havens comes one node more, the sink, that takes `filled` from each. A haven with a price must
    be full: if it is not, it lacks, and so it can happen only with prices of another problem.
    """
    rows, columns = cost.shape
    sink = columns
    excess = np.zeros(columns + 1, dtype=np.int64)
    best = np.empty(rows, dtype=np.int64)
    for row in range(rows):
        best[row] = np.argmin(cost[row] + price)
    for column in range(columns):
        for row in range(rows):
            here = held[column, row]
            there = best[row]
            if here > 0 and cost[row, column] + price[column] > cost[row, there] + price[there]:
                held[column, row] = 0
                held[there, row] += here
    for column in range(columns):
        excess[column] = held[column].sum()
    people = excess.sum()
    filled = np.empty(columns, dtype=np.int64)
    for column in range(columns):
        filled[column] = free[column] if price[column] > 0 else min(excess[column], free[column])
        excess[column] -= filled[column]
        excess[sink] += filled[column]
    excess[sink] -= people
    price = np.append(price, 0)
    step = np.full((columns + 1, columns + 1), FORBIDDEN, dtype=np.int64)
    via = np.zeros((columns + 1, columns + 1), dtype=np.int64)
    for column in range(columns):
        _measure(column, cost, held, step, via)
    away = np.empty(columns + 1, dtype=np.int64)
    came = np.empty(columns + 1, dtype=np.int64)
    seen = np.empty(columns + 1, dtype=np.bool_)
    for start in range(columns + 1):
        while excess[start] > 0:
            away[:] = FORBIDDEN
            seen[:] = False
            away[start] = 0
            end = -1
            while end < 0:
                near = -1
                for node in range(columns + 1):
                    if not seen[node] and away[node] < FORBIDDEN and (near < 0 or away[node] < away[near]):
                        near = node
                if excess[near] < 0:
                    end = near
                    break
                seen[near] = True
                for other in range(columns + 1):
                    if seen[other]:
                        continue
                    if near == sink:
                        pays = 0 if filled[other] > 0 else FORBIDDEN
                    elif other == sink:
                        pays = 0 if filled[near] < free[near] else FORBIDDEN
                    else:
                        pays = step[near, other]
                    if pays < FORBIDDEN:
                        far = away[near] + pays + price[other] - price[near]
                        if far < away[other]:
                            away[other] = far
                            came[other] = near
            whole = away[end]
            for node in range(columns + 1):
                if away[node] < whole:
                    price[node] += whole - away[node]
            moved = min(excess[start], -excess[end])
            other = end
            while other != start:
                near = came[other]
                if near == sink:
                    moved = min(moved, filled[other])
                elif other == sink:
                    moved = min(moved, free[near] - filled[near])
                else:
                    moved = min(moved, held[near, via[near, other]])
                other = near
            other = end
            while other != start:
                near = came[other]
                if near == sink:
                    filled[other] -= moved
                elif other == sink:
                    filled[near] += moved
                else:
                    held[near, via[near, other]] -= moved
                    held[other, via[near, other]] += moved
                other = near
            excess[start] -= moved
            excess[end] += moved
            other = end
            while True:
                if other != sink:
                    _measure(other, cost, held, step, via)
                if other == start:
                    break
                other = came[other]
    total = 0
    for column in range(columns):
        for row in range(rows):
            if held[column, row] > 0:
                total += held[column, row] * cost[row, column]
    return price[:columns] - price[sink], total
