"""The brief of a patrol report, cleared for its audience."""

from __future__ import annotations

from flask_babel import gettext as _

from app.documents.freezing_head import Ordered, header
from app.documents.patrol_report_brief import (
    PatrolReportBlock,
    PatrolReportBrief,
    PatrolReportGroup,
    PatrolReportStep,
)
from app.errors import NotFound
from app.patrol_reports import queries, wording
from app.patrol_reports.blocks import SIGNAL
from app.patrol_reports.models import EntryKind
from app.patrol_reports.reading import BlockRead, log_of, read_out, restrictions
from app.permissions import Permission, role_words, viewer

# What only command reads: strength and state of the patrol, its route and what it advises.
OF_COMMAND = ("unit", "vehicles", "route", "force", "status", "assessment")
# Of these an auditor gets the numbers of the blocks and no words: what sources said, and where.
WORDS = ("checkpoints", "roads", "observations", "contacts", "leaders", "incidents", "protection")


def freeze_patrol_report(ordered: Ordered) -> PatrolReportBrief:
    """All of a patrol report that the audience may read. NotFound where it may not be read or was not sent."""
    report = queries.one(int(ordered.subject["patrol_report_id"]))
    if report.state not in queries.SENT or not viewer().may(Permission.READ_PATROLS, report.sector_id):
        raise NotFound
    if not queries.way_is_known(report):
        raise NotFound
    patrol, log = queries.patrol_of(report), log_of(report)
    hidden = hidden_from(ordered.audience)
    blocks = tuple(of_block(b, b.block.code in hidden) for b in read_out(report))
    by = {e.kind: role_words(e.by_role) for e in log}
    full = ordered.audience == "command"
    return PatrolReportBrief(
        header=header(
            ordered, title=_("Patrol report %(n)s", n=report.id), precedence="ROUTINE",
            withheld=tuple(b.title for b in blocks if b.withheld),
        ),
        serial=_("Patrol report %(n)s", n=report.id), call_sign=patrol.call_sign,
        state=str(wording.STATES[report.state]), submitted_at=report.submitted_at,
        debriefed_by=by.get(EntryKind.DEBRIEFED) if report.debriefed_at else None,
        approved_by=by.get(EntryKind.APPROVED) if report.approved_at else None, blocks=blocks,
        restrictions=tuple(restrictions(report)) if ordered.audience != "auditor" else (),
        flags=tuple((wording.finding(f), f["why"]) for f in report.flags) if full else (),
        log=tuple(PatrolReportStep(str(wording.ENTRIES[e.kind]), role_words(e.by_role), e.at) for e in log),
    )  # fmt: skip


def hidden_from(audience: str) -> frozenset[str]:
    """Codes of the blocks that do not go onto a sheet for them."""
    more = {"command": (), "protection": OF_COMMAND, "auditor": (*OF_COMMAND, *WORDS)}[audience]
    # A yes in that block goes to its adviser (app/signals/), and onto no paper.
    return frozenset((SIGNAL, *more))


def of_block(read: BlockRead, withheld: bool) -> PatrolReportBlock:
    title = str(read.block.title)
    if withheld:
        return PatrolReportBlock(read.block.number, title, withheld=True)
    groups = tuple(PatrolReportGroup(g.label, g.rows) for g in read.groups)
    # Whether a defender was met is told to nobody who only reads the sheet.
    said = read.said if read.block.code != "protection" else read.said_without("defender_contact")
    return PatrolReportBlock(read.block.number, title, said, groups)
