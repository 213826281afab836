"""The facts of an event as an incident report needs them, from an alert or from an incident of any source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, select

from app.alerts import queries as alerts
from app.alerts.models import Alert, StepKind
from app.alerts.wording import CHANNELS, KINDS, VERIFICATIONS
from app.db import db
from app.documents.freezing_chain import last
from app.documents.freezing_harm import actors_of_report, harm_of_incident, harm_of_report
from app.documents.freezing_place import RADIUS, Scene
from app.documents.incident_report_brief import Actor, Harm, HarmGroup, Source
from app.documents.parts import Precedence
from app.errors import NotFound
from app.field_reports import queries as reports
from app.field_reports.models import FieldReport
from app.incidents import queries as incidents
from app.incidents.models import Incident
from app.incidents.wording import KINDS as INCIDENT_KINDS
from app.incidents.wording import SIDES, SOURCES
from app.mission.place_form import CREDIBILITY, RELIABILITY
from app.permissions import Permission, viewer, within

PRECEDENCE: dict[str, Precedence] = {"P1": "IMMEDIATE", "P2": "PRIORITY"}


@dataclass(frozen=True)
class Story:
    """An event and, where an alert stands behind it, its chain. `hidden_chain`: there is one that the person who
    ordered may not read."""

    serial: str
    category: str
    scene: Scene
    narrative: str
    grade: str
    verification: str
    verification_reason: str | None
    precedence: Precedence = "ROUTINE"
    original_category: str | None = None
    original_scheme: str | None = None
    harm: tuple[Harm, ...] = ()
    harm_groups: tuple[HarmGroup, ...] = ()
    actors: tuple[Actor, ...] = ()
    sources: tuple[Source, ...] = ()
    reasons: tuple[str, ...] = ()
    chain: alerts.Chain | None = None
    hidden_chain: bool = False


def graded(reliability: str, credibility: int) -> str:
    """B2 (B – usually, 2 – probably true): the two judgements are independent and stand side by side."""
    source, fact = dict(RELIABILITY)[reliability], dict(CREDIBILITY)[str(credibility)]
    return f"{reliability}{credibility} ({source}, {fact})"


def story_of_alert(alert_id: int) -> Story:
    """NotFound where the viewer may not read the alert."""
    chain = alerts.chain(alert_id)
    alert = chain.alert
    a = Alert
    more = db.session.execute(
        select(a.occurred_at, a.date_precision, a.source_code, a.report_id).where(a.id == alert_id)
    ).one()
    report = report_of(more.report_id)
    incident = incident_of(alert_id)
    verified = last(chain, StepKind.VERIFIED)
    harm, groups = harm_of_report(report) if report else ((), ())
    sources: tuple[Source, ...] = (
        Source(
            more.source_code or alerts.serial(alert_id), str(CHANNELS[alert.channel]),
            f"{alert.source_reliability}{alert.credibility}", alert.received_at,
        ),
    )  # fmt: skip
    if incident is not None:
        harm = harm_of_incident(incident) or harm
        sources = (*sources, source_of(incident))
    scene = Scene(
        alert.lon, alert.lat, alert.place_precision, alert.radius_metres, alert.place_as_given,
        alert.admin_code, more.occurred_at, more.occurred_at, more.date_precision,
    )  # fmt: skip
    return Story(
        serial=alerts.serial(alert_id),
        category=str(KINDS[alert.kind]),
        scene=scene,
        narrative=chain.verbatim,
        grade=graded(alert.source_reliability, alert.credibility),
        verification=str(VERIFICATIONS[alert.verification]),
        verification_reason=verified.note if verified else None,
        precedence=PRECEDENCE.get(alert.priority, "ROUTINE"),
        harm=harm,
        harm_groups=groups,
        actors=actors_of_report(report) if report else (),
        sources=sources,
        reasons=tuple(chain.reasons),
        chain=chain,
    )


def report_of(report_id: Any) -> FieldReport | None:
    """The report that raised the alert, as far as the viewer may read it."""
    if report_id is None or not viewer().holds(Permission.READ_REPORTS):
        return None
    try:
        return reports.one(report_id)
    except NotFound:
        return None


def incident_of(alert_id: int) -> Row[Any] | None:
    """The incident that was recorded as what this alert warned of; the latest, if there are several."""
    if not viewer().holds(Permission.READ_INCIDENTS):
        return None
    found = incidents.rows().where(Incident.alert_id == alert_id).order_by(Incident.id.desc()).limit(1)
    return db.session.execute(found).first()


def story_of_incident(incident_id: int) -> Story:
    """NotFound where the viewer may not read the incident."""
    file = incidents.one(incident_id)
    i = file.incident
    judged = file.verifications[-1].note if file.verifications else None
    chain = chain_of(i.alert_id)
    by_side = ", ".join(f"{SIDES.get(side, side)} {n}" for side, n in sorted(i.killed_by_side.items()))
    narrative = file.summary
    if by_side:
        counts = _("Killed by side, as the source counts them: %(counts)s.", counts=by_side)
        narrative = f"{narrative}\n{counts}" if narrative else counts
    scene = Scene(
        i.lon, i.lat, i.place_precision, RADIUS.get(i.place_precision), i.place_name, i.admin_code,
        i.occurred_from, i.occurred_to, i.date_precision,
    )  # fmt: skip
    return Story(
        serial=_("Incident %(id)s", id=i.id),
        category=str(INCIDENT_KINDS[i.kind]),
        original_category=i.original_kind,
        original_scheme=str(SOURCES.get(i.source, i.source)) if i.original_kind else None,
        scene=scene,
        narrative=narrative,
        grade=graded(i.source_reliability, i.credibility),
        verification=str(VERIFICATIONS[i.verification]),
        verification_reason=judged,
        precedence=PRECEDENCE.get(chain.alert.priority, "ROUTINE") if chain else "ROUTINE",
        harm=harm_of_incident(i),
        actors=tuple(
            Actor(name, str(SIDES[side]), _("As coded by the source; not verified here"))
            for side, name in (("side_a", i.side_a), ("side_b", i.side_b))
            if name
        ),
        sources=(source_of(i),),
        reasons=tuple(chain.reasons) if chain else (),
        chain=chain,
        hidden_chain=i.alert_id is not None and chain is None,
    )


def chain_of(alert_id: int | None) -> alerts.Chain | None:
    if alert_id is None:
        return None
    mine = within(Permission.READ_ALERTS, Alert.sector_id)
    if db.session.execute(select(Alert.id).where(Alert.id == alert_id, mine)).first() is None:
        return None
    return alerts.chain(alert_id)


def source_of(i: Row[Any]) -> Source:
    name = str(SOURCES.get(i.source, i.source))
    code = i.source_id or _("Incident %(id)s", id=i.id)
    return Source(code, name, f"{i.source_reliability}{i.credibility}", i.recorded_at)
