"""Batches of many carriers' positions: each fix has an answer, and each is judged by its neighbours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db import db
from app.permissions import Role
from app.positions.actions import report_batch
from app.positions.body import CarriedFix
from app.positions.models import DOUBTED, Flag
from tests.app.patrols.conftest import Units
from tests.people import EAST, Staff

NOW = datetime.now(UTC).replace(microsecond=0)
KILOMETRE = 1 / 111.195  # degrees of latitude


def vehicle(client: FlaskClient, staff: Staff, unit: int, call_sign: str, kind: str = "vehicle") -> int:
    answer = client.post(
        "/api/v1/carriers",
        json={"kind": kind, "unit_id": unit, "call_sign": call_sign},
        headers=staff.bearer(Role.FC_STAFF),
    )
    assert answer.status_code == 201, answer.json
    return int(answer.json["id"])


def fix(minutes: float, km: float = 0.0, **more: Any) -> dict[str, Any]:
    """A fix some minutes ago, some kilometres north of (0.5, 0.1)."""
    at = (NOW - timedelta(minutes=minutes)).isoformat()
    return {"at": at, "lon": 0.5, "lat": 0.1 + km * KILOMETRE, **more}


def post(
    client: FlaskClient, staff: Staff, *sent: dict[str, Any], role: Role = Role.FC_STAFF, **more: Any
) -> Any:
    answer = client.post("/api/v1/positions", json={"positions": sent}, headers=staff.bearer(role, **more))
    assert answer.status_code in (200, 201), answer.json
    return answer.json


def flags_of(owner: psycopg.Connection, carrier: int) -> list[Flag]:
    rows = owner.execute("SELECT flags FROM positions WHERE tracked_id = %s ORDER BY at", [carrier])
    return [Flag(row[0]) for row in rows]


def latest_of(owner: psycopg.Connection, carrier: int) -> datetime | None:
    row = owner.execute("SELECT at FROM latest_positions WHERE tracked_id = %s", [carrier]).fetchone()
    return row[0] if row else None


def test_each_fix_of_a_batch_gets_its_own_answer(
    client: FlaskClient, staff: Staff, units: Units, patrol: int, owner: psycopg.Connection
) -> None:
    vehicle(client, staff, units.near, "EXERCISE TRUCK 1")
    sent = (
        fix(5, patrol=patrol), fix(5, 1, call_sign="exercise truck 1"), fix(5, 1, call_sign="EXERCISE TRUCK 1"),
        fix(5, call_sign="EXERCISE nobody"), fix(60 * 24 * 400, patrol=patrol), fix(-60 * 30, patrol=patrol),
    )  # fmt: skip
    told = post(client, staff, *sent)
    assert [p.get("reason", p["result"]) for p in told["positions"]] == [
        "stored", "stored", "known", "unknown_carrier", "too_old", "too_far_ahead",
    ]  # fmt: skip
    assert (told["stored"], told["known"], told["refused"]) == (2, 1, 3)
    again = post(client, staff, *sent)
    assert (again["stored"], again["known"]) == (0, 3)


def test_another_sector_s_carriers_are_unknown_and_one_s_own_patrol_alone_is_its_leader_s(
    client: FlaskClient, staff: Staff, units: Units, patrol: int
) -> None:
    vehicle(client, staff, units.eastern, "EXERCISE TRUCK E")
    vehicle(client, staff, units.near, "EXERCISE TRUCK W")
    sent = [fix(5, call_sign=f"EXERCISE TRUCK {x}") for x in "EW"] + [fix(5, patrol=patrol)]
    reasons = {
        role: [p.get("reason", p["result"]) for p in post(client, staff, *sent, role=role)["positions"]]
        for role in (Role.WATCHKEEPER_JOC, Role.PATROL_CDR, Role.CLA, Role.SECTOR_OPS)
    }
    assert reasons[Role.WATCHKEEPER_JOC] == ["not_yours"] * 3
    assert reasons[Role.PATROL_CDR] == ["unknown_carrier", "unknown_carrier", "stored"]
    assert reasons[Role.CLA] == ["unknown_carrier"] * 3
    assert reasons[Role.SECTOR_OPS] == ["unknown_carrier", "stored", "known"]
    east = post(client, staff, *sent, role=Role.SECTOR_OPS, sector=EAST)["positions"]
    assert [p.get("reason", p["result"]) for p in east] == ["stored", "unknown_carrier", "unknown_carrier"]


@pytest.mark.parametrize("kind", ["defender", "person", "patrol"])
def test_nobody_and_no_patrol_is_registered_to_be_tracked(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection, kind: str
) -> None:
    answer = client.post(
        "/api/v1/carriers",
        json={"kind": kind, "unit_id": units.near, "call_sign": "EXERCISE"},
        headers=staff.bearer(Role.FC_STAFF),
    )
    assert answer.status_code == 422
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(
            "INSERT INTO tracked (kind, unit_id, call_sign, top_speed_kph) VALUES (%s, %s, 'x', 9)",
            [kind, units.near],
        )


def test_a_call_sign_is_used_once_at_a_time(client: FlaskClient, staff: Staff, units: Units) -> None:
    first = vehicle(client, staff, units.near, "EXERCISE BIRD")
    body = {"kind": "aircraft", "unit_id": units.near, "call_sign": "exercise bird"}
    commander = staff.bearer(Role.FC_STAFF)
    assert client.post("/api/v1/carriers", json=body, headers=commander).status_code == 422
    assert client.post(f"/api/v1/carriers/{first}/retire", headers=commander).json["retired"] is True
    assert post(client, staff, fix(5, call_sign="EXERCISE BIRD"))["refused"] == 1
    assert client.post("/api/v1/carriers", json=body, headers=commander).status_code == 201


def test_one_stray_fix_is_doubted_and_kept_and_the_picture_stays_where_the_carrier_is(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    truck = vehicle(client, staff, units.near, "EXERCISE TRUCK")
    name = {"call_sign": "EXERCISE TRUCK"}
    post(client, staff, fix(30, 0, **name), fix(20, 8, **name))
    stray = post(client, staff, fix(10, 300, **name))["positions"][0]
    assert "too_fast" in stray["flags"]
    assert latest_of(owner, truck) == NOW - timedelta(minutes=20)
    after = post(client, staff, fix(5, 18, **name))["positions"][0]
    assert "too_fast" not in after["flags"]
    assert latest_of(owner, truck) == NOW - timedelta(minutes=5)
    kept = owner.execute("SELECT max(ST_Y(place)) FROM positions WHERE tracked_id = %s", [truck]).fetchone()
    assert kept and kept[0] == pytest.approx(0.1 + 300 * KILOMETRE)


def test_a_fix_that_comes_weeks_late_is_judged_by_its_own_day(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    truck, then = vehicle(client, staff, units.near, "EXERCISE TRUCK"), 20 * 24 * 60
    name = {"call_sign": "EXERCISE TRUCK"}
    post(client, staff, fix(then + 30, 0, **name), fix(then + 10, 10, **name), fix(30, 0, **name))
    told = post(client, staff, fix(then + 20, 300, **name), fix(then + 15, 8, **name), fix(5, 12, **name))
    assert ["too_fast" in p["flags"] for p in told["positions"]] == [True, False, False]
    assert sum(bool(f & Flag.TOO_FAST) for f in flags_of(owner, truck)) == 1
    assert latest_of(owner, truck) == NOW - timedelta(minutes=5)


def test_two_fixes_that_agree_are_believed_and_the_first_of_them_is_judged_again(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    truck = vehicle(client, staff, units.near, "EXERCISE TRUCK")
    name = {"call_sign": "EXERCISE TRUCK"}
    post(client, staff, fix(30, 0, **name))
    post(client, staff, fix(20, 300, **name))
    assert Flag.TOO_FAST in flags_of(owner, truck)[1]
    post(client, staff, fix(15, 304, **name))
    assert not any(f & DOUBTED for f in flags_of(owner, truck))
    assert latest_of(owner, truck) == NOW - timedelta(minutes=15)


def test_what_a_helicopter_can_do_a_foot_patrol_can_not(
    client: FlaskClient, staff: Staff, units: Units
) -> None:
    for kind, fast in (("vehicle", True), ("aircraft", False)):
        vehicle(client, staff, units.near, f"EXERCISE {kind}", kind)
        told = post(
            client, staff, *(fix(m, km, call_sign=f"EXERCISE {kind}") for m, km in ((20, 0), (10, 60)))
        )
        assert ("too_fast" in told["positions"][1]["flags"]) is fast


def test_a_clock_that_runs_ahead_and_a_fix_far_outside_are_kept_and_not_believed(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    truck = vehicle(client, staff, units.near, "EXERCISE TRUCK")
    name = {"call_sign": "EXERCISE TRUCK"}
    told = post(
        client,
        staff,
        fix(10, **name),
        fix(-300, **name),
        fix(5, 9_000, **name) | {"lat": 60.0},
        fix(90, **name),
    )
    assert [p["flags"] for p in told["positions"]] == [[], ["ahead"], ["outside"], ["late"]]
    assert latest_of(owner, truck) == NOW - timedelta(minutes=10)


def test_speed_and_course_are_taken_where_they_are_told_and_reckoned_where_not(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    vehicle(client, staff, units.near, "EXERCISE TRUCK")
    name = {"call_sign": "EXERCISE TRUCK"}
    post(
        client, staff, fix(20, **name), fix(10, 10, **name), fix(5, 12, speed_kph=33.0, course=271.0, **name)
    )
    rows = owner.execute("SELECT speed_kph, course, flags FROM positions ORDER BY at").fetchall()
    assert rows[0][:2] == (None, None)
    assert rows[1][0] == pytest.approx(60, rel=0.01)
    assert rows[1][1] % 360 == pytest.approx(0, abs=0.1) and Flag.RECKONED in Flag(rows[1][2])
    assert rows[2] == (33.0, 271.0, 0)


minutes = st.lists(st.integers(1, 50), min_size=1, max_size=9, unique=True)


@given(data=st.data(), at=minutes)
@settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_in_whatever_order_and_batches_fixes_come_the_same_are_doubted(
    client: FlaskClient, staff: Staff, units: Units, patrol: int, data: st.DataObject, at: list[int]
) -> None:
    km = {m: data.draw(st.sampled_from([0.0, 1.0, 5.0, 60.0, 200.0])) for m in at}
    orders = [sorted(at, reverse=True), data.draw(st.permutations(at)), data.draw(st.permutations(at))]
    found = []
    with staff.acting(Role.FC_STAFF):
        for order in orders:
            left = list(order)
            while left:
                cut = data.draw(st.integers(1, len(left)))
                sent, left = left[:cut], left[cut:]
                report_batch([CarriedFix.model_validate(fix(m, km[m], patrol=patrol)) for m in sent])
            rows = db.session.execute(db.text("SELECT at, flags & 39 FROM positions ORDER BY at")).all()
            found.append([tuple(row) for row in rows])
            db.session.rollback()
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == len(at)
