"""A patrol order: two officers, one version each time, the gate before joint patrols, and no defender in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.db import db
from app.documents.brief import thaw
from app.documents.freezing import Ordered, freeze_document
from app.documents.outline import outline
from app.documents.patrol_order_brief import PatrolOrderBrief
from app.errors import NotFound
from app.patrols import actions
from app.patrols.planning import Plan, Stop
from app.permissions import Role
from tests.app.documents.conftest import said_in
from tests.app.patrol_orders.world import SAID, an_order, decision, flat, issued, written
from tests.app.patrols.conftest import Units
from tests.people import EAST, Staff, csrf_of, record


def approve(client: FlaskClient, headers: dict[str, str], patrol: int, version: int) -> Any:
    return client.post(f"/api/v1/patrols/{patrol}/order/{version}/approve", json={}, headers=headers)


def test_an_order_is_written_by_one_approved_by_another_and_amended_by_a_new_version(
    client: FlaskClient, staff: Staff, units: Units, patrol: int, owner: psycopg.Connection
) -> None:
    author, other = staff.bearer(Role.SECTOR_OPS), staff.bearer(Role.HEAD_OF_OFFICE)
    commander = staff.client(Role.PATROL_CDR)
    assert written(client, author, patrol).json["serial"] == f"PO-{patrol:05d}/1"
    assert commander.get(f"/patrols/mine/{patrol}/order").status_code == 404  # a draft is no order
    assert approve(client, author, patrol, 1).status_code == 403
    assert approve(client, staff.bearer(Role.WATCHKEEPER_JOC), patrol, 1).status_code == 403
    assert approve(client, staff.bearer(Role.SECTOR_OPS, EAST), patrol, 1).status_code == 404
    assert approve(client, other, patrol, 1).status_code == 200
    assert approve(client, other, patrol, 1).json["code"] == "wrong_state"
    assert SAID in commander.get(f"/patrols/mine/{patrol}/order").get_data(as_text=True)
    # An amendment leaves the order in force until it is approved too; of two drafts only the newer one is.
    for way in ("EXERCISE by the bridge", "EXERCISE by the mill"):
        assert written(client, author, patrol, alternate_route=way).status_code == 201
    assert "ford" in commander.get(f"/patrols/mine/{patrol}/order").get_data(as_text=True)
    assert approve(client, other, patrol, 2).status_code == 409
    assert approve(client, other, patrol, 3).status_code == 200
    assert "mill" in commander.get(f"/patrols/mine/{patrol}/order").get_data(as_text=True)
    # Row level security alone: nothing of a version changes but the name that approves it, and never by its author.
    with staff.acting(Role.FC_STAFF), pytest.raises(Exception, match="permission denied"):
        db.session.connection().exec_driver_sql("UPDATE patrol_orders SET content = '{}'")
    with staff.acting(Role.SECTOR_OPS) as who:
        assert written(client, author, patrol).status_code == 201
        touched = db.session.connection().exec_driver_sql(
            "UPDATE patrol_orders SET approved_at = now(), approved_by_role = 'x', approved_by_id = %s "
            "WHERE approved_at IS NULL", (who.person_id,),
        )  # fmt: skip
        assert touched.rowcount == 0


def test_a_patrol_with_state_forces_is_ordered_under_a_decision_that_holds_until_its_end_and_not_otherwise(
    client: FlaskClient, staff: Staff, units: Units, patrol: int
) -> None:
    author = staff.bearer(Role.SECTOR_OPS)
    joint: dict[str, Any] = {"composition": {"strength": 10, "state_forces": 8}}

    def refused(clearance: int | None) -> bool:
        answer = written(client, author, patrol, **joint, clearance_id=clearance)
        return bool(answer.status_code == 422 and set(answer.json["fields"]) == {"clearance_id"})

    assert refused(None) and refused(999_999)
    assert refused(decision(client, staff, decision="refuse"))
    sound = decision(client, staff)
    assert written(client, author, patrol, **joint, clearance_id=sound).status_code == 201
    # Those who order patrols do not decide on it; and what is suspended before the approval stops the approval.
    body = {"reason": "EXERCISE: its men burnt a village"}
    suspend = f"/api/v1/due-diligence/{sound}/suspend"
    assert client.post(suspend, json=body, headers=author).status_code == 403
    assert client.post(suspend, json=body, headers=staff.bearer(Role.HOM)).status_code == 200
    assert approve(client, staff.bearer(Role.FC_STAFF), patrol, 1).status_code == 422
    assert refused(sound)
    with staff.acting(Role.SECTOR_OPS) as who, pytest.raises(Exception, match="row-level security"):
        db.session.connection().exec_driver_sql(
            "INSERT INTO patrol_orders (patrol_id, version, content, route, straight, joint, clearance_id, "
            "written_by_id, written_by_role) "
            "VALUES (%s, 9, '{}', 'SRID=4326;LINESTRING(0 0, 1 1)', true, true, %s, %s, 'x')",
            (patrol, sound, who.person_id),
        )


def test_a_visit_to_a_defender_is_told_on_the_sealed_sheet_alone(
    client: FlaskClient, staff: Staff, units: Units
) -> None:
    start = datetime.now(UTC)
    with staff.acting(Role.HEAD_OF_OFFICE):
        patrol = actions.plan_patrol(
            Plan(units.near, actions.PatrolMode.FOOT, "defender_visit", "EXERCISE see codename OSPREY", start,
                 start + timedelta(hours=4), (Stop("EXERCISE market", 0.5, 0.5), Stop("EXERCISE school", 0.5, 0.52)))
        ).id  # fmt: skip
        db.session.commit()
    author = staff.bearer(Role.HEAD_OF_OFFICE)
    assert written(client, author, patrol).status_code == 422  # a task at a stop
    assert set(written(client, author, patrol, tasks=[]).json["fields"]) == {"sealed_sheet"}
    version = written(client, author, patrol, tasks=[], sealed_sheet=True).json["version"]
    assert approve(client, staff.bearer(Role.FC_STAFF), patrol, version).status_code == 200
    # Who only approved it reads no sheet of where it goes.
    ordered = Ordered("DOC-2026-00001", "patrol_order", {"patrol_id": patrol, "version": version}, "command")
    with staff.acting(Role.FC_STAFF), pytest.raises(NotFound):
        freeze_document(ordered)
    with staff.acting(Role.HEAD_OF_OFFICE):
        brief = thaw(freeze_document(ordered))
        told = " ".join(said_in(outline(brief)))
    assert "OSPREY" not in told and "Visit to a defender" not in told and "sealed instruction sheet" in told


def test_the_printed_order_says_what_was_issued_with_legs_and_roles_and_no_name(
    client: FlaskClient, staff: Staff, units: Units, patrol: int, owner: psycopg.Connection
) -> None:
    ops = staff.bearer(Role.HEAD_OF_OFFICE)
    asked = {"kind": "patrol_order", "subject": {"patrol_id": patrol}}
    assert client.post("/api/v1/documents", json=asked, headers=ops).status_code == 409
    with owner.transaction():
        owner.execute(
            "UPDATE patrols SET route = 'SRID=4326;LINESTRING(0.45 0.5, 0.5 0.1, 0.5 0.2, 0.45 0.5)' WHERE id = %s",
            [patrol],
        )
        record(owner)
    issued(client, staff, patrol)
    for audience, status in (("protection", 422), ("command", 202)):
        answer = client.post("/api/v1/documents", json=asked | {"audience": audience}, headers=ops)
        assert answer.status_code == status, answer.json
    other = staff.bearer(Role.HEAD_OF_OFFICE, EAST)
    assert client.post("/api/v1/documents", json=asked, headers=other).status_code == 404
    with staff.acting(Role.FC_STAFF):
        brief = thaw(
            freeze_document(
                Ordered("DOC-2026-00001", "patrol_order", {"patrol_id": patrol, "version": 1}, "command")
            )
        )
        assert isinstance(brief, PatrolOrderBrief)
        told = " ".join(said_in(outline(brief)))
    assert [stop.km for stop in brief.stops] == pytest.approx([44.6, 11.1], abs=0.2)
    assert brief.home_km == pytest.approx(33.6, abs=0.2) and not brief.straight
    assert (brief.stops[0].task, brief.stops[0].to_meet) == (SAID, ("Women’s leaders",))
    assert "EXERCISE patrol_cdr" not in told and "EXERCISE commander, 2nd platoon" in told
    for words in (
        "VHF 4",
        "green flare",
        "45 minutes",
        "market square",
        "card 3",
        "Sector operations officer",
        "No",
    ):
        assert words in told


def test_the_form_is_filled_from_the_last_version_and_what_was_typed_stays(
    staff: Staff, units: Units, patrol: int
) -> None:
    ops, address = staff.client(Role.SECTOR_OPS), f"/patrols/{patrol}/order/new"
    fields = flat(an_order())
    token = {"csrf_token": csrf_of(ops, address)}
    wrong = ops.post(address, data=fields | token | {"composition_women": "40"})
    assert wrong.status_code == 422 and "by the ford" in wrong.get_data(as_text=True)
    assert ops.post(address, data=fields | token).status_code == 303
    filled = ops.get(address).get_data(as_text=True)
    assert "green flare" in filled and SAID in filled and 'value="women_leaders"' in filled
    page = ops.get(f"/patrols/{patrol}/order").get_data(as_text=True)
    assert "Waits for approval" in page and "Approve and issue" not in page
    boss = staff.client(Role.HEAD_OF_OFFICE)
    token = {"csrf_token": csrf_of(boss, f"/patrols/{patrol}/order")}
    assert boss.post(f"/patrols/{patrol}/order/1/approve", data=token).status_code == 303
    assert "Issued" in boss.get(f"/patrols/{patrol}/order").get_data(as_text=True)
    assert boss.post(f"/patrols/{patrol}/order/print", data=token).status_code == 303
