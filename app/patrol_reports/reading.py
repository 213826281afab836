"""A report as it is read: block by block, label and words; for the page, the leader and the document alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.patrol_reports import queries
from app.patrol_reports.asked import Entry
from app.patrol_reports.blocks import BLOCKS, SIGNAL, Block
from app.patrol_reports.models import OPEN, EntryKind, PatrolReport, PatrolReportEntry
from app.patrol_reports.wording import shown
from app.permissions import viewer

Said = tuple[str, str]

# Signals go to the adviser for children and the one for women alone (app/signals/); of a contact with a defender the
# writer tells the human rights officer himself. By this way they are told to nobody.
DEFENDER = "defender_contact"
# Of a visit to a defender, for those who may not know where it went: what tells of no place.
OF_A_VISIT = frozenset({"header", "unit", "vehicles"})


@dataclass(frozen=True)
class GroupRead:
    """`name` of the group in the block; each row is what was said in it."""

    name: str
    label: str
    rows: tuple[tuple[Said, ...], ...]


@dataclass(frozen=True)
class BlockRead:
    block: Block
    said: tuple[Said, ...]
    groups: tuple[GroupRead, ...]
    withheld: bool = False

    def said_without(self, name: str) -> tuple[Said, ...]:
        """All that was said but in the field of that name."""
        label = next(str(e.label) for e in self.block.entries() if e.name == name)
        return tuple(pair for pair in self.said if pair[0] != label)


def read_out(report: PatrolReport) -> list[BlockRead]:
    """The blocks in their order; of each what was said, in words, as far as it is for this reader."""
    told, withheld = told_of(report), withheld_of(report)
    return [of_block(block, told.get(code, {}), code in withheld) for code, block in BLOCKS.items()]


def told_of(report: PatrolReport) -> dict[str, Any]:
    """The blocks as this reader may know them."""
    withheld = withheld_of(report)
    told = {code: values for code, values in report.blocks.items() if code not in withheld}
    if "protection" in told and not is_own(report):
        told["protection"] = {k: v for k, v in told["protection"].items() if k != DEFENDER}
    return told


def withheld_of(report: PatrolReport) -> frozenset[str]:
    """Codes of the blocks that are not for this reader. A phone that is taken shows no yes once it was sent."""
    if is_own(report):
        return frozenset() if report.state in OPEN else frozenset({SIGNAL})
    return frozenset({SIGNAL}) if queries.way_is_known(report) else frozenset(BLOCKS) - OF_A_VISIT


def log_of(report: PatrolReport) -> list[PatrolReportEntry]:
    """The log without amendments of blocks that are not for this reader: that one was changed tells of what it says."""
    withheld = withheld_of(report)
    return [
        each
        for each in queries.log_of(report.id)
        if each.kind != EntryKind.AMENDED or each.note not in withheld
    ]


def flags_of(report: PatrolReport) -> list[dict[str, Any]]:
    """What the checks found: it names stops and places."""
    return list(report.flags) if is_own(report) or queries.way_is_known(report) else []


def is_own(report: PatrolReport) -> bool:
    return report.author_id == viewer().person_id


def of_block(block: Block, values: Mapping[str, Any], withheld: bool = False) -> BlockRead:
    groups = tuple(
        GroupRead(e.name, str(e.label), tuple(said(e.of, row) for row in values.get(e.name, [])))
        for e in block.entries()
        if e.kind == "group"
    )
    entries = [e for e in block.entries() if e.name != DEFENDER or DEFENDER in values]
    return BlockRead(block, said(entries, values), tuple(g for g in groups if g.rows), withheld)


def said(entries: Iterable[Entry], values: Mapping[str, Any]) -> tuple[Said, ...]:
    found = ((str(e.label), shown(e.kind, values.get(e.name))) for e in entries if e.kind != "group")
    return tuple((label, words) for label, words in found if words)


def restrictions(report: PatrolReport) -> list[tuple[Said, ...]]:
    """Checkpoints at which movement was restricted: passage denied or delayed, or money demanded."""
    block = BLOCKS["checkpoints"]
    group = block.entries()[0]
    return [
        said(group.of, row)
        for row in told_of(report).get("checkpoints", {}).get("checkpoints", [])
        if row["passage"] != "granted" or row["money_demanded"]
    ]
