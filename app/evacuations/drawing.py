"""An evacuation as lines of an SVG: ways by road, places by number, havens by letter. North is up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

WIDTH, HEIGHT, EDGE = 720.0, 480.0, 28.0
METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True)
class Picture:
    """Points as SVG takes them. `ways`: points and stroke width; `places`, `havens`: x, y, label. `bar`: its length in
    units of the drawing for `kilometres`."""

    ways: tuple[tuple[str, float], ...]
    places: tuple[tuple[float, float, int], ...]
    havens: tuple[tuple[float, float, str], ...]
    bar: float
    kilometres: float
    width: float = WIDTH
    height: float = HEIGHT


def letter(n: int) -> str:
    """A, B … Z, AA, AB …"""
    return (letter(n // 26 - 1) if n >= 26 else "") + chr(65 + n % 26)


def picture(content: Mapping[str, Any]) -> Picture:
    points = [(p["lon"], p["lat"]) for p in (*content["places"], *content["havens"])]
    points += [tuple(xy) for leg in content["legs"] for xy in leg["line"]]
    every = np.array(points, dtype=np.float64)
    # So near to one another that a plane in the middle's latitude is straight enough for a sketch.
    shrink = np.array([math.cos(math.radians(float(every[:, 1].mean()))), 1.0]) * METRES_A_DEGREE
    flat = every * shrink
    low, high = flat.min(axis=0), flat.max(axis=0)
    span = np.maximum(high - low, 1000.0)
    scale = float(min((WIDTH - 2 * EDGE) / span[0], (HEIGHT - 2 * EDGE) / span[1]))
    middle = (low + high) / 2

    def at(lon: float, lat: float) -> tuple[float, float]:
        x, y = (np.array([lon, lat]) * shrink - middle) * scale
        return round(WIDTH / 2 + float(x), 1), round(HEIGHT / 2 - float(y), 1)

    most = max((leg["people"] for leg in content["legs"]), default=1)
    kilometres = next((km for km in (50, 20, 10, 5, 2, 1, 0.5) if km * 1000 * scale < WIDTH / 3), 0.2)
    return Picture(
        ways=tuple(
            (
                " ".join(f"{x},{y}" for x, y in (at(*xy) for xy in leg["line"])),
                round(1.5 + 4.5 * leg["people"] / most, 1),
            )
            for leg in content["legs"]
            if len(leg["line"]) > 1
        ),
        places=tuple((*at(p["lon"], p["lat"]), n) for n, p in enumerate(content["places"], start=1)),
        havens=tuple((*at(h["lon"], h["lat"]), letter(n)) for n, h in enumerate(content["havens"])),
        bar=round(kilometres * 1000 * scale, 1),
        kilometres=kilometres,
    )
