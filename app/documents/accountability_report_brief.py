"""The frozen brief of an accountability report: a period, every alert in it, and what was made of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.documents.parts import Header, MapData, UtcTime

#: Who answered. `nobody` is a non-response, decided or not; `open`: still undecided within its clocks at
#: the data cut-off, which is neither an answer nor yet a failure.
AnsweredBy = Literal["mission", "joint", "state", "partner", "community", "nobody", "open"]


@dataclass(frozen=True)
class AlertFacts:
    """One alert with its times in minutes from t0 (`raised_at`); None where the step is not on record.

    `late` names the steps that passed their clock, in the field names used here. `non_response_approver`
    is a role, not a person. `feedback_expected`: the source can be reached. `counts_as`: what somebody told of, what a
    rule saw, or what was merged into another alert, with which it is counted.
    """

    serial: str
    kind: str
    priority: str
    raised_at: UtcTime
    answered_by: AnsweredBy
    sector: str | None = None
    counts_as: Literal["told", "rule", "merged"] = "told"
    actionable: bool = True
    handed_over: bool = False
    feedback_expected: bool = True
    acknowledged: float | None = None
    verified: float | None = None
    decided: float | None = None
    approved: float | None = None
    tasked: float | None = None
    departed: float | None = None
    arrived: float | None = None
    outcome_recorded: float | None = None
    feedback: float | None = None
    late: tuple[str, ...] = ()
    decision: str | None = None
    non_response_reason: str | None = None
    non_response_approver: str | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class ClockBreach:
    """A clock that ran out: limit and actual time in minutes from t0, and to whom it escalated."""

    alert_serial: str
    step: str
    limit_minutes: int
    actual_minutes: float | None = None
    escalated_to: str | None = None


@dataclass(frozen=True)
class Unmasking:
    """How often a role saw sealed identities or places, and how often it asked and was refused.

    `seen`: how many of the looks the supervisor has seen. `refused` None: not known to whoever ordered this.
    The reasons that were given stay in the log: they may tell of the person.
    """

    role: str
    granted: int
    seen: int
    refused: int | None = None


@dataclass(frozen=True)
class LedgerState:
    """The last verification of the log. `entries` and `root_hex`: the head that was verified."""

    result: Literal["unaltered", "altered", "not verified"]
    entries: int | None = None
    root_hex: str | None = None
    verified_at: UtcTime | None = None
    witnesses_agreeing: int | None = None
    #: What the verifier said, where it found a fault.
    finding: str | None = None


@dataclass(frozen=True)
class AccountabilityBrief:
    """All that an accountability report says; `header.period` is required for this kind."""

    header: Header
    alerts: tuple[AlertFacts, ...]
    ledger: LedgerState
    breaches: tuple[ClockBreach, ...] = ()
    #: None: whoever ordered this may not read them, which is not the same as none.
    unmaskings: tuple[Unmasking, ...] | None = ()
    #: Sectors as areas with the number of alerts in each; never the place of a defender.
    map: MapData | None = None
    feedback_limit_hours: int = 72
    kind: Literal["accountability_report"] = "accountability_report"

    def __post_init__(self) -> None:
        if self.header.period is None:
            raise ValueError("an accountability report needs its period")
