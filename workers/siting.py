"""Siting studies: found with the rights of whoever asked, replayed by the check, kept once."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select, update

from app.db import db
from app.errors import NotAllowed, NotFound
from app.ledger.actions import record
from app.siting import queries
from app.siting.actions import may_ask
from app.siting.ground import ground_of
from app.siting.models import SitingStudy
from app.siting.solving import found_for
from app.siting.telling import told_of
from workers.runtime import acting_for
from workers.solves import Watched


def search(study_id: int, watched: Watched) -> None:
    """Nothing where it is answered or put aside already. Raises NotFound and NotAllowed for what the asker may no longer
    do."""
    with acting_for(watched.asked_by_id):
        visible = queries.visible()
        study = db.session.execute(select(SitingStudy).where(SitingStudy.id == study_id, visible)).scalar()
        if study is None:
            raise NotFound
        if study.answer is not None or study.withdrawn_at is not None:
            return
        if not may_ask(study.sector_id):
            raise NotAllowed("")
        ground = ground_of(study)
        db.session.expunge(study)
    # How many are within reach is told to all who read havens: never what restricted ones add.
    restricted = study.restricted

    def told(share: float, best: float | None) -> None:
        watched.told(share, None if restricted else best)

    found = told_of(ground, found_for(study, ground, told, watched.stop))
    kept = db.session.execute(
        update(SitingStudy)
        .where(SitingStudy.id == study_id, SitingStudy.answer.is_(None), SitingStudy.withdrawn_at.is_(None))
        .values(answer=found, ready_at=datetime.now(UTC))
        .returning(SitingStudy.id)
    ).scalar()
    if kept:
        record("siting.answered", "siting_studies", study_id, {"proof": found["proof"]})
    db.session.commit()
