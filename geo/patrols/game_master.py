"""Chances over the plans known so far: the linear program of geo/patrols/game.py, which grows by plans.

Least value t with Σ_j q_j c_ij + t / v_i ≥ 1 for each site i and Σ_j q_j = 1. A new plan leaves the basis feasible, so
the primal simplex goes on from where it stood: a few exchanges where solving anew takes hundreds. Source: the revised
simplex method with an explicit inverse, Dantzig's choice of the column that enters, and a right-hand side that is
raised by tiny unequal amounts against cycling (Chvátal, Linear Programming, 1983, chapters 3 and 7).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

RAISED = 1e-7  # the right-hand side at most, by half to whole: then the value stays above 0, and in the basis
SMALL = 1e-9
RENEWED = 100  # exchanges until the inverse is reckoned anew
EXCHANGES = 20_000


@njit(cache=True)
def _column(which: int, rows: NDArray[np.float64], per_value: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n + 1,): of the surplus of a site (0 to n - 1), of the value (n), or of plan `which - n - 1`."""
    sites = len(per_value)
    found = np.zeros(sites + 1)
    if which < sites:
        found[which] = -1.0
    elif which == sites:
        found[:sites] = per_value
    else:
        found[:sites] = rows[:, which - sites - 1]
        found[sites] = 1.0
    return found


@njit(cache=True)
def _inverted(
    basis: NDArray[np.int64], rows: NDArray[np.float64], per_value: NDArray[np.float64]
) -> NDArray[np.float64]:
    matrix = np.empty((len(basis), len(basis)))
    for place in range(len(basis)):
        matrix[:, place] = _column(basis[place], rows, per_value)
    return np.linalg.inv(matrix).astype(np.float64)


@njit(cache=True)
def _times(matrix: NDArray[np.float64], column: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.zeros(len(matrix))
    for row in range(len(matrix)):
        total = 0.0
        for k in range(len(column)):
            total += matrix[row, k] * column[k]
        found[row] = total
    return found


@njit(cache=True)
def _exchanged(
    rows: NDArray[np.float64],
    count: int,
    per_value: NDArray[np.float64],
    basis: NDArray[np.int64],
    inverse: NDArray[np.float64],
    right: NDArray[np.float64],
) -> bool:
    """Brings `basis` and `inverse` (both changed in place) to the least value; False where the numbers fail."""
    sites = len(per_value)
    held = _times(inverse, right)
    inside = np.zeros(sites + 1 + count, dtype=np.bool_)
    for which in basis:
        inside[which] = True
    worth = np.empty(count)
    for exchange in range(EXCHANGES):
        of_value = 0
        for place in range(sites + 1):
            if basis[place] == sites:
                of_value = place
        dual = inverse[of_value].copy()
        worth[:] = dual[sites]
        for site in range(sites):
            if dual[site] != 0.0:
                for plan in range(count):
                    worth[plan] += dual[site] * rows[site, plan]
        enters, most = -1, SMALL
        for site in range(sites):
            if not inside[site] and -dual[site] > most:
                enters, most = site, -dual[site]
        for plan in range(count):
            if not inside[sites + 1 + plan] and worth[plan] > most:
                enters, most = sites + 1 + plan, worth[plan]
        if enters < 0:
            return True
        moved = _times(inverse, _column(enters, rows, per_value))
        leaves, step = -1, np.inf
        for place in range(sites + 1):
            if moved[place] > SMALL and place != of_value:
                there = max(held[place], 0.0) / moved[place]
                if there < step or (there == step and moved[place] > moved[leaves]):
                    leaves, step = place, there
        if leaves < 0:
            return False
        held -= step * moved
        held[leaves] = step
        line = inverse[leaves] / moved[leaves]
        for place in range(sites + 1):
            if place != leaves and moved[place] != 0.0:
                inverse[place] -= moved[place] * line
        inverse[leaves] = line
        inside[basis[leaves]], inside[enters] = False, True
        basis[leaves] = enters
        if exchange % RENEWED == RENEWED - 1:
            inverse[:] = _inverted(basis, rows, per_value)
            held = _times(inverse, right)
    return False


class Master:
    """The linear program, kept solved as plans come and go.

    values: (n,) what the attacker gains at each site where nobody comes, above 0. first: (n,) coverage of the first plan.
    most: plans held at once.

    Attributes, as of the last solution: chances: (plans,) of the plans. value: what they leave the attacker, but for a
    millionth of the greatest value. weights: (n,) his chances times the sites' values. collected: the sum of these
    weights, each times its coverage, over the sites of any plan with a chance; no plan held has more. basic: (plans,)
    whether the program stands on a plan.
    """

    def __init__(self, values: NDArray[np.float64], first: NDArray[np.float64], most: int) -> None:
        self.greatest = float(values.max())
        self.per_value = self.greatest / values
        self.right = np.append(1 + RAISED * np.random.default_rng(0).uniform(0.5, 1, len(values)), 1.0)
        self.rows = np.zeros((len(values), most))
        self.rows[:, 0], self.count = first, 1
        self.chances, self.basic = np.ones(1), np.ones(1, dtype=np.bool_)
        self._begin()
        self.solve()

    def _begin(self) -> None:
        """From the first plan alone: the site that it leaves worst sets the value."""
        sites = len(self.per_value)
        worst = int(np.argmax((self.right[:-1] - self.rows[:, 0]) / self.per_value))
        self.basis = np.append(np.arange(sites), sites + 1)
        self.basis[worst] = sites
        self.inverse = _inverted(self.basis, self.rows, self.per_value)

    def add(self, covered: NDArray[np.float64]) -> None:
        """covered: (n,) chance that an attack at each site is stopped under one more plan."""
        self.rows[:, self.count] = covered
        self.count += 1

    def keep(self, plans: Sequence[int]) -> None:
        """These plans alone, renumbered in this order; every plan that is basic must be among them."""
        sites = len(self.per_value)
        place = {plan: k for k, plan in enumerate(plans)}
        self.rows[:, : len(plans)] = self.rows[:, list(plans)]
        self.count = len(plans)
        self.chances, self.basic = self.chances[list(plans)], self.basic[list(plans)]
        self.basis = np.array([b if b <= sites else sites + 1 + place[b - sites - 1] for b in self.basis])

    def solve(self) -> None:
        """Raises ArithmeticError where the numbers fail even from the beginning."""
        told = self.rows, self.count, self.per_value
        if not _exchanged(*told, self.basis, self.inverse, self.right):
            self._begin()
            if not _exchanged(*told, self.basis, self.inverse, self.right):
                raise ArithmeticError("The linear program of the game was not solved.")
        sites = len(self.per_value)
        held = _times(self.inverse, self.right)
        of_plan = self.basis > sites
        of_value = int(np.flatnonzero(self.basis == sites)[0])
        self.chances, self.basic = np.zeros(self.count), np.zeros(self.count, dtype=np.bool_)
        self.chances[self.basis[of_plan] - sites - 1] = np.maximum(held[of_plan], 0.0)
        self.basic[self.basis[of_plan] - sites - 1] = True
        self.value = float(held[of_value]) * self.greatest
        self.weights = np.maximum(self.inverse[of_value, :sites], 0.0) * self.greatest
        self.collected = -float(self.inverse[of_value, sites]) * self.greatest
