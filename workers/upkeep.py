"""Housekeeping: partitions for the months to come, and forgetting what need not be kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from app.db import db
from app.ledger.actions import record
from app.mission.queries import procedures


def make_partitions() -> None:
    """Partitions of `positions` for last month and the next three."""
    db.session.execute(text("SELECT vigil.make_position_partitions()"))


def forget() -> None:
    """Drop throttling records, ended sign-ins and finished work that nobody needs any more."""
    db.session.execute(text("SELECT vigil.forget_failures(now() - interval '1 day')"))
    gone = db.session.execute(
        text("SELECT vigil.forget_ended_sessions(now() - interval '30 days')")
    ).scalar_one()
    if gone:
        record("people.sessions_forgotten", "sessions", "ended", {"count": gone})
    db.session.execute(text("SELECT vigil.forget_finished_work(now() - interval '7 days')"))


def forget_positions() -> None:
    """Drop the months of positions that lie wholly before what the standing procedures keep."""
    before = datetime.now(UTC) - timedelta(days=procedures()["position_keep_days"])
    months = list(db.session.scalars(text("SELECT vigil.drop_positions_before(:before)"), {"before": before}))
    if months:
        record("positions.months_dropped", "positions", "old", {"months": months})


def fold_layers() -> None:
    """Sum up what layers have counted since the last time, so that reading the sums stays quick."""
    db.session.execute(text("SELECT vigil.fold_layer_changes(), vigil.fold_incident_cells()"))
