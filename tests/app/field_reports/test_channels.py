"""By which channel a report came follows from who files it: nobody's word passes for what a patrol saw."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask import Flask

from app.alerts.models import REPORTED_BY, Channel
from app.permissions import MAP, Permission, Role
from app.sources.queries import SEEN_BY_THE_MISSION
from tests.app.alerts.entries import looked_at
from tests.people import Staff, csrf_of
from tests.reports import body, put

DUTY, CLA, NGO, PATROL = Role.WATCHKEEPER_JOC, Role.CLA, Role.PARTNER_NGO, Role.PATROL_CDR


def channels(owner: psycopg.Connection, table: str = "field_reports") -> list[str]:
    return [row[0] for row in owner.execute(f"SELECT channel FROM {table}").fetchall()]


def test_every_role_that_files_reports_has_its_channels_and_no_other() -> None:
    files = MAP[Permission.FILE_REPORTS]
    assert set(REPORTED_BY) == files.anywhere | files.in_sector
    for role, own in REPORTED_BY.items():
        assert own and len(set(own)) == len(own), role
        assert not {Channel.RULE, Channel.MISSED_CHECK_IN} & set(own), "nobody says so by hand"
    debriefs = MAP[Permission.DEBRIEF_PATROLS]
    for role in (debriefs.anywhere | debriefs.in_sector) & set(REPORTED_BY):
        assert Channel.PATROL in REPORTED_BY[role], "a patrol's report is filed as the patrol's"


def test_only_who_goes_out_or_hears_patrols_says_that_the_mission_saw_it() -> None:
    seen = {role for role, own in REPORTED_BY.items() if set(own) & set(SEEN_BY_THE_MISSION)}
    assert seen == {PATROL, Role.BN_OPS, Role.SECTOR_OPS, Role.FC_STAFF, Role.UNPOL_OPS}


@pytest.mark.parametrize(
    ("role", "channel", "independent"),
    [
        (PATROL, "patrol", 1), (CLA, "community_alert_network", 0), (NGO, "partner", 0),
        (Role.PARTNER_NHRI, "national_institution", 0), (Role.UNPOL_OPS, "police", 1), (Role.HR_OFFICER, "in_person", 0),
    ],
)  # fmt: skip
def test_without_a_channel_a_report_takes_that_of_its_role(
    app: Flask, staff: Staff, owner: psycopg.Connection, role: Role, channel: str, independent: int
) -> None:
    client = app.test_client()
    assert put(client, staff.bearer(role), body()).status_code == 201
    assert channels(owner) == channels(owner, "alerts") == [channel]
    (alert,) = owner.execute("SELECT id FROM alerts").fetchone() or (0,)
    assert looked_at(client, staff.bearer(DUTY), alert)["sources"]["independent"] == independent


@pytest.mark.parametrize(
    ("role", "named"),
    [(NGO, "patrol"), (NGO, "police"), (CLA, "patrol"), (DUTY, "patrol"), (PATROL, "hotline"), (DUTY, "missed_check_in")],
)  # fmt: skip
def test_another_role_s_channel_is_refused_and_nothing_is_stored(
    app: Flask, staff: Staff, owner: psycopg.Connection, role: Role, named: str
) -> None:
    answer = put(app.test_client(), staff.bearer(role), body(channel=named))
    assert (answer.status_code, answer.json["code"], set(answer.json["fields"])) == (
        422,
        "not_your_channel",
        {"channel"},
    )
    assert channels(owner) == []


def test_named_or_not_it_is_the_same_report(app: Flask, staff: Staff) -> None:
    client, headers, own_id, sent = app.test_client(), staff.bearer(PATROL), str(uuid4()), body()
    first = put(client, headers, sent, own_id)
    again = put(client, headers, sent | {"channel": "patrol"}, own_id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json


def test_the_form_offers_a_choice_where_there_is_one(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    def sent(role: Role, **more: Any) -> int:
        client = staff.client(role)
        fields = {
            "csrf_token": csrf_of(client, "/reports/new"), "id": str(uuid4()), "kind": "abduction",
            "what": "EXERCISE: two people were taken", "place": "0.5, 0.5", "occurred_at": body()["occurred_at"],
        } | more  # fmt: skip
        return int(client.post("/reports/new", data=fields).status_code)

    assert "How it came" in staff.client(CLA).get("/reports/new").get_data(as_text=True)
    assert "How it came" not in staff.client(NGO).get("/reports/new").get_data(as_text=True)
    assert [sent(CLA), sent(CLA, channel="in_person"), sent(NGO)] == [303] * 3
    assert sent(CLA, channel="patrol") == sent(NGO, channel="patrol") == 422
    assert sorted(channels(owner)) == ["community_alert_network", "in_person", "partner"]
