"""Reads team-orienteering instances in Vansteenwegen's format, and the best values known for them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.patrols.problem import Problem, orienteering

TENTHS = 10  # whole numbers of tenths: what is floored to one decimal is then exact


@dataclass(frozen=True)
class Instance:
    """travel: (n, n), service: (n,), windows: (n, 2), whole tenths of the instance's unit; profit: (n,). Node 0:
    the depot."""

    name: str
    travel: NDArray[np.int64]
    service: NDArray[np.int64]
    profit: NDArray[np.float64]
    windows: NDArray[np.int64]

    def problem(self, teams: int) -> Problem:
        """Task i is node i + 1. (A node without a profit isn't worth a visit: some instances have none.)"""
        return orienteering(
            self.travel.astype(float), self.service.astype(float), np.maximum(self.profit, 1e-6),
            self.windows.astype(float), teams,
        )  # fmt: skip


def read(path: Path) -> Instance:
    """Line 1 `k v N t`; line 2 `D Q`; the depot `0 x y d S f a … C`; then `i x y d S f a list O C`. The way
    between two nodes is the Euclidean distance floored to one decimal."""
    rows = [[float(word) for word in line.split()] for line in path.read_text().splitlines() if line.strip()]
    nodes = rows[2 : 3 + int(rows[0][2])]
    places = np.array([row[1:3] for row in nodes])
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    # The 1e-9: a distance of 4.1 is 4.0999… in binary, and would lose a tenth.
    travel = np.floor(TENTHS * apart + 1e-9).astype(np.int64)
    windows = np.array([row[-2:] for row in nodes])
    return Instance(
        name=path.stem,
        travel=travel,
        service=np.rint(TENTHS * np.array([row[3] for row in nodes])).astype(np.int64),
        profit=np.array([row[4] for row in nodes]),
        windows=np.rint(TENTHS * windows).astype(np.int64),
    )


def best_known(folder: Path) -> dict[tuple[str, int], tuple[str, float]]:
    """(instance, teams) → (set, best value), for whole numbers of teams."""
    with (folder / "best_known.csv").open() as told:
        return {
            (row["instance"], int(row["m"])): (row["set"], float(row["bks"]))
            for row in csv.DictReader(told)
            if row["m"].isdigit()
        }
