"""What a source's history says of it, and how many independent sources stand behind several reports. Pure arithmetic."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

__all__ = ["FEWEST", "History", "Saying", "independent", "origins", "suggested_grade", "wilson"]

# One-sided 90 %: a grade is suggested when it would be too good once in ten times at most.
Z = 1.2815515655446004
# Of fewer alerts nothing is said.
FEWEST = 3
# From which lower bound of the share of true alerts on; what reaches none is D, or E where even the upper bound is low.
BOUNDS = (("A", 0.80), ("B", 0.60), ("C", 0.40))
UNRELIABLE_BELOW = 0.40


@dataclass(frozen=True)
class History:
    """Of a source's own alerts (repeated words don't count, several about one event count once): how many two persons
    found true, and false."""

    true: int
    false: int

    def __post_init__(self) -> None:
        if self.true < 0 or self.false < 0:
            raise ValueError("A history counts from 0.")

    @property
    def judged(self) -> int:
        return self.true + self.false


def wilson(hits: int, of: int, z: float = Z) -> tuple[float, float]:
    """Lower and upper bound (0 to 1) of a share, after Wilson (Probable inference, the law of succession, and statistical
    inference, Journal of the American Statistical Association 22, 1927). (0, 1) where nothing was counted."""
    if not 0 <= hits <= of:
        raise ValueError("A share counts from 0 to all of them.")
    if of == 0:
        return 0.0, 1.0
    share, spread = hits / of, z * z / of
    middle = share + spread / 2
    off = z * math.sqrt(share * (1 - share) / of + spread / (4 * of))
    # At the ends the bound is the end itself, which rounding would miss by a hair.
    low = 0.0 if hits == 0 else max(0.0, (middle - off) / (1 + spread))
    return low, 1.0 if hits == of else min(1.0, (middle + off) / (1 + spread))


def suggested_grade(history: History) -> str:
    """'A' to 'E' by the handbook's 4.8, 'F' where too little was judged. An officer's own grade stands apart from it."""
    if history.judged < FEWEST:
        return "F"
    low, high = wilson(history.true, history.judged)
    for grade, bound in BOUNDS:
        if low >= bound:
            return grade
    return "E" if high <= UNRELIABLE_BELOW else "D"


@dataclass(frozen=True)
class Saying:
    """One report. source: whose words they are, None where nobody knows; repeats: whom he repeats, None for what he saw
    or heard himself."""

    source: Hashable | None
    repeats: Hashable | None = None


def independent(sayings: Sequence[Saying]) -> int:
    """How many independent sources stand behind them: what several repeat from one person counts as that one, however
    long the line of those who passed it on. A source that speaks for itself, too, is one of its own. Reports of which
    nobody knows whose words they are count as none."""
    return len({at for at in origins(sayings) if at is not None})


def origins(sayings: Sequence[Saying]) -> list[Hashable | None]:
    """Whose word each of them is in the end, as `independent` counts it; None where nobody knows."""
    own = {s.source for s in sayings if s.source is not None and s.repeats is None}
    passed = {s.source: s.repeats for s in sayings if s.source is not None and s.repeats is not None}
    return [None if s.source is None else origin(s, own, passed) for s in sayings]


def origin(saying: Saying, own: set[Hashable], passed: dict[Hashable, Hashable]) -> Hashable:
    """Follow the line of repetition to its end; a ring of people who quote each other is one source."""
    if saying.repeats is None:
        assert saying.source is not None
        return saying.source
    at, seen = saying.repeats, [saying.source]
    while at not in own and at in passed and at not in seen:
        seen.append(at)
        at = passed[at]
    if at in seen:
        return min((str(s) for s in seen[seen.index(at) :]), default="")
    return at
