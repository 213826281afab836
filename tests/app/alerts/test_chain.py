"""The chain from a warning to a lesson: each step timed, recorded, and in its order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.alerts import actions
from app.alerts.chain import CHAIN
from app.alerts.models import Alert, AlertStatus, StepKind
from app.db import db
from app.errors import Conflict
from app.permissions import Role
from tests.app.alerts.entries import entered
from tests.people import EAST, Staff
from tests.reports import act

WHY = "EXERCISE: said in a sentence why."


VERIFY = {"verification": "corroborated", "source_reliability": "B", "credibility": 2, "note": WHY}
DECIDE = {"response": "patrol", "authority": "tactical_control"}
DECLINE = {"reason": "not_credible", "authority": "tactical_control", "note": WHY}
OUTCOME = {"outcome": "threat_averted", "note": WHY}


def test_an_alert_is_carried_from_report_to_lesson(
    client: FlaskClient, staff: Staff, alert: int, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    for name, fields, status in (
        ("acknowledge", {}, "acknowledged"),
        ("verify", VERIFY, "verified"),
        ("decide", DECIDE, "decided"),
        ("task", {"response": "radio_warning", "order": "EXERCISE: warn the settlement"}, "tasked"),
        ("depart", {}, "responding"),
        ("arrive", {}, "on_scene"),
        ("outcome", OUTCOME, "responded"),
        ("feedback", {"told": True}, "responded"),
        ("close", {"lesson": "EXERCISE: the network rang early"}, "closed"),
    ):
        answer = act(client, duty, alert, name, **fields)
        assert answer.status_code == 200, (name, answer.json)
        assert answer.json["status"] == status
    steps = [s["kind"] for s in answer.json["steps"]]
    assert steps == [
        "raised", "acknowledged", "verified", "decided", "tasked", "departed", "arrived", "outcome", "feedback", "closed",
    ]  # fmt: skip
    assert answer.json["grade"] == "B2"
    recorded = owner.execute(
        "SELECT action FROM ledger_events WHERE subject = %s ORDER BY id", [f"alerts:{alert}"]
    )
    assert [r[0] for r in recorded.fetchall()] == [f"alerts.{k}" for k in steps]
    running = owner.execute("SELECT count(*) FROM alert_clocks WHERE stopped_at IS NULL").fetchone()
    assert running == (0,)


def test_what_was_read_of_an_alert_before_it_was_locked_moves_nothing_back(
    client: FlaskClient, staff: Staff, alert: int
) -> None:
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    sent = {"response": "radio_warning"}
    for before, read_as, name, fields, late in (
        ((), "received", "acknowledge", {}, lambda: actions.acknowledge(alert)),
        ((("decide", DECIDE), ("task", sent)), "tasked", "outcome", OUTCOME,
         lambda: actions.report_movement(alert, StepKind.DEPARTED)),
    ):  # fmt: skip
        for step, said in before:
            assert act(client, duty, alert, step, **said).status_code == 200
        with staff.acting(Role.WATCHKEEPER_JOC), ThreadPoolExecutor(1) as other:
            read = db.session.get_one(Alert, alert)
            assert read.status == read_as
            assert other.submit(act, client, duty, alert, name, **fields).result().status_code == 200
            with pytest.raises(Conflict, match="wrong_state"):
                late()


def test_not_responding_takes_a_reason_and_somebody_else_s_approval(
    client: FlaskClient, staff: Staff, alert: int
) -> None:
    duty, force = staff.bearer(Role.WATCHKEEPER_JOC), staff.bearer(Role.FC_STAFF)
    act(client, duty, alert, "acknowledge")
    assert act(client, duty, alert, "decline", **DECLINE | {"note": "no"}).status_code == 422
    assert act(client, duty, alert, "decline", **DECLINE | {"reason": "because"}).status_code == 422
    assert act(client, duty, alert, "decline", **DECLINE).status_code == 200
    assert act(client, duty, alert, "feedback", told=False, note=WHY).status_code == 200
    assert act(client, duty, alert, "close").json["code"] == "not_approved"
    assert act(client, duty, alert, "review", approve=True).status_code == 403
    assert act(client, force, alert, "review", approve=True).status_code == 200
    assert act(client, duty, alert, "close").json["status"] == "closed"


def test_nobody_approves_his_own_decision_not_to_respond(
    client: FlaskClient, staff: Staff, alert: int
) -> None:
    force = staff.bearer(Role.FC_STAFF)
    act(client, force, alert, "acknowledge")
    act(client, force, alert, "decline", **DECLINE)
    assert act(client, force, alert, "review", approve=True).status_code == 403


def test_a_refused_decision_not_to_respond_is_taken_again(
    client: FlaskClient, staff: Staff, alert: int
) -> None:
    duty, command = staff.bearer(Role.WATCHKEEPER_JOC), staff.bearer(Role.HOM)
    act(client, duty, alert, "acknowledge")
    act(client, duty, alert, "decline", **DECLINE)
    refused = act(client, command, alert, "review", approve=False, note=WHY)
    assert refused.json["status"] == "acknowledged"
    assert refused.json["decision"] is None
    running = [c["clock"] for c in refused.json["clocks"] if c["stopped_at"] is None]
    assert "decide" in running, "an alert that is open again has a clock again"
    assert act(client, duty, alert, "decide", **DECIDE).json["decision"] == "respond"


def test_command_takes_what_climbed_to_it_and_leaves_the_watchkeeper_his_part(
    client: FlaskClient, staff: Staff, alert: int
) -> None:
    command, page = staff.bearer(Role.HOM), staff.client(Role.HOM)
    assert f"/alerts/{alert}/acknowledge" in page.get(f"/alerts/{alert}").get_data(as_text=True)
    assert act(client, command, alert, "pass-on").status_code == 200
    assert act(client, command, alert, "acknowledge").json["status"] == "acknowledged"
    assert act(client, command, alert, "act-at-once", note=WHY).status_code == 200
    for name, fields in (("verify", VERIFY), ("close", {}), ("note", {"note": WHY})):
        assert act(client, command, alert, name, **fields).status_code == 403, name
    assert act(client, command, alert, "decide", **DECIDE).json["status"] == "decided"
    analyst = staff.bearer(Role.ANALYST_JMAC)
    assert act(client, analyst, alert, "acknowledge").status_code == 403


def test_an_alert_whose_source_can_be_reached_is_not_closed_before_the_source_was_told(
    client: FlaskClient, staff: Staff, alert: int
) -> None:
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    for name, fields in (
        ("acknowledge", {}), ("decide", DECIDE), ("task", {"response": "patrol"}),
        ("outcome", {"outcome": "no_contact"}),
    ):  # fmt: skip
        assert act(client, duty, alert, name, **fields).status_code == 200
    assert act(client, duty, alert, "close").json["code"] == "no_feedback"


def test_a_routine_alert_is_verified_before_it_is_decided(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    by_hand = client.post(
        "/api/v1/alerts",
        json={
            "kind": "cattle_raid", "priority": "P4", "channel": "hotline", "verbatim": WHY,
            "place": {"lon": 0.5, "lat": 0.5},
        },
        headers=duty,
    )  # fmt: skip
    assert by_hand.status_code == 201
    raised = by_hand.json["id"]
    act(client, duty, raised, "acknowledge")
    if owner.execute("SELECT priority FROM alerts WHERE id = %s", [raised]).fetchone() in (("P3",), ("P4",)):
        assert act(client, duty, raised, "decide", **DECIDE).json["code"] == "verify_first"
    act(client, duty, raised, "act-at-once", note=WHY)
    assert act(client, duty, raised, "decide", **DECIDE).status_code == 200


def test_the_same_entry_by_hand_sent_twice_raises_one_alert(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    sent = {
        "id": str(uuid4()), "kind": "mob_risk", "priority": "P2", "channel": "hotline", "verbatim": WHY,
        "place": {"lon": 0.5, "lat": 0.5},
    }  # fmt: skip
    headers = staff.bearer(Role.WATCHKEEPER_JOC)
    first, again = (client.post("/api/v1/alerts", json=sent, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert owner.execute("SELECT count(*) FROM alerts").fetchone() == (1,)


def test_another_sector_s_officer_finds_no_such_alert(client: FlaskClient, staff: Staff, alert: int) -> None:
    headers = staff.bearer(Role.SECTOR_OPS, EAST)
    assert act(client, headers, alert, "acknowledge").status_code == 404
    assert client.get(f"/api/v1/alerts/{alert}", headers=headers).status_code == 404
    assert client.get("/api/v1/alerts", headers=headers).json["total"] == 0
    assert act(client, staff.bearer(Role.SECTOR_OPS), alert, "acknowledge").status_code == 200


def test_points_are_shown_only_to_those_who_see_defenders_cells(
    client: FlaskClient, staff: Staff, alert: int
) -> None:
    cleared = client.get(f"/api/v1/alerts/{alert}", headers=staff.bearer(Role.WATCHKEEPER_JOC)).json
    uncleared = client.get(f"/api/v1/alerts/{alert}", headers=staff.bearer(Role.SECTOR_OPS)).json
    assert cleared["score"] is not None
    assert uncleared["score"] is None
    assert uncleared["weighing"] is None
    assert uncleared["reasons"]
    assert not any("defender" in sentence.lower() for sentence in uncleared["reasons"])


def test_the_page_carries_an_alert_on_without_scripts(app: Flask, staff: Staff, alert: int) -> None:
    client = staff.client(Role.WATCHKEEPER_JOC)
    page = client.get(f"/alerts/{alert}").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    done = client.post(f"/alerts/{alert}/acknowledge", data={"csrf_token": token})
    assert done.status_code == 303
    assert "Decide to respond" in client.get(f"/alerts/{alert}").get_data(as_text=True)
    assert client.post(f"/alerts/{alert}/verify", data=VERIFY).status_code == 400  # no CSRF token


def test_a_page_answers_for_nobody(client: FlaskClient, staff: Staff, alert: int) -> None:
    """What a named person judges begins empty; sent without it, it is refused in words, and nothing is stored."""
    duty, page = staff.bearer(Role.WATCHKEEPER_JOC), staff.client(Role.WATCHKEEPER_JOC)
    act(client, duty, alert, "acknowledge")

    def answered(name: str, fields: dict[str, str]) -> None:
        """That the form leaves these to be chosen."""
        text = page.get(f"/alerts/{alert}").get_data(as_text=True)
        form = text.split(f'action="/alerts/{alert}/{name}"')[1].split("</form>")[0]
        token = form.split('name="csrf_token" value="')[1].split('"')[0]
        selects = {box.split('"')[0]: box.split("</select>")[0] for box in form.split(' name="')[1:]}
        for field in fields:
            if field == "told":
                assert "checked" not in form
                continue
            assert ' required><option value="">Choose…</option>' in selects[field], (name, field)
            assert " selected" not in selects[field], (name, field)
        before = client.get(f"/api/v1/alerts/{alert}", headers=duty).json
        empty = page.post(
            f"/alerts/{alert}/{name}", data={"csrf_token": token, "note": WHY, **dict.fromkeys(fields, "")}
        )
        said = empty.get_data(as_text=True)
        assert empty.status_code == 422
        assert "Nothing was stored" in said
        assert said.count("This is needed.") == len(fields)
        assert client.get(f"/api/v1/alerts/{alert}", headers=duty).json == before

    def done(name: str, fields: dict[str, str]) -> None:
        answered(name, fields)
        assert act(client, duty, alert, name, **fields, note=WHY).status_code == 200

    done("verify", {"verification": "corroborated", "source_reliability": "B", "credibility": "2"})
    answered("decline", {"reason": "other", "authority": "standing_order"})
    done("decide", {"response": "patrol", "authority": "tactical_control"})
    answered("hand-over", {"to": "state"})
    assert act(client, duty, alert, "task", response="radio_warning").status_code == 200
    done("outcome", {"outcome": "no_contact"})
    done("feedback", {"told": "true"})


def test_nothing_is_offered_that_would_be_refused(client: FlaskClient, staff: Staff) -> None:
    duty, page = staff.bearer(Role.WATCHKEEPER_JOC), staff.client(Role.WATCHKEEPER_JOC)
    slow, other = (
        entered(client, duty, priority="P3", kind="looting_extortion_checkpoint") for _ in range(2)
    )

    def offered(name: str, alert: int) -> bool:
        return f'/alerts/{alert}/{name}"' in page.get(f"/alerts/{alert}").get_data(as_text=True)

    act(client, duty, slow, "acknowledge")
    assert not offered("decide", slow), "a P3 is verified first"
    assert act(client, duty, slow, "decide", **DECIDE).status_code == 409
    act(client, duty, slow, "verify", **VERIFY)
    assert offered("decide", slow)
    assert act(client, duty, other, "merge", leader_id=slow, note=WHY).status_code == 200
    for name, fields in (
        ("decide", DECIDE), ("task", {"response": "radio_warning"}), ("outcome", {"outcome": "unknown", "note": WHY}),
        ("feedback", {"told": True}),
    ):  # fmt: skip
        assert act(client, duty, slow, name, **fields).status_code == 200, name
    assert not offered("close", slow), "the source of the one that was merged waits to be told"
    assert act(client, duty, slow, "close").json["code"] == "no_feedback"
    assert act(client, duty, other, "feedback", told=True).status_code == 200
    assert offered("close", slow)


@pytest.mark.parametrize("step", sorted(CHAIN))
def test_a_step_never_leads_out_of_the_table(step: StepKind) -> None:
    for status in AlertStatus:
        after = CHAIN[step].after(status)
        assert after is None or after in AlertStatus
    assert AlertStatus.RECEIVED not in CHAIN[step].moves.values()
