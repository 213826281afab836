"""A patrol order says when each stop is to be reached and left; the page and the API say it again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.permissions import Role
from tests.app.patrols.conftest import Units
from tests.app.patrols.world import leader_of
from tests.people import Staff

START = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)


def hours(after: float) -> str:
    return (START + timedelta(hours=after)).isoformat()


def ordered(client: FlaskClient, headers: dict[str, str], unit: int, *stops: dict[str, Any]) -> Any:
    sent = {
        "unit_id": unit, "purpose": "presence", "planned_start": hours(0), "planned_end": hours(6), "stops": list(stops),
    }  # fmt: skip
    return client.post("/api/v1/patrols", json=sent, headers=headers)


@pytest.fixture
def town(owner: psycopg.Connection) -> None:
    owner.execute(
        "INSERT INTO places (code, name, kind, population, place) "
        "VALUES ('EX-P1', 'EXERCISE Harrowby', 'village', 900, 'SRID=4326;POINT(0.51 0.5)')"
    )


@pytest.mark.usefixtures("town")
def test_the_times_and_the_place_of_a_stop_stand_on_every_page_of_the_patrol(
    staff: Staff, units: Units, client: FlaskClient, owner: psycopg.Connection
) -> None:
    leader_of(owner, staff, units.near)
    order = {"place": {"code": "EX-P1"}, "arrive_planned": hours(1), "depart_planned": hours(2)}
    answer = ordered(
        client, staff.bearer(Role.SECTOR_OPS), units.near, order, {"place": {"lon": 0.5, "lat": 0.5}}
    )
    assert answer.status_code == 201, answer.json
    first, second = answer.json["stops"]
    assert (first["arrive_planned"], first["depart_planned"]) == (hours(1), hours(2))
    assert (first["place_code"], first["name"]) == ("EX-P1", "EXERCISE Harrowby")
    assert (second["arrive_planned"], second["place_code"]) == (None, None)
    own = staff.client(Role.SECTOR_OPS).get(f"/patrols/{answer.json['id']}").get_data(as_text=True)
    leads = staff.client(Role.PATROL_CDR).get("/patrols/mine").get_data(as_text=True)
    for page in (own, leads):
        assert hours(1) in page and hours(2) in page
    assert "EX-P1" in own


@pytest.mark.parametrize(
    ("stops", "field"),
    [
        ([{"arrive_planned": hours(-1)}], "stops.0.arrive_planned"),
        ([{"depart_planned": hours(7)}], "stops.0.depart_planned"),
        ([{"arrive_planned": hours(2), "depart_planned": hours(1)}], "stops.0.depart_planned"),
        ([{"depart_planned": hours(3)}, {"arrive_planned": hours(2)}], "stops.1.arrive_planned"),
    ],
)
def test_times_that_can_t_be_kept_are_refused(
    staff: Staff, units: Units, client: FlaskClient, stops: list[dict[str, str]], field: str
) -> None:
    here = {"place": {"lon": 0.5, "lat": 0.5}}
    answer = ordered(client, staff.bearer(Role.SECTOR_OPS), units.near, *(here | stop for stop in stops))
    assert answer.status_code == 422
    assert set(answer.json["fields"]) == {field}
