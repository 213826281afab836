"""Community alert networks: villages whose focal points can reach the mission. No members are named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from shapely.geometry import Point

from app.exercise.actors import Presence
from app.exercise.chance import KM, one, stream
from app.exercise.districts import Division
from app.exercise.settlements import Settlement

NETWORKS = 8


@dataclass(frozen=True)
class CommunityNetwork:
    """channel: phone, radio or runner. working: whether the last test was answered. tested_at: UTC."""

    code: str
    name: str
    channel: str
    place: Point
    settlement_code: str
    sector_code: str
    focal_points: int
    women: int
    working: bool
    tested_at: datetime


def set_up_networks(seed: int, now: datetime, division: Division, presence: Presence,
                    settlements: Sequence[Settlement]) -> list[CommunityNetwork]:  # fmt: skip
    """8 networks in villages where groups are strong, at least 20 km apart; two don't answer."""
    rng = stream(seed, "networks")
    area_of = {d: a.code for a in division.areas_of_responsibility() for d in a.districts}
    danger = presence.at(np.array([s.place.coords[0] for s in settlements])).sum(axis=1) + 0.001
    danger[[s.kind != "village" for s in settlements]] = 1e-6
    chosen: list[Settlement] = []
    for i in rng.choice(len(settlements), len(settlements), replace=False, p=danger / danger.sum()):
        s = settlements[int(i)]
        if all(s.place.distance(c.place) > 20 * KM for c in chosen):
            chosen.append(s)
        if len(chosen) == NETWORKS:
            break
    networks = []
    for n, s in enumerate(chosen, start=1):
        points = int(rng.integers(3, 15))
        tested = (now - timedelta(days=float(rng.uniform(1, 40)))).replace(second=0, microsecond=0)
        networks.append(CommunityNetwork(
            f"CAN{n:02d}", f"Alert network {s.name}", one(rng, ("phone", "phone", "phone", "radio", "runner")), s.place,
            s.code, area_of[s.district_code], points, int(rng.integers(1, points)), n % 4 != 3, tested,
        ))  # fmt: skip
    return networks
