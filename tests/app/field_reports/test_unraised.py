"""A report that raised no alert is looked at by somebody: he raises one all the same, or says that it needs none."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
from flask import Flask
from flask.testing import FlaskClient

from app.field_reports.looking import RaiseReport, raise_from_report
from app.permissions import Role
from tests.app.test_same_instant import second_of
from tests.people import EAST, Staff, csrf_of, record
from tests.reports import body, defender_near, put

DUTY, OPS, PATROL = Role.WATCHKEEPER_JOC, Role.SECTOR_OPS, Role.PATROL_CDR
WHY = "EXERCISE: the third such call today"


def filed(app: Flask, staff: Staff, **changes: Any) -> str:
    report_id = str(uuid4())
    sent = body(kind="all_quiet", what="EXERCISE: QUIET DAY") | changes
    assert put(app.test_client(), staff.bearer(PATROL), sent, report_id).status_code == 201
    return report_id


def done(page: FlaskClient, report_id: str, act: str, **fields: Any) -> Any:
    token = csrf_of(page, "/account")
    return page.post(f"/reports/{report_id}/{act}", data={"csrf_token": token, **fields})


def test_what_raised_no_alert_waits_on_the_reports_page_in_the_queue_and_in_the_note_of_a_shift(
    app: Flask, staff: Staff
) -> None:
    duty = staff.client(DUTY)
    said = "1 report without an alert that nobody has looked at"
    filed(app, staff, kind="attack_under_way")
    assert said not in duty.get("/alerts/queue").get_data(as_text=True), "that one raised its alert"
    filed(app, staff)
    for page in ("/alerts/queue", "/reports", "/handovers/new"):
        assert said in duty.get(page).get_data(as_text=True), page
    listed = duty.get("/reports?alert=none").get_data(as_text=True)
    assert listed.count("QUIET DAY") == 1
    assert "Score " in listed and "is reported" in listed, "how it was weighed, and why"
    assert said not in staff.client(OPS, EAST).get("/alerts/queue").get_data(as_text=True)


def test_an_alert_is_raised_of_it_as_every_other_is(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    report_id = filed(app, staff)
    answer = done(staff.client(DUTY), report_id, "raise", priority="P2", why=WHY)
    alert = owner.execute(
        "SELECT id, priority, report_id, verbatim, reasons->>0, reporter_id FROM alerts"
    ).fetchone()
    assert alert is not None and answer.location == f"/alerts/{alert[0]}"
    assert alert[1:4] == ("P2", UUID(report_id), "EXERCISE: QUIET DAY")
    assert alert[4] == f"Raised by an officer on duty: {WHY}"
    assert alert[5] == staff.person(DUTY)
    clocks = owner.execute("SELECT count(*), bool_and(due_at > now()) FROM alert_clocks").fetchone()
    assert clocks == (3, True), "its clocks run from now on"
    kept = owner.execute(
        "SELECT look, alert_id, looked_by_id, why, (SELECT count(*) FROM report_weighings) FROM unraised_reports"
    ).fetchone()
    assert kept == ("raised", alert[0], staff.person(DUTY), WHY, 1)
    events = owner.execute(
        "SELECT action FROM ledger_events WHERE action LIKE '%raised' ORDER BY id"
    ).fetchall()
    assert [row[0] for row in events] == ["alerts.raised", "reports.alert_raised"]
    page = staff.client(DUTY).get(f"/reports/{report_id}").get_data(as_text=True)
    assert "EXERCISE watchkeeper_joc raised the alert" in page and WHY in page


def test_a_list_on_which_nothing_waits_says_so(app: Flask, staff: Staff) -> None:
    duty = staff.client(DUTY)
    assert "No report waits for a look" in duty.get("/reports?alert=none").get_data(as_text=True)
    assert "No report waits for a look" not in duty.get("/reports").get_data(as_text=True)
    filed(app, staff)
    assert "No report waits for a look" not in duty.get("/reports?alert=none").get_data(as_text=True)


def test_of_a_report_that_has_its_alert_no_second_one_is_raised(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    report_id = filed(app, staff, kind="attack_under_way")
    with owner.transaction():
        owner.execute("INSERT INTO unraised_reports (report_id, reasons) VALUES (%s, '[]')", [report_id])
        record(owner)
    late = done(staff.client(DUTY), report_id, "raise", priority="P1", why=WHY)
    assert late.status_code == 409
    assert "This report has raised an alert already" in late.get_data(as_text=True)
    assert owner.execute("SELECT count(*) FROM alerts").fetchone() == (1,)


def test_what_needs_no_alert_waits_no_longer_and_says_who_saw_it(app: Flask, staff: Staff) -> None:
    report_id, duty = filed(app, staff), staff.client(DUTY)
    assert done(duty, report_id, "no-alert").status_code == 303
    assert "QUIET DAY" not in duty.get("/reports?alert=none").get_data(as_text=True)
    page = duty.get(f"/reports/{report_id}").get_data(as_text=True)
    assert "EXERCISE watchkeeper_joc has looked at it and raised no alert" in page
    late = done(staff.client(OPS), report_id, "raise", priority="P1", why=WHY)
    assert late.status_code == 409
    assert "EXERCISE watchkeeper_joc has looked at this report already" in late.get_data(as_text=True)


def test_both_are_done_by_the_api_too_and_once(app: Flask, staff: Staff, owner: psycopg.Connection) -> None:
    client, duty = app.test_client(), staff.bearer(DUTY)
    seen, raised = filed(app, staff), filed(app, staff)
    answer = client.post(f"/api/v1/reports/{raised}/raise", json={"priority": "P2", "why": WHY}, headers=duty)
    alert = owner.execute("SELECT id, priority, report_id FROM alerts").fetchone()
    assert alert is not None and alert[1:] == ("P2", UUID(raised))
    assert (answer.status_code, answer.json) == (201, {"id": alert[0], "serial": f"Alert {alert[0]}"})
    assert client.post(f"/api/v1/reports/{seen}/no-alert", headers=duty).json == {"id": seen}
    for report_id, act, said in ((seen, "raise", {"priority": "P1", "why": WHY}), (raised, "no-alert", {})):
        late = client.post(f"/api/v1/reports/{report_id}/{act}", json=said, headers=staff.bearer(OPS))
        assert (late.status_code, late.json["code"]) == (409, "wrong_state")
        assert "EXERCISE watchkeeper_joc" in late.json["detail"]
    looks = owner.execute("SELECT look FROM unraised_reports ORDER BY look").fetchall()
    assert looks == [("no_alert",), ("raised",)]


def test_of_two_officers_at_one_instant_the_second_is_told_who_was_first(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    report_id, duty = filed(app, staff), staff.client(DUTY)
    said = RaiseReport.model_validate({"priority": "P2", "why": WHY})
    late = second_of(
        staff, owner, lambda: raise_from_report(UUID(report_id), said),
        lambda: done(duty, report_id, "raise", priority="P1", why=WHY),
    )  # fmt: skip
    assert late.status_code == 409
    assert "EXERCISE sector_ops has raised alert" in late.get_data(as_text=True)
    assert owner.execute("SELECT priority FROM alerts").fetchall() == [("P2",)]


def test_two_reports_of_one_reporter_that_officers_raised_are_one_source(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    for role in (DUTY, OPS):
        done(staff.client(role), filed(app, staff), "raise", priority="P3", why=WHY)
    (first, second) = [row[0] for row in owner.execute("SELECT id FROM alerts ORDER BY id").fetchall()]
    duty = staff.client(DUTY)
    token = csrf_of(duty, "/account")
    merged = {"csrf_token": token, "leader_id": str(first), "note": WHY}
    assert duty.post(f"/alerts/{second}/merge", data=merged).status_code == 303
    assert "2 reports, 1 independent source" in duty.get(f"/alerts/{first}").get_data(as_text=True)


def test_neither_reporter_nor_those_who_see_no_cells_learn_what_was_near(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    defender_near(owner, staff.sectors["WEST"], band="ordinary")
    report_id = filed(app, staff, source_reliability="E", credibility=5)
    assert owner.execute("SELECT count(*) FROM unraised_reports").fetchone() == (1,)
    own = staff.client(PATROL).get(f"/reports/{report_id}").get_data(as_text=True)
    assert "Why it raised no alert" not in own and "without an alert" not in own
    field = staff.client(OPS)
    for path in (f"/reports/{report_id}", "/reports?alert=none"):
        page = field.get(path).get_data(as_text=True)
        assert "is reported" in page and "score" not in page.lower().split("<main")[-1], path
        assert "defender" not in page.lower().split("<main")[-1], path


def test_whoever_may_not_handle_alerts_there_decides_nothing(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    report_id = filed(app, staff)
    for client, status in (
        (staff.client(OPS, EAST), 404), (staff.client(Role.ANALYST_JMAC), 403), (staff.client(PATROL), 403),
    ):  # fmt: skip
        assert done(client, report_id, "no-alert").status_code == status
        assert done(client, report_id, "raise", priority="P1", why=WHY).status_code == status
    assert owner.execute("SELECT look FROM unraised_reports").fetchone() == (None,)
