"""What a printed patrol report says, in the order of its blocks; first what was restricted and what was odd."""

from __future__ import annotations

from flask_babel import gettext as _

from app.documents.blocks import Block, Facts, Items, Prose, Section
from app.documents.patrol_report_brief import PatrolReportBlock, PatrolReportBrief
from app.documents.wording import dtg, known


def patrol_report_sections(brief: PatrolReportBrief) -> tuple[Section, ...]:
    """The sections of a patrol report in order."""
    return (
        Section(_("In short"), (_head(brief),)),
        *_restrictions(brief),
        *(Section(f"{b.number} {b.title}", tuple(_block(b))) for b in brief.blocks),
        *_flags(brief),
        Section(
            _("Log"), (Items(tuple(f"{dtg(s.at)} {s.what}, {s.by_role}" for s in brief.log)),)
        ),
    )  # fmt: skip


def _head(brief: PatrolReportBrief) -> Facts:
    return Facts(
        (
            (_("Patrol"), brief.call_sign),
            (_("State"), brief.state),
            (_("Sent"), dtg(brief.submitted_at) if brief.submitted_at else _("Not known")),
            (_("Debriefed by"), known(brief.debriefed_by)),
            (_("Approved by"), known(brief.approved_by)),
        )
    )


def _restrictions(brief: PatrolReportBrief) -> tuple[Section, ...]:
    if not brief.restrictions:
        return ()
    return (Section(_("Restrictions of movement"), tuple(Facts(row) for row in brief.restrictions)),)


def _block(block: PatrolReportBlock) -> list[Block]:
    if block.withheld:
        return [Prose((_("Withheld from this audience"),), "small")]
    found: list[Block] = [Facts(block.said)] if block.said else []
    for group in block.groups:
        for n, row in enumerate(group.rows, start=1):
            found += [Prose((f"{group.label} {n}",), "small"), Facts(row)]
    return found or [Prose((_("Nothing to report."),), "small")]


def _flags(brief: PatrolReportBrief) -> tuple[Section, ...]:
    if not brief.flags:
        return ()
    return (Section(_("What the checks found"), (Facts(brief.flags),)),)
