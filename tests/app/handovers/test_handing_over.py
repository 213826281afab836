"""A shift is handed over with what is open as it stood, and taken by another officer; nothing of the note changes."""

from __future__ import annotations

import contextlib
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from app.permissions import Role
from tests.app.havens.conftest import build  # noqa: F401 - a fixture
from tests.people import EAST, WEST, Staff, csrf_of, record
from tests.reports import raised

DUTY, NEXT, OPS = Role.WATCHKEEPER_JOC, Role.POC_OFFICER, Role.SECTOR_OPS
NOTE = "EXERCISE: quiet since midnight, watch the ferry at first light."


def hand_over(client: FlaskClient, headers: dict[str, str], **changes: Any) -> Any:
    sent = {"id": str(uuid4()), "note": NOTE, "tasks": ["EXERCISE: call the hotline at 1800"]} | changes
    return client.post("/api/v1/handovers", json=sent, headers=headers)


def accept(client: FlaskClient, headers: dict[str, str], handover: int) -> Any:
    return client.post(f"/api/v1/handovers/{handover}/accept", json={"remark": ""}, headers=headers)


def events(owner: psycopg.Connection) -> list[str]:
    rows = owner.execute("SELECT action FROM ledger_events WHERE action LIKE 'shifts.%' ORDER BY id")
    return [r[0] for r in rows]


def test_what_is_open_is_frozen_as_it_stood(
    client: FlaskClient,
    staff: Staff,
    owner: psycopg.Connection,
    build: Any,  # noqa: F811
) -> None:
    raised(client, staff.bearer(Role.UNPOL_OPS))
    build("FULL", state="full", occupancy=10)
    build("NEARLY", occupancy=8)
    build("ROOMY", occupancy=3)
    build("HIDDEN", state="full", exposure="secret")
    made = hand_over(client, staff.bearer(NEXT)).json
    (number,) = owner.execute("SELECT max(id) FROM alerts").fetchone() or (0,)
    assert [(a["id"], a["nobody"]) for a in made["items"]["alerts"]] == [(number, True)]
    # A protection officer is cleared for the hidden one; those who read the note are not.
    assert {h["code"] for h in made["items"]["havens"]} == {"FULL", "NEARLY"}
    client.post(f"/api/v1/alerts/{number}/acknowledge", json={}, headers=staff.bearer(DUTY))
    again = client.get(f"/api/v1/handovers/{made['id']}", headers=staff.bearer(DUTY)).json
    assert again["items"] == made["items"]
    assert events(owner) == ["shifts.handed_over"]


def test_a_sector_s_note_holds_its_own_things_alone(
    client: FlaskClient,
    staff: Staff,
    build: Any,  # noqa: F811
) -> None:
    raised(client, staff.bearer(Role.UNPOL_OPS))
    build("W", state="full")
    build("E", lon=1.5, state="full")
    for sector, havens, alerts in ((WEST, ["W"], 1), (EAST, ["E"], 0)):
        made = hand_over(client, staff.bearer(DUTY), sector_id=staff.sectors[sector]).json
        assert [h["code"] for h in made["items"]["havens"]] == havens
        assert len(made["items"]["alerts"]) == alerts
    whole = hand_over(client, staff.bearer(DUTY), sector_id=staff.sectors["ALL"]).json
    assert {h["code"] for h in whole["items"]["havens"]} == {"W", "E"}


