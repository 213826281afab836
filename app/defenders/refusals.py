"""A door to a defender's file that stays shut is a record: a search among files by somebody without business there shows
itself by it."""

from __future__ import annotations

import logging
import time

from flask import Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from app.db import db
from app.errors import NotAllowed, answer
from app.ledger.actions import record
from app.permissions import Viewer, asked_by, current_viewer

log = logging.getLogger("vigil.defenders")

# So many of one person are written down in a minute, by each process: a captured phone must not fill the log.
MOST_A_MINUTE = 20


def refused(refusal: NotAllowed) -> Response:
    """The refusal as everywhere, after it was recorded. It stands whether or not it could be written down."""
    db.session.rollback()
    viewer = current_viewer.get()
    view = current_app.view_functions.get(request.endpoint or "")
    asked = asked_by(view)
    if viewer is not None and asked and not viewer.opens(asked):
        try:
            write_down(viewer)
        except SQLAlchemyError:
            db.session.rollback()
            log.error("a refusal could not be recorded")
    return answer(refusal.status, refusal.code, refusal.sentence, refusal.fields)


def write_down(viewer: Viewer) -> None:
    counted: dict[int, tuple[int, int]] = current_app.extensions.setdefault("vigil_refused_defenders", {})
    minute = int(time.monotonic() // 60)
    since, count = counted.get(viewer.person_id, (minute, 0))
    count = count + 1 if since == minute else 1
    counted[viewer.person_id] = (minute, count)
    if count > MOST_A_MINUTE:
        return
    asked = (request.view_args or {}).get("defender_id", "register")
    record("defenders.refused", "defenders", asked, {"address": request.endpoint})
    db.session.commit()
