"""Small patrol problems for tests, drawn by hypothesis, and one by hand."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from geo.patrols.problem import FREE, Problem, Tasks, Tours


def by_hand() -> Problem:
    """Five nodes on a line, ten minutes apart; two units from node 0, one of them on foot (three times as slow);
    one task at each other node. Task 3 is an escort from node 4 to node 1; task 0 has two windows."""
    apart = 10.0 * np.abs(np.arange(5)[:, None] - np.arange(5)[None])
    windows = np.full((4, 2, 2), np.nan)
    windows[:, 0] = [0, 400]
    windows[0] = [[0, 15], [100, 120]]
    return Problem(
        travel=np.stack([apart, 3 * apart]),
        tours=Tours(
            start=np.array([0, 0]), end=np.array([0, 0]), earliest=np.array([0.0, 30.0]),
            latest=np.array([400.0, 400.0]), duty=np.array([np.inf, 200.0]), mode=np.array([0, 1]),
            day=np.array([0, 0]), unit=np.array([0, 1]),
        ),
        tasks=Tasks(
            node=np.array([1, 2, 3, 4]), end=np.array([1, 2, 3, 1]), service=np.array([20.0, 20.0, 20.0, 5.0]),
            reward=np.array([5.0, 3.0, 2.0, 4.0]), tier=np.array([0, 1, 2, 1]), windows=windows,
            allowed=np.array([[True, True], [True, True], [True, True], [True, False]]),
            site=np.array([0, 1, 2, 3]), gap=np.array([1, 1, 1, 1]), locked=np.full(4, FREE),
        ),
    )  # fmt: skip


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to nine tasks and four tours over two days, with all that a problem can have; always of the same dtypes."""
    drawn = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    nodes, tasks, tours = drawn.integers(3, 9), drawn.integers(1, 10), drawn.integers(1, 5)
    places = drawn.uniform(0, 100, (nodes, 2))
    road = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    travel = np.stack([road, 2.5 * road])
    cut_off = drawn.random(nodes) < 0.1
    travel[:, cut_off, :] = travel[:, :, cut_off] = np.inf
    travel[:, np.arange(nodes), np.arange(nodes)] = 0.0
    opens = np.sort(drawn.uniform(0, 500, (tasks, 2)), axis=1)
    windows = np.stack([opens, opens + drawn.uniform(5, 200, (tasks, 2))], axis=2)
    windows[:, 0, 1] = np.minimum(windows[:, 0, 1], opens[:, 1])
    windows[drawn.random(tasks) < 0.5, 1] = np.nan
    node = drawn.integers(0, nodes, tasks)
    earliest = drawn.uniform(0, 100, tours)
    allowed = drawn.random((tasks, tours)) < 0.8
    locked = np.where(drawn.random(tasks) < 0.2, drawn.integers(0, tours, tasks), FREE)
    order = drawn.permutation(tasks)[: drawn.integers(0, 4)]
    return Problem(
        travel=travel,
        tours=Tours(
            start=drawn.integers(0, nodes, tours), end=drawn.integers(0, nodes, tours), earliest=earliest,
            latest=earliest + drawn.uniform(100, 600, tours), duty=drawn.choice([np.inf, 300.0, 150.0], tours),
            mode=drawn.integers(0, 2, tours), day=drawn.integers(0, 2, tours), unit=np.arange(tours),
        ),
        tasks=Tasks(
            node=node, end=np.where(drawn.random(tasks) < 0.2, drawn.integers(0, nodes, tasks), node),
            service=drawn.uniform(0, 40, tasks), reward=drawn.uniform(1, 20, tasks), tier=drawn.integers(0, 3, tasks),
            windows=windows, allowed=allowed, site=drawn.integers(0, 6, tasks), gap=drawn.integers(0, 2, tasks),
            locked=locked,
        ),
        orders=(tuple(int(each) for each in order),) if len(order) > 1 else (),
    )  # fmt: skip
