"""The picture's layers: each feature is one that its reader may see, in no finer shape than his clearance."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.maps.models import REMEMBERED
from app.permissions import Permission as P
from tests.matrix.lookers import LOOKERS, Looker, sees
from tests.matrix.sweep import ask
from tests.matrix.world import World

SEE_THE_MAP = [looker for looker in LOOKERS if looker.holds(P.SEE_MAP)]
as_each = pytest.mark.parametrize("looker", SEE_THE_MAP, ids=str)


def layer(world: World, looker: Looker, name: str, question: str = "") -> dict[str, Any]:
    answer = ask(world, looker, "GET", f"/map/layers/{name}.geojson{question}")
    assert answer.status == 200
    found: dict[str, Any] = json.loads(answer.body)
    return found


@as_each
@pytest.mark.parametrize("kind", ["threat", "haven", "patrol", "base"])
def test_a_layer_draws_what_its_reader_may_see_and_all_of_it(world: World, looker: Looker, kind: str) -> None:
    shown = layer(world, looker, "units" if kind == "base" else f"{kind}s")["features"]
    titles = " ".join(f["properties"]["title"] for f in shown)
    # A leader finds his patrols on his own page; the layer is for those who read patrols.
    expected = {
        t.marker for t in world.of_kind(kind) if sees(looker, t) and looker.may(READS[kind], t.sector)
    }
    assert {t.marker for t in world.of_kind(kind) if t.marker in titles} == expected


READS = {"threat": P.READ_THREATS, "haven": P.READ_HAVENS, "patrol": P.READ_PATROLS, "base": P.SEE_MAP}


@as_each
def test_alerts_and_incidents_are_counted_by_what_their_reader_may_see(world: World, looker: Looker) -> None:
    expected = {t.arguments["alert_id"] for t in world.of_kind("alert") if sees(looker, t)}
    alerts = layer(world, looker, "alerts")["features"]
    assert {f["properties"]["id"] for f in alerts} == expected
    incidents = sum(sees(looker, t) for t in world.of_kind("incident"))
    assert layer(world, looker, "incidents")["total"] == incidents


@as_each
def test_defenders_are_cells_of_the_reader_s_clearance_or_nothing(world: World, looker: Looker) -> None:
    tiers: Counter[str] = Counter()
    for thing in world.of_kind("defender"):
        if "withdrawn" in thing.where:
            continue
        if looker.may(P.SEE_FINE_CELLS, thing.sector) and thing.compartment in looker.compartments:
            tiers["fine"] += 1
        elif looker.may(P.SEE_COARSE_CELLS, thing.sector):
            tiers["coarse"] += 1
    features = layer(world, looker, "defenders")["features"]
    assert Counter(f["properties"]["tier"] for f in features) == tiers
    named = {name for f in features for name in f["properties"]["codenames"] or ()}
    assert named == {
        t.marker for t in world.of_kind("defender") if sees(looker, t) and "withdrawn" not in t.where
    }


@as_each
def test_the_past_shows_its_reader_what_the_present_shows_and_no_more(world: World, looker: Looker) -> None:
    past = f"?known_at={(datetime.now(UTC) + timedelta(hours=1)).isoformat().replace('+', '%2B')}"
    for name in REMEMBERED:
        now = drawn(layer(world, looker, name))
        assert drawn(layer(world, looker, name, past)) == now, name
        with world.policies_off():
            assert drawn(layer(world, looker, name, past)) == now, name
    assert layer(world, looker, "defenders", past)["features"] == []


def drawn(collection: dict[str, Any]) -> list[str]:
    return sorted(json.dumps(f, sort_keys=True) for f in collection["features"])


@pytest.mark.parametrize("looker", [x for x in LOOKERS if x not in SEE_THE_MAP], ids=str)
def test_there_is_no_picture_for_those_without_the_map(world: World, looker: Looker) -> None:
    for name in ("defenders", "havens", "alerts", "land"):
        assert ask(world, looker, "GET", f"/map/layers/{name}.geojson").status == 403


def test_an_identity_stays_shut_after_consent_was_withdrawn(world: World) -> None:
    keepers = [x for x in LOOKERS if x.holds(P.UNMASK_DEFENDERS)]
    assert keepers
    for looker in keepers:
        for thing in world.of_kind("defender"):
            if "withdrawn" in thing.where and sees(looker, thing):
                body = {"fields": ["name"], "reason": "EXERCISE: asked after consent had ended"}
                path = f"/api/v1/defenders/{thing.arguments['defender_id']}/unmask"
                answer = ask(world, looker, "POST", path, body)
                assert (answer.status, json.loads(answer.body)["code"]) == (403, "no_consent")
