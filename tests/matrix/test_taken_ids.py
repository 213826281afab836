"""An id that a sender chose may stand already where he may not look: then nothing is stored, and nothing is told."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import Any
from uuid import uuid4

import pytest

from tests.matrix.addresses import WHY
from tests.matrix.sweep import ask
from tests.matrix.world import OFFICER, OTHER, World
from tests.reports import body

PLACE = {"lon": 0.5, "lat": 0.5}
ALERT = {"kind": "mob_risk", "priority": "P2", "channel": "hotline", "verbatim": WHY, "place": PLACE}
INCIDENT = {
    "kind": "killing", "occurred_from": "2026-01-01T00:00:00Z", "place": PLACE, "summary": WHY, "killed_best": 1,
    "source_reliability": "C", "credibility": 3,
}  # fmt: skip


@pytest.mark.parametrize("policies", [True, False], ids=["with_policies", "without_policies"])
@pytest.mark.parametrize(
    ("kind", "sent", "status"),
    [("alert", ALERT, 200), ("incident", INCIDENT, 409)],
    ids=["alert", "incident"],
)
def test_an_id_of_another_sector_s_stores_nothing_and_tells_nothing(
    world: World, kind: str, sent: dict[str, Any], status: int, policies: bool
) -> None:
    taken = next(t for t in world.of_kind(kind) if t.where == OTHER)
    before = world.events()
    with nullcontext() if policies else world.policies_off():
        answer = ask(world, OFFICER, "POST", f"/api/v1/{kind}s", {**sent, "id": taken.arguments["own_id"]})
    assert answer.status == status, answer.body
    assert json.loads(answer.body).get("id") is None
    assert taken.marker not in answer.body
    assert world.events() == before


@pytest.mark.parametrize("policies", [True, False], ids=["with_policies", "without_policies"])
def test_a_report_is_bound_to_no_patrol_that_its_sender_may_not_see(world: World, policies: bool) -> None:
    patrol = next(t for t in world.of_kind("patrol") if t.where == OTHER and t.owner is None)
    sent = body(patrol_id=patrol.arguments["patrol_id"])
    before = world.events()
    with nullcontext() if policies else world.policies_off():
        answer = ask(world, OFFICER, "PUT", f"/api/v1/reports/{uuid4()}", sent)
    assert answer.status == 404
    assert world.events() == before
