"""What a form sends, as the body of a block: names such as waypoints.0.arrived_at become rows; empty is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.patrol_reports.asked import MOST_ROWS, Entry
from app.patrol_reports.blocks import Block

# What always says something, if only what it said when the row was empty.
CHOSEN = ("choice", "yes_no")


def as_body(block: Block, sent: Mapping[str, str]) -> dict[str, Any]:
    """What the block's model takes. What was left empty is what was not said; a row in which nothing was typed
    and nothing chosen but what stood there is no row."""
    found = _values(block.entries(), sent, "")
    for entry in block.entries():
        if entry.kind == "group":
            found[entry.name] = list(_rows(entry, sent))
    return found


def _rows(group: Entry, sent: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    written = {_number(group.name, name) for name in sent} - {None}
    for n in sorted(int(w) for w in written if w):
        prefix = f"{group.name}.{n}."
        row = _values(group.of, sent, prefix)
        if any(
            e.name in row and (e.kind not in CHOSEN or sent[prefix + e.name] != e.default) for e in group.of
        ):
            yield row


def _number(group: str, name: str) -> str | None:
    parts = name.split(".")
    asked = len(parts) == 3 and parts[0] == group and parts[1].isascii() and parts[1].isdecimal()
    return parts[1] if asked and len(parts[1]) < 4 and int(parts[1]) <= 5 * MOST_ROWS else None


def _values(entries: Iterable[Entry], sent: Mapping[str, str], prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in entries:
        value = sent.get(prefix + entry.name, "").strip()
        if entry.kind == "group" or value == "":
            continue
        if entry.kind == "yes_no":
            found[entry.name] = {"yes": True, "no": False}.get(value, value)
        elif entry.kind == "number":
            # A number that is none goes on as it is, and the model says so.
            found[entry.name] = (
                int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else value
            )
        else:
            found[entry.name] = value
    return found
