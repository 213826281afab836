"""What others do with a report that was sent: debrief it, return it, approve it, make records of what it tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid5

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import ValidationError
from sqlalchemy import func, select

from app.alerts.models import Channel
from app.api.bodies import Body, Text
from app.db import db
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.field_reports.actions import file_report
from app.field_reports.body import ReportBody
from app.incidents.actions import record_incident
from app.incidents.body import IncidentBody
from app.ledger.actions import record
from app.locks import Lock
from app.mission.placing import read_place
from app.patrol_reports import queries
from app.patrol_reports.actions import add_entry, lock
from app.patrol_reports.models import EntryKind, PatrolReport, PatrolReportEntry, ReportState
from app.patrol_reports.reading import told_of
from app.permissions import Permission as P
from app.permissions import viewer
from app.reasons import reason_given


class Noted(Body):
    note: Text = ""


@dataclass(frozen=True)
class Act:
    """by: the states from which it is possible, each with whose step it is then."""

    words: Any
    by: Mapping[ReportState, P]
    call: Callable[[PatrolReport, str], None]


def taken(report_id: int, by: Mapping[ReportState, P]) -> PatrolReport:
    """The report, of which nobody else takes a step or makes a record until the commit. NotFound, NotAllowed (also the
    writer himself), Conflict where its state is another."""
    report = queries.one(report_id)
    who = viewer()
    theirs = {state for state, permission in by.items() if who.may(permission, report.sector_id)}
    if not theirs:
        raise NotAllowed(_("Your role does not take this step."))
    if report.author_id == who.person_id:
        raise NotAllowed(_("You wrote this report. Somebody else takes this step."), code="own_report")
    # Not its row: the policies let that be locked by those alone whose step it is, and records are made after it, too.
    db.session.execute(select(func.pg_advisory_xact_lock(Lock.REPORTS, report.id)))
    db.session.refresh(report)
    if report.state not in theirs:
        raise Conflict(_("The report’s state has changed. Look at it again."), code="wrong_state")
    return report


def do(report_id: int, name: str, note: str) -> PatrolReport:
    act = ACTS.get(name)
    if act is None:
        raise NotFound
    report = taken(report_id, act.by)
    lock(report)
    act.call(report, note)
    db.session.flush()
    record(f"patrol_reports.{report.state}", "patrol_reports", report.id, {"state": report.state})
    return report


def debrief(report: PatrolReport, note: str) -> None:
    add_entry(report, EntryKind.DEBRIEFED, note=note)
    report.state, report.debriefed_at = ReportState.DEBRIEFED.value, datetime.now(UTC)
    report.debriefed_by_id = viewer().person_id


def made_of(report_id: int) -> set[str]:
    """The rows of which records were made."""
    made = select(PatrolReportEntry.item).where(
        PatrolReportEntry.report_id == report_id, PatrolReportEntry.item.is_not(None)
    )
    return {item for item in db.session.scalars(made) if item}


def send_back(report: PatrolReport, note: str) -> None:
    """With the reason, which the leader reads. Not once records were made: amended, its rows might be others."""
    if made_of(report.id):
        raise Conflict(
            _("Records were made of this report. Correct those; the report stands as it was sent."),
            code="records_made",
        )
    add_entry(report, EntryKind.RETURNED, note=reason_given(note))
    report.state = ReportState.RETURNED.value
    report.debriefed_by_id = report.debriefed_at = None


def approve(report: PatrolReport, note: str) -> None:
    add_entry(report, EntryKind.APPROVED, note=note)
    report.state, report.approved_at = ReportState.APPROVED.value, datetime.now(UTC)
    report.approved_by_id = viewer().person_id


# The first look is the debriefer's: who only approves returns nothing that was not debriefed, nor the other way round.
ACTS: dict[str, Act] = {
    "debrief": Act(_l("Debriefed"), {ReportState.SUBMITTED: P.DEBRIEF_PATROLS}, debrief),
    "approve": Act(_l("Approve"), {ReportState.DEBRIEFED: P.APPROVE_PATROL_REPORTS}, approve),
    "return": Act(
        _l("Return to the leader"),
        {ReportState.SUBMITTED: P.DEBRIEF_PATROLS, ReportState.DEBRIEFED: P.APPROVE_PATROL_REPORTS},
        send_back,
    ),
}


def offered(report: PatrolReport) -> list[str]:
    """The acts that are possible now for this viewer."""
    who = viewer()
    if report.author_id == who.person_id:
        return []
    whose = {name: act.by.get(ReportState(report.state)) for name, act in ACTS.items()}
    return [
        name for name, permission in whose.items() if permission and who.may(permission, report.sector_id)
    ]


# Of what was seen, the kind of field report that it is; the rest is an observation.
SEEN = {"armed_group": "armed_group_movement", "displaced": "displacement"}
FILED_BY = dict.fromkeys(
    (ReportState.SUBMITTED, ReportState.DEBRIEFED, ReportState.APPROVED), P.DEBRIEF_PATROLS
)


def make_record(report_id: int, group: str, number: int) -> PatrolReport:
    """Make an incident of a row of block 11, or a field report of one of block 8, under an id that follows from both:
    twice is once. The link stands in the log. Raises Invalid where the row's place or time can't be used."""
    report = taken(report_id, FILED_BY)
    told = told_of(report)
    rows = told.get(group, {}).get(group, []) if group in ("incidents", "observations") else []
    if number >= len(rows):
        raise NotFound
    item = f"{group}.{number}"
    if item in made_of(report.id):
        raise Conflict(_("A record was made of this already."), code="wrong_state")
    row, own_id = rows[number], uuid5(report.device_id, item)
    at = row.get("at") or told.get("route", {}).get("ended_at") or when(report)
    try:
        place = read_place(row.get("place", ""))
        if group == "incidents":
            incident, _new = record_incident(incident_of(row, at, place, own_id))
            add_entry(report, EntryKind.FILED, item=item, incident_id=incident.id)
        else:
            file_report(own_id, field_report_of(row, at, place, report.patrol_id))
            add_entry(report, EntryKind.FILED, item=item, field_report_id=own_id)
    except (ValueError, ValidationError):
        raise Invalid(
            _(
                "Time or place of this row can’t be used for a record. Return the report and say what is missing."
            )
        ) from None
    record("patrol_reports.record_made", "patrol_reports", report.id, {"item": item})
    return report


def when(report: PatrolReport) -> str:
    return (report.submitted_at or report.created_at).isoformat()


def incident_of(row: dict[str, Any], at: str, place: dict[str, Any], own_id: Any) -> IncidentBody:
    words = " ".join(part for part in (row.get("what"), row.get("weapons")) if part)
    return IncidentBody.model_validate(
        {
            "id": own_id, "kind": row["kind"], "occurred_from": at, "place": place, "killed_best": row["killed"],
            "injured": row["injured"], "summary": words or _("As a patrol reported it."), "source_reliability": "B",
            "credibility": 3,
        }
    )  # fmt: skip


def field_report_of(row: dict[str, Any], at: str, place: dict[str, Any], patrol_id: int) -> ReportBody:
    words = [row.get("activity"), row.get("equipment")]
    if row.get("size") is not None:
        words.insert(0, _("Number: %(n)s.", n=row["size"]))
    text = " ".join(w for w in words if w)
    return ReportBody.model_validate(
        {
            "kind": SEEN.get(row["subject"], "observation"), "what": text[:200] or _("As a patrol saw it."),
            "text": text if len(text) > 200 else "", "occurred_at": at, "place": place, "patrol_id": patrol_id,
            "channel": Channel.PATROL,  # it saw it, not whoever debriefs
            "source_reliability": row["reliability"], "credibility": int(row["credibility"]),
        }
    )  # fmt: skip
