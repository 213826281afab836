"""A captured account pours incidents in by files: so many a day, and all of them are found again."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from app.imports import queries
from app.permissions import Role
from tests.app.imports.files import Sender, counts, text, work
from tests.people import Staff, record

ROWS = "id,type,date,description,lon,lat\n" + "".join(
    f"{n},killing,2026-10-0{n},EXERCISE {n},0.5,0.5\n" for n in range(1, 5)
)


@pytest.mark.usefixtures("worker")
def test_one_person_brings_in_so_many_incidents_a_day(
    staff: Staff, owner: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with owner.transaction():
        owner.execute("UPDATE procedures SET value = 5 WHERE key = 'imported_incidents_per_day'")
        record(owner)
    sender = Sender(staff, owner, Role.FC_STAFF)
    first = sender.bring_in(text(tmp_path / "a.csv", ROWS), "incidents", source="INSO")
    assert counts(first) == (4, 0, 0, 0)
    again = text(tmp_path / "b.csv", ROWS.replace("EXERCISE", "EXERCISE again"))
    second = sender.send(again, "incidents")
    asked = {
        "source": "INSO 2",
        "fields": [{"field": f, "column": c} for f, c in second["found"]["guesses"].items()],
    }
    refused = sender.start(second["id"], **asked)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "too_many")
    # Begun before the others were stored, it is stopped by the worker.
    room = queries.room_for_incidents
    monkeypatch.setattr(queries, "room_for_incidents", lambda by_id: 4)
    assert sender.start(second["id"], **asked).status_code in (200, 202)
    monkeypatch.setattr(queries, "room_for_incidents", room)
    work(owner)
    assert sender.told(second["id"])["state"] == "failed"
    assert owner.execute("SELECT count(*), count(import_id) FROM incidents").fetchone() == (4, 4)
