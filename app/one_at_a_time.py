"""What is computed while a page waits takes one of the site's few threads: each person has one such request at a time."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.db import db
from app.errors import TooMany
from app.locks import Lock
from app.permissions import viewer


def compute_alone() -> None:
    """Until this transaction ends, nobody else computes as the viewer. Raises TooMany where somebody does."""
    if not db.session.execute(
        select(func.pg_try_advisory_xact_lock(Lock.COMPUTING, viewer().person_id))
    ).scalar():
        raise TooMany(
            _("Another plan is being computed for you. Wait until it has come, then try again."), wait=5
        )
