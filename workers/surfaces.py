"""The forecast, a day's work: score what has passed, then issue today's surface (app/surfaces). Runs twice without
harm."""

from __future__ import annotations

import os

from rq import get_current_job

from app.db import db

# A surface takes a processor for a minute or more: whoever handles an alert meanwhile comes first.
NICE = 10


def make() -> None:
    # Here, and not above: the learners' libraries take a second and 100 MB that no other job needs.
    from app.surfaces.making import make as issue
    from app.surfaces.scoring import score_all

    if get_current_job() is not None:  # in a process that was forked for this job alone
        os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
    score_all()
    db.session.commit()
    issue()
