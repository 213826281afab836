"""The mission's pages: what stands on them, and a value changed by the form."""

from __future__ import annotations

import re

import psycopg
import pytest

from app.mission.procedures import SEEDS
from app.permissions import Role
from tests.people import Staff, csrf_of

REASON = "The force commander's order of this week"


def seen_on(page: str) -> str:
    found = re.search(r'name="seen"[^>]*value="([^"]*)"', page)
    assert found
    return found[1]


def test_the_page_shows_areas_units_and_every_value(staff: Staff, owner: psycopg.Connection) -> None:
    owner.execute(
        "INSERT INTO bases (code, name, kind, place, sector_id) "
        "VALUES ('B-1', 'EXERCISE base Lima', 'company_operating_base', ST_SetSRID(ST_MakePoint(0.5, 0.5), 4326), %s)",
        [staff.sectors["WEST"]],
    )
    owner.execute(
        "INSERT INTO units (code, name, call_sign, kind, base_id, strength) "
        "SELECT 'U-1', 'EXERCISE company', 'KILO 1', 'infantry', id, 140 FROM bases"
    )
    page = staff.client(Role.POC_OFFICER).get("/mission").get_data(as_text=True)
    assert page.index("Mission area") < page.index("Sector East") < page.index("Sector West")
    for words in ("EXERCISE base Lima", "KILO 1", "No network yet", "Nothing has been imported"):
        assert words in page
    assert page.count('href="/mission/procedures/') == len(SEEDS)
    assert "31NAA" in page or "31N" in page  # the base's grid reference


def test_an_import_is_listed_once_with_the_rows_of_all_its_batches(
    staff: Staff, owner: psycopg.Connection
) -> None:
    for rows in (500, 120):
        owner.execute(
            "INSERT INTO ledger_events (at, action, subject, body, details) VALUES "
            "(now(), 'mission.places_imported', 'places:batch', '{}', "
            "jsonb_build_object('rows', %s::int, 'file_sha256', 'abcdef0123456789'))",
            [rows],
        )
    page = staff.client(Role.POC_OFFICER).get("/mission").get_data(as_text=True)
    assert '<td>Places</td><td class="num">620</td>' in page
    assert "abcdef012345<" in page


def test_a_value_is_changed_by_the_form_and_its_reason_is_listed(staff: Staff) -> None:
    client = staff.client(Role.POC_OFFICER)
    address = "/mission/procedures/acknowledge_minutes_p1"
    page = client.get(address).get_data(as_text=True)
    data = {"csrf_token": csrf_of(client, address), "value": "4", "reason": REASON, "seen": seen_on(page)}
    assert client.post(address, data=data).status_code == 302
    overview = client.get("/mission").get_data(as_text=True)
    assert "5 → 4. The force commander&#39;s order of this week" in overview
    assert client.post(address, data=data | {"value": "6"}).status_code == 409


@pytest.mark.parametrize(
    ("value", "reason", "sentence"),
    [("0", REASON, "between 1 and 10080"), ("4", "short", "Say why"), ("soon", REASON, "Not a valid float")],
)
def test_what_can_t_be_set_is_said_at_its_field_and_kept(
    staff: Staff, value: str, reason: str, sentence: str
) -> None:
    client = staff.client(Role.POC_OFFICER)
    address = "/mission/procedures/acknowledge_minutes_p1"
    data = {"csrf_token": csrf_of(client, address), "value": value, "reason": reason, "seen": "5.0"}
    answer = client.post(address, data=data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert reason.replace("'", "&#39;") in page


def test_the_page_is_for_those_who_manage_the_mission(staff: Staff) -> None:
    for role in (Role.HOM, Role.SECTOR_OPS, Role.SYSADMIN, Role.PATROL_CDR):
        client = staff.client(role)
        assert client.get("/mission").status_code == 403
        assert client.get("/mission/procedures/feedback_hours").status_code == 403
    assert staff.client(Role.FC_STAFF).get("/mission/procedures/moon_phase").status_code == 404
