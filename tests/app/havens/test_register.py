"""The register: records in versions, inspections, stores; what a restricted haven has is as hidden as it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func

from app.db import db
from app.evacuations.gathering import candidates
from app.havens import compromise, correcting, counting, first, queries, register, tokens, versions
from app.havens import register_models as m
from app.havens import wording as w
from app.havens.gate_models import Difference, HavenGateDay, HavenHeadcount, HavenToken, TokenKind
from app.havens.models import CompromiseStep, HavenCompromiseStep, HavenCorrection
from app.havens.register_models import HavenInspection, HavenRecord, HavenStock
from app.permissions import Role
from tests.app.havens.conftest import Build
from tests.people import Staff, csrf_of, record

WHY = "EXERCISE: said in a sentence why."
TODAY = datetime.now(UTC).date()
RECORD: dict[str, Any] = {
    "why": WHY, "capacity_most": 40, "medical_level": "first_aid", "perimeter": ["wall", "gate"],
    "guard_force": "military", "guard_hours": 24, "screening_point": False, "groups_accepted": ["G1", "G2"],
    "do_not_mix": ["G1/G3"], "owner": "faith", "agreement_with": "EXERCISE parish council",
    "agreement_until": (TODAY - timedelta(days=1)).isoformat(),
    "ways": [{"to": "EXERCISE junction", "minutes_dry": 20}],
}  # fmt: skip


def act(client: FlaskClient, headers: dict[str, str], haven: int, name: str, /, **fields: Any) -> Any:
    return client.post(f"/api/v1/havens/{haven}/{name}", json=fields, headers=headers)


def test_a_record_is_written_in_versions_and_says_what_it_lacks(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    keeper, haven = staff.bearer(Role.SECTOR_OPS), build("A", occupancy=12)
    for wrong in (
        {"guard_hours": 25}, {"why": "no"}, {"perimeter": ["moat"]}, {"do_not_mix": ["G1/G1"]},
        {"do_not_mix": ["Some people"]},
        {"groups_refused": ["G1"]}, {"telephone": "1"}, {"ways": [{"to": ""}]},
    ):  # fmt: skip
        assert act(client, keeper, haven, "record", **RECORD | wrong).status_code == 422, wrong
    written = act(client, keeper, haven, "record", **RECORD)
    assert written.status_code == 200, written.json
    assert act(client, keeper, haven, "record", **RECORD).status_code == 422  # nothing has changed
    assert act(client, keeper, haven, "record", **RECORD | {"fire_points": 0}).status_code == 200
    seen = client.get(f"/api/v1/havens/{haven}", headers=keeper).json["record"]
    assert (seen["fire_points"], seen["do_not_mix"], seen["screening_point"]) == (0, ["G1/G3"], False)
    assert owner.execute("SELECT count(*), count(fire_points) FROM haven_records").fetchone() == (2, 1)
    page = staff.client(Role.SECTOR_OPS).get(f"/havens/{haven}").get_data(as_text=True)
    for words in ("EXERCISE parish council", "G1/G3", "Fewer than two ways out", "The agreement has ended"):
        assert words in page
    told = owner.execute("SELECT count(*) FROM ledger_events WHERE action = 'havens.record_written'")
    assert told.fetchone() == (2,)


def test_the_page_tells_what_each_version_changed_and_why_newest_first(
    client: FlaskClient, staff: Staff, build: Build
) -> None:
    keeper, haven = staff.bearer(Role.SECTOR_OPS), build("A")
    page = staff.client(Role.SECTOR_OPS)
    assert (
        act(client, keeper, haven, "record", **RECORD | {"why": "EXERCISE: as it was found."}).status_code
        == 200
    )
    assert "What changed in the record" not in page.get(f"/havens/{haven}").get_data(as_text=True)
    mended = RECORD | {
        "perimeter": ["wall"],
        "fire_points": 3,
        "medical_level": None,
        "capacity_night": 90,
        "ways": [],
    }
    assert (
        act(client, keeper, haven, "record", **mended | {"why": "EXERCISE: the gate was lost."}).status_code
        == 200
    )
    shown = page.get(f"/havens/{haven}").get_data(as_text=True).split("What changed in the record")[1]
    newest, oldest = shown.split("EXERCISE: as it was found.")
    assert "EXERCISE: the gate was lost." in newest and "First written." in oldest.split("</li>")[0]
    for said in (
        "Perimeter: Wall, Gate that shuts → <strong>Wall</strong>", "Fire points: not known → <strong>3</strong>",
        "Medical care: First aid → <strong>not known</strong>", "Places for the night: 10 → <strong>90</strong>",
        "Ways in and out: EXERCISE junction, in and out, dry season 20 min, rainy season – → <strong>not known</strong>",
    ):  # fmt: skip
        assert said in newest, said
    assert newest.count("→") == 5 and "older version" not in shown
    for points in (4, 5, 6):
        assert act(client, keeper, haven, "record", **mended | {"fire_points": points}).status_code == 200
    shown = page.get(f"/havens/{haven}").get_data(as_text=True)
    assert "2 older versions" in shown and shown.index("Fire points: 5 →") < shown.index("Fire points: 3 →")


def test_places_that_an_old_version_did_not_tell_were_changed_by_nobody(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    keeper, haven = staff.bearer(Role.SECTOR_OPS), build("A")
    for points in (1, 2):
        assert act(client, keeper, haven, "record", **RECORD | {"fire_points": points}).status_code == 200
    with staff.acting(Role.SECTOR_OPS):
        new, old = register.records(haven)
        db.session.expunge_all()
        old.capacity_day = old.capacity_night = None
        assert [c.field for c in versions.changes(old, new)] == ["fire_points"]


def test_places_change_with_a_reason_as_a_version_and_what_is_full_or_open_follows(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    keeper, haven = staff.bearer(Role.SECTOR_OPS), build("A", occupancy=8)
    for wrong in ({"capacity_night": -1}, {"capacity_day": "many"}, {"why": "no"}):
        assert act(client, keeper, haven, "record", **RECORD | wrong).status_code == 422, wrong
    told = act(client, keeper, haven, "record", **RECORD | {"capacity_night": 8}).json
    assert (told["capacity_night"], told["free"], told["state"]) == (8, 0, "full")
    # What isn't said of places stays; a record alone takes none away.
    told = act(client, keeper, haven, "record", **RECORD | {"fire_points": 2}).json
    assert (told["capacity_night"], told["state"]) == (8, "full")
    told = act(client, keeper, haven, "record", **RECORD | {"capacity_night": 90, "capacity_day": 120}).json
    assert (told["capacity_day"], told["free"], told["state"]) == (120, 82, "open")
    kept = owner.execute("SELECT capacity_day, capacity_night, why FROM haven_records ORDER BY id").fetchall()
    assert [row[1] for row in kept] == [8, 8, 90] and kept[2] == (120, 90, WHY)
    moves = owner.execute("SELECT from_state, to_state, reason FROM haven_changes ORDER BY id").fetchall()
    assert moves == [("open", "full", WHY), ("full", "open", WHY)]
    told = owner.execute("SELECT count(*) FROM ledger_events WHERE action = 'havens.changed'")
    assert told.fetchone() == (2,)
    # Who may read and not keep it changes nothing.
    reader = staff.bearer(Role.HOM)
    assert act(client, reader, haven, "record", **RECORD | {"capacity_night": 1}).status_code == 403
    # What reckons with places has the new ones: the board's sums, and who is sent where.
    with staff.acting(Role.SECTOR_OPS):
        assert queries.places()["open"].free == 82
        middle = func.ST_SetSRID(func.ST_MakePoint(0.3, 0.5), 4326)
        assert {h.id: h.free for h in candidates(middle, restricted=False)} == {haven: 82}


def test_the_form_shows_the_places_and_keeps_what_was_typed(staff: Staff, build: Build) -> None:
    keeper, haven = staff.client(Role.SECTOR_OPS), build("A")
    page = keeper.get(f"/havens/{haven}/record").get_data(as_text=True)
    assert 'name="capacity_night" value="10"' in page
    token = csrf_of(keeper, f"/havens/{haven}/record")
    typed = {"csrf_token": token, "capacity_day": "70", "capacity_night": "1000000000", "why": WHY}
    refused = keeper.post(f"/havens/{haven}/record", data=typed)
    assert refused.status_code == 422
    assert 'name="capacity_day" value="70"' in refused.get_data(as_text=True)
    assert keeper.post(f"/havens/{haven}/record", data=typed | {"capacity_night": "60"}).status_code == 303
    shown = keeper.get(f"/havens/{haven}").get_data(as_text=True)
    assert "Places for the night" in shown and "60" in shown


def test_the_form_sends_the_same_record(staff: Staff, build: Build) -> None:
    keeper, haven = staff.client(Role.SECTOR_OPS), build("A")
    fields = {
        "csrf_token": csrf_of(keeper, f"/havens/{haven}/record"), "why": WHY, "capacity_most": "40", "medical_level": "",
        "perimeter": ["wall", "gate"], "screening_point": "false", "groups_accepted": "g1, G2", "do_not_mix": "G1/G3",
        "ways.0.to": "EXERCISE junction", "ways.0.use": "both", "ways.0.minutes_dry": "20", "ways.0.minutes_rainy": "",
        "ways.1.to": "", "ways.1.use": "both",
    }  # fmt: skip
    assert keeper.post(f"/havens/{haven}/record", data=fields).status_code == 303
    with staff.acting(Role.SECTOR_OPS):
        found = register.latest_record(haven)
        assert found is not None
        assert (found.perimeter, found.groups_accepted) == (["wall", "gate"], ["G1", "G2"])
        assert found.ways == [
            {"to": "EXERCISE junction", "use": "both", "minutes_dry": 20, "minutes_rainy": None}
        ]
        assert (found.medical_level, found.screening_point) == (None, False)
    again = keeper.get(f"/havens/{haven}/record").get_data(as_text=True)
    assert 'value="EXERCISE junction"' in again and 'value="G1, G2"' in again


def test_a_recorded_inspection_opens_the_way_out_of_a_compromise(
    client: FlaskClient, staff: Staff, build: Build
) -> None:
    keeper, haven = staff.bearer(Role.POC_OFFICER), build("A")
    today = datetime.now(UTC).date()  # the tests may have begun before midnight
    inspection = {"post": "engineers", "finding": "fit", "found": WHY}
    old = {
        **inspection,
        "inspected_on": (today - timedelta(days=9)).isoformat(),
        "next_due": today.isoformat(),
    }
    assert act(client, keeper, haven, "inspection", **old).status_code == 200
    future = (today + timedelta(days=1)).isoformat()
    assert act(client, keeper, haven, "inspection", **inspection, inspected_on=future).status_code == 422
    act(client, keeper, haven, "state", to_state="compromised", reason=WHY)
    close = {"to_state": "closed", "reason": WHY}
    assert act(client, keeper, haven, "state", **close).json["code"] == "inspect_first"
    assert (
        act(client, keeper, haven, "inspection", **inspection, inspected_on=today.isoformat()).json[
            "inspected_on"
        ]
        == today.isoformat()
    )
    assert act(client, keeper, haven, "state", **close).json["state"] == "closed"


def test_a_compromise_is_a_list_of_steps_each_by_whom_and_when(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    keeper, haven = staff.bearer(Role.SECTOR_OPS), build("A", occupancy=5)
    other, shut, hidden = build("B"), build("C", state="standby"), build("D", exposure="secret")
    step = {"step": "stop_intake", "note": WHY}
    assert act(client, keeper, haven, "compromise", **step).json["code"] == "wrong_state"
    act(client, keeper, haven, "state", to_state="compromised", reason=WHY)
    board = staff.client(Role.SECTOR_OPS).get("/havens").get_data(as_text=True)
    assert "5 steps against its compromise that nobody has taken" in board
    moves = {"step": "move_people", "note": WHY, "people": 5}
    for fields, status in (
        (step, 200), (moves, 200), (moves | {"to_haven_id": haven}, 422), (moves | {"to_haven_id": shut}, 409),
        (moves | {"to_haven_id": hidden}, 422), (moves | {"to_haven_id": other}, 200), (step | {"people": 3}, 422),
    ):  # fmt: skip
        assert act(client, keeper, haven, "compromise", **fields).status_code == status, fields
    with staff.acting(Role.SECTOR_OPS):
        found = compromise.checklist(haven)
        assert found is not None and found.left == ["warn_those_coming", "rotate_or_close", "inspect"]
        elsewhere, moved = found.taken["move_people"]
        assert (elsewhere.people, elsewhere.to_id) == (5, None)
        assert (moved.people, moved.to_id, moved.by_role) == (5, other, "sector_ops")
    page = staff.client(Role.SECTOR_OPS).get(f"/havens/{haven}").get_data(as_text=True)
    assert "EXERCISE haven B" in page and "Nobody has done this yet" in page
    told = owner.execute(
        "SELECT count(*) FROM ledger_events WHERE action = 'havens.compromise_step'"
    ).fetchone()
    assert told == (3,)


def test_people_moved_to_a_hidden_haven_look_like_people_who_went_to_none(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    cleared, haven, hidden = (
        staff.bearer(Role.POC_OFFICER),
        build("A", occupancy=5),
        build("D", exposure="secret"),
    )
    act(client, cleared, haven, "state", to_state="compromised", reason=WHY)
    to_hidden = {
        "step": "move_people",
        "note": "EXERCISE to the safe house",
        "people": 12,
        "to_haven_id": hidden,
    }
    elsewhere = {"step": "move_people", "note": "EXERCISE home to their villages", "people": 7}
    for fields in (to_hidden, elsewhere):
        assert act(client, cleared, haven, "compromise", **fields).status_code == 200

    def seen(role: Role) -> list[tuple[object, ...]]:
        with staff.acting(role):
            found = compromise.checklist(haven)
            assert found is not None
            return [(row.note, row.people, row.to_id) for row in found.taken["move_people"]]

    assert seen(Role.SECTOR_OPS) == [(None, None, None)] * 2
    assert seen(Role.POC_OFFICER)[0] == ("EXERCISE to the safe house", 12, hidden)
    page = staff.client(Role.SECTOR_OPS).get(f"/havens/{haven}").get_data(as_text=True)
    assert "safe house" not in page and "12 people" not in page
    details = owner.execute(
        "SELECT details FROM ledger_events WHERE action = 'havens.compromise_step'"
    ).fetchall()
    assert [set(row[0]) for row in details] == [{"haven", "step"}] * 2


TABLES = (
    HavenRecord, HavenInspection, HavenStock, HavenHeadcount, HavenCompromiseStep, HavenGateDay, HavenToken,
    HavenCorrection,
)  # fmt: skip
LOOKS: tuple[tuple[str, Callable[[int], Any]], ...] = (
    ("record", register.latest_record), ("records", register.records), ("versions", versions.versions),
    ("inspections", register.inspections),
    ("stock", register.latest_stock), ("headcounts", counting.headcounts), ("days", counting.days),
    ("kinds", counting.inside_by_kind),
    ("corrections", versions.corrections), ("moved", lambda haven: correcting.moved_at([haven])),
    ("checklist", compromise.checklist), ("tokens", lambda haven: counting.tokens_inside(haven)[0]),
    ("first", lambda haven: [p for p in first.pressing()[0] if p.haven.id == haven]),
)  # fmt: skip


@pytest.mark.parametrize("exposure", ["need_to_know", "secret"])
def test_a_restricted_haven_leaves_no_trace_in_what_is_kept_of_it(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection, exposure: str
) -> None:
    cleared, blind = staff.bearer(Role.POC_OFFICER), staff.bearer(Role.WATCHKEEPER_JOC)
    haven, seen = build("S", exposure=exposure), build("W", lon=0.6)
    token = tokens.new("S")
    for name, fields in (
        ("record", RECORD), ("stocks", {"water_litres": 1}), ("gate", {"way": "in", "token": token, "people": 12}),
        ("headcount", {"people": 12}),
        ("correction", {"name": "EXERCISE haven S", "place": {"lon": 0.51, "lat": 0.51}, "why": WHY}),
        ("inspection", {"inspected_on": TODAY.isoformat(), "post": "medical", "finding": "unfit", "found": WHY}),
        ("state", {"to_state": "compromised", "reason": WHY}), ("compromise", {"step": "stop_intake", "note": WHY}),
    ):  # fmt: skip
        assert act(client, cleared, haven, name, **fields).status_code == 200, name
        answers = [act(client, blind, number, name, **fields) for number in (haven, 999_999)]
        assert [a.status_code for a in answers] == [404, 404] and answers[0].data == answers[1].data
    with owner.transaction():
        owner.execute(
            "INSERT INTO haven_gate_days (haven_id, day, kind) VALUES (%s, '2026-01-01', '')", [haven]
        )
        record(owner)
    # Its token at a gate that he keeps is what any wrong one is.
    refused = [act(client, blind, seen, "gate", way="in", token=t).data for t in (token, tokens.new("ZZ"))]
    assert refused[0] == refused[1]
    # No job, and so no message, carries its number.
    assert owner.execute(
        "SELECT count(*) FROM outbox WHERE job = 'workers.havens.tell_alerts'"
    ).fetchone() == (0,)
    for role, shown in ((Role.WATCHKEEPER_JOC, False), (Role.POC_OFFICER, True)):
        with staff.acting(role):
            for name, look in LOOKS:
                assert bool(look(haven)) is shown, name
            # The second wall by itself: these statements ask nothing of the application.
            for table in TABLES:
                assert bool(db.session.scalars(db.select(table.haven_id)).all()) is shown, table
        page = staff.client(role).get("/havens").get_data(as_text=True)
        assert ("EXERCISE haven S" in page) is shown


def test_every_code_has_its_words() -> None:
    for codes, words in (
        (register.FIELDS, w.RECORD), (m.MedicalLevel, w.MEDICAL_LEVELS), (m.GuardForce, w.FORCES), (m.Owner, w.OWNERS),
        (m.Post, w.POSTS), (m.Finding, w.FINDINGS), (m.PERIMETERS, w.PERIMETERS), (m.ACCESSIBILITY, w.ACCESSIBILITY),
        (m.COMMUNICATIONS, w.COMMUNICATIONS), (CompromiseStep, w.STEPS), (Difference, w.DIFFERENCES),
        (register.STOCKS, w.STOCKS), (["", *TokenKind], w.TOKEN_KINDS),
    ):  # fmt: skip
        assert set(codes) == set(words)


def test_the_log_tells_of_a_restricted_haven_that_it_was_changed_and_nothing_more(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    cleared = staff.bearer(Role.POC_OFFICER)

    def told(haven: int) -> dict[str, list[dict[str, Any]]]:
        last = owner.execute("SELECT max(id) FROM ledger_events").fetchone()
        for name, fields in (
            ("record", RECORD), ("headcount", {"people": 3}),
            ("correction", {"name": f"EXERCISE other {haven}", "why": WHY}),
            ("state", {"to_state": "compromised", "reason": WHY}),
            ("compromise", {"step": "stop_intake", "note": WHY}),
        ):  # fmt: skip
            assert act(client, cleared, haven, name, **fields).status_code == 200
        found: dict[str, list[dict[str, Any]]] = {}
        for action, details in owner.execute(
            "SELECT action, details FROM ledger_events WHERE id > %s AND action LIKE 'havens.%%'", last
        ):
            found.setdefault(action, []).append(details or {})
        return found

    known, hidden = told(build("A")), told(build("D", exposure="secret"))
    assert set(hidden) == set(known) >= {"havens.changed", "havens.headcount", "havens.record_written"}
    assert known["havens.changed"][0]["occupancy"] == 3 and all(
        each for told in known.values() for each in told
    )
    assert not any(each for told in hidden.values() for each in told)
