"""The board, the plan and the leader's page: all of it with plain forms."""

from __future__ import annotations

import re

import psycopg
import pytest
from flask.testing import FlaskClient

from app.permissions import Role
from tests.app.patrols.conftest import Units
from tests.app.patrols.world import decided_alert
from tests.people import EAST, Staff, csrf_of

PLAN = {
    "purpose": "market_escort", "mode": "foot", "task": "EXERCISE: the way to the market", "stop_1": "0.5, 0.5",
    "stop_2": "0.6, 0.55", "leader_id": "",
}  # fmt: skip


def plan(client: FlaskClient, **changes: str) -> tuple[int, str]:
    page = client.get("/patrols/new").get_data(as_text=True)
    times = {
        n: re.search(rf'name="{n}"[^>]*value="([^"]+)"', page)[1] for n in ("planned_start", "planned_end")
    }  # type: ignore[index]
    answer = client.post(
        "/patrols/new", data=PLAN | times | {"csrf_token": csrf_of(client, "/patrols/new")} | changes
    )
    return answer.status_code, answer.get_data(as_text=True)


def test_a_patrol_is_planned_on_the_form_and_stands_on_the_board(
    staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    ops = staff.client(Role.SECTOR_OPS)
    status, _page = plan(ops, unit_id=str(units.near))
    assert status == 303
    stops = owner.execute("SELECT sequence, ST_Y(place), ST_X(place) FROM patrol_stops ORDER BY 1").fetchall()
    assert stops == [(1, 0.5, 0.5), (2, 0.6, 0.55)]
    board = ops.get("/patrols").get_data(as_text=True)
    assert "HAWK 1-1" in board and "EXERCISE unit 1" in board
    assert "HAWK 1-1" not in staff.client(Role.SECTOR_OPS, EAST).get("/patrols").get_data(as_text=True)


@pytest.mark.parametrize("changes", [
    {"stop_1": ""}, {"stop_1": "nowhere at all"}, {"stop_2": "95.0, 10.0"}, {"planned_start": "tomorrow"},
    {"planned_end": "010000ZJAN20"}, {"purpose": "tourism"}, {"stop_1": "\x00"}, {"task": "x" * 5000},
])  # fmt: skip
def test_a_wrong_plan_is_refused_and_what_was_typed_stays(
    staff: Staff, units: Units, owner: psycopg.Connection, changes: dict[str, str]
) -> None:
    status, page = plan(staff.client(Role.SECTOR_OPS), unit_id=str(units.near), **changes)
    assert status == 422
    assert "market" in page
    assert owner.execute("SELECT count(*) FROM patrols").fetchone() == (0,)


def test_units_of_other_sectors_are_not_offered_nor_taken(staff: Staff, units: Units) -> None:
    ops = staff.client(Role.SECTOR_OPS)
    page = ops.get("/patrols/new").get_data(as_text=True)
    assert "EXERCISE unit 1" in page
    assert "EXERCISE unit 3" not in page and "EXERCISE unit 4" not in page
    assert plan(ops, unit_id=str(units.eastern))[0] == 422


def test_the_leader_carries_it_out_on_a_phone_without_scripts(
    client: FlaskClient, staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    alert = decided_alert(client, staff, owner)
    client.post(
        f"/api/v1/alerts/{alert}/send-patrol", json={"unit_id": units.near, "order": "EXERCISE: go"},
        headers=staff.bearer(Role.WATCHKEEPER_JOC),
    )  # fmt: skip
    leader = staff.client(Role.PATROL_CDR)
    for words in ("Set off", "Arrived: ", "Departed: ", "Done"):
        page = leader.get("/patrols/mine").get_data(as_text=True)
        assert "EXERCISE: go" in page and "field-page" in page
        form = next(f for f in page.split("<form")[1:] if words in f)
        action = re.search(r'action="([^"]+)"', form)[1]  # type: ignore[index]
        fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
        assert leader.post(action, data=fields).status_code == 303
    assert owner.execute("SELECT state FROM patrols").fetchone() == ("done",)
    assert "No patrol is ordered for you" in leader.get("/patrols/mine").get_data(as_text=True)
    assert owner.execute("SELECT status FROM alerts").fetchone() == ("on_scene",)


def test_the_panel_is_a_part_of_a_page_with_the_acts(staff: Staff, units: Units) -> None:
    ops = staff.client(Role.SECTOR_OPS)
    plan(ops, unit_id=str(units.near))
    listed = ops.get("/patrols").get_data(as_text=True)
    patrol = re.search(r"/patrols/(\d+)\"", listed)[1]  # type: ignore[index]
    panel = ops.get(f"/patrols/{patrol}/panel").get_data(as_text=True)
    assert "<html" not in panel and f"/patrols/{patrol}/set-off" in panel
    reader = staff.client(Role.POC_OFFICER).get(f"/patrols/{patrol}").get_data(as_text=True)
    assert "<html" in reader and "set-off" not in reader
    assert "EXERCISE patrol_cdr" not in reader  # a leader's name is for those who send him
    moved = ops.post(
        f"/patrols/{patrol}/set-off",
        data={"csrf_token": csrf_of(ops, f"/patrols/{patrol}")},
        headers={"HX-Request": "true"},
    )
    assert moved.status_code == 200 and "Under way" in moved.get_data(as_text=True)
    assert staff.client(Role.SECTOR_OPS, EAST).get(f"/patrols/{patrol}/panel").status_code == 404
    assert ops.get("/patrols?state=%00&unit=%C2%B2&sort=-start&page=-3&search=hawk").status_code == 200
