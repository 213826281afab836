"""The one question. Every kind is asked every time, whatever was read: how long it takes must not tell what is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.find import chain, ground, positions
from app.find.found import Found, in_order

LONGEST = 100
ASKED_OF: tuple[Callable[[str], list[Found]], ...] = (
    chain.alerts_numbered, chain.incidents_numbered, chain.reports_numbered, chain.documents_numbered,
    chain.defenders_called, chain.patrols_called, chain.havens_named, chain.threats_named,
    ground.units, ground.bases, ground.places, ground.areas, ground.sectors,
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """`unread`: a sentence, where a position or a time was meant and nothing could be made of it."""

    found: list[Found]
    unread: str = ""


def find(asked: str) -> Answer:
    """All that may be meant, and that the viewer may see. Nothing for an empty question."""
    asked = " ".join(asked[:LONGEST].split())
    if not asked:
        return Answer([])
    read, unread = positions.read(asked)
    found = [thing for ask in ASKED_OF for thing in ask(asked)]
    return Answer(in_order(read + found), "" if found else unread)
