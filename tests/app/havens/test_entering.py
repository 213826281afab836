"""A haven is entered on a page: with its first record, by whom it concerns, without telling of those that are hidden."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import ProgrammingError

from app.havens import entering
from app.permissions import Role
from tests.app.havens.conftest import Build
from tests.people import WEST, Staff, csrf_of

WHY = "EXERCISE: the parish council agreed to it."
NEW: dict[str, Any] = {
    "name": "EXERCISE school", "kind": "secured_area", "place": {"lon": 0.51, "lat": 0.5}, "capacity_day": 200,
    "capacity_night": 120, "exposure": "mission", "why": WHY, "accessibility": ["step_free"],
}  # fmt: skip


def test_a_haven_is_entered_on_a_page_and_nothing_that_was_typed_is_lost(
    staff: Staff, owner: psycopg.Connection
) -> None:
    keeper = staff.client(Role.SECTOR_OPS)
    assert 'href="/havens/new"' in keeper.get("/havens").get_data(as_text=True)
    shown = keeper.get("/havens/new").get_data(as_text=True)
    assert 'value="mission"' in shown and 'value="secret"' not in shown
    typed = {
        "csrf_token": csrf_of(keeper, "/havens/new"), "name": "EXERCISE school", "kind": "secured_area",
        "place": "31N BA", "capacity_day": "200", "capacity_night": "120", "exposure": "mission", "why": WHY,
        "guard_hours": "25", "perimeter": ["wall"], "screening_point": "false", "groups_accepted": "G1, G2",
        "ways.0.to": "EXERCISE junction", "ways.0.use": "out", "ways.0.minutes_dry": "20",
    }  # fmt: skip
    coarse = keeper.post("/havens/new", data=typed)
    assert coarse.status_code == 422
    refused = keeper.post("/havens/new", data=typed | {"place": "0.5, 0.51"})
    words = refused.get_data(as_text=True)
    assert refused.status_code == 422 and 'id="r-guard_hours-wrong"' in words
    for kept in (
        "EXERCISE school",
        "G1, G2",
        "EXERCISE junction",
        WHY,
        'value="wall" id="r-perimeter-wall" checked',
    ):
        assert kept in words, kept
    assert owner.execute("SELECT count(*) FROM havens").fetchone() == (0,)
    stored = keeper.post("/havens/new", data=typed | {"place": "0.5, 0.51", "guard_hours": "24"})
    assert stored.status_code == 303
    page = keeper.get(stored.headers["Location"]).get_data(as_text=True)
    for said in ("EXERCISE school", "Closed", "EXERCISE junction", "G1, G2", WHY):
        assert said in page, said
    row = owner.execute("SELECT code, state, occupancy, sector_id FROM havens").fetchone()
    assert row is not None and len(row[0]) == 4
    assert row[1:] == ("closed", 0, staff.sectors[WEST])
    # Sent again, by a hand that trembled or a line that broke: it stands there once.
    assert (
        keeper.post("/havens/new", data=typed | {"place": "0.5, 0.51", "guard_hours": "24"}).status_code
        == 422
    )
    told = owner.execute("SELECT action FROM ledger_events WHERE action LIKE 'havens.%' ORDER BY 1")
    assert [action for (action,) in told] == ["havens.entered", "havens.record_written"]


@pytest.mark.parametrize(
    ("role", "sent", "status"),
    [
        (Role.SECTOR_OPS, {"place": {"mgrs": "31N BA 22 55"}}, 422),  # a square of a kilometre
        (Role.SECTOR_OPS, {"place": {"lon": 1.51, "lat": 0.5}}, 403),
        (Role.SECTOR_OPS, {"exposure": "secret"}, 403),
        (Role.WATCHKEEPER_JOC, {"place": {"lon": 1.51, "lat": 0.5}}, 201),
        (Role.POC_OFFICER, {"kind": "safe_house"}, 422),
        (Role.POC_OFFICER, {"kind": "safe_house", "exposure": "secret"}, 201),
        (Role.POC_OFFICER, {"do_not_mix": ["G1/G1"]}, 422),
        (Role.POC_OFFICER, {"why": "no"}, 422),
    ],
)
def test_who_may_enter_what(
    client: FlaskClient, staff: Staff, role: Role, sent: dict[str, Any], status: int
) -> None:
    answer = client.post("/api/v1/havens", json=NEW | sent, headers=staff.bearer(role))
    assert answer.status_code == status, answer.json
    if status == 201:
        assert (answer.json["state"], answer.json["free"]) == ("closed", 120)
        assert client.post("/api/v1/havens", json=NEW | sent, headers=staff.bearer(role)).status_code == 409


def test_a_hidden_haven_shows_neither_by_its_name_nor_by_its_code(
    client: FlaskClient, staff: Staff, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    build("H000", lon=0.51, exposure="secret")
    drawn = cycle("000123")
    monkeypatch.setattr(entering.secrets, "choice", lambda _digits: next(drawn))
    same = NEW | {"name": "EXERCISE haven H000"}
    # The cleared are told that it stands there; for all others there is nothing, and the code that it has is drawn anew.
    assert client.post("/api/v1/havens", json=same, headers=staff.bearer(Role.POC_OFFICER)).status_code == 409
    made = client.post("/api/v1/havens", json=same, headers=staff.bearer(Role.SECTOR_OPS))
    assert (made.status_code, made.json["code"]) == (201, "H123")


@pytest.mark.parametrize("changed", [{"exposure": "secret"}, {"kind": "shelter_gbv"}])
def test_the_database_refuses_it_as_well(
    staff: Staff, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str]
) -> None:
    def unasked(*_: object) -> None:
        pass

    monkeypatch.setattr(entering, "check_exposure", unasked)
    body = entering.Entered.model_validate(NEW | changed)
    with staff.acting(Role.SECTOR_OPS), pytest.raises(ProgrammingError, match="row-level security"):
        entering.enter(body)


def test_a_record_that_is_refused_keeps_what_was_typed(staff: Staff, build: Build) -> None:
    keeper, haven = staff.client(Role.SECTOR_OPS), build("A")
    typed = {"csrf_token": csrf_of(keeper, f"/havens/{haven}/record"), "why": WHY, "guard_hours": "40",
             "agreement_with": "EXERCISE parish council", "do_not_mix": "g1/g3"}  # fmt: skip
    refused = keeper.post(f"/havens/{haven}/record", data=typed)
    words = refused.get_data(as_text=True)
    assert refused.status_code == 422
    for kept in (WHY, 'value="40"', "EXERCISE parish council", "G1/G3", 'id="r-guard_hours-wrong"'):
        assert kept in words, kept


def test_numbers_of_havens_leave_no_gap_where_one_is_hidden(
    client: FlaskClient, staff: Staff, build: Build, owner: psycopg.Connection
) -> None:
    keeper = staff.bearer(Role.SECTOR_OPS)
    numbers = [build(f"N{n}", exposure="secret" if n % 3 else "mission") for n in range(12)]
    sent = NEW | {"name": "EXERCISE hall"}
    numbers.append(client.post("/api/v1/havens", json=sent, headers=keeper).json["id"])
    # Neither in the order of their entry nor beside each other: what is seen says nothing of what lies between.
    assert numbers != sorted(numbers) and len(set(numbers)) == len(numbers)
    assert all(0 < number < 100_000 for number in numbers)
    shown = client.get("/api/v1/havens", headers=keeper).json
    assert {haven["id"] for haven in shown["havens"]} == {*numbers[::3]}
    # No table of which few may see all rows counts them up.
    counted = owner.execute(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'id' AND is_identity = 'YES' "
        "AND table_name = ANY(%s)", [["havens", "evacuations", "siting_studies"]],
    ).fetchall()  # fmt: skip
    assert counted == []
