"""A patrol's order as a document: for those who write or approve it and its leader, and nothing else of the shelf."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.db import db
from app.permissions import Permission, Role
from tests.app.documents.ordering import order as order_other
from tests.app.documents.ordering import raise_alert, write_all
from tests.app.patrol_orders.world import issued
from tests.people import EAST, WEST, Staff, csrf_of, record

pytestmark = pytest.mark.usefixtures("worker")

WRITERS = (Role.SECTOR_OPS, Role.BN_OPS, Role.UNPOL_OPS, Role.WATCHKEEPER_JOC, Role.FC_STAFF)


def printed(client: FlaskClient, headers: dict[str, str], patrol: int) -> Any:
    sent = {"kind": "patrol_order", "subject": {"patrol_id": patrol}}
    return client.post("/api/v1/documents", json=sent, headers=headers)


def test_its_leader_prints_it_from_his_own_page_and_each_look_is_recorded(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, patrol: int
) -> None:
    leader = staff.client(Role.PATROL_CDR)
    issued(client, staff, patrol)
    page = leader.get(f"/patrols/mine/{patrol}/order").get_data(as_text=True)
    assert "Print the order (PDF)" in page
    token = {"csrf_token": csrf_of(leader, f"/patrols/mine/{patrol}/order")}
    sent = leader.post(f"/patrols/{patrol}/order/print", data=token)
    assert sent.status_code == 303
    write_all(owner)
    address = sent.headers["Location"]
    shown = leader.get(address).get_data(as_text=True)
    assert "by the ford" in shown and 'href="/documents"' not in shown
    for file_format, start in (("pdf", b"%PDF"), ("docx", b"PK")):
        file = leader.get(f"{address}/files/{file_format}")
        assert file.status_code == 200 and file.data.startswith(start)
    looks = owner.execute("SELECT format FROM downloads WHERE by_id = %s", [staff.person(Role.PATROL_CDR)])
    assert {row[0] for row in looks} == {"page", "pdf", "docx"}
    assert leader.get("/documents").status_code == 403


def test_whoever_writes_or_approves_orders_prints_those_of_his_sector_and_no_other_document(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, patrol: int
) -> None:
    issued(client, staff, patrol)
    for role in WRITERS:
        assert printed(client, staff.bearer(role), patrol).status_code == 202, role
    for role in (Role.SECTOR_OPS, Role.PATROL_CDR):
        assert printed(client, staff.bearer(role, EAST), patrol).status_code == 404, role
    for role in (Role.ANALYST_JMAC, Role.LEGAL, Role.CP_OFFICER):
        assert printed(client, staff.bearer(role), patrol).status_code == 403, role
    alert = raise_alert(staff, owner)
    report = order_other(staff, Role.HOM, {"alert_id": alert}).json
    ops = staff.bearer(Role.SECTOR_OPS)
    assert order_other(staff, Role.SECTOR_OPS, {"alert_id": alert}).status_code == 403
    assert client.get(report["status_url"], headers=ops).status_code == 404
    # Nor the order that another has printed.
    other = printed(client, staff.bearer(Role.HEAD_OF_OFFICE), patrol).json
    assert client.get(other["status_url"], headers=ops).status_code == 404
    # A token for other scopes of the same person opens no printed order.
    narrow = staff.bearer(Role.SECTOR_OPS, scopes=[Permission.READ_PATROLS, Permission.SEND_PATROLS])
    assert printed(client, narrow, patrol).status_code == 403


def test_a_leader_s_printed_order_closes_with_his_patrol_in_the_database_too(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, patrol: int
) -> None:
    issued(client, staff, patrol)
    headers = staff.bearer(Role.PATROL_CDR)
    made = printed(client, headers, patrol).json
    write_all(owner)
    ready = client.get(made["status_url"], headers=headers).json
    assert client.get(ready["files"][0]["url"], headers=headers).status_code == 200
    with owner.transaction():
        owner.execute(
            "UPDATE patrols SET state = 'done', started_at = now() - interval '30 days', "
            "ended_at = now() - interval '20 days' WHERE id = %s", [patrol],
        )  # fmt: skip
        record(owner)
    assert client.get(made["status_url"], headers=headers).status_code == 404
    assert client.get(ready["files"][0]["url"], headers=headers).status_code == 404
    with staff.acting(Role.PATROL_CDR):
        assert seen("documents") == seen("document_files") == 0


def test_row_level_security_alone_lets_who_prints_orders_order_no_other_kind(
    client: FlaskClient, staff: Staff, patrol: int
) -> None:
    def orders(role: Role, kind: str, sector: str = WEST) -> None:
        with staff.acting(role, sector) as who:
            db.session.connection().exec_driver_sql(
                "INSERT INTO documents (kind, subject, ordered_by_id) VALUES (%s, %s, %s)",
                (kind, f'{{"patrol_id": {patrol}, "version": 1}}', who.person_id),
            )

    orders(Role.PATROL_CDR, "patrol_order")
    orders(Role.BN_OPS, "patrol_order")
    for role, kind, sector in (
        (Role.PATROL_CDR, "incident_report", WEST),
        (Role.BN_OPS, "evacuation_order", WEST),
        (Role.BN_OPS, "patrol_order", EAST),
        (Role.PATROL_CDR, "patrol_order", EAST),
        (Role.ANALYST_JMAC, "patrol_order", WEST),
    ):
        with pytest.raises(Exception, match="row-level security"):
            orders(role, kind, sector)


def test_the_order_of_a_visit_to_a_defender_is_printed_by_those_alone_who_know_of_it(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, patrol: int
) -> None:
    issued(client, staff, patrol)
    approver = staff.bearer(Role.FC_STAFF)
    made = printed(client, approver, patrol).json
    write_all(owner)
    assert client.get(made["status_url"], headers=approver).json["state"] == "ready"
    with owner.transaction():
        owner.execute("UPDATE patrols SET purpose = 'defender_visit' WHERE id = %s", [patrol])
        record(owner)
    for role, status in (
        (Role.FC_STAFF, 404), (Role.BN_OPS, 404), (Role.WATCHKEEPER_JOC, 404),
        (Role.SECTOR_OPS, 202), (Role.PATROL_CDR, 202),
    ):  # fmt: skip
        assert printed(client, staff.bearer(role), patrol).status_code == status, role
        page = staff.client(role).get(f"/patrols/{patrol}/order").get_data(as_text=True)
        assert ("Print the order" in page) == (status == 202 and role != Role.PATROL_CDR), role
    # What was printed before is not found any more; by the database neither.
    assert client.get(made["status_url"], headers=approver).status_code == 404
    with staff.acting(Role.FC_STAFF):
        assert seen("documents") == seen("document_files") == 0
    with staff.acting(Role.PATROL_CDR):
        assert seen("documents") == 1


def seen(table: str) -> int:
    return int(db.session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())
