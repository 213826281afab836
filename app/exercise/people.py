"""80 defenders. Codename, profile and work stand apart from the sealed identity and the exact home.

Nothing links the two but the record itself: codenames and the numbers in the invented names are each drawn by
chance, so neither can be worked out from the other or from the order of the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import shapely
from shapely.geometry import Point

from app.exercise.actors import Presence
from app.exercise.chance import KM, cycled, one, point, stream, weighted
from app.exercise.consents import Consent, draw_consents
from app.exercise.country import Land
from app.exercise.defender_words import REASONS, WORK
from app.exercise.districts import Division
from app.exercise.names import codenames
from app.exercise.settlements import Settlement
from geo.risk import defender_risk

DEFENDERS = 80


@dataclass(frozen=True)
class RiskInput:
    """The inputs of one assessment, each 1 to 5; the band is `geo.risk`'s to work out. assessed_at: UTC."""

    threats: int
    vulnerabilities: int
    capacities: int
    death_threat: bool
    imminent: bool
    assessed_at: datetime
    reasoning: str


@dataclass(frozen=True)
class SealedIdentity:
    """What only the key-holder may open: an invented name and contact, and the exact home (lon, lat)."""

    name: str
    contact: str
    home: Point


@dataclass(frozen=True)
class Defender:
    """profiles: codes of the handbook's 3.1. compartment: north, centre, south or women.

    assessments: oldest first; the last one counts. sector_code: the area of responsibility around the home.
    """

    code: str
    codename: str
    profiles: tuple[str, ...]
    work: str
    compartment: str
    sector_code: str
    district_code: str
    case_status: str
    registered_at: datetime
    review_on: date
    assessments: tuple[RiskInput, ...]
    consents: tuple[Consent, ...]
    sealed: SealedIdentity


def _assessments(
    rng: np.random.Generator, danger: float, registered: datetime, now: datetime
) -> list[RiskInput]:
    """One to three assessments since registration; threats follow what happens around the home."""
    count = int(rng.integers(1, 4))
    days = (now - registered).days
    moments = sorted(registered + timedelta(days=float(d)) for d in rng.uniform(1, max(days - 1, 2), count))
    vulnerabilities, capacities = int(rng.integers(1, 6)), int(rng.integers(1, 6))
    assessments = []
    for n, moment in enumerate(moments):
        threats = int(np.clip(round(1.4 + 2.2 * danger + rng.normal(0, 0.9)), 1, 5))
        last = n == count - 1
        capacities = min(5, capacities + int(rng.random() < 0.35))
        death_threat = threats >= 3 and bool(rng.random() < 0.25)
        imminent = last and threats >= 4 and bool(rng.random() < 0.15)
        at = min(moment, now - timedelta(hours=3)).replace(minute=0, second=0, microsecond=0)
        assessments.append(RiskInput(threats, vulnerabilities, capacities, death_threat, imminent, at,
                                     one(rng, REASONS)))  # fmt: skip
    return assessments


def _review_on(rng: np.random.Generator, assessment: RiskInput, now: datetime) -> date:
    """When the file is due: days by band after the last look; one in eight is overdue."""
    risk = defender_risk(assessment.threats, assessment.vulnerabilities, assessment.capacities,
                         death_threat=assessment.death_threat, imminent=assessment.imminent)  # fmt: skip
    if rng.random() < 0.125:
        return now.date() - timedelta(days=int(rng.integers(1, 15)))
    return now.date() + timedelta(days=int(rng.integers(1, risk.review_days + 1)))


def register_defenders(seed: int, now: datetime, land: Land, division: Division, presence: Presence,
                       settlements: Sequence[Settlement]) -> list[Defender]:  # fmt: skip
    """The defenders, by code. Homes lie within some 3 km of a settlement, on land."""
    rng = stream(seed, "defenders")
    names, persons = codenames(rng, DEFENDERS), rng.choice(np.arange(100, 1000), DEFENDERS, replace=False)
    spots = np.array([s.place.coords[0] for s in settlements])
    danger = presence.at(spots).sum(axis=1)
    pull = (0.02 + danger) * np.array([s.population for s in settlements]) ** 0.35
    homes = rng.choice(len(spots), DEFENDERS, p=pull / pull.sum())
    districts = division.districts()
    tree = shapely.STRtree([d.area for d in districts])
    area_of = {d: a for a in division.areas_of_responsibility() for d in a.districts}
    kinds = cycled(rng, list(WORK), DEFENDERS)
    statuses = weighted(rng, {"intake": 6, "screening": 6, "assessment": 14, "plan_agreed": 14,
                              "measures_active": 26, "monitoring": 24, "de_escalation": 8, "closed": 2},
                        DEFENDERS)  # fmt: skip
    defenders = []
    for i in range(DEFENDERS):
        while True:
            turn, away = rng.uniform(0, 2 * np.pi), 3 * KM * np.sqrt(rng.random())
            home = point(*(spots[homes[i]] + away * np.array([np.cos(turn), np.sin(turn)])))
            if land.mainland.contains(home):
                break
        district = districts[int(tree.nearest(home))]
        area = area_of[district.code]
        compass = {"N": "north", "C": "centre", "S": "south"}[area.code[2]]
        profiles = [kinds[i]]
        profiles += [
            p for p in ("woman_defender", "youth", "ngo_staff") if p not in profiles and rng.random() < 0.3
        ]
        women = "woman_defender" in profiles and rng.random() < 0.6
        registered = now - timedelta(days=float(rng.uniform(12, 700)))
        registered = registered.replace(minute=0, second=0, microsecond=0)
        local = float(min(danger[homes[i]] / 0.25, 1.3))
        assessments = tuple(_assessments(rng, local, registered, now))
        number = int(persons[i])
        defenders.append(Defender(
            f"D{i + 1:03d}", names[i], tuple(profiles), one(rng, WORK[kinds[i]]), "women" if women else compass,
            area.code, district.code, statuses[i], registered,
            _review_on(rng, assessments[-1], now), assessments, draw_consents(rng, registered, now),
            SealedIdentity(f"EXERCISE Person {number:03d}", f"EXERCISE {number:04d}", home),
        ))  # fmt: skip
    return defenders
