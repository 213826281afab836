"""Lines and surfaces that look as if nature had drawn them. All coordinates in degrees, (lon, lat)."""

from __future__ import annotations

import numpy as np

from app.exercise.chance import Floats


def wandering_line(
    rng: np.random.Generator, start: Floats, end: Floats, roughness: float, shortest: float
) -> Floats:
    """A line from start to end by midpoint displacement (Fournier, Fussell and Carpenter, CACM 25, 1982).

    roughness: typical displacement as a share of the segment. shortest: no segment is split below this length.
    """
    line = np.array([start, end], dtype=float)
    while True:
        leg = np.diff(line, axis=0)
        length = np.hypot(leg[:, 0], leg[:, 1])
        if length.max() <= 2 * shortest:
            return line
        # Cut at two deviations: one wild midpoint would throw a loop across the line.
        shift = np.clip(rng.normal(0.0, 1.0, len(leg)), -2.0, 2.0) * roughness
        shift = np.where(length > 2 * shortest, shift, 0.0)
        middle = (line[:-1] + line[1:]) / 2 + np.column_stack([-leg[:, 1], leg[:, 0]]) * shift[:, None]
        wide = np.empty((2 * len(line) - 1, 2))
        wide[0::2] = line
        wide[1::2] = middle
        line = wide


def line_between_seeds(
    rng: np.random.Generator, start: Floats, end: Floats, seed: Floats, shortest: float
) -> Floats:
    """A noisy Voronoi edge that stays nearer to its own two seeds' triangle than to any other edge.

    The recursion keeps inside a rhombus around the edge, which lies inside the triangles that the edge forms
    with its two seeds; triangles of different edges don't overlap, so noisy edges never cross. `seed` is
    either of the two (they mirror each other).
    """
    leg = end - start
    length = float(np.hypot(*leg))
    across = np.array([-leg[1], leg[0]]) / length
    along = float(np.dot(seed - start, leg)) / length**2
    height = abs(float(np.dot(seed - start, across)))
    # Height of the triangle over the middle of the edge; the seed's foot may lie beyond an end.
    height *= 0.5 / max(along, 1 - along, 0.5)
    middle = (start + end) / 2
    reach = across * min(0.9 * height, 0.45 * length)
    points = [start]

    def split(a: Floats, b: Floats, c: Floats, d: Floats) -> None:
        if float(np.hypot(*(a - c))) < shortest:
            points.append(c)
            return
        p, q, s, t = rng.uniform(0.15, 0.85, 2).tolist() + rng.uniform(0.8, 1.4, 2).tolist()
        e, f = a + (d - a) * p, b + (c - b) * p
        g, i = a + (b - a) * q, d + (c - d) * q
        h = e + (f - e) * q
        split(a, b + (g - b) * min(s, 1.0), h, d + (e - d) * min(t, 1.0))
        split(h, c + (f - c) * min(s, 1.0), c, d + (i - d) * min(t, 1.0))

    split(start, middle + reach, end, middle - reach)
    return np.array(points)


def hills(rng: np.random.Generator, rows: int, columns: int, coarsest: int, octaves: int) -> Floats:
    """Fractal value noise of shape (rows, columns), about 0 to 1: octaves of random lattices, smoothly joined."""
    total = np.zeros((rows, columns))
    for octave in range(octaves):
        cells = coarsest * 2**octave
        lattice = rng.random((cells + 2, cells + 2))
        y, x = np.linspace(0, cells, rows), np.linspace(0, cells, columns)
        row, column = y.astype(int), x.astype(int)
        v, u = y - row, x - column
        v, u = (v * v * (3 - 2 * v))[:, None], (u * u * (3 - 2 * u))[None, :]
        top = lattice[row][:, column] * (1 - u) + lattice[row][:, column + 1] * u
        bottom = lattice[row + 1][:, column] * (1 - u) + lattice[row + 1][:, column + 1] * u
        total += (top * (1 - v) + bottom * v) / 2**octave
    return total / (2 - 2.0 ** (1 - octaves))


def rounded_off(line: Floats, times: int) -> Floats:
    """Corner cutting after Chaikin (1974); the ends stay."""
    for _ in range(times):
        near, far = line[:-1] * 0.75 + line[1:] * 0.25, line[:-1] * 0.25 + line[1:] * 0.75
        cut = np.empty((2 * len(near), 2))
        cut[0::2], cut[1::2] = near, far
        line = np.vstack([line[:1], cut, line[-1:]])
    return line


def blob(
    rng: np.random.Generator, middle: Floats, radius: float, unevenness: float, corners: int = 36
) -> Floats:
    """A closed, uneven round: first vertex not repeated. Shape (corners, 2)."""
    turn = np.arange(corners) * 2 * np.pi / corners
    wave = np.zeros(corners)
    for k in (2, 3, 5, 7):
        wave += rng.normal(0, unevenness / k) * np.cos(k * turn + rng.uniform(0, 2 * np.pi))
    reach = radius * np.clip(1 + wave, 0.35, 1.8)
    return middle + np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None]
