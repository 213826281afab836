"""The evacuation bench reads its folder, and its linear programme agrees with the plan where no rule binds."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.load.evacuate import drawn_problem, least_by_lp, measured, of_files
from geo.roads import Network


@pytest.fixture
def network(tmp_path: Path) -> Network:
    """A grid of six by six with minutes of chance, written down as the bench reads it."""
    drawn, side = np.random.default_rng(4), 6
    pairs = [(n, n + 1) for n in range(side**2) if (n + 1) % side] + [
        (n, n + side) for n in range(side**2 - side)
    ]
    nodes = "".join(f"{n % side},{n // side}\n" for n in range(side**2))
    links = "".join(f"{a + 1},{b + 1},1000,{drawn.uniform(5, 90):.2f}\n" for a, b in [*pairs, (3, 3)])
    (tmp_path / "nodes.csv").write_text("lon,lat\n" + nodes)
    (tmp_path / "links.csv").write_text("from,to,distance,duration\n" + links)
    return of_files(tmp_path)


def test_the_plan_is_what_the_linear_programme_finds(network: Network) -> None:
    assert len(network.dry) == 60  # the loop is no road
    for room in (1.1, 0.8):
        row = measured("EXERCISE", drawn_problem(network, np.arange(36), 30, 8, 2, room, False, 0))
        assert (row.faults, row.least) == (0, "equal")
        assert (row.left > 0) == (room < 1)


def test_the_linear_programme_notices_a_haven_more(network: Network) -> None:
    problem = drawn_problem(network, np.arange(36), 30, 8, 2, 0.8, False, 0)
    larger = replace(problem.havens[0], places=problem.havens[0].places + 10)
    left, _ = least_by_lp(problem)
    assert least_by_lp(replace(problem, havens=(larger, *problem.havens[1:])))[0] == left - 10


def test_with_all_rules_it_holds_too(network: Network) -> None:
    row = measured("EXERCISE", drawn_problem(network, np.arange(36), 30, 8, 2, 1.3, True, 6))
    assert (row.faults, row.waves > 0) == (0, True)
