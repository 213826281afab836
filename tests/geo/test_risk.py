"""Risk of a defender and of a threat, as the handbook computes them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.risk import (
    DefenderBand,
    Override,
    ThreatBand,
    defender_risk,
    matrix_risk,
    suggested_likelihood,
    threat_risk,
)

components = st.integers(1, 5)
ORDER = list(DefenderBand)
STEPS = list(ThreatBand)


@pytest.mark.parametrize(
    ("threats", "vulnerabilities", "capacities", "raw", "band", "days"),
    [
        (1, 1, 5, 0.2, "ordinary", 90),
        (3, 1, 1, 3.0, "ordinary", 90),
        (4, 4, 5, 3.2, "elevated", 30),
        (4, 2, 1, 8.0, "elevated", 30),
        (3, 3, 1, 9.0, "high", 7),
        (3.5, 4, 1, 14.0, "high", 7),
        (5, 3, 1, 15.0, "extreme", 1),
        (5, 5, 1, 25.0, "extreme", 1),
    ],
)
def test_bands_and_reviews_follow_the_limits(threats, vulnerabilities, capacities, raw, band, days):
    risk = defender_risk(threats, vulnerabilities, capacities)
    assert risk.raw == pytest.approx(raw)
    assert (risk.band, risk.arithmetic_band, risk.review_days, risk.overrides) == (band, band, days, ())
    assert risk.two_person_review == (band in ("high", "extreme"))


def test_the_components_are_shown_with_the_number():
    assert defender_risk(4, 3, 2).shown == "4 × 3 ÷ 2 = 6.0"


def test_a_credible_death_threat_is_at_least_high():
    risk = defender_risk(1, 1, 5, death_threat=True)
    assert (risk.arithmetic_band, risk.band, risk.overrides) == ("ordinary", "high", (Override.DEATH_THREAT,))
    assert (risk.review_days, risk.two_person_review) == (7, True)


def test_a_death_threat_does_not_lower_what_is_extreme_already():
    risk = defender_risk(5, 5, 1, death_threat=True)
    assert (risk.band, risk.overrides) == ("extreme", ())


def test_an_imminent_sign_is_extreme_whatever_the_arithmetic():
    risk = defender_risk(1, 1, 5, imminent=True)
    assert (risk.band, risk.overrides, risk.review_days) == ("extreme", (Override.IMMINENT,), 1)
    both = defender_risk(1, 1, 5, death_threat=True, imminent=True)
    assert both.overrides == (Override.DEATH_THREAT, Override.IMMINENT)


@given(components, components, components, st.booleans(), st.booleans())
def test_more_threat_or_vulnerability_never_lowers_the_band_nor_capacity_raises_it(t, v, c, death, imminent):
    def index(*scores):
        return ORDER.index(defender_risk(*scores, death_threat=death, imminent=imminent).band)

    here = index(t, v, c)
    assert index(min(t + 1, 5), v, c) >= here
    assert index(t, min(v + 1, 5), c) >= here
    assert index(t, v, min(c + 1, 5)) <= here
    assert 0.2 <= defender_risk(t, v, c).raw <= 25


@pytest.mark.parametrize(
    "scores", [(0, 1, 1), (1, 6, 1), (1, 1, 0.5), (float("nan"), 1, 1), (1, float("inf"), 1)]
)
def test_scores_outside_one_to_five_are_refused(scores):
    with pytest.raises(ValueError, match="from 1 to 5"):
        defender_risk(*scores)


def test_the_matrix_is_banded_by_its_score():
    for likelihood, impact in itertools.product(range(1, 6), range(1, 5)):
        risk = matrix_risk(likelihood, impact)
        score = likelihood * impact
        expected = "low" if score <= 4 else "medium" if score <= 9 else "high" if score <= 15 else "very_high"
        assert (risk.score, risk.score_band, risk.band) == (score, expected, expected)


@pytest.mark.parametrize("likelihood", range(1, 6))
def test_a_mass_atrocity_is_never_below_high(likelihood):
    risk = matrix_risk(likelihood, 5, protected=True)
    assert STEPS.index(risk.band) >= STEPS.index(ThreatBand.HIGH)
    assert risk.score == 5 * likelihood


def test_vulnerability_and_protection_move_the_band_one_step_and_leave_the_score():
    assert matrix_risk(2, 3).band == "medium"
    raised, lowered = matrix_risk(2, 3, vulnerable=True), matrix_risk(2, 3, protected=True)
    assert (raised.band, raised.score, raised.score_band, raised.steps) == ("high", 6, "medium", 1)
    assert (lowered.band, lowered.score, lowered.score_band, lowered.steps) == ("low", 6, "medium", -1)
    assert matrix_risk(2, 3, vulnerable=True, protected=True).band == "medium"
    assert matrix_risk(1, 1, protected=True).band == "low"
    assert matrix_risk(5, 4, vulnerable=True).band == "very_high"


def test_inherent_and_residual_risk_are_both_kept():
    risk = threat_risk(4, 4, residual_likelihood=2)
    assert (risk.inherent.score, risk.inherent.band) == (16, "very_high")
    assert (risk.residual.likelihood, risk.residual.impact, risk.residual.band) == (2, 4, "medium")
    assert threat_risk(4, 4).residual == threat_risk(4, 4).inherent


@pytest.mark.parametrize(("likelihood", "impact"), [(0, 1), (6, 1), (1, 0), (1, 6), (2.5, 1)])
def test_values_off_the_matrix_are_refused(likelihood, impact):
    with pytest.raises(ValueError, match="whole number from 1 to 5"):
        matrix_risk(likelihood, impact)


def test_a_chance_suggests_a_likelihood_and_what_is_none_is_refused() -> None:
    said = [suggested_likelihood(p) for p in (0.0, 0.049, 0.05, 0.2, 0.5, 0.79, 0.8, 1.0)]
    assert said == [1, 1, 2, 3, 4, 4, 5, 5]
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="from 0 to 1"):
            suggested_likelihood(wrong)
