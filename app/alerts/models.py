"""Alerts and their chain (handbook 1.5). An alert is a warning received: not an incident, not a threat.

Each transition is a row of `alert_steps`, timed and never changed; `alerts` holds the present state.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from geoalchemy2 import WKBElement
from pydantic import AfterValidator, Field
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import Graded, Verification, graded, one_of
from app.mission.models import metres_index, shape
from app.permissions import Role
from geo.warning import KIND_WEIGHT


class Indicator(StrEnum):
    """What may come before an attack (handbook 2.7): the signs on the ground, then the United Nations' 14 risk factors
    for atrocity crimes in the framework's own order."""

    FIGHTERS_MOVING = "fighters_moving"
    WOMEN_CHILDREN_LEAVE = "women_children_leave"
    MARKET_EMPTY = "market_empty"
    LIVESTOCK_MOVED = "livestock_moved"
    SCHOOLS_CLOSED = "schools_closed"
    SHOPS_SHUT = "shops_shut"
    LEAFLETS = "leaflets"
    THREATS_TO_LEADERS = "threats_to_leaders"
    DRUMS_WHISTLES = "drums_whistles"
    ROADBLOCKS = "roadblocks"
    RECRUITMENT = "recruitment"
    ARMS_HANDED_OUT = "arms_handed_out"
    TROOPS_WITHDRAWN = "troops_withdrawn"
    PHONE_MASTS_CUT = "phone_masts_cut"
    HATE_MESSAGES = "hate_messages"
    PRISONERS_ESCAPED = "prisoners_escaped"
    HOUSES_MARKED = "houses_marked"
    LEADERS_ARRESTED = "leaders_arrested"
    PRICE_SPIKE = "price_spike"
    PASSAGE_REFUSED = "passage_refused"
    AIR_ACTIVITY = "air_activity"
    FACTOR_ARMED_CONFLICT = "factor_armed_conflict"
    FACTOR_PAST_VIOLATIONS = "factor_past_violations"
    FACTOR_WEAK_STATE = "factor_weak_state"
    FACTOR_MOTIVES = "factor_motives"
    FACTOR_CAPACITY = "factor_capacity"
    FACTOR_NOTHING_MITIGATES = "factor_nothing_mitigates"
    FACTOR_PREPARATION = "factor_preparation"
    FACTOR_TRIGGERS = "factor_triggers"
    FACTOR_INTERGROUP_TENSION = "factor_intergroup_tension"
    FACTOR_INTENT_TO_DESTROY = "factor_intent_to_destroy"
    FACTOR_WIDESPREAD_ATTACK = "factor_widespread_attack"
    FACTOR_PLAN_OR_POLICY = "factor_plan_or_policy"
    FACTOR_PROTECTED_PERSONS = "factor_protected_persons"
    FACTOR_RELIEF_OR_PEACEKEEPERS = "factor_relief_or_peacekeepers"


# As bodies hold them.
Indicators = Annotated[
    list[Indicator], Field(max_length=len(Indicator)), AfterValidator(lambda told: sorted(set(told)))
]


def known_indicators() -> CheckConstraint:
    """Of an array of them; none is NULL, since rows from before there were any are held to their digests."""
    listed = ", ".join(f"'{i.value}'" for i in Indicator)
    return CheckConstraint(
        f"indicators <@ ARRAY[{listed}]::text[] AND cardinality(indicators) > 0", name="indicators"
    )


class AlertStatus(StrEnum):
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    VERIFIED = "verified"
    DECIDED = "decided"
    TASKED = "tasked"
    RESPONDING = "responding"
    ON_SCENE = "on_scene"
    RESPONDED = "responded"
    CLOSED = "closed"


class Priority(StrEnum):
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class Channel(StrEnum):
    COMMUNITY_ALERT_NETWORK = "community_alert_network"
    HOTLINE = "hotline"
    SMS = "sms"
    MESSAGING_APP = "messaging_app"
    RADIO = "radio"
    COMMUNITY_RADIO = "community_radio"
    IN_PERSON = "in_person"
    PATROL = "patrol"
    MILITARY_OBSERVER = "military_observer"
    POLICE = "police"
    AERIAL = "aerial"
    DEFENDER_SOS = "defender_sos"
    MISSED_CHECK_IN = "missed_check_in"
    PARTNER = "partner"
    NATIONAL_INSTITUTION = "national_institution"
    LOCAL_AUTHORITY = "local_authority"
    STATE_FORCES = "state_forces"
    SOCIAL_MEDIA = "social_media"
    OPEN_SOURCE = "open_source"
    UN_SECURITY = "un_security"
    OTHER_MISSION = "other_mission"
    RULE = "rule"
    OTHER = "other"


