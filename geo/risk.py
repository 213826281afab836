"""Risk of a defender, and risk of a threat to a population: bands that say how they came about.

Both advise; a named person decides. The components are kept beside every band, never the number alone.
Sources: Front Line Defenders and Protection International, (threats × vulnerabilities) ÷ capacities; the 5×5
matrix of the United Nations' security risk management. The limits are the house's.
"""

import math
from dataclasses import dataclass
from enum import StrEnum


class DefenderBand(StrEnum):
    """From lowest to highest."""

    ORDINARY = "ordinary"
    ELEVATED = "elevated"
    HIGH = "high"
    EXTREME = "extreme"


class ThreatBand(StrEnum):
    """From lowest to highest."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"


class Override(StrEnum):
    """Why a band stands above what the arithmetic gives."""

    DEATH_THREAT = "death_threat"
    IMMINENT = "imminent"


REVIEW_DAYS = {
    DefenderBand.ORDINARY: 90,
    DefenderBand.ELEVATED: 30,
    DefenderBand.HIGH: 7,
    DefenderBand.EXTREME: 1,
}
_DEFENDER_BANDS = tuple(DefenderBand)
_THREAT_BANDS = tuple(ThreatBand)


@dataclass(frozen=True)
class DefenderRisk:
    """A defender's risk with all that led to it.

    threats, vulnerabilities, capacities: 1 (least) to 5 (most). raw: 0.2 to 25.
    arithmetic_band: what `raw` alone gives. overrides: what raised `band` above it.
    review_days: days to the next review. two_person_review: the assessment needs a second reviewer.
    """

    threats: float
    vulnerabilities: float
    capacities: float
    raw: float
    arithmetic_band: DefenderBand
    band: DefenderBand
    overrides: tuple[Override, ...]
    review_days: int
    two_person_review: bool

    @property
    def shown(self) -> str:
        """The arithmetic as people check it: '4 × 3 ÷ 2 = 6.0'."""
        return f"{self.threats:g} × {self.vulnerabilities:g} ÷ {self.capacities:g} = {self.raw:.1f}"


def defender_risk(
    threats: float,
    vulnerabilities: float,
    capacities: float,
    *,
    death_threat: bool = False,
    imminent: bool = False,
) -> DefenderRisk:
    """Risk = (threats × vulnerabilities) ÷ capacities, each 1–5, with the two overrides.

    Bands: to 3 ordinary, to 8 elevated, to 14 high, above extreme.
    death_threat: a declared, credible death threat by actors who can carry it out: never below high.
    imminent: any imminent indicator: extreme, whatever the arithmetic.

    Raises:
        ValueError: a component outside 1 to 5.
    """
    for name, value in (
        ("threats", threats),
        ("vulnerabilities", vulnerabilities),
        ("capacities", capacities),
    ):
        if not (math.isfinite(value) and 1 <= value <= 5):
            raise ValueError(f"The score of {name} must be from 1 to 5.")
    raw = threats * vulnerabilities / capacities
    arithmetic = _DEFENDER_BANDS[(raw > 3) + (raw > 8) + (raw > 14)]
    band, overrides = arithmetic, []
    if death_threat and _DEFENDER_BANDS.index(band) < _DEFENDER_BANDS.index(DefenderBand.HIGH):
        band = DefenderBand.HIGH
        overrides.append(Override.DEATH_THREAT)
    if imminent and band is not DefenderBand.EXTREME:
        band = DefenderBand.EXTREME
        overrides.append(Override.IMMINENT)
    return DefenderRisk(
        threats=threats,
        vulnerabilities=vulnerabilities,
        capacities=capacities,
        raw=raw,
        arithmetic_band=arithmetic,
        band=band,
        overrides=tuple(overrides),
        review_days=REVIEW_DAYS[band],
        two_person_review=band in (DefenderBand.HIGH, DefenderBand.EXTREME),
    )


@dataclass(frozen=True)
class MatrixRisk:
    """One reading of the 5×5 matrix.

    likelihood, impact: 1 to 5. score: their product, 1 to 25, never adjusted. score_band: what the score
        alone gives.
    steps: +1 for a vulnerable target, −1 for protection present. band: after the steps, and never below high
    where impact is 5.
    """

    likelihood: int
    impact: int
    score: int
    score_band: ThreatBand
    steps: int
    band: ThreatBand


@dataclass(frozen=True)
class ThreatRisk:
    """A threat's risk as it stands (inherent) and after the measures taken (residual)."""

    inherent: MatrixRisk
    residual: MatrixRisk


def matrix_risk(
    likelihood: int, impact: int, *, vulnerable: bool = False, protected: bool = False
) -> MatrixRisk:
    """Score 1–4 low, 5–9 medium, 10–15 high, 16–25 very high, moved by at most one step each way.

    vulnerable: the target has vulnerabilities that raise the risk. protected: somebody able *and willing*
        protects it.

    Raises:
        ValueError: likelihood or impact that is not a whole number from 1 to 5.
    """
    for name, value in (("likelihood", likelihood), ("impact", impact)):
        if not isinstance(value, int) or not 1 <= value <= 5:
            raise ValueError(f"The {name} must be a whole number from 1 to 5.")
    score = likelihood * impact
    index = (score > 4) + (score > 9) + (score > 15)
    steps = int(vulnerable) - int(protected)
    stepped = min(max(index + steps, 0), len(_THREAT_BANDS) - 1)
    if impact >= 5:
        stepped = max(stepped, _THREAT_BANDS.index(ThreatBand.HIGH))
    return MatrixRisk(likelihood, impact, score, _THREAT_BANDS[index], steps, _THREAT_BANDS[stepped])


def suggested_likelihood(probability: float) -> int:
    """The matrix's likelihood for a chance of 0 to 1 within the period that is looked at: under 5 % 1, under 20 % 2,
    under 50 % 3, under 80 % 4, else 5. A suggestion: it knows the past, and nothing of intent.

    Raises:
        ValueError: what is not a probability.
    """
    if not 0.0 <= probability <= 1.0:
        raise ValueError("A probability lies from 0 to 1.")
    return 1 + sum(probability >= limit for limit in (0.05, 0.2, 0.5, 0.8))


def threat_risk(
    likelihood: int,
    impact: int,
    *,
    vulnerable: bool = False,
    protected: bool = False,
    residual_likelihood: int | None = None,
    residual_impact: int | None = None,
) -> ThreatRisk:
    """Inherent and residual risk of a threat; a residual value not given is the inherent one.

    Raises:
        ValueError: as `matrix_risk`.
    """
    inherent = matrix_risk(likelihood, impact, vulnerable=vulnerable, protected=protected)
    residual = matrix_risk(
        likelihood if residual_likelihood is None else residual_likelihood,
        impact if residual_impact is None else residual_impact,
        vulnerable=vulnerable,
        protected=protected,
    )
    return ThreatRisk(inherent, residual)
