"""A report as it is read: block by block, label and words; for the page, the leader and the document alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.patrol_reports.asked import Entry
from app.patrol_reports.blocks import BLOCKS, Block
from app.patrol_reports.models import PatrolReport
from app.patrol_reports.wording import shown

Said = tuple[str, str]


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

    def said_without(self, name: str) -> tuple[Said, ...]:
        """All that was said but in the field of that name."""
        label = next(str(e.label) for e in self.block.entries() if e.name == name)
        return tuple(pair for pair in self.said if pair[0] != label)


def read_out(report: PatrolReport) -> list[BlockRead]:
    """The blocks in their order; of each what was said, in words."""
    return [of_block(block, report.blocks.get(code, {})) for code, block in BLOCKS.items()]


def of_block(block: Block, values: Mapping[str, Any]) -> BlockRead:
    groups = tuple(
        GroupRead(e.name, str(e.label), tuple(said(e.of, row) for row in values.get(e.name, [])))
        for e in block.entries()
        if e.kind == "group"
    )
    return BlockRead(block, said(block.entries(), values), tuple(g for g in groups if g.rows))


def said(entries: Iterable[Entry], values: Mapping[str, Any]) -> tuple[Said, ...]:
    found = ((str(e.label), shown(e.kind, values.get(e.name))) for e in entries if e.kind != "group")
    return tuple((label, words) for label, words in found if words)


def restrictions(report: PatrolReport) -> list[tuple[Said, ...]]:
    """Checkpoints at which movement was restricted: passage denied or delayed, or money demanded."""
    block = BLOCKS["checkpoints"]
    group = block.entries()[0]
    return [
        said(group.of, row)
        for row in report.blocks.get("checkpoints", {}).get("checkpoints", [])
        if row["passage"] != "granted" or row["money_demanded"]
    ]
