"""An id that a sender chose may stand already where he may not look: then nothing is stored, and nothing is told."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import Any

import pytest

from tests.matrix.addresses import WHY
from tests.matrix.sweep import ask
from tests.matrix.world import OFFICER, OTHER, World

PLACE = {"lon": 0.5, "lat": 0.5}
ALERT = {"kind": "mob_risk", "priority": "P2", "channel": "hotline", "verbatim": WHY, "place": PLACE}
INCIDENT = {
    "kind": "killing", "occurred_from": "2026-01-01T00:00:00Z", "place": PLACE, "summary": WHY, "killed_best": 1,
    "source_reliability": "C", "credibility": 3,
}  # fmt: skip


@pytest.mark.parametrize("policies", [True, False], ids=["with_policies", "without_policies"])
@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [("alert", ALERT, 200), ("incident", INCIDENT, 409)],
    ids=["alert", "incident"],
)
def test_an_id_of_another_sector_s_stores_nothing_and_tells_nothing(
    world: World, kind: str, body: dict[str, Any], status: int, policies: bool
) -> None:
    taken = next(t for t in world.of_kind(kind) if t.where == OTHER)
    before = world.events()
    with nullcontext() if policies else world.policies_off():
        answer = ask(world, OFFICER, "POST", f"/api/v1/{kind}s", {**body, "id": taken.arguments["own_id"]})
    assert answer.status == status, answer.body
    assert json.loads(answer.body).get("id") is None
    assert taken.marker not in answer.body
    assert world.events() == before
