"""An officer who would rather not answer for it: ways round the approval of a decision not to respond."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.permissions import Role
from tests.people import Staff
from tests.reports import act

WHY = "EXERCISE: said in a sentence why."
DECIDE = {"response": "patrol", "authority": "tactical_control"}


def test_handing_over_is_no_way_round_the_approval(client: FlaskClient, staff: Staff, alert: int) -> None:
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    act(client, duty, alert, "acknowledge")
    assert (
        act(
            client, duty, alert, "decline", reason="distance_time", authority="tactical_control", note=WHY
        ).status_code
        == 200
    )
    handed = act(client, duty, alert, "hand-over", to="other", note=WHY)
    assert (handed.status_code, handed.json["code"]) == (409, "not_approved")
    act(client, duty, alert, "feedback", told=False, note=WHY)
    closed = act(client, duty, alert, "close")
    assert (closed.status_code, closed.json["code"]) == (409, "not_approved")


def test_once_approved_it_may_be_handed_over(client: FlaskClient, staff: Staff, alert: int) -> None:
    duty, force = staff.bearer(Role.WATCHKEEPER_JOC), staff.bearer(Role.FC_STAFF)
    act(client, duty, alert, "acknowledge")
    act(client, duty, alert, "decline", reason="handed_over", authority="tactical_control", note=WHY)
    assert act(client, force, alert, "review", approve=True).status_code == 200
    assert act(client, duty, alert, "hand-over", to="state", note=WHY).json["status"] == "responded"


def test_an_order_to_a_unit_that_does_not_exist_is_refused(
    client: FlaskClient, staff: Staff, alert: int
) -> None:
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    act(client, duty, alert, "acknowledge")
    act(client, duty, alert, "decide", **DECIDE)
    assert act(client, duty, alert, "task", response="patrol", unit_id=4711).status_code == 422


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("acknowledge", {}), ("decide", DECIDE),
        ("decline", {"reason": "not_credible", "authority": "tactical_control", "note": WHY}),
        ("note", {"note": WHY}), ("close", {}), ("hand-over", {"to": "state", "note": WHY}),
    ],
)  # fmt: skip
def test_an_officer_of_another_sector_touches_nothing_and_learns_nothing(
    client: FlaskClient, staff: Staff, alert: int, name: str, fields: dict[str, Any]
) -> None:
    other = staff.bearer(Role.SECTOR_OPS, "EAST")
    there, nowhere = (act(client, other, number, name, **fields) for number in (alert, alert + 1000))
    assert (there.status_code, there.data) == (nowhere.status_code, nowhere.data) == (404, there.data)
