"""Who may order which document, and what the order must say."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
from flask import Flask

from app.permissions import Permission, Role
from tests.app.documents.ordering import order, raise_alert, ucdp_event, written
from tests.people import EAST, WEST, Staff, csrf_of

PERIOD = {"since": "2026-11-01", "until": "210600ZNOV26"}


def test_an_order_is_accepted_at_once_recorded_and_left_to_a_worker(
    staff: Staff, owner: psycopg.Connection
) -> None:
    alert = raise_alert(staff, owner)
    answer = order(staff, Role.HOM, {"alert_id": alert}, audience="auditor")
    assert answer.status_code == 202
    told = answer.json
    assert answer.headers["Location"] == told["status_url"] == f"/api/v1/documents/{told['id']}"
    assert told["serial"].startswith("DOC-20") and told["serial"].endswith(f"-{told['id']:05d}")
    assert (told["state"], told["progress"], told["step"]) == ("ordered", 0, "Waiting for a worker")
    row = owner.execute("SELECT queue, job, args FROM outbox ORDER BY id DESC LIMIT 1").fetchone()
    assert row == ("slow", "workers.documents.render", [str(told["id"])])
    event = owner.execute(
        "SELECT details, role FROM ledger_events WHERE action = 'documents.ordered'"
    ).fetchone()
    assert event == (
        {"kind": "incident_report", "audience": "auditor", "subject": {"alert_id": alert}}, "hom",
    )  # fmt: skip


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "incident_report", "subject": {}},
        {"kind": "incident_report", "subject": {"alert_id": 1, "incident_id": 1}},
        {"kind": "incident_report", "subject": PERIOD},
        {"kind": "incident_report", "subject": {"alert_id": 0}},
        {"kind": "incident_report", "subject": {"alert_id": "<script>"}},
        {"kind": "accountability_report", "subject": {"alert_id": 1}},
        {"kind": "accountability_report", "subject": {"since": "2026-11-01"}},
        {"kind": "accountability_report", "subject": PERIOD | {"until": "2026-10-01"}},
        {"kind": "accountability_report", "subject": PERIOD | {"until": "2028-10-01"}},
        {"kind": "accountability_report", "subject": PERIOD | {"since": "210600JNOV26"}},
        {"kind": "accountability_report", "subject": {"since": "2098-01-01", "until": "2098-02-01"}},
        {"kind": "accountability_report", "subject": {"since": "9999-12-31", "until": "9999-12-31"}},
        {"kind": "accountability_report", "subject": PERIOD, "audience": "press"},
        {"kind": "weekly", "subject": PERIOD},
        {"kind": ["incident_report"], "subject": PERIOD},
        [],
    ],
)
def test_an_order_that_says_nothing_that_can_be_written_is_refused_with_its_field(
    staff: Staff, owner: psycopg.Connection, sent: Any
) -> None:
    answer = staff.app.test_client().post("/api/v1/documents", json=sent, headers=staff.bearer(Role.HOM))
    assert answer.status_code == 422
    assert answer.json["fields"]
    assert "script" not in answer.get_data(as_text=True)
    assert owner.execute("SELECT count(*) FROM documents").fetchone() == (0,)


def test_what_one_may_not_read_one_cannot_order_and_it_looks_as_if_it_were_not_there(
    staff: Staff, owner: psycopg.Connection
) -> None:
    far, near = raise_alert(staff, owner, EAST, 1.5), raise_alert(staff, owner)
    event = ucdp_event(owner, staff.sectors[EAST])
    hidden = order(staff, Role.HEAD_OF_OFFICE, {"alert_id": far})
    missing = order(staff, Role.HEAD_OF_OFFICE, {"alert_id": 999_999})
    assert (hidden.status_code, hidden.data) == (missing.status_code, missing.data)
    assert hidden.status_code == 404
    assert order(staff, Role.HEAD_OF_OFFICE, {"incident_id": event}).status_code == 404
    assert order(staff, Role.HEAD_OF_OFFICE, {"alert_id": near}).status_code == 202
    assert order(staff, Role.HEAD_OF_OFFICE, {"alert_id": far}, sector=EAST).status_code == 202


@pytest.mark.parametrize(
    "role", [Role.SECTOR_OPS, Role.ANALYST_JMAC, Role.PATROL_CDR, Role.SYSADMIN, Role.AUDITOR]
)
def test_roles_without_the_right_order_nothing(staff: Staff, role: Role) -> None:
    assert order(staff, role, PERIOD).status_code == 403


def test_a_token_that_reads_less_than_its_person_cannot_read_more_through_a_document(
    staff: Staff, owner: psycopg.Connection
) -> None:
    narrow = [Permission.ORDER_DOCUMENTS, Permission.READ_ALERTS]
    sent = {"kind": "accountability_report", "subject": PERIOD}
    headers = staff.bearer(Role.HOM, scopes=narrow)
    refused = staff.app.test_client().post("/api/v1/documents", json=sent, headers=headers)
    assert (refused.status_code, refused.json["code"]) == (403, "token_too_narrow")
    headers = staff.bearer(
        Role.HR_OFFICER, scopes=narrow
    )  # who reads neither the ledger nor unmaskings anyway
    assert staff.app.test_client().post("/api/v1/documents", json=sent, headers=headers).status_code == 202


@pytest.mark.usefixtures("worker")
def test_a_token_that_may_not_order_a_document_does_not_read_one_that_others_ordered(
    staff: Staff, owner: psycopg.Connection
) -> None:
    """An incident report holds the reports behind it and the patrols around: it is written with its orderer's rights."""
    made = written(staff, owner, Role.POC_OFFICER, {"alert_id": raise_alert(staff, owner)})
    file, client = made["files"][0]["url"], staff.app.test_client()
    narrow = [Permission.ORDER_DOCUMENTS, Permission.READ_DOCUMENTS, Permission.READ_ALERTS]
    assert client.get(file, headers=staff.bearer(Role.POC_OFFICER)).status_code == 200
    assert client.get(file, headers=staff.bearer(Role.POC_OFFICER, scopes=narrow)).status_code == 404


