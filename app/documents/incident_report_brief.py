"""The frozen brief of an incident report (a POC incident report: one event, its victims, its chain)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.documents.parts import Chart, Header, MapData, UtcTime


@dataclass(frozen=True)
class Place:
    """Where it happened, no finer than it is known and than this audience may know.

    `precision` says it in words ("within 100 m", "somewhere in the district"). `uncertainty_m` is the
    radius in metres within which the point lies; `exact` is False where only an area is known, and then
    no coordinates are printed as if they were the place. `mgrs` is truncated to the same precision.
    """

    precision: str
    exact: bool
    name: str | None = None
    mgrs: str | None = None
    lon: float | None = None
    lat: float | None = None
    uncertainty_m: float | None = None
    admin_name: str | None = None
    admin_code: str | None = None


@dataclass(frozen=True)
class Harm:
    """People harmed in one way (killed, injured, abducted …): reported counts as low, best, high."""

    kind: str
    low: int | None = None
    best: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class HarmGroup:
    """The part of a harm that is known by sex and age band; `count` None where nobody counted."""

    kind: str
    sex: str
    age_band: str
    count: int | None = None


@dataclass(frozen=True)
class Actor:
    """An alleged actor, its part in the event and on what the attribution rests."""

    name: str
    part: str
    basis: str | None = None


@dataclass(frozen=True)
class EarlierWarning:
    """An alert that came before the event; `lead_minutes` from the alert to the event."""

    alert_serial: str
    raised_at: UtcTime
    lead_minutes: float | None = None
    distance_km: float | None = None


@dataclass(frozen=True)
class Presence:
    """A base near the event and the last patrol seen near it, as far as the audience may know."""

    base: str
    distance_km: float | None = None
    nearest_patrol: str | None = None


@dataclass(frozen=True)
class ChainStep:
    """One step of the chain. `at` None: the step is not on record; `limit_minutes`: its clock from t0.

    `headline` puts the step's time among the figures at the top.
    """

    step: str
    at: UtcTime | None = None
    role: str | None = None
    note: str | None = None
    limit_minutes: int | None = None
    headline: bool = False


@dataclass(frozen=True)
class FollowUp:
    """Something still to be done, whose it is and by when."""

    action: str
    owner_role: str | None = None
    due: UtcTime | None = None
    state: str | None = None


@dataclass(frozen=True)
class Source:
    """A source by its code, never by name; `grade` as reliability and credibility ("B2")."""

    code: str
    kind: str
    grade: str
    received_at: UtcTime | None = None


@dataclass(frozen=True)
class IncidentBrief:
    """All that an incident report says. Optional text left out is printed as "Not known"."""

    header: Header
    incident_serial: str
    category: str
    place: Place
    narrative: str
    event_precision: str
    source_grade: str
    verification: str
    sensitivity: str
    event_at: UtcTime | None = None
    original_category: str | None = None
    original_scheme: str | None = None
    harm: tuple[Harm, ...] = ()
    harm_groups: tuple[HarmGroup, ...] = ()
    actors: tuple[Actor, ...] = ()
    weapon_or_method: str | None = None
    verification_reason: str | None = None
    warnings: tuple[EarlierWarning, ...] = ()
    presence: tuple[Presence, ...] = ()
    #: t0 of the chain: when the warning or first report was received.
    received_at: UtcTime | None = None
    chain: tuple[ChainStep, ...] = ()
    decision: str | None = None
    non_response_reason: str | None = None
    non_response_approver: str | None = None
    outcome: str | None = None
    displacement: str | None = None
    humanitarian_impact: str | None = None
    assessment: str | None = None
    follow_up: tuple[FollowUp, ...] = ()
    feedback: str | None = None
    sources: tuple[Source, ...] = ()
    not_known: tuple[str, ...] = ()
    map: MapData | None = None
    #: Incidents per month around the event; the month of the event is the marked one.
    monthly: Chart | None = None
    kind: Literal["incident_report"] = "incident_report"
