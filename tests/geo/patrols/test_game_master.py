"""The growing linear program beside a solver that begins anew each time."""

import numpy as np
import pytest
from scipy.optimize import linprog

from geo.patrols.game_master import Master


def solved_anew(values: np.ndarray, rows: np.ndarray) -> float:
    plans, sites = rows.shape
    return linprog(
        np.append(np.zeros(plans), 1.0),
        A_ub=np.hstack([-(values[:, None] * rows.T), -np.ones((sites, 1))]),
        b_ub=-values,
        A_eq=[[1.0] * plans + [0.0]],
        b_eq=[1.0],
    ).fun


def some_plans(drawn: np.random.Generator, plans: int, sites: int) -> np.ndarray:
    return drawn.choice([0.6, 1.0], (plans, sites)) * (drawn.random((plans, sites)) < 0.3)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("sites", [1, 8, 60])
def test_it_leaves_what_a_solver_from_the_beginning_leaves_as_plans_come_and_go(
    seed: int, sites: int
) -> None:
    drawn = np.random.default_rng(seed)
    values, rows = drawn.lognormal(0, 1, sites), some_plans(drawn, 150, sites)
    master = Master(values, rows[0], 100)
    held = [rows[0]]
    for turn, row in enumerate(rows[1:]):
        master.add(row)
        held.append(row)
        if turn % 10 == 9:
            master.solve()
            assert master.value == pytest.approx(solved_anew(values, np.array(held)), rel=1e-5, abs=1e-6)
            mix = master.chances / master.chances.sum()
            assert (values * (1 - mix @ np.array(held))).max() == pytest.approx(
                master.value, rel=1e-5, abs=1e-6
            )
        if turn % 50 == 49:
            kept = sorted({*np.flatnonzero(master.basic).tolist(), *range(0, len(held), 2)})
            master.keep(kept)
            held = [held[k] for k in kept]
            assert master.chances @ np.ones(len(held)) == pytest.approx(1)


@pytest.mark.parametrize("seed", range(3))
def test_no_plan_collects_more_of_its_weights_than_those_that_it_stands_on(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    values, rows = drawn.integers(1, 21, 30).astype(float), some_plans(drawn, 80, 30)
    master = Master(values, rows[0], 80)
    for row in rows[1:]:
        master.add(row)
    master.solve()
    assert (rows @ master.weights).max() == pytest.approx(master.collected)
    assert (rows @ master.weights)[master.chances > 1e-6] == pytest.approx(master.collected)
    # The attacker's chances are chances, and what they gain him is what the mix leaves.
    assert (master.weights / values).sum() == pytest.approx(1)
    assert master.weights.sum() - master.collected == pytest.approx(master.value, rel=1e-5)


def test_a_plan_that_covers_every_site_leaves_next_to_nothing_and_the_same_plan_twice_does_no_harm() -> None:
    values = np.array([5.0, 3.0, 1.0])
    master = Master(values, np.array([1.0, 0.0, 0.0]), 10)
    for row in ([0.0, 1.0, 1.0], [0.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]):
        master.add(np.array(row))
        master.solve()
    assert master.value == pytest.approx(0, abs=1e-5)
