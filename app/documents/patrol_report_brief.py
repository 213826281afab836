"""The frozen brief of a patrol report: the 17 blocks in words, cleared for the audience."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.documents.parts import Header, UtcTime

Said = tuple[str, str]


@dataclass(frozen=True)
class PatrolReportGroup:
    """A group of rows, such as the stops; each row is labels with what was said."""

    label: str
    rows: tuple[tuple[Said, ...], ...]


@dataclass(frozen=True)
class PatrolReportBlock:
    number: int
    title: str
    said: tuple[Said, ...] = ()
    groups: tuple[PatrolReportGroup, ...] = ()
    withheld: bool = False


@dataclass(frozen=True)
class PatrolReportStep:
    """A line of the report's log."""

    what: str
    by_role: str
    at: UtcTime


@dataclass(frozen=True)
class PatrolReportBrief:
    """`flags`: what the checks found, each with the leader's sentence."""

    header: Header
    serial: str
    call_sign: str
    state: str
    submitted_at: UtcTime | None
    debriefed_by: str | None
    approved_by: str | None
    blocks: tuple[PatrolReportBlock, ...]
    restrictions: tuple[tuple[Said, ...], ...]
    flags: tuple[Said, ...]
    log: tuple[PatrolReportStep, ...]
    kind: Literal["patrol_report"] = "patrol_report"
