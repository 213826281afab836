"""25 havens of the handbook's types (2.8), from shelters at bases to safe houses that no shared map shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from shapely.geometry import Point

from app.exercise.chance import KM, one, point, stream, weighted
from app.exercise.country import Land
from app.exercise.districts import Division
from app.exercise.forces import Base
from app.exercise.settlements import Settlement

#: kind → (how many, words for the name, exposure, capacity by day from and to, guarded).
_KINDS: dict[str, tuple[int, str, str, tuple[int, int], bool]] = {
    "base_shelter": (5, "Shelter at", "mission", (150, 900), True),
    "poc_site": (2, "Protection site", "public", (2500, 9000), True),
    "weapons_free_zone": (1, "Weapons-free zone", "public", (800, 2500), True),
    "secured_area": (3, "Secured school", "mission", (200, 700), True),
    "safe_house": (4, "Safe house", "secret", (3, 9), False),
    "relocation_inside": (2, "Relocation flat", "secret", (3, 8), False),
    "relocation_abroad": (1, "Handover point for relocation abroad", "secret", (4, 6), False),
    "hospital": (2, "Hospital", "public", (40, 160), True),
    "transit": (1, "Night stop", "need_to_know", (20, 60), False),
    "rally_point": (3, "Rally point", "mission", (100, 500), False),
    "shelter_gbv": (1, "Shelter", "secret", (10, 24), False),
}
_NEEDS = (
    "water",
    "food",
    "latrines",
    "blankets",
    "medical",
    "lighting",
    "fuel",
    "guards",
    "screening",
    "tents",
)


@dataclass(frozen=True)
class Haven:
    """state: closed, standby, open, full, compromised. exposure: public, mission, need_to_know, secret.

    supplies: water_litres_a_person_a_day (Sphere asks 15, survival 7.5), food_days, people_a_latrine, beds,
    medical_level, guard_hours. place: the exact one, WGS 84 (lon, lat); for a secret haven it is sealed knowledge.
    """

    code: str
    name: str
    kind: str
    place: Point
    sector_code: str
    capacity_day: int
    capacity_night: int
    occupancy: int
    state: str
    exposure: str
    needs: tuple[str, ...]
    supplies: Mapping[str, int | float | str]
    inspected_on: date | None


def _site(rng: np.random.Generator, kind: str, number: int, bases: Sequence[Base],
          settlements: Sequence[Settlement], land: Land) -> tuple[Point, Settlement]:  # fmt: skip
    by_code = {s.code: s for s in settlements}
    if kind in ("base_shelter", "poc_site"):
        wanted = ("poc_site",) if kind == "poc_site" else ("permanent", "company_operating_base")
        base = [b for b in bases if b.kind in wanted][number]
        return base.place, by_code[base.settlement_code]
    towns = [s for s in settlements if s.kind != "village"]
    beside = settlements[0] if kind == "relocation_abroad" else towns[number] if kind == "hospital" else one(
        rng, towns if kind in ("safe_house", "relocation_inside", "shelter_gbv", "secured_area") else settlements
    )  # fmt: skip
    while True:
        turn, away = rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 2.2) * KM
        place = point(beside.place.x + away * np.cos(turn), beside.place.y + away * np.sin(turn))
        if land.mainland.contains(place):
            return place, beside


def _occupancy(rng: np.random.Generator, state: str, night: int) -> int:
    if state == "full":
        return night + int(rng.integers(0, max(2, night // 12)))
    return max(1, round(night * float(rng.uniform(0.2, 0.9)))) if state == "open" else 0


def open_havens(seed: int, now: datetime, land: Land, division: Division, bases: Sequence[Base],
                settlements: Sequence[Settlement]) -> list[Haven]:  # fmt: skip
    """The havens. A secret one's name says nothing of where it is."""
    rng = stream(seed, "havens")
    area_of = {d: a.code for a in division.areas_of_responsibility() for d in a.districts}
    havens: list[Haven] = []
    for kind, (count, words, exposure, (least, most), guarded) in _KINDS.items():
        for n in range(count):
            place, beside = _site(rng, kind, n, bases, settlements, land)
            hidden = exposure in ("secret", "need_to_know")
            number = len(havens) + 1
            state = weighted(rng, {"open": 46, "standby": 30, "closed": 14, "full": 10}, 1)[0]
            if kind in ("poc_site", "hospital") and state in ("closed", "standby"):
                state = "open"  # these don't open and close by the day
            if kind == "safe_house" and n == 0:
                state = "compromised"  # so that the exercise has one to rotate
            day = int(rng.integers(least, most + 1))
            night = max(2, round(day * float(rng.uniform(0.55, 0.95))))
            occupancy = _occupancy(rng, state, night)
            strained = occupancy > 0.7 * night
            needs = sorted(
                {one(rng, _NEEDS) for _ in range(int(rng.integers(2, 5) if strained else rng.integers(0, 3)))}
            )
            supplies: dict[str, int | float | str] = {
                "water_litres_a_person_a_day": round(
                    float(rng.uniform(7, 12) if strained else rng.uniform(11, 24)), 1
                ),
                "food_days": int(rng.integers(1, 21)),
                "people_a_latrine": int(rng.integers(20, 61)),
                "beds": round(night * float(rng.uniform(0.3, 1.0))),
                "medical_level": str(one(rng, ("none", "first aid", "1", "1")))
                if kind != "hospital"
                else "2",
                "guard_hours": 24 if guarded else int(one(rng, (0, 0, 12))),
            }
            inspected = None if rng.random() < 0.1 else now.date() - timedelta(days=int(rng.integers(1, 120)))
            name = f"{words} {number:02d}" if hidden else f"{words} {beside.name}"
            havens.append(Haven(f"H{number:02d}", name, kind, place, area_of[beside.district_code], day, night,
                                occupancy, state, exposure, tuple(needs), supplies, inspected))  # fmt: skip
    return havens
