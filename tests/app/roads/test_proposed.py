"""What approved patrol reports say of roads stands on the board until an officer has said something of the road."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from app.permissions import Role
from tests.people import EAST, WEST, Staff, record
from tests.planning_ground import Country, one, small_country
from tests.planning_officer import WHY, post

AT_FORD = "0.5, 0.25"
FORD = {
    "what": "ford",
    "place": AT_FORD,
    "vehicle": "heavy",
    "trafficability": "red",
    "remarks": "EXERCISE: bank gone",
}
HEADING = "What patrols say"


@pytest.fixture
def country(owner: psycopg.Connection, staff: Staff) -> Country:
    return small_country(owner, staff)


@pytest.fixture
def officer(staff: Staff) -> FlaskClient:
    return staff.client(Role.SECTOR_OPS)


def told(
    owner: psycopg.Connection, staff: Staff, country: Country, *rows: dict[str, Any], state: str = "approved",
    days_ago: float = 0,
) -> int:  # fmt: skip
    """A patrol of the western sector and its report, which says this of roads."""
    sector, leader = staff.sectors[WEST], staff.person(Role.PATROL_CDR)
    sent = datetime.now(UTC) - timedelta(days=days_ago, seconds=1)
    with owner.transaction():
        patrol = one(
            owner, "INSERT INTO patrols (call_sign, unit_id, leader_id, sector_id, purpose, task, state, planned_start, "
            "planned_end, started_at, ended_at) VALUES (%s, %s, %s, %s, 'presence', 'EXERCISE', 'done', %s, %s, %s, %s)",
            [f"HAWK-{uuid4().hex[:4]}", country.unit, leader, sector, *[sent - timedelta(hours=h) for h in (6, 1, 6, 1)]],
        )  # fmt: skip
        report = one(
            owner, "INSERT INTO patrol_reports (device_id, patrol_id, sector_id, author_id, state, blocks, submitted_at, "
            "approved_at, approved_by_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [uuid4(), patrol, sector, leader, state, json.dumps({"roads": {"roads": list(rows)}}), sent, sent,
             staff.person(Role.HEAD_OF_OFFICE)],
        )  # fmt: skip
        record(owner)
    return report


def board(client: FlaskClient) -> str:
    """The part with what patrols say; empty where there is none."""
    shown = client.get("/roads").get_data(as_text=True)
    return shown.split('id="proposed"')[1].split("</table>")[0] if HEADING in shown else ""


def test_an_approved_report_leads_to_the_form_of_its_road_and_is_gone_once_that_is_said(
    officer: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    report = told(owner, staff, country, FORD, {"what": "market", "place": AT_FORD, "trafficability": "red"})
    shown = board(officer)
    assert (
        f"Patrol report {report}" in shown
        and "EXERCISE: bank gone" in shown
        and "market" not in shown.lower()
    )
    way = f"/roads/links/{country.links[1]}?report={report}&row=0"
    assert way.replace("&", "&amp;") in shown
    form = officer.get(way).get_data(as_text=True)
    assert f"Patrol report {report}: Ford. Red: closed, Heavy vehicles." in form and "bank gone" not in form
    assert '<option selected value="closed">' in form and '<option selected value="bridge">' in form
    said = {"condition": "closed", "cause": "bridge", "reason": WHY}
    assert post(officer, way, said).status_code == 303
    assert board(officer) == ""
    # What was taken back since was answered as well.
    (condition,) = owner.execute("SELECT id FROM road_conditions").fetchone() or ()
    assert post(officer, f"/roads/conditions/{condition}/open", {"why": WHY}).status_code == 303
    assert board(officer) == ""


@pytest.mark.parametrize("state", ["draft", "submitted", "debriefed", "returned"])
def test_a_report_that_is_not_approved_proposes_nothing(
    officer: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection, state: str
) -> None:
    told(owner, staff, country, FORD, state=state)
    assert board(officer) == ""


def test_the_later_report_counts_and_an_open_road_matters_only_where_one_was_hindered(
    officer: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    old = told(owner, staff, country, FORD, days_ago=40)
    assert board(officer) == ""
    red = told(owner, staff, country, FORD, days_ago=2)
    assert f"Patrol report {red}" in board(officer) and f"Patrol report {old}" not in board(officer)
    told(owner, staff, country, FORD | {"trafficability": "green"}, days_ago=1)
    assert board(officer) == ""
    assert post(officer, f"/roads/links/{country.links[0]}",
                {"condition": "slowed", "factor": "2", "cause": "rain", "reason": WHY}).status_code == 303  # fmt: skip
    on_slow = FORD | {"place": "0.5, 0.15"}
    told(owner, staff, country, on_slow | {"trafficability": "amber"})
    assert board(officer) == ""
    with owner.transaction():
        owner.execute("ALTER TABLE road_conditions DISABLE TRIGGER USER")
        owner.execute(
            "UPDATE road_conditions SET set_at = now() - interval '1 day', from_at = now() - interval '1 day'"
        )
        owner.execute("ALTER TABLE road_conditions ENABLE TRIGGER USER")
    green = told(owner, staff, country, on_slow | {"trafficability": "green"})
    assert "Open it again…" in board(officer)
    page = officer.get(f"/roads/links/{country.links[0]}?report={green}&row=0").get_data(as_text=True)
    assert f'value="Patrol report {green}: Ford. Green: open, Heavy vehicles."' in page


def test_a_place_that_lies_at_no_road_or_cannot_be_read_leads_to_the_report_alone(
    officer: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    told(
        owner,
        staff,
        country,
        FORD | {"place": "0.9, 0.9"},
        FORD | {"place": "EXERCISE behind the hill"},
        FORD | {"place": ""},
    )
    shown = board(officer)
    assert shown.count("No road is known there.") == 3 and "Say it of the road" not in shown


def test_it_is_told_to_readers_of_the_report_and_offered_to_those_who_send_patrols_there(
    officer: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    report = told(owner, staff, country, FORD)
    way = f"/roads/links/{country.links[1]}?report={report}&row=0"
    assert "Say it of the road…" in board(officer)
    command = board(staff.client(Role.HOM, "ALL"))
    assert f"Patrol report {report}" in command and "Say it of the road" not in command
    for blind in (staff.client(Role.SECTOR_OPS, EAST), staff.client(Role.LEGAL)):
        assert board(blind) == ""
        assert f"Patrol report {report}" not in blind.get(way).get_data(as_text=True)
    for nothing in ("report=0&row=0", f"report={report}&row=7", "report=x&row=", f"report={2**70}&row=0"):
        page = officer.get(f"/roads/links/{country.links[1]}?{nothing}")
        assert page.status_code == 200 and "Patrol report" not in page.get_data(as_text=True), nothing
