"""Recording: an event in the same transaction as the fact it tells of.

The body is RFC 8785 canonical JSON without personal data: ids and codes only. What else is worth keeping goes
into `details`, of which the body holds a salted commitment, so that details can be erased and the log
still verifies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _

from app.db import db
from app.errors import NotAllowed
from app.ledger import canonical
from app.outbox import later
from app.permissions import Permission, Viewer, current_viewer, viewer

# For the driver: each change in the house comes through here. A statement of several parts puts a FROM behind it, so that
# what it has done and the event of it are one round trip.
ADD_EVENT = """
INSERT INTO ledger_events (at, action, subject, actor_id, role, body, details, salt)
SELECT CAST(%(event_at)s AS timestamptz), %(event_action)s, %(event_subject)s, CAST(%(event_actor_id)s AS bigint),
    %(event_role)s, CAST(%(event_body)s AS bytea), CAST(%(event_details)s AS jsonb), CAST(%(event_salt)s AS bytea)
"""

# Many events of one kind at once, each with its own details.
ADD_EVENTS = """
INSERT INTO ledger_events (at, action, subject, actor_id, role, body, details, salt)
SELECT CAST(%(at)s AS timestamptz), %(action)s, e.subject, CAST(%(actor_id)s AS bigint), %(role)s, e.body, e.details,
    e.salt
FROM unnest(CAST(%(subjects)s AS text[]), CAST(%(bodies)s AS bytea[]), CAST(%(details)s AS jsonb[]),
            CAST(%(salts)s AS bytea[])) AS e (subject, body, details, salt)
"""


def event_row(
    action: str, subject: str, viewer: Viewer | None, details: dict[str, Any] | None, at: datetime
) -> dict[str, Any]:
    """The row of one event. `subject` is `table:id`; `details` must be JSON and hold no personal data."""
    salt, commitment = canonical.commit(details) if details else (None, None)
    body = {
        "v": 1,
        "action": action,
        "subject": subject,
        "at": in_words(at),
        "actor": f"person:{viewer.person_id}" if viewer else "system",
        "role": viewer.role.value if viewer else None,
        "details_commitment": commitment.hex() if commitment else None,
    }
    return {
        "at": at,
        "action": action,
        "subject": subject,
        "actor_id": viewer.person_id if viewer else None,
        "role": viewer.role.value if viewer else None,
        "body": canonical.dumps(body),
        "details": details or None,
        "salt": salt,
    }


def in_words(at: datetime) -> str:
    """A time as it stands in the ledger: UTC, microseconds, Z."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def event(action: str, table: str, row_id: object, details: dict[str, Any] | None = None) -> dict[str, Any]:
    """The parameters of ADD_EVENT: what is being done, by whom in which role, in the transaction of the fact."""
    return event_by(current_viewer.get(), action, table, row_id, details)


def event_by(
    viewer: Viewer | None, action: str, table: str, row_id: object, details: dict[str, Any] | None = None
) -> dict[str, Any]:
    """As `event`, for a process that acts for a viewer whom it has found out itself, or for the house (None)."""
    row = event_row(action, f"{table}:{row_id}", viewer, details, datetime.now(UTC))
    row["details"] = json.dumps(details) if details else None
    return {f"event_{column}": value for column, value in row.items()}


def record(action: str, table: str, row_id: object, details: dict[str, Any] | None = None) -> None:
    """Record what is being done, by whom in which role, in the transaction of the fact."""
    db.session.connection().exec_driver_sql(ADD_EVENT, event(action, table, row_id, details))


def record_all(action: str, table: str, details: Mapping[int, dict[str, Any]]) -> None:
    """Record the same of many rows, in one statement: row id → its details, which are never empty."""
    who, at = current_viewer.get(), datetime.now(UTC)
    rows = [event_row(action, f"{table}:{row_id}", who, own, at) for row_id, own in details.items()]
    db.session.connection().exec_driver_sql(
        ADD_EVENTS,
        {
            "at": at, "action": action, "actor_id": who.person_id if who else None,
            "role": who.role.value if who else None, "subjects": [row["subject"] for row in rows],
            "bodies": [row["body"] for row in rows], "details": [json.dumps(row["details"]) for row in rows],
            "salts": [row["salt"] for row in rows],
        },
    )  # fmt: skip


def order_verification() -> None:
    """Have the whole ledger verified by a worker; its result stands on the log's page."""
    if not viewer().holds(Permission.READ_LEDGER):
        raise NotAllowed(_("Your role does not read the log."))
    record("ledger.verification_ordered", "ledger_verifications", "next")
    later("workers.ledger.verify")


def export_bundle() -> None:
    """Record that the whole ledger leaves the house; commit this before the first byte goes out."""
    if Permission.EXPORT_LEDGER not in viewer().anywhere():
        raise NotAllowed(_("Your role does not export the log."))
    record("ledger.exported", "ledger_leaves", "all")
