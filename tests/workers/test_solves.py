"""A long search tells how far it is while it runs, stops when it is asked to, and says how it ended."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask

from app.db import db
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.permissions import Role
from app.solves import actions, queries
from app.solves.models import SolveKind
from tests.people import EAST, WEST, Staff, csrf_of
from workers import solves
from workers.runtime import acting_for

HEARD: list[bool] = []


def searching(subject_id: int, watched: solves.Watched) -> None:
    """Half of the work, with an open transaction of its own; then what its number says."""
    with acting_for(watched.asked_by_id):
        watched.told(0.5, 12)
        watched.wrote = 0.0
        HEARD.append(watched.stop())
        if subject_id == 2:
            raise Invalid("No unit.", code="no_tours")
        db.session.commit()


@pytest.fixture(autouse=True)
def _searches(monkeypatch: pytest.MonkeyPatch) -> None:
    HEARD.clear()
    monkeypatch.setitem(solves.SEARCHES, "plan", f"{__name__}.searching")


def test_a_search_runs_once_and_is_stopped_by_whoever_plans_there(
    staff: Staff, worker: Flask, owner: psycopg.Connection
) -> None:
    sector = staff.sectors[WEST]
    with staff.acting(Role.SECTOR_OPS):
        first = actions.ask_for(SolveKind.PLAN, 1, sector)
        second = actions.ask_for(SolveKind.PLAN, 2, sector)
        with pytest.raises(Conflict):
            actions.ask_for(SolveKind.PLAN, 1, sector)
        db.session.commit()
    with staff.acting(Role.ANALYST_JMAC), pytest.raises(NotAllowed):
        actions.ask_for(SolveKind.PLAN, 3, sector)
    asked = owner.execute("SELECT queue, job, args FROM outbox ORDER BY id").fetchall()
    assert asked == [
        ("plans", "workers.solves.run", [str(first)]),
        ("plans", "workers.solves.run", [str(second)]),
    ]
    client = staff.client(Role.SECTOR_OPS)
    assert "Waiting for its turn" in client.get(f"/solves/{first}/progress").get_data(as_text=True)
    # Whoever reads hears of it, and can't end it; a stranger hears of nothing.
    reader = staff.client(Role.ANALYST_JMAC)
    assert reader.get(f"/solves/{first}/progress").status_code == 200
    token = {"X-CSRFToken": csrf_of(reader, "/account")}
    assert reader.post(f"/solves/{first}/stop", headers=token).status_code == 403
    assert staff.client(Role.SECTOR_OPS, EAST).get(f"/solves/{first}/progress").status_code == 404
    with staff.acting(Role.SECTOR_OPS, EAST), pytest.raises(NotFound):
        queries.one(first)
    token = {"X-CSRFToken": csrf_of(client, "/account")}
    assert client.post(f"/solves/{first}/stop", headers=token).status_code == 303
    with worker.app_context():
        for each in (first, first, second):
            solves.run(str(each))
    told = owner.execute(
        "SELECT state, share, best, error, took_seconds > 0 FROM solves ORDER BY id"
    ).fetchall()
    assert told == [("stopped", 1.0, 12.0, None, True), ("failed", 0.5, 12.0, "no_tours", True)]
    assert HEARD == [True, False]
    assert client.get(f"/solves/{first}/progress").headers["HX-Refresh"] == "true"
    with staff.acting(Role.SECTOR_OPS):
        latest = queries.latest(SolveKind.PLAN, 2)
        assert latest is not None
        assert latest.id == second
