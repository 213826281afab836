"""Two officers do the same at one instant: the second waits, is told so as a conflict, and nothing is written twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.alerts import actions as alerts
from app.alerts.models import HandedTo
from app.db import db
from app.evacuations import actions as evacuations
from app.havens import correcting
from app.havens.body import Correction
from app.means import actions as means
from app.means.body import MeansBody
from app.means.models import Escort
from app.mission.placing import Given
from app.permissions import Role
from app.roads import actions as roads
from app.roads.models import RoadCondition
from app.sites import actions as sites
from app.sites.body import SiteBody
from tests.app.evacuations.test_evacuations import haven
from tests.app.patrols.world import decided_alert
from tests.people import WEST, Staff, csrf_of, record
from tests.planning_ground import Country, small_country

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
WHY = "EXERCISE: said in a sentence why."
AT_MOST = 60.0
Act = Callable[[], Any]


@pytest.fixture
def country(owner: psycopg.Connection, staff: Staff) -> Country:
    return small_country(owner, staff)


@pytest.fixture
def ops(staff: Staff) -> FlaskClient:
    return staff.client(Role.SECTOR_OPS)


def waits(owner: psycopg.Connection) -> bool:
    row = owner.execute(
        "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
        "WHERE NOT l.granted AND a.datname = current_database()"
    ).fetchone()
    return bool(row and row[0])


def second_of(
    staff: Staff, owner: psycopg.Connection, first: Act, sent: Act, by: Role = Role.SECTOR_OPS
) -> Any:
    """The answer to what is sent while `first` is done, `by` whom, and not yet committed."""
    with staff.acting(by), ThreadPoolExecutor(1) as other:
        first()
        answer = other.submit(sent)
        until = time.monotonic() + AT_MOST
        while not (waited := waits(owner)) and not answer.done() and time.monotonic() < until:
            time.sleep(0.01)
        assert waited, "the second one did not meet the first"
        db.session.commit()
        return answer.result(AT_MOST)


def told(owner: psycopg.Connection, action: str) -> int:
    row = owner.execute("SELECT count(*) FROM ledger_events WHERE action = %s", [action]).fetchone()
    assert row
    return int(row[0])


def test_a_haven_that_has_just_been_moved_into_another_sector_is_found_no_more(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    moved = haven(owner, staff, "NEAR", 0.4, 700)
    body, keeper = Correction(place=Given(lon=1.5, lat=0.5), why=WHY), staff.bearer(Role.SECTOR_OPS)
    address = f"/api/v1/havens/{moved}/headcount"
    answer = second_of(
        staff, owner, lambda: correcting.correct(moved, body),
        lambda: client.post(address, json={"people": 3}, headers=keeper), by=Role.POC_OFFICER,
    )  # fmt: skip
    assert answer.status_code == 404
    assert (told(owner, "havens.corrected"), told(owner, "havens.headcount")) == (1, 0)


def test_an_escort_is_ended_once(
    staff: Staff, country: Country, ops: FlaskClient, owner: psycopg.Connection
) -> None:
    owed = {"kind": "market", "from_place": "V0", "to_place": "V1", "on_day": TOMORROW, "earliest": "07:00",
            "latest": "09:00", "ready_minutes": "15", "note": "EXERCISE",
            "csrf_token": csrf_of(ops, "/means")}  # fmt: skip
    assert ops.post("/means/escorts", data=owed).status_code == 303
    with staff.acting(Role.SECTOR_OPS):
        escort = db.session.execute(select(Escort.id)).scalar_one()
    sent = {"csrf_token": owed["csrf_token"], "outcome": "called_off"}
    answer = second_of(
        staff, owner, lambda: means.end_escort(escort, "done"),
        lambda: ops.post(f"/means/escorts/{escort}/end", data=sent),
    )  # fmt: skip
    assert answer.status_code == 409 and "over already" in answer.get_data(as_text=True)
    assert told(owner, "escorts.ended") == 1


def test_a_road_is_opened_again_once(
    staff: Staff, country: Country, ops: FlaskClient, owner: psycopg.Connection
) -> None:
    link = country.links[0]
    token = {"csrf_token": csrf_of(ops, f"/roads/links/{link}")}
    said = {"condition": "closed", "cause": "bridge", "reason": WHY, "factor": ""}
    assert ops.post(f"/roads/links/{link}", data=token | said).status_code == 303
    with staff.acting(Role.SECTOR_OPS):
        condition = db.session.execute(select(RoadCondition.id)).scalar_one()
    answer = second_of(
        staff, owner, lambda: roads.open_again(condition, WHY),
        lambda: ops.post(f"/roads/conditions/{condition}/open", data=token | {"why": WHY}),
    )  # fmt: skip
    assert answer.status_code == 409 and "opened again already" in answer.get_data(as_text=True)
    assert told(owner, "roads.opened") == 1


def test_an_evacuation_is_ordered_once(
    client: FlaskClient, staff: Staff, country: Country, ops: FlaskClient, owner: psycopg.Connection
) -> None:
    around = {"lon": 0.3, "lat": 0.5, "radius_km": 3.0}
    made = client.post("/api/v1/evacuations", json=around, headers=staff.bearer(Role.SECTOR_OPS)).json
    token = {"csrf_token": csrf_of(ops, f"/evacuations/{made['id']}")}
    answer = second_of(
        staff, owner, lambda: evacuations.issue(made["id"], 1),
        lambda: ops.post(f"/evacuations/{made['id']}/1/issue", data=token),
    )  # fmt: skip
    assert answer.status_code == 409 and "issued already" in answer.get_data(as_text=True)
    assert told(owner, "evacuations.issued") == 1


def test_an_evacuation_is_ordered_beside_an_alert_that_was_handed_over_in_the_meantime(
    client: FlaskClient, staff: Staff, country: Country, ops: FlaskClient, owner: psycopg.Connection
) -> None:
    alert = decided_alert(client, staff, owner, lon=0.3)
    area = {"alert_id": alert, "radius_km": 3.0}
    made = client.post("/api/v1/evacuations", json=area, headers=staff.bearer(Role.SECTOR_OPS)).json
    token = {"csrf_token": csrf_of(ops, f"/evacuations/{made['id']}")}
    answer = second_of(
        staff, owner, lambda: alerts.hand_over(alert, HandedTo.STATE, WHY),
        lambda: ops.post(f"/evacuations/{made['id']}/1/issue", data=token),
    )  # fmt: skip
    assert answer.status_code == 303
    assert [told(owner, each) for each in ("evacuations.issued", "alerts.tasked")] == [1, 0]
    assert owner.execute("SELECT status FROM alerts").fetchone() == ("responded",)


def test_a_place_is_put_on_the_list_once_and_a_units_means_are_set_by_both_in_turn(
    staff: Staff, country: Country, ops: FlaskClient, owner: psycopg.Connection
) -> None:
    site = {"priority": "must", "visits_a_week": "2", "longest_gap_days": "4", "visit_minutes": "45", "place": "V1",
            "csrf_token": csrf_of(ops, "/sites/new")}  # fmt: skip
    body = SiteBody.model_validate(
        {"priority": "must", "visits_a_week": 3, "longest_gap_days": 4, "visit_minutes": 45}
    )
    answer = second_of(
        staff, owner, lambda: sites.set_site("V1", body), lambda: ops.post("/sites/new", data=site)
    )
    assert answer.status_code == 422 and "on the list already" in answer.get_data(as_text=True)
    assert told(owner, "sites.set") == 1
    means_form = {
        "going": "mixed", "open_speed": "1.0", "seasonal_speed": "0.7", "foot_kph": "4", "shift_from": "07:00",
        "shift_until": "18:00", "longest_duty_minutes": "480", "tours_a_day": "1", "crew": "12", "interpreters": "1",
        "women": "3", "days": ["1", "2", "7"], "overnight_places": "V1", "csrf_token": site["csrf_token"],
    }  # fmt: skip
    plain = MeansBody(
        going="foot", shift_from=420, shift_until=1080, longest_duty_minutes=480, tours_a_day=1, crew=9
    )  # type: ignore[arg-type]
    address = f"/means/units/{country.unit}"
    set_by_both = second_of(
        staff, owner, lambda: means.set_means(country.unit, plain), lambda: ops.post(address, data=means_form)
    )
    assert set_by_both.status_code == 303
    assert owner.execute("SELECT crew FROM unit_means").fetchone() == (12,)


def test_what_is_over_before_it_could_be_stopped_is_told_as_a_conflict(
    staff: Staff, country: Country, ops: FlaskClient, owner: psycopg.Connection
) -> None:
    made = "INSERT INTO solves (kind, subject_id, sector_id, asked_by_id) VALUES ('plan', 1, %s, %s) RETURNING id"
    with owner.transaction():
        row = owner.execute(made, [staff.sectors[WEST], staff.person(Role.SECTOR_OPS)]).fetchone()
        record(owner)
    assert row
    token = {"csrf_token": csrf_of(ops, "/sites/new")}
    with ThreadPoolExecutor(1) as other:
        with owner.transaction():
            # The worker has found the end of it.
            owner.execute("UPDATE solves SET state = 'done' WHERE id = %s", [row[0]])
            record(owner)
            answer = other.submit(lambda: ops.post(f"/solves/{row[0]}/stop", data=token))
            until = time.monotonic() + AT_MOST
            while not waits(owner) and time.monotonic() < until:
                time.sleep(0.01)
        stopped = answer.result(AT_MOST)
    assert stopped.status_code == 409 and "has just changed this" in stopped.get_data(as_text=True)
