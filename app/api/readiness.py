"""Whether this installation can do its work: each part is tested by what it does, not by its port."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import SQLAlchemyError

from app import redis_bell
from app.db import db
from app.outbox import MOST_ATTEMPTS
from app.settings import settings_of

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"
# Older than this and whoever should have taken the work has not done so for many rounds.
STUCK_AFTER_SECONDS = 60
# Rules look each half minute; longer than this and their process stands still.
UNWATCHED_AFTER_SECONDS = 120

JOBS = {
    "workers.documents.render": _l("Writing a document"),
    "workers.draws.keep_up": _l("Drawing the days of patrols that are due"),
    "workers.havens.tell_alerts": _l("Telling alerts of a compromised haven"),
    "workers.havens.tell_corrected": _l("Telling alerts of a haven whose name or place was corrected"),
    "workers.havens.fold_tokens": _l("Summing up what was counted at havens’ gates"),
    "workers.imports.look": _l("Looking into a file that was sent"),
    "workers.imports.bring_in": _l("Bringing a file in"),
    "workers.imports.remove_old": _l("Removing files that nobody waits for"),
    "workers.ledger.verify": _l("Verifying the log"),
    "workers.solves.run": _l("Searching for a plan"),
    "workers.solves.end_cut_off": _l("Ending searches that were cut off in every try"),
    "workers.surfaces.make": _l("Making and scoring the forecast"),
    "workers.upkeep.forget": _l("Deleting what is not kept any longer"),
    "workers.upkeep.forget_positions": _l("Dropping positions that are not kept any longer"),
    "workers.upkeep.fold_layers": _l("Summing up what the layers of the map have counted"),
    "workers.upkeep.make_partitions": _l("Making room for the positions of the next months"),
}


@cache
def head() -> str | None:
    """The newest migration that this code was written for."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def ready() -> bool:
    return database_ready() and redis_bell.answers(settings_of(current_app).redis_url)


def database_ready() -> bool:
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SET LOCAL statement_timeout = '2s'"))
            found = asked(connection)
            behind = connection.execute(
                text("SELECT vigil.clocks_behind() AS clocks, vigil.rules_behind() AS rules")
            ).one()
    except SQLAlchemyError:
        return False
    return bool(
        found.migration == head()
        and (found.outbox_oldest_seconds or 0) < STUCK_AFTER_SECONDS
        and (found.ledger_oldest_seconds or 0) < STUCK_AFTER_SECONDS
        and (behind.clocks or 0) < STUCK_AFTER_SECONDS
        and (behind.rules or 0) < UNWATCHED_AFTER_SECONDS
        and found.sequencer
    )


def asked(connection: Connection) -> Row[Any]:
    return connection.execute(text("SELECT * FROM vigil.readiness(:most)"), {"most": MOST_ATTEMPTS}).one()


@dataclass(frozen=True)
class GivenUp:
    """Work of one kind that failed at every attempt: how often, and when it was last tried."""

    words: str
    queue: str
    count: int
    latest: datetime


def given_up() -> list[GivenUp]:
    """What no worker tries any more. It does not make the site unready: a human must look at it, and no restart would
    help."""
    kinds = asked(db.session.connection()).given_up
    return [
        GivenUp(
            str(JOBS.get(k["job"], k["job"])), k["queue"], k["count"], datetime.fromisoformat(k["latest"])
        )
        for k in kinds
    ]