def test_what_came_by_sms_and_waits_is_told_to_its_readers_and_to_the_next_shift(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    with owner.transaction():
        for key, result in (("a", "unknown"), ("b", "refused"), ("c", "done")):
            owner.execute(
                "INSERT INTO replies (gateway_key, received_at, sender, words, result) "
                "VALUES (%s, now(), '+24399000001', 'EXERCISE: they are coming', %s)", [key, result],
            )  # fmt: skip
        record(owner)
    said = "2 SMS came in that nobody has seen to"
    for role, told in ((DUTY, True), (NEXT, True), (Role.FC_STAFF, False), (OPS, False)):
        queue = staff.client(role).get("/alerts/queue").get_data(as_text=True)
        assert (said in queue) == told
    made = hand_over(client, staff.bearer(DUTY)).json
    assert made["items"]["replies"] == 2
    page = staff.client(NEXT).get(f"/handovers/{made['id']}").get_data(as_text=True)
    assert said in page and "they are coming" not in page
    sector = hand_over(client, staff.bearer(DUTY), sector_id=staff.sectors[WEST]).json
    assert sector["items"]["replies"] == 0
    seen = staff.client(DUTY)
    token = csrf_of(seen, "/messages/replies")
    for (number,) in owner.execute("SELECT id FROM replies WHERE result <> 'done'").fetchall():
        assert seen.post(f"/messages/replies/{number}/looked", data={"csrf_token": token}).status_code == 303
    assert "SMS came in" not in seen.get("/alerts/queue").get_data(as_text=True)


def test_the_incoming_officer_signs_and_nobody_signs_twice(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    outgoing, incoming = staff.bearer(DUTY), staff.bearer(NEXT)
    made = hand_over(client, outgoing).json["id"]
    assert accept(client, outgoing, made).status_code == 403
    assert accept(client, incoming, made).json["accepted_by_role"] == "poc_officer"
    late = accept(client, staff.bearer(Role.FC_STAFF), made)
    assert (late.status_code, late.json["code"]) == (409, "wrong_state")
    assert events(owner) == ["shifts.handed_over", "shifts.accepted"]


def test_sent_twice_is_one_note_and_another_s_id_is_refused(client: FlaskClient, staff: Staff) -> None:
    chosen = str(uuid4())
    first, again = (hand_over(client, staff.bearer(DUTY), id=chosen).json["id"] for _turn in range(2))
    assert first == again
    taken = hand_over(client, staff.bearer(NEXT), id=chosen)
    assert (taken.status_code, taken.json["code"]) == (409, "id_taken")


@pytest.mark.parametrize(("role", "sector", "mine"), [
    (OPS, WEST, {"west"}), (OPS, EAST, {"east"}), (DUTY, WEST, {"west", "east", "whole"}),
    (Role.HOM, EAST, {"west", "east", "whole"}),
])  # fmt: skip
def test_notes_are_read_in_their_sector(
    client: FlaskClient, staff: Staff, role: Role, sector: str, mine: set[str]
) -> None:
    made = {
        "west": hand_over(client, staff.bearer(DUTY), sector_id=staff.sectors[WEST]).json["id"],
        "east": hand_over(client, staff.bearer(DUTY), sector_id=staff.sectors[EAST]).json["id"],
        "whole": hand_over(client, staff.bearer(DUTY)).json["id"],
    }
    seen = client.get("/api/v1/handovers", headers=staff.bearer(role, sector)).json["waiting"]
    assert {h["id"] for h in seen} == {made[name] for name in mine}


def test_a_sector_s_officer_hands_over_his_own_sector_alone(client: FlaskClient, staff: Staff) -> None:
    west = staff.bearer(OPS, WEST)
    assert hand_over(client, west, sector_id=staff.sectors[WEST]).status_code == 201
    assert hand_over(client, west, sector_id=staff.sectors[EAST]).status_code == 403
    assert hand_over(client, west).status_code == 403
    other = hand_over(client, staff.bearer(DUTY), sector_id=staff.sectors[EAST]).json["id"]
    assert accept(client, west, other).status_code == 404


@pytest.mark.parametrize("change", ["note = 'x'", "items = '{}'", "tasks = '[]'", "written_by_id = 1"])
def test_nothing_of_the_note_is_changed_by_the_application(
    client: FlaskClient, staff: Staff, change: str
) -> None:
    hand_over(client, staff.bearer(DUTY))
    with staff.acting(NEXT) as viewer, psycopg.connect(staff.clone.plain_url("vigil_app")) as c:
        c.execute("SELECT vigil.enter(%s, %s, %s, %s, %s)", viewer.as_database_context())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            c.execute(f"UPDATE handovers SET {change}")  # type: ignore[arg-type]


def test_nobody_accepts_in_another_s_name_or_his_own_note_behind_the_application(
    client: FlaskClient, staff: Staff
) -> None:
    hand_over(client, staff.bearer(DUTY))
    sign = "UPDATE handovers SET accepted_by_id = %s, accepted_by_role = 'x', accepted_at = now()"
    for role, name in ((NEXT, staff.person(DUTY)), (DUTY, staff.person(DUTY))):
        with staff.acting(role) as viewer, psycopg.connect(staff.clone.plain_url("vigil_app")) as c:
            c.execute("SELECT vigil.enter(%s, %s, %s, %s, %s)", viewer.as_database_context())
            with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
                assert c.execute(sign, [name]).rowcount == 0


def test_the_pages_carry_the_shift_from_one_to_the_other(staff: Staff, client: FlaskClient) -> None:
    raised(client, staff.bearer(Role.UNPOL_OPS))
    outgoing, incoming = staff.client(DUTY), staff.client(NEXT)
    assert "nobody has it" in outgoing.get("/handovers/new").get_data(as_text=True)
    token = csrf_of(outgoing, "/handovers/new")
    sent = outgoing.post(
        "/handovers/new", data={"csrf_token": token, "id": str(uuid4()), "sector_id": "", "note": NOTE,
                                "tasks": "one\n\ntwo"}
    )  # fmt: skip
    assert sent.status_code == 303, sent.get_data(as_text=True)
    path = sent.headers["Location"]
    waiting = incoming.get("/handovers").get_data(as_text=True)
    assert "Read and accept" in waiting and "EXERCISE watchkeeper_joc" in waiting
    assert "Sign and accept the shift" not in outgoing.get(path).get_data(as_text=True)
    body = incoming.get(path).get_data(as_text=True)
    assert "Sign and accept the shift" in body and "<li>two</li>" in body
    token = csrf_of(incoming, path)
    incoming.post(f"{path}/accept", data={"csrf_token": token, "remark": "EXERCISE: taken"})
    assert "EXERCISE: taken" in outgoing.get(path).get_data(as_text=True)


def test_a_note_that_says_nothing_is_sent_back_with_what_was_typed(staff: Staff) -> None:
    client = staff.client(DUTY)
    token = csrf_of(client, "/handovers/new")
    sent = client.post(
        "/handovers/new", data={"csrf_token": token, "sector_id": "", "note": "ok", "tasks": "kept here"}
    )
    assert sent.status_code == 422 and "kept here" in sent.get_data(as_text=True)
