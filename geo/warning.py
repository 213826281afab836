"""Weighs a field report: how urgent is it, and why? Pure arithmetic; a named person decides.

The score is the sum of its reasons' points, kept to 0–100:
  the kind of report + what lies near the place, by distance − what the source's grade and the age take off
  + what a floor adds where life is in danger.
Each reason's points are whole numbers, so that anybody can add them up. Nearness halves with each further
`half_metres`: it falls smoothly and never rises with distance.

Danger of disclosure: from the score, and from the points of the grade, the age and the floor, one can work
back to what a defender's cell added and so to its distance. A viewer who may not see defenders gets the
priority and `Weighing.sentences(cleared=False)`, never the score or any points.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from geo.warning_weights import KIND_WEIGHT, NEAR_WEIGHT, PRIORITIES, KindWeight, NearWeight, Thresholds

__all__ = [
    "KIND_WEIGHT",
    "NEAR_WEIGHT",
    "PRIORITIES",
    "KindWeight",
    "Near",
    "NearWeight",
    "Reason",
    "Sighting",
    "Surroundings",
    "Thresholds",
    "Weighing",
    "weigh",
]

Value = TypeVar("Value")

_NEAR_WORDS = {
    "defender_cell": "A defender's cell",
    "haven": "A safe haven",
    "patrol": "A patrol",
    "base": "A base",
    "threat_area": "A known threat area",
    "incident": "A recent incident",
    "place": "A populated place",
}


@dataclass(frozen=True)
class Sighting:
    """What a field report says, as far as it is weighed.

    kind: a code of `KIND_WEIGHT`. age_hours: since it happened; 0 or less for what is still to come.
    source_reliability: 'A' to 'F'. credibility: 1 to 6. place_precision: 1 (exact) to 7 (UCDP's where_prec).
    radius_m: how far in metres the true place may lie from the one reported.
    """

    kind: str
    age_hours: float = 0.0
    source_reliability: str = "F"
    credibility: int = 6
    place_precision: int = 1
    radius_m: float = 0.0

    def __post_init__(self) -> None:
        if not math.isfinite(self.age_hours):
            raise ValueError("The age of a report must be a number of hours.")
        if not (math.isfinite(self.radius_m) and self.radius_m >= 0.0):
            raise ValueError("The radius of a place must be 0 metres or more.")


@dataclass(frozen=True)
class Near:
    """One thing near the reported place.

    kind: a code of `NEAR_WEIGHT`. metres: from the reported place, 0 inside it.
    risk: a defender's band ('ordinary' to 'extreme'), else None. intensity: 0 to 1, how much this one counts:
    a threat's matrix score ÷ 25, an incident's severity. count: people of a place; for other kinds how many
    such things stand at this distance. label: the thing's own name, shown to every reader of the alert; never
    set for a defender.
    """

    kind: str
    metres: float
    risk: str | None = None
    intensity: float = 1.0
    count: int = 1
    label: str | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.metres) and self.metres >= 0.0):
            raise ValueError("A distance must be 0 metres or more.")
        if not 0.0 <= self.intensity <= 1.0:
            raise ValueError("An intensity must be from 0 to 1.")
        if self.count < 0:
            raise ValueError("A count cannot be negative.")
        if self.kind == "defender_cell" and self.label is not None:
            raise ValueError(
                "A defender's cell has no label: reasons are printed, and a name would go with them."
            )


@dataclass(frozen=True)
class Surroundings:
    """All that lies near a reported place, in any order."""

    near: tuple[Near, ...] = ()


@dataclass(frozen=True)
class Reason:
    """One summand of a score.

    code: 'kind', 'near_<kind of thing>', 'grade', 'age', 'floor'. points: may be negative. protected: only
    for viewers who may see defenders. plain: an English sentence without the points, distances in coarse
    steps.
    params: the sentence's parts, JSON-ready, for a translation of it.
    """

    code: str
    points: int
    protected: bool
    plain: str
    params: Mapping[str, str | int | float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Weighing:
    """score: 0–100. priority: 'P1'–'P4', or None. reasons: their points add up to `uncapped`."""

    score: int
    priority: str | None
    raise_alert: bool
    reasons: tuple[Reason, ...]

    @property
    def uncapped(self) -> int:
        """The sum of the reasons' points, before it was kept to 0–100."""
        return sum(reason.points for reason in self.reasons)

    def sentences(self, *, cleared: bool) -> tuple[str, ...]:
        """The reasons in words. Not cleared to see defenders: without them and without points."""
        if cleared:
            return tuple(f"{reason.plain} ({_signed(reason.points)})" for reason in self.reasons)
        return tuple(reason.plain for reason in self.reasons if not reason.protected)


def weigh(sighting: Sighting, surroundings: Surroundings, thresholds: Thresholds | None = None) -> Weighing:
    """Weigh a report against its surroundings. The same input always gives the same answer.

    Raises:
        ValueError: a code that the thresholds do not know.
    """
    limits = thresholds or Thresholds()
    kind = _known(limits.kinds, sighting.kind, "kind of report")
    reasons = [
        _reason(
            "kind", kind.points, f"{kind.words[0].upper()}{kind.words[1:]} is reported", kind=sighting.kind
        )
    ]
    reasons += _near_reasons(sighting, surroundings, kind, limits)
    total = sum(reason.points for reason in reasons)

    graded = _whole(total * _grade(sighting, limits))
    grade = f"{sighting.source_reliability}{sighting.credibility}"
    reasons.append(_reason("grade", graded - total, f"The report is graded {grade}", grade=grade))

    age = max(sighting.age_hours, 0.0)
    aged = _whole(graded * 0.5 ** (age / limits.age_half_life_hours))
    reasons.append(_reason("age", aged - graded, f"It happened {_ago(age)}", hours=_whole(age)))

    floor = _floor(sighting, kind, limits)
    if floor is not None:
        lift = max(limits.least_score(floor) - aged, 0)
        said = f"A report of {kind.words} is never ranked below {floor}"
        reasons.append(_reason("floor", lift, said, priority=floor))

    kept = tuple(reason for reason in reasons if reason.points != 0 or reason.code == "kind")
    score = min(max(sum(reason.points for reason in kept), 0), 100)
    priority = next((each for each in PRIORITIES if score >= limits.least_score(each)), None)
    return Weighing(score, priority, priority is not None, kept)


def _near_reasons(
    sighting: Sighting, surroundings: Surroundings, kind: KindWeight, limits: Thresholds
) -> list[Reason]:
    """Reasons for near things, the heaviest first, each sort cut at the most that it may add."""
    precision = _known(limits.precision, str(sighting.place_precision), "place precision")
    weighed = []
    for near in surroundings.near:
        weight = _known(limits.near, near.kind, "near thing")
        # The true place may be nearer by its radius; what it gains here it pays for by its precision.
        metres = max(near.metres - sighting.radius_m, 0.0)
        if metres > limits.near_limit_metres:
            continue
        # An unknown risk counts in full: not knowing must not make a warning smaller.
        risk = _known(limits.risk, near.risk, "risk band") if near.risk else 1.0
        share = near.intensity * _number_share(near) * risk
        points = weight.points * share * precision * kind.nearness * 0.5 ** (metres / weight.half_metres)
        weighed.append((_whole(points), near))
    # By points, then by everything that is printed: the order of a database's rows must not show.
    weighed.sort(
        key=lambda pair: (-pair[0], pair[1].kind, pair[1].metres, pair[1].label or "", pair[1].count)
    )
    room = {code: weight.most for code, weight in limits.near.items()}
    reasons = []
    for points, near in weighed:
        given = min(points, room[near.kind])
        room[near.kind] -= given
        if given > 0:
            reasons.append(_near_reason(near, given))
    return reasons


def _number_share(near: Near) -> float:
    """Rises with the number: people of a place (to 1 at 100,000), else things (1 for one, up to 2)."""
    if near.kind == "place":
        return min(math.log10(1 + near.count) / 5.0, 1.0)
    return 2.0 - 2.0 * 0.5 ** min(near.count, 64)


def _near_reason(near: Near, points: int) -> Reason:
    said = _NEAR_WORDS.get(near.kind, "Something known")
    if near.label:
        said = f"{said}, {near.label},"
    steps = _coarse_km(near.metres)
    where = "less than 1 km" if steps < 1 else f"about {steps:g} km"
    return Reason(
        code=f"near_{near.kind}",
        points=points,
        protected=near.kind == "defender_cell",
        plain=f"{said} lies {where} from the reported place",
        params={"km": steps, "label": near.label},
    )


def _reason(code: str, points: int, plain: str, **params: str | int | float | None) -> Reason:
    return Reason(code, points, False, plain, params)


def _grade(sighting: Sighting, limits: Thresholds) -> float:
    """One factor from two independent judgements, their geometric mean: neither alone can sink a report."""
    reliability = _known(limits.reliability, sighting.source_reliability, "source reliability")
    credibility = _known(limits.credibility, str(sighting.credibility), "credibility")
    return math.sqrt(reliability * credibility)


def _floor(sighting: Sighting, kind: KindWeight, limits: Thresholds) -> str | None:
    """The kind's floor; one of P1 becomes P2 for a doubted or an old report, and none ever falls away."""
    doubted = sighting.source_reliability == "E" or sighting.credibility == 5
    if kind.floor == "P1" and (doubted or sighting.age_hours > limits.fresh_hours):
        return "P2"
    return kind.floor


def _known(table: Mapping[str, Value], code: str, what: str) -> Value:
    if code not in table:
        raise ValueError(f"This {what} is not one of the known codes.")
    return table[code]


def _whole(number: float) -> int:
    return math.floor(number + 0.5)


def _signed(points: int) -> str:
    return f"+{points}" if points >= 0 else f"−{-points}"


def _coarse_km(metres: float) -> float:
    """Steps of ½ km to 10 km, of 1 km to 20 km, then of 5 km; 0 below 1 km."""
    km = metres / 1000.0
    if km < 1.0:
        return 0.0
    step = 0.5 if km < 10.0 else 1.0 if km < 20.0 else 5.0
    return max(math.floor(km / step + 0.5) * step, 1.0)


def _ago(hours: float) -> str:
    if hours < 48:
        return f"about {_whole(hours)} h ago"
    return f"about {_whole(hours / 24)} days ago"
