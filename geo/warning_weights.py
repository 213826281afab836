"""The numbers by which a field report is weighed. Each is a setting; here stand the seeds.

Seeds: priorities and report kinds of the early-warning procedure (EW/RR); source grades of the Admiralty
system (reliability A–F, credibility 1–6); place precision of UCDP GED (`where_prec` 1–7). The points
themselves are the house's judgement, for a mission to set by its own experience.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

PRIORITIES = ("P1", "P2", "P3", "P4")


@dataclass(frozen=True)
class KindWeight:
    """What a kind of report weighs.

    words: the kind in a sentence. points: with nothing near. nearness: how much of the points for near things
    counts, 0 to 1. floor: the lowest priority that such a report ever gets (danger to life), or None.
    """

    words: str
    points: int
    nearness: float = 1.0
    floor: str | None = None


# The keys are the house's codes of alert and report kinds, used everywhere.
KIND_WEIGHT: Mapping[str, KindWeight] = MappingProxyType(
    {
        "imminent_attack": KindWeight("an imminent attack", 65, floor="P1"),
        "attack_under_way": KindWeight("an attack under way", 70, floor="P1"),
        "armed_group_movement": KindWeight("movement of an armed group", 30),
        "military_build_up": KindWeight("a military build-up", 28),
        "abduction": KindWeight("an abduction", 55, floor="P1"),
        "arrest_raid": KindWeight("an arrest or raid", 40),
        "threat_to_named_person": KindWeight("a threat to a named person", 50, floor="P2"),
        "mob_risk": KindWeight("a risk of mob violence", 50, floor="P2"),
        "intercommunal_mobilisation": KindWeight("mobilisation between communities", 35),
        "cattle_raid": KindWeight("a cattle raid", 30),
        "looting_extortion_checkpoint": KindWeight("looting, extortion or an illegal checkpoint", 25),
        "crsv": KindWeight("conflict-related sexual violence", 45, floor="P2"),
        "child_recruitment": KindWeight("recruitment of children", 32),
        "displacement": KindWeight("displacement of people", 25),
        "siege_denied_access": KindWeight("a siege or denied access", 35),
        "hate_speech": KindWeight("hate speech or incitement", 20),
        "eviction_land_dispute": KindWeight("an eviction or land dispute", 15),
        "electoral_protest_violence": KindWeight("violence around elections or protest", 28),
        "explosive_hazard": KindWeight("an explosive hazard", 32),
        "attack_on_protected_site": KindWeight("an attack on a protected site", 60, floor="P1"),
        "detention_transfer": KindWeight("the transfer of a detainee", 30),
        "medical_emergency": KindWeight("a medical emergency", 45, nearness=0.3, floor="P2"),
        "natural_hazard": KindWeight("a natural hazard", 25, nearness=0.5),
        "observation": KindWeight("an observation", 0, nearness=0.5),
        "all_quiet": KindWeight("all quiet", 0, nearness=0.0),
        "other": KindWeight("an event of another kind", 12),
    }
)


@dataclass(frozen=True)
class NearWeight:
    """What a near thing adds: `points` at the place itself, half of them `half_metres` away, and so on.

    More of them at one distance, or a larger place, count for more, as `geo.warning` says; most: what all
    near things of this sort may add together.
    """

    points: float
    half_metres: float
    most: int


NEAR_WEIGHT: Mapping[str, NearWeight] = MappingProxyType(
    {
        "defender_cell": NearWeight(points=36.0, half_metres=6_000.0, most=45),
        "haven": NearWeight(points=18.0, half_metres=4_000.0, most=24),
        "patrol": NearWeight(points=8.0, half_metres=3_000.0, most=12),
        "base": NearWeight(points=5.0, half_metres=3_000.0, most=8),
        "threat_area": NearWeight(points=24.0, half_metres=5_000.0, most=30),
        "incident": NearWeight(points=8.0, half_metres=5_000.0, most=20),
        "place": NearWeight(points=12.0, half_metres=3_000.0, most=18),
    }
)


def _fixed(pairs: dict[str, float]) -> Mapping[str, float]:
    return MappingProxyType(pairs)


@dataclass(frozen=True)
class Thresholds:
    """Every number of the weighing. Mappings are keyed by the codes as text; factors are above 0, to 1.

    p1, p2, p3: the lowest score (0–100) of each priority; minimum: that of P4, and of an alert at all.
    reliability, credibility, precision, risk: factors by code. F and 6 ("cannot be judged") are the honest
    default of a new caller: they stand between C and D, and between 3 and 4, and silence nobody.
    age_half_life_hours: a report's points halve in this time. fresh_hours: a floor of P1 holds this long,
        then P2.
    near_limit_metres: things further away than this are left out.
    """

    p1: int = 75
    p2: int = 50
    p3: int = 30
    minimum: int = 15
    kinds: Mapping[str, KindWeight] = field(default_factory=lambda: KIND_WEIGHT)
    near: Mapping[str, NearWeight] = field(default_factory=lambda: NEAR_WEIGHT)
    reliability: Mapping[str, float] = field(
        default_factory=lambda: _fixed({"A": 1.0, "B": 0.92, "C": 0.84, "D": 0.68, "E": 0.45, "F": 0.74})
    )
    credibility: Mapping[str, float] = field(
        default_factory=lambda: _fixed({"1": 1.0, "2": 0.92, "3": 0.84, "4": 0.66, "5": 0.4, "6": 0.74})
    )
    precision: Mapping[str, float] = field(
        default_factory=lambda: _fixed(
            {"1": 1.0, "2": 0.8, "3": 0.5, "4": 0.25, "5": 0.2, "6": 0.1, "7": 0.1}
        )
    )
    risk: Mapping[str, float] = field(
        default_factory=lambda: _fixed({"ordinary": 0.6, "elevated": 0.75, "high": 0.9, "extreme": 1.0})
    )
    age_half_life_hours: float = 96.0
    fresh_hours: float = 72.0
    near_limit_metres: float = 50_000.0

    def __post_init__(self) -> None:
        if not 0 < self.minimum <= self.p3 <= self.p2 <= self.p1 <= 100:
            raise ValueError(
                "The limits of the priorities must rise from above 0: minimum, p3, p2, p1, to 100."
            )
        for factors in (self.reliability, self.credibility, self.precision, self.risk):
            if not all(0.0 < factor <= 1.0 for factor in factors.values()):
                raise ValueError(
                    "Each factor must be above 0 and at most 1: a grade lowers, it never silences."
                )
        for value in (self.age_half_life_hours, self.fresh_hours, self.near_limit_metres):
            if not (math.isfinite(value) and value > 0):
                raise ValueError("Times and distances of the weighing must be above 0.")
        for near in self.near.values():
            if not (0 <= near.points < math.inf and 0 < near.half_metres < math.inf and near.most >= 0):
                raise ValueError("Points of near things must be 0 or more, and their distances above 0.")
        for kind in self.kinds.values():
            if not (
                0 <= kind.points <= 100 and 0 <= kind.nearness <= 1 and kind.floor in (None, *PRIORITIES)
            ):
                raise ValueError(
                    "A kind needs 0 to 100 points, a nearness of 0 to 1, and a priority as its floor."
                )

    def least_score(self, priority: str) -> int:
        """The lowest score of a priority P1–P4."""
        return {"P1": self.p1, "P2": self.p2, "P3": self.p3, "P4": self.minimum}[priority]

    def as_settings(self) -> dict[str, float]:
        """Every number under a dotted name, such as 'near.haven.half_metres', for a table of settings."""
        rows: dict[str, float] = {name: getattr(self, name) for name in _PLAIN}
        for code, kind in self.kinds.items():
            rows |= {f"kinds.{code}.{name}": getattr(kind, name) for name in _KIND}
        for code, near in self.near.items():
            rows |= {f"near.{code}.{name}": getattr(near, name) for name in _NEAR}
        for group in _FACTORS:
            rows |= {f"{group}.{code}": factor for code, factor in getattr(self, group).items()}
        return rows

    @classmethod
    def from_settings(cls, rows: Mapping[str, float]) -> "Thresholds":
        """The seeds with the given numbers put in their place; names as in `as_settings`.

        Floors are not among them: that a report of danger to life is never silenced is no setting.

        Raises:
            ValueError: an unknown name, or a number that `Thresholds` refuses.
        """
        seeds = cls()
        known = seeds.as_settings()
        for name in rows:
            if name not in known:
                raise ValueError("There is no weight of this name.")
        value: dict[str, Any] = {name: type(seed)(rows.get(name, seed)) for name, seed in known.items()}
        fields: dict[str, Any] = {name: value[name] for name in _PLAIN}
        fields["kinds"] = {
            code: replace(kind, **{name: value[f"kinds.{code}.{name}"] for name in _KIND})
            for code, kind in seeds.kinds.items()
        }
        fields["near"] = {
            code: NearWeight(**{name: value[f"near.{code}.{name}"] for name in _NEAR}) for code in seeds.near
        }
        for group in _FACTORS:
            fields[group] = {code: value[f"{group}.{code}"] for code in getattr(seeds, group)}
        return replace(seeds, **fields)


_PLAIN = ("p1", "p2", "p3", "minimum", "age_half_life_hours", "fresh_hours", "near_limit_metres")
_FACTORS = ("reliability", "credibility", "precision", "risk")
_KIND = ("points", "nearness")
_NEAR = ("points", "half_metres", "most")
