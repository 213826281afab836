"""Places that an issued order gives away are nobody else's, until its evacuation is ended."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.errors import InsufficientPrivilege

from app.evacuations.promises import taken
from app.permissions import Role
from tests.app.evacuations.test_evacuations import again, haven, planned
from tests.people import EAST, Staff, csrf_of, record
from tests.planning_ground import Country, small_country


@pytest.fixture
def country(owner: psycopg.Connection, staff: Staff) -> Country:
    return small_country(owner, staff)


def post(page: FlaskClient, made: dict[str, Any], act: str) -> Any:
    address = f"/evacuations/{made['id']}"
    return page.post(f"{address}/{act}", data={"csrf_token": csrf_of(page, address)})


def placed(made: dict[str, Any]) -> int:
    return sum(leg["people"] for leg in made["plan"]["legs"])


def text_of(page: FlaskClient, made: dict[str, Any]) -> str:
    return str(page.get(f"/evacuations/{made['id']}").get_data(as_text=True))


def test_of_two_evacuations_to_one_haven_the_second_is_refused_told_why_and_planned_with_what_is_left(
    client: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    haven(owner, staff, "NEAR", 0.4, 1200)
    ops, watch = staff.bearer(Role.SECTOR_OPS), staff.client(Role.WATCHKEEPER_JOC)
    first, second = planned(client, ops), planned(client, ops, lon=0.2)
    assert placed(first) == placed(second) == 1000
    assert post(watch, first, "1/issue").status_code == 303
    serial = f"EV-{first['id']:05d}/1"
    # Not by a plan that was made before the promise, and it says what is left and who has the rest.
    assert "1,000 of 1,200 free places" in text_of(watch, second)
    refused = post(watch, second, "1/issue")
    assert refused.status_code == 409
    said = refused.get_data(as_text=True)
    assert "no longer holds" in said
    assert f"1,000 of 1,200 free places at EXERCISE haven NEAR are promised by evacuation {serial}" in said
    second = again(client, ops, second)
    assert placed(second) == 200 and second["plan"]["havens"][0]["free"] == 200
    # What an evacuation promised itself is its own, whenever it is planned again.
    assert placed(again(client, ops, first)) == 1000
    # Ended by those who decide, once; then its places are free again.
    assert post(staff.client(Role.POC_OFFICER), first, "end").status_code == 403
    assert post(watch, second, "end").status_code == 409
    assert "given to nobody else until it is ended" in text_of(watch, first)
    assert post(watch, first, "end").status_code == 303
    assert post(watch, first, "end").status_code == 409
    assert "Ended by" in text_of(watch, first)
    assert (
        client.post(f"/api/v1/evacuations/{first['id']}/plan", json=first["asked"], headers=ops).status_code
        == 409
    )
    assert post(watch, first, "2/issue").status_code == 409
    assert "promised" not in text_of(watch, second)
    assert placed(again(client, ops, second)) == 1000
    told = owner.execute("SELECT subject FROM ledger_events WHERE action = 'evacuations.ended'").fetchall()
    assert told == [(f"evacuations:{first['id']}",)]


def numbers_in(told: Any) -> set[int]:
    """All whole numbers of an answer, at any depth; those in its sentences too."""
    if isinstance(told, dict):
        return {n for each in told.items() for n in numbers_in(list(each))}
    if isinstance(told, list):
        return {n for each in told for n in numbers_in(each)}
    if isinstance(told, str):
        return {int(word) for word in told.split() if word.isascii() and word.isdecimal()}
    return {told} if isinstance(told, int) else set()


def test_a_promise_of_an_evacuation_that_may_not_be_read_lowers_the_number_and_nothing_says_why(
    client: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    haven(owner, staff, "NEAR", 0.4, 800)
    hidden = haven(owner, staff, "OTHER", 0.5, 400)
    ops, watch = staff.bearer(Role.SECTOR_OPS), staff.client(Role.WATCHKEEPER_JOC)
    # A number that nothing else has: by lot it could be that of the people, too.
    owner.execute("ALTER TABLE evacuations ALTER COLUMN id SET DEFAULT 98765")
    first = planned(client, ops)
    owner.execute("ALTER TABLE evacuations ALTER COLUMN id SET DEFAULT vigil.id_by_lot('evacuations')")
    assert post(watch, first, "1/issue").status_code == 303
    with owner.transaction():
        owner.execute("UPDATE havens SET exposure = 'secret' WHERE id = %s", [hidden])
        record(owner)
    assert watch.get(f"/evacuations/{first['id']}").status_code == 404
    second = planned(client, ops, lon=0.2)
    assert placed(second) == 0
    text = text_of(watch, second)
    assert "promised" not in text
    # By its number and its address: bare digits stand in coordinates by chance.
    for name in (f"EV-{first['id']:05d}", f"/evacuations/{first['id']}"):
        assert name not in text and name not in str(second)
    assert first["id"] not in numbers_in(second)
    # Who may know of the haven reads both.
    assert "800 of 800 free places at EXERCISE haven NEAR are promised" in text_of(
        staff.client(Role.POC_OFFICER), second
    )


def test_the_database_tells_of_no_haven_what_its_asker_may_not_know(
    client: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    near = haven(owner, staff, "NEAR", 0.4, 700)
    first = planned(client, staff.bearer(Role.SECTOR_OPS))
    assert post(staff.client(Role.WATCHKEEPER_JOC), first, "1/issue").status_code == 303

    def promised(role: Role, *sectors: str) -> list[Any]:
        with staff.acting(role, *sectors):
            return list(taken([near], 0).items())

    assert promised(Role.SECTOR_OPS) == promised(Role.POC_OFFICER) == [(near, 700)]
    assert promised(Role.SECTOR_OPS, EAST) == []
    with owner.transaction():
        owner.execute("UPDATE havens SET exposure = 'need_to_know' WHERE id = %s", [near])
        record(owner)
    assert promised(Role.SECTOR_OPS) == [] and promised(Role.POC_OFFICER) == [(near, 700)]
    with (
        psycopg.connect(staff.clone.plain_url("vigil_worker")) as worker,
        pytest.raises(InsufficientPrivilege),
    ):
        worker.execute("SELECT * FROM vigil.promised_places('{1}', 0, now())")
