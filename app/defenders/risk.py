"""Risk of a defender: assessed by one person, at high and extreme reviewed by a second.

Until that review the more protective band counts: a rise works at once, a fall from high or extreme only when the
second person agrees. Every assessment is kept, with its components and the defender's own view.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.db import db
from app.defenders import gate
from app.defenders.keeping import kept_file
from app.defenders.models import CaseStatus, Defender, DefenderCell, RiskAssessment, RiskBand
from app.errors import Conflict, NotAllowed, NotFound
from app.ledger.actions import record
from app.mission.queries import procedures
from app.permissions import viewer
from geo.risk import defender_risk

ORDER = list(RiskBand)
TWO_PERSONS = frozenset({RiskBand.HIGH, RiskBand.EXTREME})


@dataclass(frozen=True)
class Scores:
    """1 (least) to 5 (most) each; the two overrides; our reasoning and the defender's own view, without names."""

    threats: int
    vulnerabilities: int
    capacities: int
    death_threat: bool
    imminent: bool
    reasoning: str
    defenders_view: str


def needs_second_person(band: str, standing: str) -> bool:
    """Whether an assessment that gives `band`, while `standing` counts, waits for a second person."""
    return bool({RiskBand(band), RiskBand(standing)} & TWO_PERSONS)


def protective(band: RiskBand, standing: RiskBand) -> RiskBand:
    """The band that counts before any review."""
    return standing if standing in TWO_PERSONS and ORDER.index(band) < ORDER.index(standing) else band


def assess_risk(defender_id: int, scores: Scores) -> int:
    """Store an assessment and let its band count as far as one person may; returns its id.

    Raises NotFound, NotAllowed, Conflict (no consent in force); ValueError for a score outside 1 to 5.
    """
    defender = kept_file(defender_id, with_consent=True)
    risk = defender_risk(
        scores.threats, scores.vulnerabilities, scores.capacities,
        death_threat=scores.death_threat, imminent=scores.imminent,
    )  # fmt: skip
    assessment = RiskAssessment(
        defender_id=defender.id, threats=scores.threats, vulnerabilities=scores.vulnerabilities,
        capacities=scores.capacities, death_threat=scores.death_threat, imminent=scores.imminent, raw=risk.raw,
        band=risk.band.value, override=",".join(o.value for o in risk.overrides) or None,
        reasoning=scores.reasoning, defenders_view=scores.defenders_view, assessed_by_id=viewer().person_id,
        assessed_at=datetime.now(UTC),
    )  # fmt: skip
    db.session.add(assessment)
    db.session.flush()
    band = protective(RiskBand(risk.band.value), RiskBand(defender.risk_band))
    let_count(defender, band)
    record("defenders.risk_assessed", "risk_assessments", assessment.id)
    return assessment.id


def review_assessment(defender_id: int, assessment_id: int) -> None:
    """A second person agrees with the latest assessment; its band counts from now on.

    Who does not agree makes an assessment of his own. Raises NotFound, NotAllowed (his own), Conflict (a newer one
    stands, or reviewed before).
    """
    defender = kept_file(defender_id, with_consent=True)
    latest = db.session.scalars(
        select(RiskAssessment)
        .where(RiskAssessment.defender_id == defender.id)
        .order_by(RiskAssessment.assessed_at.desc(), RiskAssessment.id.desc())
        .limit(1)
    ).first()
    known = select(RiskAssessment.id).where(
        RiskAssessment.id == assessment_id, RiskAssessment.defender_id == defender.id
    )
    if latest is None or db.session.scalar(known) is None:
        raise NotFound
    if latest.id != assessment_id:
        raise Conflict(_("A newer assessment stands in its place. Review that one."))
    if latest.reviewed_at is not None:
        raise Conflict(_("This assessment was reviewed before."))
    if latest.assessed_by_id == viewer().person_id:
        raise NotAllowed(_("A second person must review this: you made the assessment yourself."))
    latest.reviewed_by_id, latest.reviewed_at = viewer().person_id, datetime.now(UTC)
    db.session.flush()
    let_count(defender, RiskBand(latest.band))
    record("defenders.risk_reviewed", "risk_assessments", latest.id)


def let_count(defender: Defender, band: RiskBand) -> None:
    """Make a band count, on the file and on the cells, and set the next review by it."""
    days = int(procedures()[f"review_days_{band.value}"])
    defender.risk_band = band.value
    defender.review_on = gate.today() + timedelta(days=days)
    if defender.case_status in (CaseStatus.INTAKE, CaseStatus.SCREENING):
        defender.case_status = CaseStatus.ASSESSMENT.value
    db.session.flush()
    cells = update(DefenderCell).where(DefenderCell.defender_id == defender.id)
    db.session.execute(cells.values(risk_band=band.value))
