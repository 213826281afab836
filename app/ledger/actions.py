"""Recording: an event in the same transaction as the fact it tells of.

The body is RFC 8785 canonical JSON without personal data: ids and codes only. What else is worth keeping goes
into `details`, of which the body holds a salted commitment, so that details can be erased and the log
still verifies.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlalchemy import insert

from app.db import db
from app.ledger.models import LedgerEvent
from app.permissions import Viewer, current_viewer


def event_row(
    action: str, subject: str, viewer: Viewer | None, details: dict[str, Any] | None, at: datetime
) -> dict[str, Any]:
    """The row of one event. `subject` is `table:id`; `details` must be JSON and hold no personal data."""
    salt = secrets.token_bytes(16) if details else None
    commitment = hashlib.sha256(salt + rfc8785.dumps(details)).hexdigest() if salt and details else None
    body = {
        "v": 1,
        "action": action,
        "subject": subject,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "actor": f"person:{viewer.person_id}" if viewer else "system",
        "role": viewer.role.value if viewer else None,
        "details_commitment": commitment,
    }
    return {
        "at": at,
        "action": action,
        "subject": subject,
        "actor_id": viewer.person_id if viewer else None,
        "role": viewer.role.value if viewer else None,
        "body": rfc8785.dumps(body),
        "details": details or None,
        "salt": salt,
    }


def record(action: str, table: str, row_id: object, details: dict[str, Any] | None = None) -> None:
    """Record what is being done, by whom in which role, in the transaction of the fact."""
    row = event_row(action, f"{table}:{row_id}", current_viewer.get(), details, datetime.now(UTC))
    db.session.execute(insert(LedgerEvent).inline(), row)
