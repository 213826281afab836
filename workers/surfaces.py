"""The forecast, a day's work: score what has passed, then issue today's surface (app/surfaces). Runs twice without
harm."""

from __future__ import annotations

from app.db import db


def make() -> None:
    # Here, and not above: the learners' libraries take a second and 100 MB that no other job needs.
    from app.surfaces.making import make as issue
    from app.surfaces.scoring import score_all

    score_all()
    db.session.commit()
    issue()