# What a rule of the mission’s own saw: nobody told of it or says so by hand, and it is counted apart (app/measures,
# app/documents). Whoever hears of a missed check-in names the way by which he heard of it.
BY_RULE = frozenset({Channel.RULE, Channel.MISSED_CHECK_IN})


# What people tell, by whichever way it comes to the mission; and what others tell it.
_SAID = (
    Channel.COMMUNITY_ALERT_NETWORK, Channel.HOTLINE, Channel.SMS, Channel.MESSAGING_APP, Channel.RADIO,
    Channel.COMMUNITY_RADIO, Channel.IN_PERSON, Channel.LOCAL_AUTHORITY,
)  # fmt: skip
_OTHERS = (
    Channel.PARTNER, Channel.NATIONAL_INSTITUTION, Channel.STATE_FORCES, Channel.SOCIAL_MEDIA, Channel.OPEN_SOURCE,
    Channel.UN_SECURITY, Channel.OTHER_MISSION, Channel.OTHER,
)  # fmt: skip
_SEEN = (Channel.PATROL, Channel.MILITARY_OBSERVER, Channel.AERIAL)
_DESK = (Channel.HOTLINE, *_SAID, Channel.DEFENDER_SOS, *_OTHERS)
_OFFICE = (Channel.IN_PERSON, *_SAID, Channel.DEFENDER_SOS, *_OTHERS)
_MILITARY = (*_SEEN, *_SAID, *_OTHERS)

# By which channels a role files reports; by the first where it names none. What the mission saw itself counts as a source
# of its own (app/sources/queries.py): so only those who go out say so, and those who hear patrols when they come back.
REPORTED_BY: dict[Role, tuple[Channel, ...]] = {
    role: tuple(dict.fromkeys(channels))  # the default stands first, and once
    for role, channels in {
        Role.PATROL_CDR: (*_SEEN, Channel.IN_PERSON, Channel.LOCAL_AUTHORITY, Channel.RADIO),
        Role.BN_OPS: _MILITARY,
        Role.SECTOR_OPS: _MILITARY,
        Role.FC_STAFF: _MILITARY,
        Role.UNPOL_OPS: (Channel.POLICE, *_SAID, *_OTHERS),
        Role.CLA: (*_SAID, Channel.PARTNER, Channel.SOCIAL_MEDIA, Channel.OTHER),
        Role.HR_OFFICER: _OFFICE,
        Role.HR_CASE_SUPERVISOR: _OFFICE,
        Role.CP_OFFICER: _OFFICE,
        Role.WPA: _OFFICE,
        Role.POC_OFFICER: _OFFICE,
        Role.HEAD_OF_OFFICE: _OFFICE,
        Role.HOM: _OFFICE,
        Role.WATCHKEEPER_JOC: _DESK,
        Role.PARTNER_NGO: (Channel.PARTNER,),
        Role.PARTNER_NHRI: (Channel.NATIONAL_INSTITUTION, Channel.PARTNER),
    }.items()
}


class ResponseKind(StrEnum):
    PATROL = "patrol"
    QUICK_REACTION_FORCE = "quick_reaction_force"
    TEMPORARY_BASE = "temporary_base"
    INTERPOSITION = "interposition"
    NIGHT_PRESENCE = "night_presence"
    ESCORT = "escort"
    SHOW_OF_FORCE = "show_of_force"
    USE_OF_FORCE = "use_of_force"
    POLICE_INTERVENTION = "police_intervention"
    JOINT_PATROL = "joint_patrol"
    STATE_FORCES_ONLY = "state_forces_only"
    EVACUATION = "evacuation"
    SHELTER = "shelter"
    LOCAL_MEDIATION = "local_mediation"
    KEY_LEADER_ENGAGEMENT = "key_leader_engagement"
    DEMARCHE = "demarche"
    ADVOCACY = "advocacy"
    JOINT_PROTECTION_TEAM = "joint_protection_team"
    HUMAN_RIGHTS_INVESTIGATION = "human_rights_investigation"
    DEFENDER_MEASURE = "defender_measure"
    MEDICAL = "medical"
    HUMANITARIAN_REFERRAL = "humanitarian_referral"
    OVERFLIGHT = "overflight"
    RADIO_WARNING = "radio_warning"
    MONITORING_ONLY = "monitoring_only"


