"""A mission with some days of work in its log: alerts carried through their chain by real requests, reports, people.

Made once; each tampering works on a clone of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
from flask.testing import FlaskClient

from app.permissions import Role
from tests.app.ledger import standing
from tests.people import EAST, WEST, Staff, record
from tests.servers import Clone, application

ALERTS = 6
KINDS = ("imminent_attack", "mob_risk", "armed_group_movement")


def alert(n: int) -> dict[str, object]:
    return {
        "id": str(UUID(int=1000 + n)), "kind": KINDS[n % 3], "priority": f"P{1 + n % 4}",
        "channel": "hotline", "verbatim": f"EXERCISE caller {n}: armed men on the road",
        "place": {"lon": 0.1 + 0.1 * n, "lat": 0.5}, "source_contactable": n % 2 == 0,
    }  # fmt: skip


def work(staff: Staff) -> None:
    """Some dozens of events by several roles."""
    watch, command = staff.bearer(Role.WATCHKEEPER_JOC), staff.bearer(Role.HOM)
    client = staff.app.test_client()
    ids = []
    for n in range(ALERTS):
        ids.append(do(client, "/api/v1/alerts", watch, alert(n), 201)["id"])
    for n, id in enumerate(ids):
        act(client, id, "acknowledge", watch)
        if n % 2 == 0:
            found = {
                "verification": "corroborated",
                "source_reliability": "B",
                "credibility": 2,
                "note": "EXERCISE seen",
            }
            act(client, id, "verify", watch, **found)
            act(
                client, id, "decide", watch, response="patrol", authority="standing_order", note="EXERCISE go"
            )
        else:
            act(
                client,
                id,
                "decline",
                watch,
                reason="distance_time",
                authority="tactical_control",
                note="EXERCISE six hours by road",
            )
    act(client, ids[1], "review", command, approve=True, note="EXERCISE agreed")
    act(client, ids[0], "note", watch, note="EXERCISE second call from the same village")


def act(client: FlaskClient, id: object, name: str, headers: dict[str, str], **fields: object) -> None:
    do(client, f"/api/v1/alerts/{id}/{name}", headers, fields, 200)


def do(
    client: FlaskClient, path: str, headers: dict[str, str], body: dict[str, object], status: int
) -> dict[str, object]:
    answer = client.post(path, json=body, headers=headers)
    assert answer.status_code == status, (path, answer.get_data(as_text=True))
    found: dict[str, object] = answer.get_json()
    return found


def import_facts(clone: Clone, staff: Staff) -> None:
    """Incidents and havens, as an import brings them."""
    with psycopg.connect(clone.plain_url("vigil_owner")) as c:
        for n in range(5):
            place = f"SRID=4326;POINT({0.1 + 0.1 * n} 0.3)"
            c.execute(
                "INSERT INTO incidents (kind, occurred_from, occurred_to, place, sector_id, killed_best, killed_high, "
                "summary) VALUES ('killing', now(), now(), %s, %s, %s, 9, 'EXERCISE')",
                [place, staff.sectors[WEST], n],
            )
            c.execute(
                "INSERT INTO havens (code, name, kind, place, sector_id, capacity_day, capacity_night) "
                "VALUES (%s, 'EXERCISE school', 'secured_area', %s, %s, 200, 80)",
                [f"H{n}", place, staff.sectors[WEST]],
            )
        record(c, "incidents.imported")


@contextmanager
def mission(template: str, folder: Path) -> Iterator[Clone]:
    """The prepared database, with nobody connected to it, its log sequenced under several checkpoints."""
    made = Clone.of(template, folder)
    try:
        for app in application(made):
            staff = Staff(app, made)
            staff.person(Role.PATROL_CDR, EAST)
            standing.sequence(made)
            for role in (Role.POC_OFFICER, Role.HR_OFFICER, Role.LEGAL):
                staff.person(role)
                standing.sequence(made)
            work(staff)
            standing.sequence(made)
            import_facts(made, staff)
            staff.owner.close()
        standing.sequence(made)
        yield made
    finally:
        made.drop()


@contextmanager
def copy_of(made: Clone, folder: Path) -> Iterator[Clone]:
    """A clone with keys and kept checkpoints of its own."""
    shutil.copytree(made.var, folder, dirs_exist_ok=True)
    copy = Clone.of(made.name, folder)
    try:
        yield copy
    finally:
        copy.drop()
