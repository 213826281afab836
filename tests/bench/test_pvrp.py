"""Reads an instance in Cordeau's format as the literature does."""

import math
from pathlib import Path

from bench.load.pvrp import read

INSTANCE = """1 2 2 3
 0 50
 90 40
 0 30
 0 0 0 0 0 0 0
 1 3 4 5 7 1 3 1 2 4
 2 0 8 0 9 2 1 5
"""


def test_the_first_bit_is_the_first_day_and_no_length_is_no_limit(tmp_path: Path) -> None:
    file = tmp_path / "p"
    file.write_text(INSTANCE)
    problem = read(file)
    assert problem.allowed == (((2,), (1,), (0,)), ((0, 2),))
    assert problem.longest == (math.inf, 90.0, math.inf) and problem.capacity == (50.0, 40.0, 30.0)
    assert problem.travel[0, 1] == 5.0 and problem.travel[1, 2] == 5.0
    assert list(problem.demand) == [7.0, 9.0] and list(problem.stay) == [5.0, 0.0]
    assert problem.vehicles == 2
