"""The room of an exercise that plays: reports come in, alerts are taken, decided and answered, havens counted."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select

from app.alerts import actions as alerts
from app.alerts.models import Alert, Authority, NonResponseReason, Outcome, ResponseKind
from app.db import db
from app.exercise.acting import Cast
from app.exercise.stage import Stage
from app.field_reports.actions import file_report
from app.field_reports.body import ReportBody
from app.grading import Verification
from app.havens import actions as havens
from app.havens.models import OPENLY_KNOWN, Haven, HavenState
from app.patrols import actions as patrols
from app.patrols.models import PatrolMode
from app.permissions import Role

DUTY = Role.WATCHKEEPER_JOC
REPORTERS = (Role.PATROL_CDR, Role.CLA, Role.PARTNER_NGO, Role.HR_OFFICER, Role.UNPOL_OPS)
EVERY = 20 * 60.0  # seconds of the exercise between two reports, on average
COUNTED_EVERY = 30 * 60.0
WHY = "EXERCISE: as the procedure says; two sources agree."
SAID: Mapping[str, str] = MappingProxyType({
    "armed_group_movement": "EXERCISE: Some twenty armed men on motorcycles move towards the settlement.",
    "imminent_attack": "EXERCISE: Leaders say that the market will be attacked tomorrow at dawn.",
    "attack_under_way": "EXERCISE: Shots since half an hour; people run towards the school.",
    "cattle_raid": "EXERCISE: Herders say that their cattle were driven off to the north.",
    "mob_risk": "EXERCISE: A crowd gathers before the administrator’s house.",
    "abduction": "EXERCISE: Two drivers were taken at a checkpoint.",
    "displacement": "EXERCISE: Families arrive on foot with what they can carry.",
    "looting_extortion_checkpoint": "EXERCISE: Armed men take money from traders at the bridge.",
    "observation": "EXERCISE: The market is open; fewer women than usual.",
    "all_quiet": "EXERCISE: Nothing to report.",
})  # fmt: skip


@dataclass
class Case:
    """An alert on its way through the chain: the next step, due at that second of the exercise."""

    alert_id: int
    step: str
    due: float


class Room:
    def __init__(self, cast: Cast, stage: Stage, chance: random.Random) -> None:
        self.cast, self.stage, self.chance = cast, stage, chance
        self.cases: list[Case] = []
        self.counted_at = 0.0
        self.reports = self.raised = self.closed = 0
        self.steps: Mapping[str, Callable[[Case], None]] = {
            "acknowledge": self.acknowledge, "verify": self.verify, "decide": self.decide, "send": self.send,
            "review": self.review, "wait": self.wait, "outcome": self.outcome, "feedback": self.feedback,
            "close": self.close,
        }  # fmt: skip

    def go_on(self, seconds: float) -> None:
        if self.chance.random() < seconds / EVERY:
            self.report()
        for alert_id in self.stage.arrived:
            for case in self.cases:
                if case.alert_id == alert_id and case.step == "wait":
                    self.then(case, "outcome", 10)
        self.stage.arrived.clear()
        for case in [c for c in self.cases if c.due <= self.stage.now]:
            self.steps[case.step](case)
        if self.stage.now - self.counted_at > COUNTED_EVERY:
            self.counted_at = self.stage.now
            self.cast.does(DUTY, self.count_a_haven)

    def then(self, case: Case, step: str, minutes: float) -> None:
        case.step, case.due = step, self.stage.now + 60 * minutes * self.chance.uniform(0.5, 1.5)

    def drop(self, case: Case) -> None:
        """Somebody else has it in hand."""
        self.cases.remove(case)

    def report(self) -> None:
        kind = self.chance.choice(list(SAID))
        _name, (lon, lat) = self.chance.choice(self.stage.places)
        spot = {
            "lon": round(lon + self.chance.gauss(0, 0.01), 5),
            "lat": round(lat + self.chance.gauss(0, 0.01), 5),
        }
        body = ReportBody.model_validate(
            {
                "kind": kind, "what": SAID[kind], "occurred_at": datetime.now(UTC).isoformat(), "place": spot,
                "source_reliability": self.chance.choice("BBCCD"), "credibility": self.chance.choice((2, 2, 3, 3, 4)),
            }
        )  # fmt: skip
        report_id = UUID(int=self.chance.getrandbits(128), version=4)
        filed = self.cast.does(self.chance.choice(REPORTERS), lambda: file_report(report_id, body))
        if filed is None:
            return
        self.reports += 1
        with self.cast.as_role(DUTY):
            found = db.session.execute(select(Alert.id).where(Alert.report_id == report_id)).scalar()
        if found is not None:
            self.raised += 1
            self.cases.append(Case(found, "acknowledge", 0.0))
            self.then(self.cases[-1], "acknowledge", 2)

    def acknowledge(self, case: Case) -> None:
        if self.cast.does(DUTY, lambda: alerts.acknowledge(case.alert_id)) is None:
            self.drop(case)
        else:
            self.then(case, "verify", 8)

    def verify(self, case: Case) -> None:
        found = self.chance.choice(
            (Verification.CORROBORATED, Verification.CORROBORATED, Verification.UNDER_VERIFICATION)
        )
        self.cast.does(DUTY, lambda: alerts.verify(case.alert_id, found, "B", 2, WHY))
        self.then(case, "decide", 5)

    def decide(self, case: Case) -> None:
        if self.chance.random() < 0.15:
            reason = self.chance.choice(
                (NonResponseReason.DISTANCE_TIME, NonResponseReason.INSUFFICIENT_TROOPS)
            )
            declined = self.cast.does(
                DUTY,
                lambda: alerts.decline_with_reason(case.alert_id, reason, Authority.TACTICAL_CONTROL, WHY),
            )
            if declined is None:
                self.drop(case)
            else:
                self.then(case, "review", 10)
            return
        decided = self.cast.does(
            DUTY,
            lambda: alerts.decide_to_respond(
                case.alert_id, ResponseKind.PATROL, Authority.TACTICAL_CONTROL, WHY
            ),
        )
        if decided is None:
            self.drop(case)
        else:
            self.then(case, "send", 4)

    def review(self, case: Case) -> None:
        self.cast.does(Role.HOM, lambda: alerts.review_non_response(case.alert_id, True, WHY))
        self.then(case, "close", 5)

    def send(self, case: Case) -> None:
        sent = self.cast.does(DUTY, lambda: self.sent(case.alert_id))
        if not sent:
            self.drop(case)
        else:
            # In case that it never arrives: the room asks after three hours.
            case.step, case.due = "wait", self.stage.now + 3 * 3600

    def sent(self, alert_id: int) -> bool:
        spot = db.session.execute(
            select(Alert.place.ST_X().label("lon"), Alert.place.ST_Y().label("lat")).where(
                Alert.id == alert_id
            )
        ).one()
        found = self.stage.way_for((spot.lon, spot.lat))
        if found is None:
            return False
        unit_id, way = found
        order = "EXERCISE: Answer the alert; protect people first, then find out what happened."
        patrol = patrols.send_patrol(alert_id, unit_id, PatrolMode.VEHICLE, order=order)
        self.stage.set_off(patrol.id, way, alert_id)
        return True

    def wait(self, case: Case) -> None:
        self.then(case, "outcome", 1)

    def outcome(self, case: Case) -> None:
        found = self.chance.choice(
            (Outcome.THREAT_AVERTED, Outcome.HARM_MITIGATED, Outcome.NO_CONTACT, Outcome.FALSE_ALARM)
        )
        if self.cast.does(DUTY, lambda: alerts.record_outcome(case.alert_id, found, WHY)) is None:
            self.drop(case)
        else:
            self.then(case, "feedback", 10)

    def feedback(self, case: Case) -> None:
        self.cast.does(DUTY, lambda: alerts.give_feedback(case.alert_id, True, WHY))
        self.then(case, "close", 5)

    def close(self, case: Case) -> None:
        if (
            self.cast.does(DUTY, lambda: alerts.close(case.alert_id, "EXERCISE: The network rang early."))
            is not None
        ):
            self.closed += 1
        self.drop(case)

    def count_a_haven(self) -> None:
        """Somebody counts at one of the open havens: some come, some go, and nobody stands outside its walls."""
        some = list(
            db.session.scalars(
                select(Haven)
                .where(Haven.state == HavenState.OPEN, Haven.exposure.in_(OPENLY_KNOWN))
                .order_by(Haven.code)
            )
        )
        if some:
            haven = self.chance.choice(some)
            people = max(0, min(haven.capacity_night, (haven.occupancy or 0) + self.chance.randint(-20, 35)))
            havens.set_occupancy(haven.id, people)