def test_a_day_is_the_mission_s_day_and_until_is_the_whole_of_it(
    staff: Staff, owner: psycopg.Connection, app: Flask
) -> None:
    owner.execute("UPDATE mission_identity SET time_zone = 'Africa/Bangui'")
    app.extensions.pop("vigil_identity", None)
    told = order(staff, Role.HOM, {"since": "2026-11-01", "until": "2026-11-02"}).json["subject"]
    assert told == {"since": "2026-10-31T23:00:00+00:00", "until": "2026-11-02T23:00:00+00:00"}


def test_a_report_on_a_period_is_fixed_to_the_sectors_of_whoever_ordered_it(
    staff: Staff, owner: psycopg.Connection
) -> None:
    order(staff, Role.HEAD_OF_OFFICE, PERIOD)
    order(staff, Role.HOM, PERIOD)
    rows = owner.execute("SELECT subject->'sectors' FROM documents ORDER BY id").fetchall()
    assert rows == [([staff.sectors[WEST]],), (None,)]


def test_the_form_orders_keeps_what_was_typed_and_says_what_is_missing(
    staff: Staff, owner: psycopg.Connection
) -> None:
    alert = raise_alert(staff, owner)
    client = staff.client(Role.HOM)
    assert f'value="{alert}"' in client.get(f"/documents/new?alert={alert}").get_data(as_text=True)
    token = csrf_of(client, "/documents/new")
    bare = client.post("/documents/new", data={"csrf_token": token, "about": "period", "since": "2026-11-01"})
    assert bare.status_code == 422
    text = bare.get_data(as_text=True)
    assert "This is needed for the document that you chose." in text and 'value="2026-11-01"' in text
    missing = client.post("/documents/new", data={"csrf_token": token, "about": "alert", "number": "999999"})
    assert missing.status_code == 422
    assert "none that you may see" in missing.get_data(as_text=True)
    fields = {"csrf_token": token, "about": "alert", "number": f"Alert {alert}", "audience": "protection"}
    done = client.post("/documents/new", data=fields)
    assert done.status_code == 303
    page = client.get(done.headers["Location"]).get_data(as_text=True)
    assert "Waiting for a worker" in page and 'hx-trigger="every 1s"' in page
    shelf = client.get("/documents").get_data(as_text=True)
    assert f"Alert {alert}" in shelf and "<progress" in shelf


def test_the_pages_of_an_alert_and_of_an_incident_lead_to_its_report(
    staff: Staff, owner: psycopg.Connection
) -> None:
    numbers = {"alert": raise_alert(staff, owner), "incident": ucdp_event(owner, staff.sectors[WEST])}
    chief, officer = staff.client(Role.HEAD_OF_OFFICE), staff.client(Role.SECTOR_OPS)
    for kind, number in numbers.items():
        link = f"/documents/new?{kind}={number}"
        for page in (f"/{kind}s/{number}", f"/{kind}s/{number}/panel"):
            assert f'href="{link}"' in chief.get(page).get_data(as_text=True)
            assert officer.get(page).status_code == 200
            assert "/documents/new" not in officer.get(page).get_data(as_text=True)
        form = chief.get(link).get_data(as_text=True)
        assert re.search(rf'name="number"[^>]*value="{number}"', form)
        assert re.search(rf'<input checked[^>]*value="{kind}"', form)
