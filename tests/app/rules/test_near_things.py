"""Incidents and open alerts that come near what is to be protected; a hidden haven is told of by no rule."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.permissions import Role
from tests.app.alerts.entries import entered
from tests.app.rules.world import Ground, rule
from tests.people import Staff, record

KEEPER, DUTY = Role.POC_OFFICER, Role.WATCHKEEPER_JOC


def fires(client: FlaskClient, staff: Staff, near: str, to: str, red_km: float = 5) -> list[Any]:
    parameters = {"kind": "distance", "near": near, "to": to, "red_km": red_km}
    answer = client.post(
        "/api/v1/rules/test", json=rule(parameters=parameters, area=None), headers=staff.bearer(KEEPER)
    )
    assert answer.status_code == 200, answer.get_json()
    found: list[Any] = answer.get_json()["firings"]
    return found


def haven(ground: Ground, exposure: str) -> int:
    return ground.add(
        "havens", code="HVN-0001", name="EXERCISE QZHIDDEN", kind="base_shelter", exposure=exposure,
        place="SRID=4326;POINT(0.5 0.51)", sector_id=ground.staff.sectors["WEST"], capacity_day=10, capacity_night=10,
        state="open",
    )  # fmt: skip


def a_site(staff: Staff, ground: Ground) -> None:
    place = ground.add(
        "places", code="P1", population=100, name="EXERCISE village", kind="village",
        place="SRID=4326;POINT(0.5 0.51)",
    )  # fmt: skip
    ground.add(
        "sites", place_id=place, sector_id=staff.sectors["WEST"], priority="must", visits_a_week=1, longest_gap_days=7,
        visit_minutes=30, set_by_id=staff.person(KEEPER),
    )  # fmt: skip


def test_an_incident_near_a_base_fires_and_one_far_off_does_not(
    client: FlaskClient, staff: Staff, ground: Ground
) -> None:
    near = ground.incident(3, 0.11, 0.1)
    ground.incident(3, 0.5, 0.5)
    (found,) = fires(client, staff, "incidents", "base")
    assert found["what"] == f"Incident {near}" and "of a base" in found["why"]


def test_an_open_alert_near_a_site_to_protect_fires_and_a_rule_s_own_does_not(
    client: FlaskClient, staff: Staff, ground: Ground, owner: psycopg.Connection
) -> None:
    a_site(staff, ground)
    alert = entered(client, staff.bearer(DUTY))
    (found,) = fires(client, staff, "alerts", "site")
    assert found["what"] == f"Alert {alert}" and "of a site to protect" in found["why"]
    with owner.transaction():
        owner.execute("UPDATE alerts SET channel = 'rule'")
        record(owner)
    assert fires(client, staff, "alerts", "site") == []


@pytest.mark.parametrize(
    "made", [{"channel": "defender_sos"}, {"kind": "threat_to_named_person"}, {"kind": "abduction"}]
)
def test_what_is_about_one_person_comes_near_nothing(
    client: FlaskClient, staff: Staff, ground: Ground, made: dict[str, Any]
) -> None:
    """A rule's own alert would be about nobody, and patrols would be sent to its place."""
    a_site(staff, ground)
    entered(client, staff.bearer(DUTY), **made)
    assert fires(client, staff, "alerts", "site") == []


def test_an_alert_that_leads_one_about_a_person_comes_near_nothing(
    client: FlaskClient, staff: Staff, ground: Ground, owner: psycopg.Connection
) -> None:
    a_site(staff, ground)
    leader, follower = (entered(client, staff.bearer(DUTY)) for _ in range(2))
    with owner.transaction():
        owner.execute(
            "UPDATE alerts SET leader_id = %s, channel = 'defender_sos' WHERE id = %s", [leader, follower]
        )
        record(owner)
    assert fires(client, staff, "alerts", "site") == []


@pytest.mark.parametrize("near", ["incidents", "alerts"])
def test_a_haven_that_not_all_may_know_of_is_told_by_no_rule(
    client: FlaskClient, staff: Staff, ground: Ground, owner: psycopg.Connection, near: str
) -> None:
    """Whoever writes it may see restricted havens; those who read its alerts may not."""
    ground.incident(3)
    entered(client, staff.bearer(DUTY))
    made = haven(ground, "secret")
    assert fires(client, staff, near, "haven") == []
    with owner.transaction():
        owner.execute("UPDATE havens SET exposure = 'mission' WHERE id = %s", [made])
        record(owner)
    (found,) = fires(client, staff, near, "haven")
    assert "QZHIDDEN" not in str(found) and "of a haven" in found["why"]


def test_one_of_ours_has_to_be_chosen_where_it_is_one_of_ours(client: FlaskClient, staff: Staff) -> None:
    parameters = {"kind": "distance", "to": "base", "red_km": 5}
    answer = client.post(
        "/api/v1/rules/test", json=rule(parameters=parameters, area=None), headers=staff.bearer(KEEPER)
    )
    assert answer.status_code == 422
