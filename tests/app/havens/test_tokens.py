"""Counting by tokens: the number inside is what came less what went, whatever is scanned how often, and nobody's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.db import db
from app.errors import Conflict
from app.havens import counting, tokens
from app.havens.models import Haven
from app.permissions import Role
from tests.app.havens.conftest import Build
from tests.people import EAST, Staff, csrf_of, record

NUMBERS = st.text(tokens.DIGITS, min_size=tokens.LENGTH, max_size=tokens.LENGTH)


def scan(client: FlaskClient, headers: dict[str, str], haven: int, way: str, token: str, **more: Any) -> Any:
    return client.post(
        f"/api/v1/havens/{haven}/gate", json={"way": way, "token": token, **more}, headers=headers
    )


@given(
    number=NUMBERS,
    place=st.integers(0, tokens.LENGTH),
    other=st.sampled_from(tokens.DIGITS),
    gap=st.sampled_from(["", " ", "-"]),
)
@settings(max_examples=150, deadline=None, database=None)
def test_a_code_is_read_as_it_may_be_typed_and_a_wrong_digit_is_found(
    number: str, place: int, other: str, gap: str
) -> None:
    printed = tokens.spelled("H07", number)
    assert (
        tokens.number_in("H07", printed.lower().replace("-", gap).replace("0", "o").replace("1", "l"))
        == number
    )
    assert tokens.number_in("H08", printed) is None
    digits = list(tokens.bare(printed))
    at = len("H07") + place
    if digits[at] != other:
        digits[at] = other
        with pytest.raises(ValueError, match="not a token"):
            tokens.number_in("H07", "".join(digits))


def test_in_and_out_move_the_number_inside_and_the_state_and_the_same_scan_twice_nothing(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    keeper, haven, other = staff.bearer(Role.SECTOR_OPS), build("A"), build("B", lon=0.6)
    family, man = tokens.new("A"), tokens.new("A")
    for way, token, more, status, inside, state in (
        ("out", family, {}, 409, 0, "open"),
        ("in", family, {"people": 6, "kind": "family"}, 200, 6, "open"),
        ("in", family, {"people": 9}, 200, 6, "open"),
        ("in", man, {"people": 4}, 200, 10, "full"),
        ("in", tokens.new("A"), {"people": 31}, 422, 10, "full"),
        ("in", tokens.new("B"), {}, 422, 10, "full"),
        ("in", "A-0000-00001", {}, 422, 10, "full"),
        ("out", family, {}, 200, 4, "open"),
        ("out", family, {}, 200, 4, "open"),
        ("in", family, {}, 409, 4, "open"),
    ):
        answer = scan(client, keeper, haven, way, token, **more)
        assert answer.status_code == status, (way, answer.json)
        seen = client.get(f"/api/v1/havens/{haven}", headers=keeper).json
        assert (seen["occupancy"], seen["state"]) == (inside, state)
    # The same token at the other haven's gate is none, and no haven knows both numbers.
    assert scan(client, keeper, other, "in", man).status_code == 422
    kept = owner.execute(
        "SELECT haven_id, people, kind, extract(minute FROM came_at) FROM haven_tokens ORDER BY people"
    ).fetchall()
    assert kept == [(haven, 4, None, 0), (haven, 6, "family", 0)]
    # Neither the log nor the history has a token in it, nor a row for each scan in the haven's own history.
    said = owner.execute("SELECT string_agg(convert_from(body, 'UTF8'), ' ') FROM ledger_events").fetchone()
    assert said and family not in said[0] and tokens.bare(family)[1:9] not in said[0]
    assert owner.execute("SELECT reason FROM haven_changes ORDER BY id").fetchall() == [("gate",), ("gate",)]
    assert owner.execute(
        "SELECT count(*) FROM ledger_changes WHERE table_name = 'haven_tokens'"
    ).fetchone() == (0,)


def test_nobody_is_taken_in_where_nobody_may_be(client: FlaskClient, staff: Staff, build: Build) -> None:
    keeper = staff.bearer(Role.POC_OFFICER)
    for state in ("closed", "standby", "compromised"):
        haven = build(state[:2].upper(), state=state)
        answer = scan(client, keeper, haven, "in", tokens.new(state[:2].upper()))
        assert (answer.status_code, answer.json["code"]) == (409, "wrong_state")


scans = st.lists(
    st.tuples(st.sampled_from(["in", "out"]), st.integers(0, 4), st.integers(1, 6))
    | st.tuples(st.just("headcount"), st.integers(0, 12), st.just(0)),
    max_size=20,
)


@given(scans=scans)
@settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_counts_are_never_negative_and_the_tokens_inside_are_those_that_came_and_did_not_go(
    staff: Staff, build: Build, scans: list[tuple[str, int, int]]
) -> None:
    haven_id = HAVENS.get(id(staff)) or HAVENS.setdefault(id(staff), build("P"))
    codes = [tokens.spelled("P", f"TEST000{n}") for n in range(5)]
    inside: dict[int, int] = {}
    used: set[int] = set()
    with staff.acting(Role.SECTOR_OPS):
        for way, which, people in scans:
            before = db.session.get_one(Haven, haven_id).occupancy
            try:
                if way == "headcount":
                    counting.headcount(haven_id, which, "miscounted")
                    continue
                done = counting.count(haven_id, way, codes[which], people)
            except Conflict:
                assert (which in used) if way == "in" else (which not in inside and which not in used)
                assert db.session.get_one(Haven, haven_id).occupancy == before
                continue
            if way == "in":
                assert done.again == (which in inside)
                inside.setdefault(which, people)
            else:
                assert done.again == (which in used)
                inside.pop(which, None)
                used.add(which)
            after = db.session.get_one(Haven, haven_id).occupancy
            assert after >= 0 and (not done.again or after == before)
            assert counting.tokens_inside(haven_id)[0] == sum(inside.values())
        db.session.rollback()


HAVENS: dict[int, int] = {}


def test_a_headcount_that_the_tokens_contradict_is_explained_and_kept(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    keeper, haven = staff.bearer(Role.SECTOR_OPS), build("A")
    scan(client, keeper, haven, "in", tokens.new("A"), people=5)

    def headcount(**fields: Any) -> Any:
        return client.post(f"/api/v1/havens/{haven}/headcount", json=fields, headers=keeper)

    refused = headcount(people=7)
    assert refused.status_code == 422 and "5 people" in refused.json["fields"]["why"]
    assert client.get(f"/api/v1/havens/{haven}", headers=keeper).json["occupancy"] == 5
    assert headcount(people=7, why="gold").status_code == 422
    assert headcount(people=7, why="came_uncounted").json["occupancy"] == 7
    assert headcount(people=5).json["occupancy"] == 5
    kept = owner.execute("SELECT people, tokens_inside, why FROM haven_headcounts ORDER BY id").fetchall()
    assert kept == [(7, 5, "came_uncounted"), (5, 5, None)]
    page = staff.client(Role.SECTOR_OPS).get(f"/havens/{haven}").get_data(as_text=True)
    assert "Some came in without a token" in page and "By the tokens 5 inside" in page


def test_old_scans_become_counts_and_their_tokens_are_forgotten(
    staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    haven = build("A")
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    old, recent = now - timedelta(days=10), now - timedelta(days=1)
    rows = (("GONE0000", 2, "adult", old, old), ("STAY0000", 3, None, old, None), ("NEW00000", 1, None, recent, recent),
            ("LONG0000", 4, "adult", old, recent))  # fmt: skip
    with owner.transaction():
        for number, people, kind, came, went in rows:
            owner.execute(
                "INSERT INTO haven_tokens VALUES (%s, %s, %s, %s, %s, %s)",
                [haven, number, people, kind, came, went],
            )
    for touched in (2, 0):
        with owner.transaction():
            folded = owner.execute("SELECT vigil.fold_haven_tokens(%s)", [now - timedelta(days=7)]).fetchone()
            assert folded == (touched,)
            record(owner)
    left = owner.execute("SELECT number, came_at IS NULL FROM haven_tokens ORDER BY number").fetchall()
    assert left == [("LONG0000", False), ("NEW00000", False), ("STAY0000", True)]
    days = owner.execute("SELECT day, kind, came, went FROM haven_gate_days ORDER BY kind").fetchall()
    assert days == [(old.date(), "", 3, 0), (old.date(), "adult", 2, 2)]
    # Who stayed is counted out as before.
    with staff.acting(Role.SECTOR_OPS):
        db.session.execute(text("SELECT 1"))
        assert counting.count(haven, "out", tokens.spelled("A", "STAY0000")).people == 3
        db.session.rollback()


def test_the_page_at_the_gate_works_with_a_typed_code_and_says_above_the_field_what_was_wrong(
    staff: Staff, build: Build
) -> None:
    keeper, haven = staff.client(Role.SECTOR_OPS), build("A")
    sheet = keeper.get(f"/havens/{haven}/tokens")
    assert sheet.headers["Cache-Control"] == "no-store"
    printed = [line for line in sheet.get_data(as_text=True).split('"mono">') if line.startswith("A-")]
    codes = {line[:11] + line[11] for line in printed}
    assert len(codes) == 24 and all(tokens.number_in("A", code) for code in codes)
    token = {"csrf_token": csrf_of(keeper, f"/havens/{haven}/gate")}
    page = keeper.post(
        f"/havens/{haven}/gate", data={**token, "way": "in", "token": "A-1234", "people": "2", "kind": ""}
    )
    assert page.status_code == 422 and "a letter or digit is wrong" in page.get_data(as_text=True)
    assert 'value="A-1234"' in page.get_data(as_text=True)
    done = keeper.post(
        f"/havens/{haven}/gate", data={**token, "way": "in", "token": codes.pop(), "people": "2", "kind": ""},
        follow_redirects=True,
    )  # fmt: skip
    assert "2 people in. Inside now: 2." in done.get_data(as_text=True)
    assert "camera=(self)" in keeper.get(f"/havens/{haven}/gate").headers["Permissions-Policy"]
    assert "camera=()" in keeper.get(f"/havens/{haven}").headers["Permissions-Policy"]
    for role, sector, status in ((Role.HR_OFFICER, "WEST", 403), (Role.SECTOR_OPS, EAST, 404)):
        assert staff.client(role, sector).get(f"/havens/{haven}/gate").status_code == status
