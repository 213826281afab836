"""A long search tells how far it is while it runs, stops when it is asked to, and says how it ended."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask import Flask
from psycopg.errors import ObjectNotInPrerequisiteState

from app.db import ENTER, db
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.locks import Lock
from app.outbox import MOST_ATTEMPTS
from app.permissions import Role
from app.plans import actions as plans
from app.solves import actions, queries
from app.solves.models import SolveKind
from tests.people import EAST, WEST, Staff, csrf_of
from tests.planning_ground import small_country
from tests.planning_officer import means, site
from tests.servers import ROOT, Clone
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


def never_ending(_subject_id: int, _watched: solves.Watched) -> None:
    threading.Event().wait()


def test_a_search_whose_workers_are_killed_time_and_again_ends_as_failed_and_is_started_anew(
    staff: Staff, clone: Clone, worker: Flask, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(solves.SEARCHES, "plan", "workers.plans.search")
    officer, country = staff.client(Role.SECTOR_OPS), small_country(owner, staff)
    site(officer, "V1")
    means(officer, country)
    with staff.acting(Role.SECTOR_OPS):
        plan = plans.ask(staff.sectors[WEST], datetime.now(UTC).date() + timedelta(days=1), 1, 0.2)
        db.session.commit()
    page = f"/plans/{plan}"
    again = f"{page}/search-again"
    token = {"X-CSRFToken": csrf_of(officer, "/account")}
    (job,) = owner.execute("SELECT id FROM outbox WHERE job = 'workers.solves.run'").fetchone() or (0,)
    # Seven have been killed; one try is left.
    owner.execute("UPDATE outbox SET attempts = %s WHERE id = %s", [MOST_ATTEMPTS - 1, job])
    assert ended(worker, owner) == ("waiting", None)
    eighth = subprocess.Popen(
        [sys.executable, "-c", TRY, str(job)], cwd=ROOT, env=os.environ | clone.environment() | {"PYTHONPATH": str(ROOT)}
    )  # fmt: skip
    try:
        wait_for(owner, "SELECT 1 FROM solves WHERE state = 'running'")
        assert ended(worker, owner) == ("running", None)
        assert officer.post(again, headers=token).status_code == 409
    finally:
        eighth.kill()
        eighth.wait(20)
    # The dead one's lock goes with its connection.
    locked = (
        f"SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = {Lock.JOBS:d} AND objid = {job}"
    )
    wait_for(owner, f"SELECT 1 WHERE NOT EXISTS ({locked})")
    assert ended(worker, owner) == ("failed", "cut_off")
    said = officer.get(page).get_data(as_text=True)
    assert "cut off before its end" in said
    assert f'action="{again}"' in said
    assert again not in staff.client(Role.ANALYST_JMAC).get(page).get_data(as_text=True)

    assert officer.post(again, headers=token).status_code == 303
    with worker.app_context():
        for (solve,) in owner.execute("SELECT id FROM solves WHERE state = 'waiting'").fetchall():
            solves.run(str(solve))
    told = owner.execute("SELECT state, subject_id FROM solves ORDER BY id").fetchall()
    assert told == [("failed", plan), ("done", plan)]
    asked = owner.execute("SELECT count(*) FROM ledger_events WHERE action = 'solves.asked'").fetchone()
    assert asked == (2,)


# A worker's try in a process of its own, which is searching until it is killed.
TRY = f"""
import sys
from workers import runtime, solves
solves.SEARCHES["plan"] = "{__name__}.never_ending"
runtime.run(int(sys.argv[1]))
"""


def ended(worker: Flask, owner: psycopg.Connection) -> tuple[str, str | None] | None:
    """State and error of the one search, once the house has looked for those that were cut off."""
    with worker.app_context():
        solves.end_cut_off()
    return owner.execute("SELECT state, error FROM solves").fetchone()


def wait_for(owner: psycopg.Connection, question: str) -> None:
    until = time.monotonic() + 120
    while not owner.execute(question).fetchone():
        assert time.monotonic() < until, question
        time.sleep(0.1)


def test_one_person_has_two_searches_under_way_and_no_more(
    staff: Staff, worker: Flask, owner: psycopg.Connection
) -> None:
    """One process searches for everybody: whoever fills its queue stops the searches of all others."""
    sector = staff.sectors[WEST]
    with staff.acting(Role.SECTOR_OPS) as who:
        asked = [actions.ask_for(SolveKind.PLAN, number, sector) for number in (1, 3)]
        db.session.commit()
    with staff.acting(Role.SECTOR_OPS), pytest.raises(Conflict) as refused:
        actions.ask_for(SolveKind.PLAN, 4, sector)
    assert refused.value.sentence == "Two of your searches are under way. Stop one, or wait."
    with psycopg.connect(staff.clone.plain_url("vigil_app")) as hand:
        hand.execute(ENTER, who.as_database_context())
        with pytest.raises(ObjectNotInPrerequisiteState):
            hand.execute(
                "INSERT INTO solves (kind, subject_id, sector_id, asked_by_id) VALUES ('plan', 4, %s, %s)",
                [sector, who.person_id],
            )
    # Others ask for theirs, and he for his next one once one has ended.
    with staff.acting(Role.FC_STAFF):
        actions.ask_for(SolveKind.PLAN, 5, sector)
        db.session.commit()
    with worker.app_context():
        solves.run(str(asked[0]))
    with staff.acting(Role.SECTOR_OPS):
        actions.ask_for(SolveKind.PLAN, 4, sector)
        db.session.commit()
