"""OR-Library's p-median and capacitated p-median instances, read as their notes say; and invented graphs like them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path


@dataclass(frozen=True)
class Instance:
    """size, room: of the capacitated alone. median, centre: the known optimum, if a file beside tells it."""

    name: str
    distance: NDArray[np.float64]
    count: int
    size: NDArray[np.int64] | None = None
    room: NDArray[np.int64] | None = None
    median: float | None = None
    centre: float | None = None


def of_edges(count: int, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """All shortest paths. A later edge between the same two replaces the earlier."""
    length = np.zeros((count, count))
    for a, b, metres in edges:
        length[a, b] = length[b, a] = metres
    return shortest_path(csr_array(length), directed=False)


def pmed(path: Path) -> Instance:
    told = np.array(path.read_text().split(), dtype=np.int64)
    nodes, edges, count = (int(each) for each in told[:3])
    table = told[3 : 3 + 3 * edges].reshape(-1, 3) - np.array([1, 1, 0])
    known = {kind: optimum(path.parent / file, path.stem) for kind, file in KNOWN.items()}
    return Instance(path.stem, of_edges(nodes, table), count, **known)


KNOWN = {"median": "pmedopt.txt", "centre": "pcenter_optima.txt"}


def optimum(file: Path, name: str) -> float | None:
    if not file.exists():
        return None
    rows = (line.split() for line in file.read_text().splitlines())
    return next((float(row[1]) for row in rows if len(row) == 2 and row[0] == name), None)


def pmedcap(path: Path) -> Instance:
    told = path.read_text().split()
    best, places, count, room = float(told[1]), int(told[2]), int(told[3]), int(told[4])
    table = np.array(told[5 : 5 + 4 * places], dtype=float).reshape(places, 4)
    apart = np.hypot(*(table[:, None, 1:3] - table[None, :, 1:3]).T)
    # Whole distances (3-4-5) may come out a hair below.
    distance = np.floor(apart + 1e-9)
    return Instance(path.stem, distance, count, table[:, 3].astype(np.int64), np.full(places, room), best)


def generated(count: int, seed: int, places: int = 900) -> Instance:
    """A connected graph of the kind of pmed38–40: n²/50 edges of length 1 to 100."""
    drawn = np.random.default_rng(seed)
    ring = drawn.permutation(places)
    ends = np.concatenate(
        [np.stack([ring, np.roll(ring, 1)], 1), drawn.integers(0, places, (places**2 // 50, 2))]
    )
    ends = ends[ends[:, 0] != ends[:, 1]]
    edges = np.concatenate([ends, drawn.integers(1, 101, (len(ends), 1))], axis=1)
    return Instance(f"invented-{places}-{count}", of_edges(places, edges), count)


def of_folder(folder: Path) -> list[Path]:
    """pmed*.txt and pmedcap*.txt, in the order of their numbers."""
    found = [path for path in folder.glob("pmed*.txt") if path.stem[-1].isdigit()]
    return sorted(found, key=lambda path: (len(path.stem), path.stem))


def read(path: Path) -> Instance:
    return pmedcap(path) if path.stem.startswith("pmedcap") else pmed(path)
