"""What is said of roads: by whom, until when, and that every way out of the house tells the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest
from flask.testing import FlaskClient

from app.exchange.queries import LAYERS
from app.permissions import Role
from app.roads.network import network, said
from geo.roads import Season, minutes_between
from tests.people import EAST, Staff, record
from tests.planning_ground import Country, small_country
from tests.planning_officer import WHY, post, read

CLOSED = {"condition": "closed", "cause": "bridge", "reason": WHY}


@pytest.fixture
def country(owner: psycopg.Connection, staff: Staff) -> Country:
    return small_country(owner, staff)


@pytest.fixture
def officer(staff: Staff) -> FlaskClient:
    return staff.client(Role.SECTOR_OPS)


def run_out(owner: psycopg.Connection) -> None:
    """All that is said lasted until a minute ago; no row says so to the layers' count."""
    with owner.transaction():
        owner.execute("ALTER TABLE road_conditions DISABLE TRIGGER USER")
        owner.execute(
            "UPDATE road_conditions SET from_at = now() - interval '1 hour', until_at = now() - interval '1 minute'"
        )


def test_what_is_wrong_is_answered_and_nothing_is_said(
    officer: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    link = f"/roads/links/{country.links[1]}"
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    far = (datetime.now(UTC) + timedelta(days=400)).isoformat()
    for wrong in (
        {**CLOSED, "factor": "2"}, {**CLOSED, "reason": ""}, {**CLOSED, "until": past}, {**CLOSED, "until": far},
        {**CLOSED, "until": "soon"}, {**CLOSED, "cause": "weather"}, {**CLOSED, "condition": "slowed", "factor": "11"},
        {**CLOSED, "condition": "slowed", "factor": "nan"}, {**CLOSED, "condition": "slowed", "factor": "0.5"},
    ):  # fmt: skip
        assert post(officer, link, wrong).status_code == 422, wrong
    assert post(officer, "/roads/links/987654", CLOSED).status_code == 404
    assert post(staff.client(Role.LEGAL), link, CLOSED).status_code == 403  # sees the map, sends nobody
    assert owner.execute("SELECT count(*) FROM road_conditions").fetchone() == (0,)
    assert officer.get("/roads?place=95,200").status_code == 422
    assert "EXERCISE village" in officer.get("/roads?place=0.5,0.25").get_data(as_text=True)


def test_who_sends_no_patrols_there_neither_closes_nor_opens(
    officer: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    assert post(officer, f"/roads/links/{country.links[1]}", CLOSED).status_code == 303
    (told,) = read(staff.client(Role.SECTOR_OPS, EAST), "/api/v1/roads/conditions")["conditions"]
    assert told["condition"] == "closed" and "reason" not in told  # whoever drives must know
    back = f"/roads/conditions/{told['id']}/open"
    assert post(staff.client(Role.SECTOR_OPS, EAST), back, {"why": WHY}).status_code == 403
    assert post(officer, back, {"why": ""}).status_code == 422
    assert post(officer, back, {"why": WHY}).status_code == 303
    events = owner.execute(
        "SELECT action FROM ledger_events WHERE subject LIKE 'road_conditions:%' ORDER BY id"
    )
    assert [row[0] for row in events] == ["roads.said", "roads.opened"]
    page = officer.get(f"/roads/links/{country.links[1]}").get_data(as_text=True)
    assert page.count(WHY) >= 2  # what was said and why it was taken back stand there still


def test_no_way_leads_over_a_closed_link_until_its_time_is_up(
    officer: FlaskClient, staff: Staff, country: Country
) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    until = (tomorrow - timedelta(hours=1)).isoformat()
    assert post(officer, f"/roads/links/{country.links[2]}", {**CLOSED, "until": until}).status_code == 303
    with staff.acting(Role.SECTOR_OPS):
        now, later = network(), network(tomorrow)
        from_first = [minutes_between(roads, [0], [2, 4], Season.DRY)[0].tolist() for roads in (now, later)]
        closed, _factor = said()
    assert from_first == [[40, np.inf], [40, 80]]
    assert closed.tolist() == [False, False, True, False]


def test_rain_slows_a_road_by_its_class(staff: Staff, country: Country, owner: psycopg.Connection) -> None:
    with owner.transaction():
        owner.execute("UPDATE road_links SET road_class = 'track' WHERE code = 'L1'")
        owner.execute("UPDATE road_links SET state = 'seasonal' WHERE code = 'L2'")
        owner.execute("UPDATE procedures SET value = 3 WHERE key = 'roads_rain_track'")
        record(owner)
    with staff.acting(Role.SECTOR_OPS):
        roads = network()
        assert roads.minutes(Season.DRY).tolist() == [20, 20, 20, 20]
        assert roads.minutes(Season.RAINY) == pytest.approx([28, 60, np.inf, 28])


def test_other_peoples_tools_are_told_how_roads_are_now(
    officer: FlaskClient, staff: Staff, country: Country, owner: psycopg.Connection
) -> None:
    def asked(etag: str = "", **query: Any) -> Any:
        return officer.get(
            "/ogc/collections/roads/items", query_string=query, headers={"If-None-Match": etag}
        )

    usual = asked()
    with owner.transaction():
        owner.execute("UPDATE road_links SET state = 'closed' WHERE code = 'L3'")
        record(owner)
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    slow = {"condition": "slowed", "cause": "rain", "factor": "2", "reason": WHY}
    for n, words in ((0, slow), (1, slow), (1, {**CLOSED, "until": until}), (3, slow)):
        assert post(officer, f"/roads/links/{country.links[n]}", words).status_code == 303
    answer = asked(usual.headers["ETag"])
    states = [f["properties"]["state"] for f in answer.json["features"]]
    assert states == ["slowed", "closed", "open", "closed"]
    assert [f["id"] for f in asked(state="closed").json["features"]] == [country.links[1], country.links[3]]
    with staff.acting(Role.SECTOR_OPS):
        layer = LAYERS["roads"]
        assert "closed" in layer.columns_as_sql() and layer.lapsed and layer.lapsed() is None
    assert asked(answer.headers["ETag"]).status_code == 304
    # A closure that ran out is one that nobody wrote: a client that kept the answer must be told all the same.
    run_out(owner)
    assert [f["properties"]["state"] for f in asked(answer.headers["ETag"]).json["features"]] == [
        "open", "open", "open", "closed",
    ]  # fmt: skip
