"""Pages of carriers: what is registered there works on the road at once, is shown once, and ends on a word."""

from __future__ import annotations

import re
from html import unescape

import psycopg
import pytest
from flask.testing import FlaskClient

from app.permissions import Role
from tests.app.patrols.conftest import Units
from tests.app.positions.test_batches import NOW
from tests.people import EAST, Staff, csrf_of

SECONDS = str(int(NOW.timestamp()) - 60)


class Officer:
    def __init__(self, staff: Staff, role: Role, sector: str = "WEST") -> None:
        self.browser = staff.client(role, sector)
        self.token = csrf_of(self.browser)

    def post(self, address: str, **fields: str) -> tuple[int, str]:
        answer = self.browser.post(address, data=fields | {"csrf_token": self.token})
        return answer.status_code, unescape(answer.get_data(as_text=True))

    def see(self, address: str) -> str:
        return unescape(self.browser.get(address).get_data(as_text=True))


@pytest.fixture
def planner(staff: Staff, units: Units) -> Officer:
    return Officer(staff, Role.SECTOR_OPS)


@pytest.fixture
def truck(planner: Officer, units: Units, owner: psycopg.Connection) -> int:
    sent = {"kind": "vehicle", "unit_id": str(units.near), "call_sign": "EXERCISE TRUCK"}
    assert planner.post("/carriers/new", **sent)[0] == 303
    row = owner.execute("SELECT id FROM tracked WHERE call_sign = 'EXERCISE TRUCK'").fetchone()
    assert row
    return int(row[0])


def codes(page: str) -> list[str]:
    return re.findall(r"<code[^>]*>([^<]*)</code>", page)


def test_what_the_page_gives_works_on_a_phone_as_it_stands(
    planner: Officer, truck: int, client: FlaskClient, owner: psycopg.Connection
) -> None:
    status, page = planner.post(f"/carriers/{truck}/devices", days="3")
    assert status == 200 and "<svg" in page
    name, key, osmand, _again, traccar = codes(page)
    for n, written in enumerate((osmand, f"{traccar}&id={name}&lat={{0}}&lon={{1}}&timestamp={{2}}")):
        filled = written.format("0.5", "0.5", int(SECONDS) + n, 0, 0, 0, "90")
        assert client.get(filled.removeprefix("http://localhost")).status_code == 200
    assert owner.execute("SELECT count(*), min(tracked_id) FROM positions").fetchone() == (2, truck)
    # Only its fingerprint is kept, and no other page shows it.
    seen = planner.see(f"/carriers/{truck}")
    assert name in seen and key not in seen and "km/h" not in seen.partition("Devices")[2]
    board = planner.see("/carriers")
    assert "EXERCISE TRUCK" in board and "none yet" not in board
    stored = owner.execute("SELECT trackers::text FROM trackers").fetchall()
    assert key not in str(stored)


def test_a_key_that_was_ended_on_the_page_opens_nothing_and_what_it_told_is_doubted(
    planner: Officer, truck: int, client: FlaskClient, owner: psycopg.Connection
) -> None:
    _name, _key, osmand, *_rest = codes(planner.post(f"/carriers/{truck}/devices", days="3")[1])
    address = osmand.format("0.5", "0.5", SECONDS, 0, 0, 0, "90").removeprefix("http://localhost")
    assert client.get(address).status_code == 200
    device = owner.execute("SELECT id FROM trackers").fetchone()
    assert device
    status, page = planner.post(f"/carriers/devices/{device[0]}/end", lost_since="yesterday")
    assert status == 422 and "EXERCISE TRUCK" in page
    assert planner.post(f"/carriers/devices/{device[0]}/end", lost_since="2026-01-01T00:00:00Z")[0] == 303
    assert client.get(address).status_code == 401
    assert "doubted since" in planner.see(f"/carriers/{truck}")
    assert owner.execute("SELECT flags & 32 FROM positions").fetchall() == [(32,)]
    assert owner.execute("SELECT count(*) FROM latest_positions").fetchone() == (0,)


def test_the_watch_ends_a_key_but_gives_none_and_another_sector_sees_nothing(
    staff: Staff, planner: Officer, truck: int, owner: psycopg.Connection
) -> None:
    planner.post(f"/carriers/{truck}/devices", days="3")
    device = owner.execute("SELECT id FROM trackers").fetchone()
    assert device
    watch, other = Officer(staff, Role.WATCHKEEPER_JOC), Officer(staff, Role.SECTOR_OPS, EAST)
    assert "Give device" not in watch.see(f"/carriers/{truck}")
    assert watch.post(f"/carriers/{truck}/devices", days="3")[0] == 403
    assert "EXERCISE TRUCK" not in other.see("/carriers")
    for address in (
        f"/carriers/{truck}/devices",
        f"/carriers/{truck}/retire",
        f"/carriers/devices/{device[0]}/end",
    ):
        assert other.post(address, days="3")[0] == 404, address
    assert watch.post(f"/carriers/devices/{device[0]}/end")[0] == 303


def test_a_carrier_is_registered_for_one_s_own_units_under_a_free_call_sign(
    staff: Staff, planner: Officer, units: Units, truck: int, owner: psycopg.Connection
) -> None:
    sent = {"kind": "vehicle", "unit_id": str(units.near), "call_sign": "exercise truck"}
    status, page = planner.post("/carriers/new", **sent)
    assert status == 422 and "This call sign is in use." in page
    assert (
        Officer(staff, Role.SECTOR_OPS, EAST).post("/carriers/new", **sent | {"call_sign": "NEW"})[0] == 422
    )
    east = Officer(staff, Role.SECTOR_OPS, EAST)
    there = east.post("/carriers/new", **sent | {"unit_id": str(units.eastern)})
    assert there[0] == 303, "what drives in another sector is not told by a refusal"
    assert planner.post(f"/carriers/{truck}/retire")[0] == 303
    assert planner.post("/carriers/new", **sent)[0] == 303
    actions = owner.execute(
        "SELECT action FROM ledger_events WHERE action LIKE 'positions.carrier%' ORDER BY id"
    ).fetchall()
    assert [a for (a,) in actions] == [
        "positions.carrier_registered", "positions.carrier_registered", "positions.carrier_retired",
        "positions.carrier_registered",
    ]  # fmt: skip
