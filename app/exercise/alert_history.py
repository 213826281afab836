"""The last sixty days of alerts: 60 closed chains and 6 that are open at the moment, each with all its times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from shapely.geometry import Point

from app.exercise.alert_words import (
    ALERT_OF_INCIDENT,
    AUTHORITIES,
    CHANNELS,
    MOVING,
    OTHER_KINDS,
    OUTCOMES,
    OUTCOMES_STAYING,
    PRIORITY,
    REASONS,
    STAYING,
    VERBATIM,
)  # fmt: skip
from app.exercise.chance import KM, one, stream, weighted
from app.exercise.districts import Division
from app.exercise.forces import Base, Unit
from app.exercise.havens import Haven
from app.exercise.incidents import Incident
from app.exercise.patrols import Patrol
from app.exercise.settlements import Settlement

CLOSED, DECLINED = 60, 10
STEPS = ("raised", "acknowledged", "immediate_action", "verified", "decided", "declined", "non_response_approved",
         "tasked", "departed", "arrived", "outcome", "feedback", "closed")  # fmt: skip
_SCORES = {"P1": (75, 96), "P2": (50, 75), "P3": (30, 50), "P4": (15, 30)}
#: Median minutes to acknowledge, from there to verify, from there to decide.
_MEDIANS = {"P1": (3, 12, 5), "P2": (8, 50, 20), "P3": (17, 150, 60), "P4": (24, 400, 150)}
_CLOCK = {"P1": 5, "P2": 30, "P3": 30, "P4": 30}


@dataclass(frozen=True)
class AlertScript:
    """An alert and when each step of its chain was done (UTC; None: not done). Codes as in the alerts feature.

    decision: respond, decline, or None while open. incident_source_id: the incident that it was about, if any.
    """

    code: str
    kind: str
    priority: str
    score: int
    channel: str
    status: str
    verification: str
    source_reliability: str
    credibility: int
    source_code: str | None  # given by sources.py; none for what the mission saw itself
    source_contactable: bool
    verbatim: str
    place: Point
    place_precision: int
    settlement_code: str
    place_name: str
    district_code: str
    sector_code: str
    incident_source_id: str | None
    occurred_at: datetime
    received_at: datetime
    raised_at: datetime
    acknowledged_at: datetime | None = None
    escalated_at: datetime | None = None
    immediate_action_at: datetime | None = None
    verified_at: datetime | None = None
    decision: str | None = None
    authority: str | None = None
    decided_at: datetime | None = None
    declined_at: datetime | None = None
    non_response_reason: str | None = None
    non_response_note: str = ""
    non_response_approved_at: datetime | None = None
    response_kind: str | None = None
    unit_code: str | None = None
    patrol_code: str | None = None
    haven_code: str | None = None
    tasked_at: datetime | None = None
    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    outcome: str | None = None
    outcome_at: datetime | None = None
    feedback_at: datetime | None = None
    closed_at: datetime | None = None

    def steps(self) -> list[tuple[str, datetime]]:
        """The steps done, as (kind, moment), in the chain's order."""
        moments = [(kind, getattr(self, f"{kind}_at")) for kind in STEPS]
        return [(kind, moment) for kind, moment in moments if moment is not None]


def _after(
    rng: np.random.Generator, moment: datetime, median_minutes: float, spread: float = 0.6
) -> datetime:
    """A later moment: log-normal around the median, one minute at least."""
    minutes = max(1, round(median_minutes * float(np.exp(np.clip(rng.normal(0, spread), -1.6, 1.6)))))
    return moment + timedelta(minutes=minutes)