class NonResponseReason(StrEnum):
    OUTSIDE_CAPABILITY = "outside_capability"
    INSUFFICIENT_TROOPS = "insufficient_troops"
    DISTANCE_TIME = "distance_time"
    TERRAIN_WEATHER = "terrain_weather"
    NO_AIR_ASSET = "no_air_asset"
    FLIGHT_SAFETY_REFUSED = "flight_safety_refused"
    MOVEMENT_DENIED_BY_STATE = "movement_denied_by_state"
    DENIED_BY_ARMED_GROUP = "denied_by_armed_group"
    AMBUSH_RISK = "ambush_risk"
    NATIONAL_CAVEAT = "national_caveat"
    LATE_INFORMATION = "late_information"
    NOT_CREDIBLE = "not_credible"
    HANDED_OVER = "handed_over"
    COMPETING_P1 = "competing_p1"
    WOULD_WORSEN_RISK = "would_worsen_risk"
    SOURCE_ASKED_NO_ACTION = "source_asked_no_action"
    DUPLICATE = "duplicate"
    OTHER = "other"


class Outcome(StrEnum):
    THREAT_AVERTED = "threat_averted"
    ATTACK_INTERRUPTED = "attack_interrupted"
    HARM_MITIGATED = "harm_mitigated"
    ARRIVED_AFTER = "arrived_after"
    NO_CONTACT = "no_contact"
    FALSE_ALARM = "false_alarm"
    CIVILIANS_EVACUATED = "civilians_evacuated"
    PERPETRATORS_ARRESTED = "perpetrators_arrested"
    ACCESS_DENIED = "access_denied"
    RESPONSE_ABORTED = "response_aborted"
    HARM_OCCURRED = "harm_occurred"
    UNKNOWN = "unknown"


class Authority(StrEnum):
    """By which authority a response is ordered, or not to respond is decided."""

    OPERATIONAL_CONTROL = "operational_control"
    TACTICAL_CONTROL = "tactical_control"
    STANDING_ORDER = "standing_order"
    HEAD_OF_OFFICE = "head_of_office"
    HEAD_OF_MISSION = "head_of_mission"


class StepKind(StrEnum):
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    IMMEDIATE_ACTION = "immediate_action"
    VERIFIED = "verified"
    DECIDED = "decided"
    DECLINED = "declined"
    NON_RESPONSE_APPROVED = "non_response_approved"
    NON_RESPONSE_REFUSED = "non_response_refused"
    TASKED = "tasked"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    OUTCOME = "outcome"
    FEEDBACK = "feedback"
    CLOSED = "closed"
    ESCALATED = "escalated"
    HANDED_OVER = "handed_over"
    REOPENED = "reopened"
    NOTE = "note"
    TRIAGED = "triaged"
    SOURCE_TOLD = "source_told"
    MERGED = "merged"
    PARTED = "parted"
    CALL_BACK_ORDERED = "call_back_ordered"
    CALL_BACK_HANDED = "call_back_handed"
    CALLED_BACK = "called_back"
    VERIFICATION_PROPOSED = "verification_proposed"
    VERIFICATION_REFUSED = "verification_refused"
    PASSED_ON = "passed_on"
    WEIGHED = "weighed"
    DEPUTY_TOLD = "deputy_told"


class Clock(StrEnum):
    """What has to be done within a time."""

    ACKNOWLEDGE = "acknowledge"
    VERIFY = "verify"
    DECIDE = "decide"
    APPROVE = "approve"  # the decision not to respond, by somebody else
    FEEDBACK = "feedback"


class HandedTo(StrEnum):
    STATE = "state"
    PARTNER = "partner"
    HUMANITARIAN = "humanitarian"
    OTHER = "other"


