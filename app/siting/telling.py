"""What is kept of an answer: plain JSON (the study's `answer`). Pages read it as it was found, whatever changed since."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.siting.ground import SitingGround
from app.siting.models import Goal
from app.siting.solving import NO_WAY, Asked, Found, people_of, within_reach
from geo.siting.placement import NOBODY, Placement


def told_of(ground: SitingGround, found: Found) -> dict[str, Any]:
    """Whole people, minutes to a tenth (None where no way leads)."""
    asked, present, main, best, out = found.asked, found.present, found.main, found.best, found.out
    sites = [int(n) for n in main.sites if n != asked.overflow]
    sure, proof = main.certificate, best.certificate
    before = list(range(ground.existing))
    goes = (
        np.where(main.serves == asked.overflow, NOBODY, main.serves)
        if asked.overflow is not None
        else main.serves
    )
    held = {n: int(asked.weight[goes == n].sum()) for n in sites}
    served = np.zeros(len(ground.places), dtype=np.int64)
    near = np.zeros(len(ground.places), dtype=np.int64)
    way = asked.distance[np.arange(len(goes)), np.maximum(goes, 0)]
    with_way = (goes != NOBODY) & (way < NO_WAY)
    np.add.at(served, asked.place[with_way], asked.weight[with_way].astype(np.int64))
    counts = with_way & (way <= asked.radius)
    np.add.at(near, asked.place[counts], asked.weight[counts].astype(np.int64))
    filled = asked.goal == Goal.LEAST_WORST and asked.room is not None
    nearest = (
        ground.minutes[:, sites].argmin(axis=1) if sites else np.zeros(len(ground.places), dtype=np.intp)
    )
    return {
        "people": int(people_of(ground).sum()),
        "within": {
            "before": 0 if present is None else int(within_reach(asked, present)), "after": int(near.sum()),
            "best": int(within_reach(asked, best)),
        },
        "mean": {
            "before": mean(asked, present), "after": mean(asked, main), "best": mean(asked, best),
        },
        "worst": {
            "before": longest(asked, present) if filled else worst(ground, before, out),
            "after": longest(asked, main) if filled else worst(ground, sites, out),
        },
        "value": sure.value, "bound": proof.bound, "best_value": proof.value, "gap": gap(sure.value, proof.bound),
        "proof": proof.proof.value, "seconds": round(proof.seconds, 3), "best_sites": named(ground, asked, best),
        "sites": [
            {
                "ref": (c := ground.candidates[n]).ref, "name": c.name, "lon": c.lon, "lat": c.lat,
                "existing": c.existing, "people": held[n],
                "room": None if asked.room is None else int(asked.room[n]),
            }
            for n in sites
        ],
        "places": [
            {
                "name": p.name, "code": p.code, "lon": p.lon, "lat": p.lat, "people": int(p.population),
                "near": int(near[n]), "served": int(served[n]),
                "site": ground.candidates[sites[int(nearest[n])]].name
                if sites and np.isfinite(ground.minutes[n, sites].min()) else None,
                "minutes": {
                    season: [least(matrix[n, before]), least(matrix[n, sites])]
                    for season, matrix in ground.by_season.items()
                },
            }
            for n, p in enumerate(ground.places)
        ],
        "candidates": [[c.ref, c.name, c.why_not] for c in ground.candidates if not c.existing],
        "cut_off": {"places": int(out.sum()), "people": int(people_of(ground)[out].sum())},
    }  # fmt: skip


def gap(value: float, bound: float) -> float:
    """By what share of the value no placement can be better; 0 where it is the best."""
    apart = abs(bound - value)
    return 0.0 if apart <= 2e-9 * max(abs(value), 1.0) else apart / max(abs(value), 1.0)


def least(minutes: NDArray[np.float64]) -> float | None:
    found = float(minutes.min()) if len(minutes) else np.inf
    return round(found, 1) if np.isfinite(found) else None


def mean(asked: Asked, found: Placement | None) -> float | None:
    """Minutes that people need on the average to where they go, of those who have a way and room."""
    if found is None:
        return None
    if asked.room is None:
        # Also those beyond the minutes, whom a covering sends nowhere.
        way = asked.distance[:, found.sites].min(axis=1)
        there = way < NO_WAY
    else:
        goes = found.serves
        way = asked.distance[np.arange(len(goes)), np.maximum(goes, 0)]
        there = (goes != NOBODY) & (goes != asked.overflow) & (way < NO_WAY)
    return round(float(np.average(way[there], weights=asked.weight[there])), 1) if there.any() else None


def worst(ground: SitingGround, sites: list[int], out: NDArray[np.bool_]) -> float | None:
    """The longest way of a place that some placement reaches; None where one has no way to these sites."""
    if not sites:
        return None
    minutes = float(ground.minutes[~out][:, sites].min(axis=1).max())
    return round(minutes, 1) if np.isfinite(minutes) else None


def longest(asked: Asked, found: Placement | None) -> float | None:
    """The longest way of those who each have room where they go; None where somebody has no way or no room."""
    if found is None or (found.serves == NOBODY).any():
        return None
    way = float(asked.distance[np.arange(len(found.serves)), found.serves].max())
    return round(way, 1) if way < NO_WAY else None


def named(ground: SitingGround, asked: Asked, found: Placement) -> list[str]:
    return [ground.candidates[n].name for n in found.sites if n != asked.overflow and n >= ground.existing]
