"""When the exercise's room learned of something: the map's past (`revisions`) is kept by that time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text


def told(connection: Connection, when: datetime | None) -> None:
    """What this transaction writes from here on was known at `when`; None: each row says it itself, or now.

    The database believes this of the owner alone (vigil.told_at).
    """
    connection.execute(
        text("SELECT set_config('vigil.told_at', :at, true)"), {"at": when.isoformat() if when else ""}
    )
