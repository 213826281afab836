"""A decision carries what it stands on and what was known; where force may follow, the rule of engagement too."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import psycopg
import pytest
from flask import Flask

from app.alerts.actions import FORCE
from app.alerts.queries import chain
from app.documents.freezing_chain import steps_of
from app.permissions import Role
from tests.people import Staff, record
from tests.reports import act

WHY = "EXERCISE: said in a sentence why."
SOUND = {"mandate": "EXERCISE resolution, paragraph 7(a)", "rule_of_engagement": "EXERCISE rule 2"}


@pytest.fixture
def taken(app: Flask, staff: Staff, alert: int) -> int:
    assert act(app.test_client(), staff.bearer(Role.WATCHKEEPER_JOC), alert, "acknowledge").status_code == 200
    return alert


def decide(app: Flask, staff: Staff, alert: int, response: str, **more: str) -> Any:
    return act(
        app.test_client(), staff.bearer(Role.FC_STAFF), alert, "decide", response=response,
        authority="operational_control", note=WHY, **more,
    )  # fmt: skip


@pytest.mark.parametrize("response", sorted(FORCE))
def test_what_may_lead_to_force_is_not_decided_without_mandate_and_rule(
    app: Flask, staff: Staff, taken: int, response: str
) -> None:
    for left_out in SOUND:
        refused = decide(app, staff, taken, response, **{k: v for k, v in SOUND.items() if k != left_out})
        assert refused.status_code == 422
        assert list(refused.json["fields"]) == [left_out]
    decided = decide(app, staff, taken, response, **SOUND)
    assert decided.status_code == 200
    assert decided.json["steps"][-1]["details"] | SOUND == decided.json["steps"][-1]["details"]


def test_nor_ordered_after_a_decision_without_a_rule(app: Flask, staff: Staff, taken: int) -> None:
    assert decide(app, staff, taken, "patrol").status_code == 200
    order = {"response": "show_of_force", "order": WHY}
    refused = act(app.test_client(), staff.bearer(Role.FC_STAFF), taken, "task", **order)
    assert (refused.status_code, refused.json["code"]) == (409, "no_rule_of_engagement")
    assert (
        act(app.test_client(), staff.bearer(Role.FC_STAFF), taken, "task", response="patrol").status_code
        == 200
    )


def test_what_was_known_is_frozen_and_later_gradings_don_t_rewrite_it(
    app: Flask, staff: Staff, owner: psycopg.Connection, taken: int
) -> None:
    with owner.transaction():
        owner.execute("INSERT INTO actors (code, name, kind) VALUES ('X', 'EXERCISE', 'armed_group')")
        threat = owner.execute(
            "INSERT INTO threats (name, actor_id, target, kind, area, sector_id, intent, capability, likelihood, impact, "
            "review_on) SELECT 'EXERCISE', (SELECT max(id) FROM actors), 'x', 'abduction', "
            "ST_Multi(ST_MakeEnvelope(0.4, 0.4, 0.6, 0.6, 4326)), sector_id, 2, 2, 3, 3, current_date + 9 "
            "FROM alerts RETURNING id",
        ).fetchone()
        record(owner)
    assert threat
    decided = decide(app, staff, taken, "patrol").json
    known = decided["steps"][-1]["details"]["known"]
    verbatim = decided["verbatim"].encode()
    assert known["grade"] == "C3"
    assert known["verbatim_sha256"] == hashlib.sha256(verbatim).hexdigest()
    assert [t["id"] for t in known["threats"]] == [threat[0]]
    assert known["report"]
    later = {"verification": "corroborated", "source_reliability": "A", "credibility": 1, "note": WHY}
    act(app.test_client(), staff.bearer(Role.FC_STAFF), taken, "verify", **later)
    again = app.test_client().get(f"/api/v1/alerts/{taken}", headers=staff.bearer(Role.FC_STAFF)).json
    kept = [s["details"]["known"] for s in again["steps"] if s["kind"] == "decided"]
    assert kept == [known]
    assert again["grade"] == "A1"
    page = staff.client(Role.FC_STAFF).get(f"/alerts/{taken}").get_data(as_text=True)
    [folded] = re.findall(
        r'<details class="more"><summary>What was known then</summary>(.*?)</details>', page
    )
    told = dict(re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", folded))
    assert (told["Grade"], told["Verification"], told["The chain until"]) == (
        "C3",
        "Reported",
        "Acknowledged",
    )
    assert told["Threats assessed near it"].startswith(f"Threat {threat[0]}, assessed ")
    assert known["verbatim_sha256"].startswith(told["Fingerprint of the words as they came"].rstrip("…"))


def test_not_to_respond_is_decided_by_an_authority_under_the_mandate(
    app: Flask, staff: Staff, taken: int
) -> None:
    force, reason = staff.bearer(Role.FC_STAFF), {"reason": "distance_time", "note": WHY}
    refused = act(app.test_client(), force, taken, "decline", **reason)
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["authority"])
    by = {"authority": "operational_control", "mandate": "EXERCISE resolution, paragraph 7(a)"}
    declined = act(app.test_client(), force, taken, "decline", **reason, **by).json
    said = declined["steps"][-1]["details"]
    assert said | by == said
    assert said["known"]["grade"] == "C3"
    page = staff.client(Role.FC_STAFF).get(f"/alerts/{taken}").get_data(as_text=True)
    assert "Force commander (operational control) · mandate EXERCISE resolution, paragraph 7(a)" in page
    with staff.acting(Role.FC_STAFF):
        [row] = [s for s in steps_of(chain(taken)) if s.step == "Decided not to respond"]
    assert row.note and "Force commander (operational control)" in row.note


def test_an_alert_is_passed_on_by_page_and_stays_on_the_board(
    app: Flask, staff: Staff, owner: psycopg.Connection, alert: int
) -> None:
    passed = act(app.test_client(), staff.bearer(Role.WATCHKEEPER_JOC), alert, "pass-on", note=WHY)
    assert passed.status_code == 200
    assert passed.json["status"] == "received"
    clock = owner.execute(
        "SELECT due_at > now(), passed_on_by_id FROM alert_clocks WHERE clock = 'acknowledge'"
    ).fetchone()
    assert clock == (True, staff.person(Role.WATCHKEEPER_JOC))
    board = staff.client(Role.WATCHKEEPER_JOC).get("/alerts/queue").get_data(as_text=True)
    assert f'data-alert="{alert}"' in board
