"""A document is written from a frozen brief, once, by whichever worker lives; and what fails says why."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask

from app.factory import create_app
from app.permissions import Role
from tests.app.documents.ordering import (
    order,
    raise_alert,
    surroundings,
    ucdp_event,
    whole_chain,
    write_all,
    written,
)
from tests.people import EAST, WEST, Staff, record
from tests.servers import Clone
from workers import documents

PERIOD = {
    name: (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    for name, days in {"since": -300, "until": 30}.items()
}


def stored(owner: psycopg.Connection) -> tuple[Any, ...]:
    row = owner.execute("SELECT state, step, progress, failure, brief, brief_hash FROM documents").fetchone()
    assert row
    return row


def digests(owner: psycopg.Connection) -> dict[str, bytes]:
    rows = owner.execute("SELECT format, sha256, sha256(content) FROM document_files").fetchall()
    assert all(kept == real for _name, kept, real in rows)
    return {name: kept for name, kept, _real in rows}


def test_an_order_becomes_three_files_whose_digests_stand_in_the_log(
    staff: Staff, owner: psycopg.Connection, worker: Flask
) -> None:
    surroundings(owner, staff.sectors[WEST])
    alert = raise_alert(staff, owner)
    whole_chain(staff, alert)
    told = written(staff, owner, Role.HOM, {"alert_id": alert})
    assert (told["state"], told["progress"]) == ("ready", 100)
    assert [f["format"] for f in told["files"]] == ["page", "pdf", "docx"]
    event = owner.execute(
        "SELECT details, role FROM ledger_events WHERE action = 'documents.ready'"
    ).fetchone()
    assert event
    brief, brief_hash = stored(owner)[4:]
    assert hashlib.sha256(brief).digest() == brief_hash
    assert event[0] == {"brief": brief_hash.hex()} | {f["format"]: f["sha256"] for f in told["files"]}
    assert event[1] is None
    assert digests(owner).keys() == {"page", "pdf", "docx"}


def test_progress_is_on_disk_at_each_step(
    staff: Staff, owner: psycopg.Connection, worker: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def watched(name: str, renderer: Any) -> Any:
        def render(brief: Any) -> bytes:
            seen.append(owner.execute("SELECT state, step, progress FROM documents").fetchone())
            return bytes(renderer(brief))

        return name, render

    monkeypatch.setattr(documents, "RENDERERS", tuple(watched(*pair) for pair in documents.RENDERERS))
    written(staff, owner, Role.HOM, PERIOD)
    assert seen == [
        ("being_written", "frozen", 20), ("being_written", "page", 40), ("being_written", "pdf", 70),
    ]  # fmt: skip
    assert stored(owner)[:3] == ("ready", "ready", 100)


def test_a_worker_killed_between_freezing_and_rendering_is_followed_by_one_that_writes_the_same_bytes(
    staff: Staff, owner: psycopg.Connection, worker: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = raise_alert(staff, owner)
    assert order(staff, Role.HOM, {"alert_id": alert}).status_code == 202

    def killed(brief: Any) -> bytes:
        raise KeyboardInterrupt  # neither caught nor recorded, like the end of the process

    with monkeypatch.context() as half_way:
        half_way.setattr(documents, "RENDERERS", (("page", killed),))
        with pytest.raises(KeyboardInterrupt):
            write_all(owner)
    state, step, progress, _failure, frozen, _hash = stored(owner)
    assert (state, step, progress) == ("being_written", "frozen", 20)
    whole_chain(staff, alert)  # the world goes on; the document does not
    write_all(owner)
    assert stored(owner)[0] == "ready"
    assert stored(owner)[4] == frozen
    first = digests(owner)
    with worker.app_context():
        brief = documents.thaw(frozen)
        again = {name: hashlib.sha256(render(brief)).digest() for name, render in documents.RENDERERS}
    assert again == first


def test_running_the_same_job_twice_writes_one_document(
    staff: Staff, owner: psycopg.Connection, worker: Flask
) -> None:
    written(staff, owner, Role.HOM, PERIOD)
    before = digests(owner)
    owner.execute("UPDATE outbox SET finished_at = NULL WHERE job = 'workers.documents.render'")
    write_all(owner)
    assert digests(owner) == before
    assert owner.execute(
        "SELECT count(*) FROM ledger_events WHERE action = 'documents.ready'"
    ).fetchone() == (1,)


def test_with_redis_down_an_order_is_accepted_and_followed_later(
    staff: Staff, owner: psycopg.Connection, clone: Clone, worker: Flask
) -> None:
    without = create_app(replace(clone.settings(), redis_url="unix:///nowhere/redis.sock"))
    sent = {"kind": "accountability_report", "subject": PERIOD}
    headers = staff.bearer(Role.HOM)
    answer = without.test_client().post("/api/v1/documents", json=sent, headers=headers)
    assert answer.status_code == 202
    assert answer.json["state"] == "ordered"
    write_all(owner)
    told = without.test_client().get(answer.json["status_url"], headers=headers).json
    assert told["state"] == "ready"


def test_a_document_fails_in_plain_words_when_its_orderer_may_no_longer_read_the_subject(
    staff: Staff, owner: psycopg.Connection, worker: Flask
) -> None:
    alert = raise_alert(staff, owner)
    answer = order(staff, Role.HEAD_OF_OFFICE, {"alert_id": alert})
    person = staff.person(Role.HEAD_OF_OFFICE)
    with owner.transaction():
        moved = "UPDATE person_sectors SET sector_id = %s WHERE person_id = %s"
        owner.execute(moved, [staff.sectors[EAST], person])
        record(owner)
    write_all(owner)
    assert stored(owner)[:5] == ("failed", "reading", 5, "subject_gone", None)
    hom = staff.bearer(Role.HOM)
    told = staff.app.test_client().get(answer.json["status_url"], headers=hom).json
    assert told["failure"].startswith("What it is about is not there")
    assert told["files"] == []


def test_a_document_fails_when_the_account_that_ordered_it_was_closed(
    staff: Staff, owner: psycopg.Connection, worker: Flask
) -> None:
    order(staff, Role.HOM, PERIOD)
    with owner.transaction():
        owner.execute("UPDATE people SET disabled_at = now() WHERE id = %s", [staff.person(Role.HOM)])
        record(owner)
    write_all(owner)
    assert stored(owner)[3] == "no_account"


def test_what_went_wrong_inside_is_not_told_and_the_document_can_be_ordered_again(
    staff: Staff, owner: psycopg.Connection, worker: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(brief: Any) -> bytes:
        raise ValueError("EXERCISE secret of a person")

    headers = staff.bearer(Role.HOM)
    with monkeypatch.context() as for_once:
        for_once.setattr(documents, "RENDERERS", (("page", broken),))
        told = written(staff, owner, Role.HOM, PERIOD)
    assert told["state"] == "failed"
    assert "secret" not in str(told)
    client = staff.app.test_client()
    again = client.post(f"/api/v1/documents/{told['id']}/again", headers=headers)
    assert (again.status_code, again.json["state"], again.json["failure"]) == (202, "ordered", None)
    write_all(owner)
    assert stored(owner)[0] == "ready"
    assert client.post(f"/api/v1/documents/{told['id']}/again", headers=headers).status_code == 409


def test_freezing_reads_with_the_rights_of_the_orderer_and_cannot_write(
    staff: Staff, owner: psycopg.Connection, worker: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    west, east = raise_alert(staff, owner), raise_alert(staff, owner, EAST, 1.5)
    asked: list[tuple[Any, ...]] = []
    real = documents.freeze_document

    def watched(ordered: Any) -> bytes:
        told = "SELECT current_user, current_setting('transaction_read_only'), current_setting('transaction_isolation')"
        asked.append(tuple(documents.db.session.execute(documents.db.text(told)).one()))
        return real(ordered)

    monkeypatch.setattr(documents, "freeze_document", watched)
    assert written(staff, owner, Role.HEAD_OF_OFFICE, PERIOD)["state"] == "ready"
    assert asked == [("vigil_app", "on", "repeatable read")]
    frozen = stored(owner)[4].decode()
    assert f'"Alert {west}"' in frozen and f'"Alert {east}"' not in frozen
    assert "outside the sectors of the person who ordered this" in frozen


def test_an_event_imported_from_ucdp_has_its_report_with_the_place_as_an_area(
    staff: Staff, owner: psycopg.Connection, worker: Flask
) -> None:
    surroundings(owner, staff.sectors[WEST])
    event = ucdp_event(owner, staff.sectors[WEST])
    assert written(staff, owner, Role.HOM, {"incident_id": event})["state"] == "ready"
    brief = documents.thaw(stored(owner)[4])
    assert brief.kind == "incident_report"
    assert brief.map is not None and not brief.map.place_is_exact
    assert (brief.map.place or "").startswith(("POLYGON", "MULTIPOLYGON"))
    assert brief.place.lon is None and brief.event_at is None
    assert [(h.low, h.best, h.high) for h in brief.harm] == [(3, 7, 11)]
    assert brief.chain == () and brief.received_at is None
    assert (brief.original_category, brief.original_scheme) == ("3 one-sided", "UCDP")
