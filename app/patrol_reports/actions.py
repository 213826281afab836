"""What a leader does with his report: he keeps it block by block, confirms a quiet patrol, and sends it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from app.api.bodies import read
from app.db import db
from app.errors import Conflict, Invalid
from app.ledger import canonical
from app.ledger.actions import record
from app.patrol_reports import checking, queries
from app.patrol_reports.blocks import BLOCKS, SIGNAL
from app.patrol_reports.models import OPEN, EntryKind, PatrolReport, PatrolReportEntry, ReportState
from app.patrol_reports.prefilling import prefilled, track_of
from app.patrols.movement import ENDED
from app.permissions import viewer
from app.reasons import is_reason

# What a patrol on which nothing happened says outright; everything else of these blocks is empty.
QUIET: Mapping[str, Mapping[str, Any]] = {
    SIGNAL: {"child": False, "sexual_violence": False},
    "force": {"force_used": False, "weapon_pointed": False, "detained": False},
}


def keep_block(
    patrol_id: int, device_id: UUID, code: str, body: Any, base: str | None = None
) -> PatrolReport:
    """Keep one block of the report of a patrol that the viewer leads; the first block begins the report.

    The same again changes nothing. `base`: the digest of the block that the phone began from; where another one stands
    by now, Conflict. Raises NotFound, Conflict (sent already) or Invalid.
    """
    if code not in BLOCKS:
        raise Invalid(_("A patrol report has no such block."))
    said = read(BLOCKS[code].model, body).model_dump(mode="json")
    checking.readable(said)
    report = begun(patrol_id, device_id)
    standing = report.blocks.get(code)
    if standing == said:
        return report
    if standing is not None and base is not None and base != digest(standing):
        raise Conflict(
            _("This block was changed on another phone meanwhile. Look at it as it stands, then keep yours."),
            code="changed_meanwhile",
        )
    put(report, {code: said})
    return report


def begun(patrol_id: int, device_id: UUID) -> PatrolReport:
    """The report of this patrol, locked, begun now if there was none; Conflict where it is not the leader's to write."""
    file = queries.led(patrol_id)
    who = viewer()
    made = db.session.execute(
        upsert(PatrolReport)
        .values(
            device_id=device_id, patrol_id=patrol_id, sector_id=file.patrol.sector_id, author_id=who.person_id,
            state=ReportState.DRAFT.value, blocks={},
        )
        .on_conflict_do_nothing()
        .returning(PatrolReport.id)
    ).scalar()  # fmt: skip
    if made is not None:
        record("patrol_reports.begun", "patrol_reports", made, {"patrol": patrol_id})
    report = queries.of_patrol(patrol_id)
    if report is None or report.author_id != who.person_id:
        raise Conflict(
            _("This patrol’s report is written by another leader, or its id is taken."), code="taken"
        )
    if report.state not in OPEN:
        raise Conflict(
            _("This report was sent already. Ask whoever debriefs it to return it."), code="wrong_state"
        )
    lock(report)
    return report


def lock(report: PatrolReport) -> None:
    """Nobody else moves it until the commit; Conflict where somebody has, meanwhile. The policies let a row be locked by
    those alone whose step it is in its state."""
    held = db.session.execute(
        select(PatrolReport.id)
        .where(PatrolReport.id == report.id, PatrolReport.state == report.state)
        .with_for_update()
    ).scalar()
    if held is None:
        raise Conflict(_("The report’s state has changed. Look at it again."), code="wrong_state")
    db.session.refresh(report)


def put(report: PatrolReport, blocks: Mapping[str, dict[str, Any]]) -> None:
    """Write blocks; what was sent once is amended, and what stood there before is kept in the log."""
    if report.state == ReportState.RETURNED:
        for code in blocks:
            # What was answered about children and sexual violence is kept in no log.
            before = None if code == SIGNAL else {code: report.blocks.get(code)}
            add_entry(report, EntryKind.AMENDED, note=code, before=before)
    report.blocks = {**report.blocks, **blocks}
    report.revision += 1
    db.session.flush()
    record(
        "patrol_reports.blocks_kept", "patrol_reports", report.id,
        {"blocks": len(blocks)},
    )  # fmt: skip


def confirm_quiet(patrol_id: int, device_id: UUID) -> PatrolReport:
    """Nothing happened: keep every block that was not kept yet as it was filled in beforehand, the quiet ones empty and
    with their noes said. The assessment stays the leader's own words."""
    file = queries.led(patrol_id)
    known = prefilled(file, track_of(patrol_id))
    report = begun(patrol_id, device_id)
    missing = [code for code in BLOCKS if code not in report.blocks and code != "assessment"]
    if missing:
        put(report, {code: as_stored(code, known.get(code) or QUIET.get(code, {})) for code in missing})
    return report


def as_stored(code: str, said: Mapping[str, Any]) -> dict[str, Any]:
    return read(BLOCKS[code].model, dict(said)).model_dump(mode="json")


def send(patrol_id: int, why: Mapping[str, str]) -> PatrolReport:
    """Send the report to be debriefed. `why`: key of a flag (`key_of`) → the leader's sentence.

    Raises Invalid where a block or a sentence is missing or a time can't be, Conflict while the patrol is out.
    """
    file = queries.led(patrol_id)
    report = queries.of_patrol(patrol_id)
    if report is None:
        raise Invalid(_("Nothing of this report is kept yet."), code="incomplete")
    report = begun(patrol_id, report.device_id)
    if file.patrol.state not in ENDED:
        raise Conflict(_("The patrol is not back yet. Its report is kept until then."), code="wrong_state")
    silent = checking.unsaid(report.blocks)
    if silent:
        names = ", ".join(str(BLOCKS[code].title) for code in silent)
        raise Invalid(_("Not answered yet: %(blocks)s.", blocks=names), code="incomplete")
    flags = flags_of(report)
    checking.refuse_impossible(flags)
    missing = {
        f"why.{key_of(f)}": _("Say why, in a sentence.")
        for f in flags
        if not is_reason(why.get(key_of(f), ""))
    }
    if missing:
        raise Invalid(
            _("The checks found something odd. Explain each in a sentence, then send again."), fields=missing,
            code="unexplained",
        )  # fmt: skip
    report.flags = [{**f, "why": why[key_of(f)].strip()[:500]} for f in flags]
    report.state = ReportState.SUBMITTED.value
    report.submitted_at = datetime.now(UTC)
    db.session.flush()
    add_entry(report, EntryKind.SUBMITTED)
    record(
        "patrol_reports.sent", "patrol_reports", report.id,
        {"flags": [f["code"] for f in flags]},
    )  # fmt: skip
    return report


def flags_of(report: PatrolReport) -> list[dict[str, Any]]:
    found = checking.found_in(report.blocks, track_of(report.patrol_id), report.sector_id)
    return checking.as_flags(found)


def key_of(flag: Mapping[str, Any]) -> str:
    """What a sentence about a flag is filed under: two stops outside the area are two sentences."""
    name = f"{flag['code']} {flag['where']}".strip()
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def digest(said: Any) -> str:
    return hashlib.sha256(canonical.dumps(said)).hexdigest()[:16]


def add_entry(report: PatrolReport, kind: EntryKind, **more: Any) -> None:
    who = viewer()
    row = {"report_id": report.id, "kind": kind.value, "by_id": who.person_id, "by_role": who.role.value}
    db.session.execute(insert(PatrolReportEntry).inline(), row | more)