class _Desk:
    """Raises alerts and carries them through their chain."""

    def __init__(self, rng: np.random.Generator, division: Division, settlements: Sequence[Settlement],
                 units: Sequence[Unit], bases: Sequence[Base], havens: Sequence[Haven]) -> None:  # fmt: skip
        self.rng = rng
        self.settlements = {s.code: s for s in settlements}
        self.area_of = {d: a.code for a in division.areas_of_responsibility() for d in a.districts}
        base_place = {b.code: b.place for b in bases}
        self.units = [(u, base_place[u.base_code]) for u in units if u.kind in ("coy", "pl", "qrf", "fpu")]
        self.shelters = [h for h in havens if h.kind == "base_shelter"]

    def raised(self, number: int, kind: str, where: Settlement, at: datetime, incident: Incident | None,
               channel: str | None = None) -> AlertScript:  # fmt: skip
        rng, priority = self.rng, PRIORITY[kind]
        at = at.replace(second=0, microsecond=0)
        reliability = weighted(rng, {"A": 4, "B": 32, "C": 36, "D": 8, "F": 20}, 1)[0]
        return AlertScript(
            f"EX-A{number:03d}", kind, priority, int(rng.integers(*_SCORES[priority])),
            channel or weighted(rng, CHANNELS, 1)[0], "received", "reported", reliability, int(rng.integers(2, 5)),
            None, bool(rng.random() < 0.8),
            VERBATIM[kind].format(place=where.name, n=5 * int(rng.integers(2, 9))), where.place,
            int(rng.integers(1, 3)), where.code, where.name, where.district_code,
            self.area_of[where.district_code], incident.source_id if incident else None,
            at - timedelta(minutes=int(rng.integers(5, 90))), at - timedelta(minutes=1), at,
        )  # fmt: skip

    def acknowledged(self, a: AlertScript, at: datetime | None = None) -> AlertScript:
        at = at or _after(self.rng, a.raised_at, _MEDIANS[a.priority][0])
        due = a.raised_at + timedelta(minutes=_CLOCK[a.priority])
        urgent = a.priority == "P1" and self.rng.random() < 0.4
        return replace(a, status="acknowledged", acknowledged_at=at, escalated_at=due if at > due else None,
                       immediate_action_at=at + timedelta(minutes=2) if urgent else None)  # fmt: skip

    def verified(self, a: AlertScript, false: bool = False) -> AlertScript:
        start = a.immediate_action_at or a.acknowledged_at or a.raised_at
        verification = "unfounded" if false else one(self.rng, ("corroborated", "corroborated", "verified"))
        return replace(a, status="verified", verification=verification,
                       verified_at=_after(self.rng, start, _MEDIANS[a.priority][1]))  # fmt: skip

    def declined(self, a: AlertScript, reason: str) -> AlertScript:
        at = _after(self.rng, a.verified_at or a.raised_at, _MEDIANS[a.priority][2])
        return replace(a, status="decided", decision="decline", declined_at=at, non_response_reason=reason,
                       authority="tactical_control",
                       non_response_note=REASONS[reason], non_response_approved_at=_after(self.rng, at, 45))  # fmt: skip

    def tasked(self, a: AlertScript, response: str | None = None) -> AlertScript:
        rng = self.rng
        decided = _after(rng, a.verified_at or a.raised_at, _MEDIANS[a.priority][2])
        response = response or weighted(rng, MOVING | (STAYING if a.priority != "P1" else {}), 1)[0]
        kinds = {"quick_reaction_force": ("qrf",), "police_intervention": ("fpu",)}.get(
            response, ("coy", "pl")
        )
        near = min((u for u in self.units if u[0].kind in kinds), key=lambda u: float(u[1].distance(a.place)))
        shelter = min(self.shelters, key=lambda h: float(h.place.distance(a.place)))
        return replace(a, status="tasked", decision="respond", authority=weighted(rng, AUTHORITIES, 1)[0],
                       decided_at=decided, response_kind=response, tasked_at=_after(rng, decided, 4),
                       unit_code=near[0].code if response in MOVING else None,
                       haven_code=shelter.code if response == "evacuation" else None)  # fmt: skip

    def on_scene(self, a: AlertScript, blocked: bool = False) -> AlertScript:
        """Departed and, unless blocked, arrived after a drive at some 30 km/h."""
        assert a.tasked_at is not None
        base = next(place for unit, place in self.units if unit.code == a.unit_code)
        departed = _after(self.rng, a.tasked_at, 22, 0.4)
        kilometres = 1.35 * float(base.distance(a.place)) / KM
        arrived = None if blocked else _after(self.rng, departed, max(10.0, 2 * kilometres), 0.2)
        return replace(
            a, status="responding" if blocked else "on_scene", departed_at=departed, arrived_at=arrived
        )

    def closed(self, a: AlertScript, outcome: str) -> AlertScript:
        last = a.arrived_at or a.departed_at or a.tasked_at or a.non_response_approved_at or a.raised_at
        outcome_at = _after(self.rng, last, 90) if a.decision == "respond" else None
        told = a.source_contactable and self.rng.random() < 0.88
        feedback = _after(self.rng, outcome_at or last, 20 * 60) if told else None
        closed = _after(self.rng, feedback or outcome_at or last, 6 * 60)
        return replace(a, status="closed", outcome=outcome if outcome_at else None, outcome_at=outcome_at,
                       feedback_at=feedback, closed_at=closed)  # fmt: skip


