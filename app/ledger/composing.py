"""How a leaf of the tree is made from an event and the changes of its transaction: the bytes that are hashed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.ledger import canonical
from app.ledger.actions import in_words
from app.ledger.bundle import Change

MEMBERS = {"v", "action", "subject", "at", "actor", "role", "details_commitment"}
UNREADABLE = "ledger.unreadable_event"


@dataclass(frozen=True)
class Event:
    """A row of ledger_events, as far as the log tells of it."""

    id: int
    at: datetime
    action: str
    subject: str
    actor_id: int | None
    role: str | None
    body: bytes

    def told(self) -> dict[str, Any]:
        """What the leaf tells of this event: its body, if body and columns are what `record` writes.

        A body of another shape would stand in the tree for ever, and every verification after it would fail: one bad
        row from a taken-over web process could blind the log. So the leaf then tells that the event can't
        be read, with a digest of all that the row holds.
        """
        body = self.read()
        if body is not None:
            return body
        row = [in_words(self.at), self.action, self.subject, self.actor_id, self.role, self.body.hex()]
        return {
            "v": 1,
            "action": UNREADABLE,
            "subject": f"ledger_events:{self.id}",
            "at": in_words(self.at),
            "actor": "system",
            "role": None,
            "details_commitment": hashlib.sha256(canonical.dumps(row)).hexdigest(),
        }

    def read(self) -> dict[str, Any] | None:
        try:
            body = json.loads(self.body)
            whole = isinstance(body, dict) and set(body) == MEMBERS and canonical.dumps(body) == self.body
        except (ValueError, RecursionError):
            return None
        if not whole:
            return None
        columns = {
            "v": 1,
            "action": self.action,
            "subject": self.subject,
            "at": in_words(self.at),
            "actor": "system" if self.actor_id is None else f"person:{self.actor_id}",
            "role": self.role,
        }
        commitment = body["details_commitment"]
        if type(body["v"]) is not int or any(body[name] != value for name, value in columns.items()):
            return None
        if commitment is not None and not re.fullmatch("[0-9a-f]{64}", str(commitment)):
            return None
        return body


def leaf_body(event: Event, changes: Sequence[Change]) -> bytes:
    """The leaf's bytes. Changes of a transaction stand in the leaf of its first event."""
    return canonical.dumps({"event": event.told(), "changes": [change.as_json() for change in changes]})