class Alert(Graded, Base):
    __tablename__ = "alerts"
    __table_args__ = (
        *graded(),
        one_of("kind", list(KIND_WEIGHT)),
        one_of("priority", Priority),
        one_of("status", AlertStatus),
        one_of("channel", Channel),
        one_of("verification", Verification),
        metres_index("alerts"),
        known_indicators(),
        Index("ix_alerts_open", "priority", "raised_at", postgresql_where=text("status <> 'closed'")),
        Index("ix_alerts_raised_at", "raised_at"),
        Index("ix_alerts_indicators", "occurred_at", postgresql_where=text("indicators IS NOT NULL")),
        Index("ix_alerts_leader_id", "leader_id", postgresql_where=text("leader_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # Weighing a report twice raises one alert: the key is made from what was reported, not from when we looked.
    alert_key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    channel: Mapped[str]
    priority: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="received")
    verification: Mapped[str] = mapped_column(server_default="reported")
    # Why, in sentences that everybody who may read the alert may read.
    reasons: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    raised_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    place: Mapped[WKBElement] = mapped_column(shape("POINT"))
    radius_metres: Mapped[int] = mapped_column(server_default=text("0"))
    place_as_given: Mapped[str]
    admin_code: Mapped[str | None] = mapped_column(ForeignKey("admin_areas.code"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("field_reports.id"), index=True)
    # The words as they came, apart from any coding of them.
    verbatim: Mapped[str]
    # What was told by hand; those of a report stand there.
    indicators: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    source_code: Mapped[str | None]
    source_contactable: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    owner_echelon: Mapped[str] = mapped_column(server_default="sector")
    decision: Mapped[str | None]
    non_response_reason: Mapped[str | None]
    outcome: Mapped[str | None]
    # The alert that leads where several tell of one event (merging.py). A follower keeps its state, steps and sources.
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"))
    version: Mapped[int] = mapped_column(server_default=text("1"))


class AlertWeighing(Base):
    """The score and every reason with its points. From the points one could work back to how far a defender's cell
    lies, so they stand apart from the alert, under a policy of their own."""

    __tablename__ = "alert_weighings"
    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 100", name="score"),)

    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), primary_key=True, autoincrement=False)
    score: Mapped[int]
    reasons: Mapped[list[Any]] = mapped_column(JSONB)


class AlertReweighing(Base):
    """As AlertWeighing, of one step: the place was corrected, and what lies there was weighed. The latest counts."""

    __tablename__ = "alert_reweighings"
    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 100", name="score"),)

    step_id: Mapped[int] = mapped_column(ForeignKey("alert_steps.id"), primary_key=True, autoincrement=False)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), index=True)
    score: Mapped[int]
    reasons: Mapped[list[Any]] = mapped_column(JSONB)


class AlertStep(Base):
    """One transition: who, when, what; never changed."""

    __tablename__ = "alert_steps"
    __table_args__ = (one_of("kind", StepKind), Index("ix_alert_steps_alert_id_at", "alert_id", "at"))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"))
    kind: Mapped[str]
    # When it happened, as told (a departure reported late), and when it was written down.
    at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    by_role: Mapped[str | None]
    note: Mapped[str] = mapped_column(server_default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))


class AlertClock(Base):
    """One turn on the ladder (app/ladders): a clock that runs until its step is done; when it runs out, the next rung
    is told. Turns of one clock are told apart by `run` (empty: the first; a clock that was started anew has another),
    `rung` (empty: the lowest) and `again` (empty: told once). The key over them is why no turn is taken twice."""

    __tablename__ = "alert_clocks"
    __table_args__ = (
        one_of("clock", Clock),
        UniqueConstraint("alert_id", "clock", "run", "rung", "again", postgresql_nulls_not_distinct=True),
        Index(
            "ix_alert_clocks_running", "due_at",
            postgresql_where=text("stopped_at IS NULL AND ran_out_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), index=True)
    clock: Mapped[str]
    echelon: Mapped[str]
    # The limit, which a step is late by; until when the deputy has the turn, where it came to him.
    due_at: Mapped[datetime]
    deputy_until: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    # When the turn went to the next rung: at the limit, or sooner where it was passed on or nobody was reached.
    ran_out_at: Mapped[datetime | None]
    run: Mapped[int | None] = mapped_column(SmallInteger)
    rung: Mapped[int | None] = mapped_column(SmallInteger)
    again: Mapped[int | None] = mapped_column(SmallInteger)
    # When those whose turn it is were told, by whatever ways there are.
    told_at: Mapped[datetime | None]
    # Whose turn it was and who said that he can't take the alert: his deputy or the next rung is told at once.
    passed_on_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    @property
    def ends_at(self) -> datetime:
        """When the turn runs out by itself."""
        return self.deputy_until or self.due_at


class Tasking(Base):
    """What was ordered in answer to an alert: a patrol, a haven, or another measure by somebody named."""

    __tablename__ = "taskings"
    __table_args__ = (one_of("response", ResponseKind),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), index=True)
    response: Mapped[str]
    patrol_id: Mapped[int | None] = mapped_column(ForeignKey("patrols.id"), index=True)
    haven_id: Mapped[int | None] = mapped_column(ForeignKey("havens.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    order: Mapped[str] = mapped_column(server_default="")
    ordered_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    ordered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    departed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
