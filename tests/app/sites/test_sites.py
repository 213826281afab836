"""The list of sites to protect: who keeps it, what a wrong entry answers, and what a change leaves behind."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.permissions import Role
from tests.people import EAST, Staff
from tests.planning_ground import small_country
from tests.planning_officer import SITE, WHY, post, read, site, visited


@pytest.fixture
def officer(staff: Staff) -> FlaskClient:
    return staff.client(Role.SECTOR_OPS)


def test_a_wrong_entry_is_answered_at_the_form_and_puts_nothing_on_the_list(
    staff: Staff, officer: FlaskClient, owner: psycopg.Connection
) -> None:
    small_country(owner, staff)
    wrong: list[dict[str, Any]] = [
        {"place": "V9"}, {"place": "0.5, 0.2"}, {"visits_a_week": "22"}, {"longest_gap_days": "0"},
        {"visit_minutes": "9" * 30}, {"night_percent": "nan"}, {"night_percent": "101"}, {"priority": "most"},
        {"window_from": "10:00", "window_until": "08:00"}, {"window_from": "10:00"}, {"window_from": "25:00"},
        {"market_from": "08:00", "market_until": "12:00"}, {"market_days": ["8"]}, {"needs": ["helicopter"]},
        {"note": "x" * 2001},
    ]  # fmt: skip
    for entry in wrong:
        assert post(officer, "/sites/new", {**SITE, "place": "V2", **entry}).status_code == 422, entry
    assert owner.execute("SELECT count(*) FROM sites").fetchone() == (0,)


def test_a_change_leaves_the_figures_before_it_and_only_those_who_plan_there_make_it(
    staff: Staff, officer: FlaskClient, owner: psycopg.Connection
) -> None:
    small_country(owner, staff)
    site(officer, "EXERCISE village 2", needs=["women", "foot"], note="EXERCISE: by the well")
    (kept,) = read(officer, "/api/v1/sites")["sites"]
    assert kept["place_code"] == "V2" and kept["needs"] == ["foot", "women"] and "note" not in kept
    path = f"/sites/{kept['id']}"
    for other, status in (
        (staff.client(Role.SECTOR_OPS, EAST), 404),
        (staff.client(Role.POC_OFFICER), 403),
        (staff.client(Role.LEGAL), 403),
    ):
        assert post(other, path, SITE).status_code == status
        assert post(other, f"{path}/drop", {"why": WHY}).status_code == status
    assert post(officer, path, {**SITE, "visits_a_week": "3"}).status_code == 303
    told = owner.execute(
        "SELECT action, coalesce(details, '{}') FROM ledger_events "
        "WHERE subject = %s ORDER BY id", [f"sites:{kept['id']}"],
    ).fetchall()  # fmt: skip
    # What was set is planning: the log, which others read, proves it and does not hold it.
    assert told == [("sites.set", {}), ("sites.changed", {})]
    # Dropped and put on anew: another row, and the one before stays.
    assert post(officer, f"{path}/drop", {"why": WHY}).status_code == 303
    site(officer, "V2", priority="could")
    (dropped,) = read(officer, "/api/v1/sites?state=dropped")["sites"]
    (anew,) = read(officer, "/api/v1/sites")["sites"]
    assert dropped["id"] == kept["id"] != anew["id"] and dropped["visits_a_week"] == 3
    assert officer.get(path).status_code == 200


def test_the_list_is_sorted_and_sifted_and_knows_when_somebody_was_there(
    staff: Staff, officer: FlaskClient, owner: psycopg.Connection
) -> None:
    country = small_country(owner, staff)
    for place, priority in (("V1", "could"), ("V2", "must"), ("V3", "must"), ("V4", "should")):
        site(officer, place, priority=priority)
    visited(owner, staff, country, 0.3, 5.0)
    visited(owner, staff, country, 0.4, 0.5)
    visited(owner, staff, country, 0.4, 9.0)

    def codes(query: str = "") -> list[str]:
        return [s["place_code"] for s in read(officer, f"/api/v1/sites{query}")["sites"]]

    assert codes() == ["V2", "V3", "V4", "V1"]  # what must be protected first, and there the longest alone
    assert codes("?state=over") == ["V2"]
    assert codes("?priority=must&sort=-name") == ["V3", "V2"]
    assert codes("?search=VILLAGE 4") == ["V4"]
    lately = {s["place_code"]: s["visits_lately"] for s in read(officer, "/api/v1/sites")["sites"]}
    assert lately == {"V1": 0, "V2": 1, "V3": 1, "V4": 0}
    assert read(staff.client(Role.SECTOR_OPS, EAST), "/api/v1/sites")["total"] == 0