def _past(desk: _Desk, now: datetime, incidents: Sequence[Incident]) -> list[AlertScript]:
    rng = desk.rng
    known = [i for i in incidents if i.kind in ALERT_OF_INCIDENT and i.place_precision <= 2 and i.date_precision == 1
             and 9 <= (now - i.occurred_from).days < 60]  # fmt: skip
    picked = sorted(int(i) for i in rng.choice(len(known), min(CLOSED - 12, len(known)), replace=False))
    settlements = list(desk.settlements.values())
    raised: list[tuple[datetime, str, Settlement, Incident | None]] = []
    for incident in (known[i] for i in picked):
        # Some alerts came before the event, most while it went on or after.
        lead = float(rng.normal(-20, 60))
        where = desk.settlements[incident.settlement_code or settlements[0].code]
        at = incident.occurred_from - timedelta(minutes=lead)
        raised.append((at, ALERT_OF_INCIDENT[incident.kind], where, incident))
    while len(raised) < CLOSED:
        at = now - timedelta(days=float(rng.uniform(9, 60)))
        raised.append((at, one(rng, OTHER_KINDS), one(rng, settlements), None))
    raised.sort(key=lambda entry: entry[0])
    refusals = iter(REASONS)
    declined = {int(i) for i in rng.choice(CLOSED, DECLINED, replace=False)}
    alerts = []
    for n, (at, kind, where, behind) in enumerate(raised):
        alert = desk.acknowledged(desk.raised(n + 1, kind, where, at, behind))
        if n in declined:
            reason = next(refusals)
            alert = desk.declined(desk.verified(alert, false=reason == "not_credible"), reason)
            alerts.append(desk.closed(alert, "unknown"))
            continue
        false = rng.random() < 0.06
        alert = desk.tasked(desk.verified(alert, false))
        outcome = weighted(rng, OUTCOMES_STAYING, 1)[0]
        if alert.response_kind in MOVING:
            blocked = rng.random() < 0.09
            alert = desk.on_scene(alert, blocked)
            outcome = (
                one(rng, ("access_denied", "response_aborted")) if blocked else weighted(rng, OUTCOMES, 1)[0]
            )
        alerts.append(desk.closed(alert, "false_alarm" if false else outcome))
    return alerts


def _present(desk: _Desk, now: datetime, patrols: Sequence[Patrol]) -> list[AlertScript]:
    """One alert in each state from received to on scene; the last two are answered by patrols under way."""
    rng = desk.rng
    settlements = list(desk.settlements.values())
    villages = [s for s in settlements if s.kind == "village"]

    def ago(minutes: int) -> datetime:
        return now - timedelta(minutes=minutes)

    fresh = desk.raised(
        CLOSED + 1, "imminent_attack", one(rng, villages), ago(3), None, "community_alert_network"
    )
    seen = desk.raised(
        CLOSED + 2, "threat_to_named_person", one(rng, settlements[:40]), ago(26), None, "hotline"
    )
    seen = desk.acknowledged(seen, seen.raised_at + timedelta(minutes=6))
    checked = desk.raised(CLOSED + 3, "armed_group_movement", one(rng, villages), ago(210), None, "patrol")
    checked = replace(desk.verified(desk.acknowledged(checked, checked.raised_at + timedelta(minutes=9))),
                      verified_at=checked.raised_at + timedelta(minutes=95))  # fmt: skip
    ordered = desk.raised(CLOSED + 4, "cattle_raid", one(rng, villages), ago(150), None)
    ordered = desk.tasked(
        desk.verified(desk.acknowledged(ordered, ordered.raised_at + timedelta(minutes=5))), "patrol"
    )
    ordered = replace(ordered, verified_at=ago(100), decided_at=ago(40), tasked_at=ago(20))
    alerts = [fresh, seen, checked, ordered]
    answering = [p for p in patrols if p.state == "under_way"]
    for patrol, there in ((answering[1], False), (answering[3], True)):
        # The patrol was diverted: it goes to its next stop, or stands at the last one that it reached.
        reached = [s for s in patrol.stops if s.arrived_at]
        stop = (
            (reached or patrol.stops)[-1] if there else patrol.stops[min(len(reached), len(patrol.stops) - 1)]
        )
        where = desk.settlements[stop.settlement_code]
        arrived = stop.arrived_at if there and stop.arrived_at else ago(8) if there else None
        departed = (arrived or now) - timedelta(minutes=25)
        kind = "looting_extortion_checkpoint" if there else "abduction"
        alert = desk.raised(CLOSED + 1 + len(alerts), kind, where, departed - timedelta(minutes=34), None)
        alert = desk.tasked(
            desk.verified(desk.acknowledged(alert, alert.raised_at + timedelta(minutes=4))), "patrol"
        )
        alerts.append(replace(
            alert, status="on_scene" if there else "responding", immediate_action_at=None, unit_code=patrol.unit_code,
            patrol_code=patrol.code, verified_at=departed - timedelta(minutes=19),
            decided_at=departed - timedelta(minutes=12), tasked_at=departed - timedelta(minutes=9),
            departed_at=departed, arrived_at=arrived,
        ))  # fmt: skip
    return alerts


def recall_alerts(seed: int, now: datetime, division: Division, settlements: Sequence[Settlement],
                  incidents: Sequence[Incident], units: Sequence[Unit], bases: Sequence[Base],
                  havens: Sequence[Haven], patrols: Sequence[Patrol]) -> list[AlertScript]:  # fmt: skip
    """60 closed alerts in order of time (10 of them declined, each with a reason of its own), then 6 open ones."""
    desk = _Desk(stream(seed, "alerts"), division, settlements, units, bases, havens)
    return _past(desk, now, incidents) + _present(desk, now, patrols)
