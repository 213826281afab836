"""The blocks as forms on the phone: what stands in each field, and one empty row in each group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from app.patrol_reports.actions import digest
from app.patrol_reports.asked import Entry, as_control
from app.patrol_reports.blocks import BLOCKS, Block
from app.patrol_reports.models import PatrolReport
from app.patrol_reports.sending import CHOSEN, as_body


@dataclass(frozen=True)
class BlockForm:
    """`base`: digest of the block that stands in the house, empty where none does; `wrong`: field → sentence."""

    block: Block
    kept: bool
    base: str
    values: Mapping[str, Any]
    wrong: Mapping[str, str] = field(default_factory=dict)

    def rows(self, group: Entry) -> list[Mapping[str, Any]]:
        return [*self.values.get(group.name, []), {}]

    def value(self, entry: Entry, row: Mapping[str, Any] | None = None) -> str:
        """As the control takes it; what is chosen says its default where nothing was said, a number in a new row not."""
        values = self.values if row is None else row
        if entry.name in values or (row is not None and entry.kind not in CHOSEN):
            return as_control(values.get(entry.name))
        return entry.default


def forms_of(
    report: PatrolReport | None,
    known: Mapping[str, Mapping[str, Any]],
    typed: Mapping[str, Any] | None = None,
) -> list[BlockForm]:
    """One for each block: as it was kept, else as it was filled in beforehand. `typed`: {"code", "sent", "fields"} of a
    block that was refused, which is shown as it was typed."""
    kept = report.blocks if report else {}
    found = []
    for code, block in BLOCKS.items():
        values: Mapping[str, Any] = kept.get(code) or known.get(code, {})
        wrong: Mapping[str, str] = {}
        if typed and typed["code"] == code:
            values, wrong = as_body(block, typed["sent"]), typed["fields"]
        base = digest(kept[code]) if code in kept else ""
        found.append(BlockForm(block, code in kept, base, values, wrong))
    return found


def device_id_of(report: PatrolReport | None) -> str:
    """The report's own, or a new one for a report that is begun by the next press."""
    return str(report.device_id if report else uuid4())
