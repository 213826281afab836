"""What a device may do, and what whoever has captured one may not."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.permissions import Role
from app.positions.models import Flag
from tests.app.patrols.conftest import Units
from tests.app.positions.test_batches import NOW, fix, flags_of, latest_of, post, vehicle
from tests.people import EAST, Staff

Device = tuple[str, str]


@pytest.fixture
def truck(client: FlaskClient, staff: Staff, units: Units) -> int:
    return vehicle(client, staff, units.near, "EXERCISE TRUCK")


@pytest.fixture
def device(client: FlaskClient, staff: Staff, truck: int) -> Device:
    return given(client, staff, truck)


def given(client: FlaskClient, staff: Staff, carrier: int, days: int = 3) -> Device:
    commander = staff.bearer(Role.FC_STAFF)
    answer = client.post(f"/api/v1/carriers/{carrier}/devices", json={"days": days}, headers=commander)
    assert answer.status_code == 201 and answer.headers["Cache-Control"] == "no-store"
    return answer.json["name"], answer.json["key"]


def osmand(client: FlaskClient, device: Device, minutes: float = 5, method: str = "GET", **more: Any) -> Any:
    seconds = int((NOW - timedelta(minutes=minutes)).timestamp())
    told = {
        "id": device[0], "lat": "0.5", "lon": "0.5", "timestamp": str(seconds),
        "speed": "10.0", "bearing": "90", "accuracy": "6", "batt": "71", "altitude": "12", "hdop": "1",
        **more,
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {device[1]}"} if "key" not in more else {}
    return client.open("/api/v1/positions/osmand", method=method, query_string=told, headers=headers)


def one(client: FlaskClient, staff: Staff, carrier: int, role: Role = Role.FC_STAFF) -> Any:
    return client.get(f"/api/v1/carriers/{carrier}", headers=staff.bearer(role)).json


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_phone_tells_its_carrier_s_position_in_knots_and_is_told_nothing(
    client: FlaskClient, device: Device, truck: int, owner: psycopg.Connection, method: str
) -> None:
    for _again in range(2):
        answer = osmand(client, device, method=method)
        assert (answer.status_code, answer.get_data()) == (200, b"")
    rows = owner.execute(
        "SELECT tracked_id, at, ST_X(place), speed_kph, course, accuracy_metres FROM positions"
    ).fetchall()
    assert rows == [(truck, NOW - timedelta(minutes=5), 0.5, pytest.approx(18.52), 90.0, 6.0)]
    assert latest_of(owner, truck) == rows[0][1]


def test_the_key_comes_in_the_address_or_as_a_password_too(client: FlaskClient, device: Device) -> None:
    assert osmand(client, device, key=device[1]).status_code == 200
    basic = client.get(
        "/api/v1/positions/osmand", auth=device,
        query_string={"id": device[0], "location": "0.5,0.5", "timestamp": (NOW - timedelta(minutes=1)).isoformat()},
    )  # fmt: skip
    assert basic.status_code == 200


def test_neither_the_name_nor_the_key_is_enough(
    client: FlaskClient, staff: Staff, units: Units, device: Device, owner: psycopg.Connection
) -> None:
    other = given(client, staff, vehicle(client, staff, units.near, "EXERCISE TRUCK 2"))
    wrong = [
        (device[0], "made-up"),
        ("AAAAAAAA", device[1]),
        (device[0], other[1]),
        (other[0], device[1]),
        ("\0", device[1]),
    ]
    for pair in wrong:
        assert osmand(client, pair).status_code == 401
    assert osmand(client, device, key="").status_code == 401
    assert owner.execute("SELECT count(*) FROM positions").fetchone() == (0,)


def test_a_captured_phone_reads_nothing_and_reports_nothing_else(
    client: FlaskClient, device: Device, truck: int, patrol: int
) -> None:
    key = {"Authorization": f"Bearer {device[1]}"}
    for path in (
        "/api/v1/positions",
        f"/api/v1/tracks/{truck}",
        "/api/v1/carriers",
        "/api/v1/patrols",
        "/api/v1/alerts",
    ):
        assert client.get(path, headers=key).status_code == 401, path
    batch = client.post("/api/v1/positions", json={"positions": [fix(5, patrol=patrol)]}, headers=key)
    assert batch.status_code in (400, 401)


def test_a_browser_s_session_counts_for_nothing_where_devices_speak(
    staff: Staff, device: Device, owner: psycopg.Connection
) -> None:
    browser = staff.client(Role.FC_STAFF)
    told = {"id": device[0], "lat": "0.5", "lon": "0.5", "timestamp": "1700000000"}
    assert browser.post("/api/v1/positions/osmand", data=told).status_code == 401
    forwarded = {"position": traccar(), "device": {"uniqueId": device[0]}}
    assert browser.post("/api/v1/positions/traccar", json=forwarded).status_code == 401
    assert owner.execute("SELECT count(*) FROM positions").fetchone() == (0,)


def test_a_key_ends_by_itself_and_with_what_it_was_given_for(
    client: FlaskClient, staff: Staff, truck: int, device: Device, owner: psycopg.Connection
) -> None:
    with owner.transaction():
        owner.execute("UPDATE trackers SET expires_at = now() - interval '1 second'")
        owner.execute(
            "INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 't', 't:0', '\\x7b7d')"
        )
    assert osmand(client, device).status_code == 401
    fresh = given(client, staff, truck)
    assert osmand(client, fresh).status_code == 200
    assert (
        client.post(f"/api/v1/carriers/{truck}/retire", headers=staff.bearer(Role.FC_STAFF)).status_code
        == 200
    )
    assert osmand(client, fresh).status_code == 401


def test_the_room_ends_a_lost_device_and_the_carrier_stands_where_it_was(
    client: FlaskClient, staff: Staff, truck: int, device: Device, owner: psycopg.Connection
) -> None:
    post(client, staff, fix(40, call_sign="EXERCISE TRUCK"))
    owner.execute("UPDATE positions SET received_at = now() - interval '40 minutes'")
    assert osmand(client, device, 5, lat="0.51").status_code == 200
    assert latest_of(owner, truck) == NOW - timedelta(minutes=5)
    tracker = one(client, staff, truck)["devices"][0]["id"]
    since = {"lost_since": (datetime.now(UTC) - timedelta(minutes=20)).isoformat()}
    path = f"/api/v1/devices/{tracker}/end"
    assert client.post(path, json=since, headers=staff.bearer(Role.SECTOR_OPS, EAST)).status_code == 404
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    assert client.post(path, json=since, headers=duty).status_code == 200
    assert osmand(client, device, 4).status_code == 401
    assert [Flag.LOST in f for f in flags_of(owner, truck)] == [False, True]
    assert latest_of(owner, truck) == NOW - timedelta(minutes=40)
    assert client.post(path, json={}, headers=duty).status_code == 404
    actions = [
        r[0] for r in owner.execute("SELECT action FROM ledger_events WHERE action LIKE 'positions.device%'")
    ]
    assert actions == ["positions.device_given", "positions.device_ended"]


def test_calling_a_device_lost_wipes_out_nothing_that_others_told(
    client: FlaskClient, staff: Staff, truck: int, device: Device, owner: psycopg.Connection
) -> None:
    post(client, staff, fix(3, call_sign="EXERCISE TRUCK", lon=0.5, lat=0.51))
    assert osmand(client, device, 5, lat="0.51").status_code == 200
    tracker = one(client, staff, truck)["devices"][0]["id"]
    ended = client.post(
        f"/api/v1/devices/{tracker}/end",
        json={"lost_since": "2020-01-01T00:00:00Z"},
        headers=staff.bearer(Role.WATCHKEEPER_JOC),
    )
    assert ended.status_code == 200
    assert [Flag.LOST in f for f in flags_of(owner, truck)] == [True, False]
    assert latest_of(owner, truck) == NOW - timedelta(minutes=3)


def test_a_look_back_shows_what_the_room_believed_before_it_heard_of_the_loss(
    client: FlaskClient, staff: Staff, truck: int, device: Device, owner: psycopg.Connection
) -> None:
    assert osmand(client, device, 5).status_code == 200
    time.sleep(0.01)
    before, room = datetime.now(UTC), staff.client(Role.WATCHKEEPER_JOC)
    tracker = one(client, staff, truck)["devices"][0]["id"]
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    since = {"lost_since": (before - timedelta(hours=1)).isoformat()}
    assert client.post(f"/api/v1/devices/{tracker}/end", json=since, headers=duty).status_code == 200

    def seen(known_at: datetime) -> list[Any]:
        asked = {"known_at": known_at.isoformat(), "since": "2000-01-01T00:00Z", "zoom": "8"}
        answer = room.get("/map/layers/patrols.geojson", query_string=asked)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return list(answer.get_json()["features"])

    assert len(seen(before)) == 1
    assert seen(datetime.now(UTC)) == []


def test_a_device_can_t_take_the_seconds_that_are_still_to_come(
    client: FlaskClient, device: Device, owner: psycopg.Connection
) -> None:
    ahead = str(int((datetime.now(UTC) + timedelta(minutes=5)).timestamp()))
    assert osmand(client, device, timestamp=ahead).status_code == 200
    assert owner.execute("SELECT count(*) FROM positions").fetchone() == (0,)


def test_an_expired_device_is_no_name_for_a_batch_either(
    client: FlaskClient, staff: Staff, device: Device, owner: psycopg.Connection
) -> None:
    assert post(client, staff, fix(3, device=device[0]))["stored"] == 1
    with owner.transaction():
        owner.execute("UPDATE trackers SET expires_at = now() - interval '1 second'")
        owner.execute(
            "INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 't', 't:0', '\\x7b7d')"
        )
    told = post(client, staff, fix(2, device=device[0]))
    assert told["positions"][0]["reason"] == "unknown_carrier"


def test_one_key_can_t_fill_the_disk(client: FlaskClient, device: Device, owner: psycopg.Connection) -> None:
    at = (NOW - timedelta(minutes=5)).timestamp() * 1000
    for milliseconds in range(0, 1000, 200):
        assert osmand(client, device, timestamp=str(int(at + milliseconds))).status_code == 200
    for days in (-3, 8, 4000):
        assert osmand(client, device, 60 * 24 * days).status_code == 200
    assert owner.execute("SELECT count(*) FROM positions").fetchone() == (1,)


@pytest.mark.parametrize("wrong", [
    {"lat": "91"}, {"lon": "nan"}, {"timestamp": "soon"}, {"timestamp": ""}, {"speed": "x"}, {"lat": ""},
    {"timestamp": "9" * 15}, {"timestamp": "²"}, {"bearing": "361"},
])  # fmt: skip
def test_what_is_no_position_is_refused(client: FlaskClient, device: Device, wrong: dict[str, str]) -> None:
    assert osmand(client, device, **wrong).status_code == 422


def traccar(minutes: float = 5, **more: Any) -> dict[str, Any]:
    """As Traccar 6 forwards it."""
    at = (NOW - timedelta(minutes=minutes)).isoformat(timespec="milliseconds")
    return {
        "id": 7, "attributes": {"batteryLevel": 71}, "deviceId": 3, "protocol": "osmand", "serverTime": at,
        "deviceTime": at, "fixTime": at, "outdated": False, "valid": True, "latitude": 0.5, "longitude": 0.5,
        "altitude": 12.0, "speed": 10.0, "course": 90.0, "address": None, "accuracy": 0.0, "network": None, **more,
    }  # fmt: skip


def test_traccar_forwards_with_a_device_s_key_or_with_a_token_of_its_own(
    client: FlaskClient, staff: Staff, truck: int, device: Device, owner: psycopg.Connection
) -> None:
    body = {
        "position": traccar(),
        "device": {"id": 3, "uniqueId": device[0], "name": "x", "status": "online"},
    }
    by_key = client.post(
        "/api/v1/positions/traccar", json=body, headers={"Authorization": f"Bearer {device[1]}"}
    )
    assert (by_key.status_code, by_key.get_data()) == (200, b"")
    server = staff.bearer(Role.FC_STAFF)
    again = client.post("/api/v1/positions/traccar", json=body, headers=server)
    assert (again.status_code, again.json["known"]) == (200, 1)
    body["position"] = traccar(3)
    assert client.post("/api/v1/positions/traccar", json=body, headers=server).json["stored"] == 1
    assert owner.execute("SELECT DISTINCT speed_kph::float8, accuracy_metres FROM positions").fetchall() == [
        (pytest.approx(18.52, rel=1e-6), None)
    ]
    body["position"] = traccar(1, valid=False)
    assert client.post("/api/v1/positions/traccar", json=body, headers=server).json["stored"] == 0
    reader = staff.bearer(Role.ANALYST_JMAC)
    assert client.post("/api/v1/positions/traccar", json=body, headers=reader).status_code == 401


def test_a_device_s_key_is_given_by_those_who_plan_there_and_seen_by_nobody_again(
    client: FlaskClient, staff: Staff, truck: int, device: Device
) -> None:
    path = f"/api/v1/carriers/{truck}/devices"
    assert client.post(path, json={"days": 3}, headers=staff.bearer(Role.WATCHKEEPER_JOC)).status_code == 403
    assert client.post(path, json={"days": 3}, headers=staff.bearer(Role.SECTOR_OPS, EAST)).status_code == 404
    assert client.post(path, json={"days": 91}, headers=staff.bearer(Role.FC_STAFF)).status_code == 422
    told = one(client, staff, truck)
    assert told["devices"][0]["name"] == device[0] and device[1] not in str(told)
    assert one(client, staff, truck, Role.ANALYST_JMAC)["devices"] == []
