"""How likely two warnings tell of one event, 0 to 100, and why. Pure arithmetic; a named person decides.

Five things are compared: space (what the two radii leave between the places), time, kind, actor, words. Each gives a
share of 0 to 1 and has a weight; what either side does not tell (no actor, no words) is left out and the other weights
count for it. The score is symmetric, never rises with distance or time apart, and is 100 for a warning beside itself.

Two vague places that overlap prove little: the share of space falls with the radii, so that "somewhere in the district"
is not "the same village". Words are compared without accents, case and the spellings that change from one hand to the
next (see geo/spelling.py).

Sources: the fields are those by which the handbook's 1.5 and 4.8 tell duplicates; the weights are a proposal of this
house, not a field standard.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from geo.spelling import in_common

__all__ = ["FAMILIES", "VAGUE_KIND", "Likeness", "Part", "Told", "likeness"]

WEIGHTS = {"space": 30, "time": 20, "kind": 20, "words": 20, "actor": 10}
# Half of the share is lost with each of these.
HALF_METRES, HALF_HOURS = 3_000.0, 6.0
# Two circles of together this radius say half as much as two points.
VAGUE_METRES = 20_000.0
# Kinds that one event is often reported as, by two people who saw two sides of it.
FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"imminent_attack", "attack_under_way", "armed_group_movement", "military_build_up"}),
    frozenset({"imminent_attack", "attack_under_way", "attack_on_protected_site"}),
    frozenset({"attack_under_way", "cattle_raid", "looting_extortion_checkpoint", "abduction", "displacement"}),
    frozenset({"abduction", "arrest_raid", "detention_transfer", "threat_to_named_person"}),
    frozenset({"mob_risk", "intercommunal_mobilisation", "hate_speech", "electoral_protest_violence"}),
    frozenset({"crsv", "abduction", "attack_under_way"}),
    frozenset({"siege_denied_access", "looting_extortion_checkpoint", "displacement"}),
)  # fmt: skip
RELATED, VAGUE_KIND = 0.6, 0.5
# Says nothing of what happened, and so speaks neither for nor against.
OPEN_KINDS = frozenset({"other", "observation"})


@dataclass(frozen=True)
class Told:
    """What a warning tells, as far as it is compared.

    lon, lat in degrees; radius_m: how far in metres the true place may lie from there; hours: when it happened, in hours
    since any fixed moment; kind: a code of `geo.warning.KIND_WEIGHT`; words: as they came; actors: codes of who is said
    to have done it.
    """

    lon: float
    lat: float
    hours: float
    kind: str
    radius_m: float = 0.0
    words: str = ""
    actors: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.lon, self.lat, self.hours, self.radius_m))) or self.radius_m < 0:
            raise ValueError("A place, its radius and its time must be finite numbers, the radius 0 or more.")


@dataclass(frozen=True)
class Part:
    """One of the five. share: 0 to 1. value: metres between the circles, hours apart, or the share itself."""

    name: str
    share: float
    value: float


@dataclass(frozen=True)
class Likeness:
    """score: 0 to 100, rounded; parts: what could be compared, in the order of their weights."""

    score: int
    parts: tuple[Part, ...]

    def part(self, name: str) -> Part | None:
        return next((p for p in self.parts if p.name == name), None)


def likeness(one: Told, other: Told, metres: float) -> Likeness:
    """How alike they are; `metres`: the distance between the two places, as whoever fetched them measured it.

    Raises ValueError for a distance that is negative or not a number.
    """
    if not (math.isfinite(metres) and metres >= 0):
        raise ValueError("A distance must be 0 metres or more.")
    parts = tuple(compared(one, other, metres))
    weight = sum(WEIGHTS[p.name] for p in parts)
    return Likeness(round(100 * sum(WEIGHTS[p.name] * p.share for p in parts) / weight), parts)


def compared(one: Told, other: Told, metres: float) -> Iterator[Part]:
    vague = one.radius_m + other.radius_m
    gap = max(0.0, metres - vague)
    # The same words for the same vague place are one statement: only what differs is doubted.
    same = metres == 0 and one.radius_m == other.radius_m
    certain = 1.0 if same else 1 / (1 + vague / VAGUE_METRES)
    yield Part("space", certain * 0.5 ** (gap / HALF_METRES), gap)
    apart = abs(one.hours - other.hours)
    yield Part("time", 0.5 ** (apart / HALF_HOURS), apart)
    yield Part("kind", kinds(one.kind, other.kind), kinds(one.kind, other.kind))
    said = in_common(one.words, other.words)
    if said is not None:
        yield Part("words", said, said)
    if one.actors and other.actors:
        shared = len(one.actors & other.actors) / min(len(one.actors), len(other.actors))
        yield Part("actor", shared, shared)


def kinds(one: str, other: str) -> float:
    """1 for the same kind, less for two that one event is often reported as, 0 for others."""
    if one == other:
        return 1.0
    if any(one in family and other in family for family in FAMILIES):
        return RELATED
    return VAGUE_KIND if one in OPEN_KINDS or other in OPEN_KINDS else 0.0
