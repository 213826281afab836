"""What units have for patrols, and escorts that are owed until somebody says that they are over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.permissions import Role
from tests.people import EAST, Staff
from tests.planning_ground import Country, small_country
from tests.planning_officer import MEANS, means, post


@pytest.fixture
def country(owner: psycopg.Connection, staff: Staff) -> Country:
    return small_country(owner, staff)


@pytest.fixture
def officer(staff: Staff) -> FlaskClient:
    return staff.client(Role.SECTOR_OPS)


def owed(**changes: Any) -> dict[str, Any]:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    return {
        "kind": "market", "from_place": "V1", "to_place": "V3", "on_day": tomorrow.isoformat(), "earliest": "07:00",
        "latest": "09:00", "ready_minutes": "15",
    } | changes  # fmt: skip


def actions(owner: psycopg.Connection, table: str) -> list[str]:
    told = owner.execute("SELECT action FROM ledger_events WHERE subject LIKE %s ORDER BY id", [f"{table}:%"])
    return [row[0] for row in told]


def test_means_are_set_by_those_who_plan_there_and_wrong_ones_are_answered(
    staff: Staff, officer: FlaskClient, country: Country, owner: psycopg.Connection
) -> None:
    page = f"/means/units/{country.unit}"
    for entry in (
        {"shift_until": "07:00"}, {"shift_from": "7 o’clock"}, {"interpreters": "13"}, {"crew": "0"}, {"foot_kph": "9"},
        {"open_speed": "nan"}, {"longest_duty_minutes": "20"}, {"going": "boat"}, {"days": ["0"]},
        {"overnight_base_ids": ["987654"]}, {"overnight_places": "V2, V9"},
    ):  # fmt: skip
        assert post(officer, page, {**MEANS, **entry}).status_code == 422, entry
    assert post(staff.client(Role.POC_OFFICER), page, MEANS).status_code == 403
    assert owner.execute("SELECT count(*) FROM unit_means").fetchone() == (0,)
    means(officer, country, shift_from="18:00", shift_until="06:00", overnight_places="V3, V2",
          overnight_base_ids=[str(country.base)])  # fmt: skip
    means(officer, country, crew="9")
    kept = owner.execute("SELECT crew, shift_from, overnight_place_ids FROM unit_means").fetchall()
    assert kept == [(9, 420, [])]
    assert actions(owner, "unit_means") == ["means.set", "means.set"]
    assert staff.client(Role.SECTOR_OPS, EAST).get(page).status_code == 404


def test_an_escort_is_owed_once_and_ends_once(
    staff: Staff, officer: FlaskClient, country: Country, owner: psycopg.Connection
) -> None:
    far = (datetime.now(UTC).date() + timedelta(days=70)).isoformat()
    for entry in (
        {"to_place": "V1"}, {"to_place": "V9"}, {"from_place": "0.5, 0.2"}, {"latest": "06:00"}, {"on_day": far},
        {"on_day": "soon"}, {"kind": "defender"}, {"ready_minutes": "-1"},
    ):  # fmt: skip
        assert post(officer, "/means/escorts", owed(**entry)).status_code == 422, entry
    stranger = staff.client(Role.SECTOR_OPS, EAST)
    assert (
        post(stranger, "/means/escorts", owed()).status_code == 422
    )  # it begins in a sector that he plans nothing in
    assert actions(owner, "escorts") == []
    assert post(officer, "/means/escorts", owed()).status_code == 303
    row = owner.execute("SELECT id FROM escorts").fetchone()
    assert row and "EXERCISE village 3" in officer.get("/means").get_data(as_text=True)
    end = f"/means/escorts/{row[0]}/end"
    assert post(stranger, end, {"outcome": "done"}).status_code == 404
    assert post(officer, end, {"outcome": "lost"}).status_code == 422
    assert post(officer, end, {"outcome": "called_off"}).status_code == 303
    assert post(officer, end, {"outcome": "done"}).status_code == 409
    assert owner.execute("SELECT outcome FROM escorts").fetchall() == [("called_off",)]
    assert "EXERCISE village 3" not in officer.get("/means").get_data(as_text=True)
    assert actions(owner, "escorts") == ["escorts.owed", "escorts.ended"]
