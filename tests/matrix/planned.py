"""Plans of patrols in the matrix's world, and the searches for them: one ready and one searched for in each sector."""

from __future__ import annotations

from typing import Any

from app.permissions import Role
from geo.patrols.drawing import commitment
from tests.matrix.things import stranger
from tests.matrix.world import OTHER, OWN, PLACES, World

PAST = "2026-01-03T00:00Z"


def ground_and_result(unit: int, where: str, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """One tour from its base to one site and back: as the worker stores it."""
    lon, lat = PLACES[where]
    ground = {
        "begins": "2026-11-21T00:00:00+00:00", "spots": [[lon, lat], [lon + 0.1, lat]], "modes": [[0.0, 1.0, 1.0]],
        "travel": [[[0.0, 20.0], [20.0, 0.0]]],
        "tours": {"start": [0], "end": [0], "earliest": [420.0], "latest": [1020.0], "duty": [480.0], "mode": [0],
                  "day": [0], "unit": [unit]},
        "tasks": {"node": [1], "end": [1], "service": [45.0], "reward": [5.0], "tier": [0],
                  "windows": [[[0.0, 1440.0]]], "allowed": [[True]], "site": [1], "gap": [0], "locked": [-1]},
        "units": [{"id": unit, "call_sign": "EXERCISE", "name": "EXERCISE", "going": "vehicle", "crew": 9,
                   "day": "2026-11-21"}],
        "about": [{"kind": "visit", "site": 1, "place": 1, "code": "P1", "name": name, "priority": "must", "number": 1,
                   "of": 1, "night": False, "market": False, "days": 3.0, "visited": True, "people": 900, "risk": 0.1,
                   "threats": 0, "alerts": 0, "over": True}],
    }  # fmt: skip
    result = {
        "rounds": [{"depart": 420.0, "back": 505.0, "travel": 40.0, "stops": [[0, 440.0, 440.0, 485.0]]}],
        "reward": [5.0, 0.0, 0.0], "travel": 40.0, "left_out": [], "slack": {"0": 9}, "instead": {},
        "one_more": {"unit": unit, "tasks": []},
        "ways": [{"line": [[lon, lat], [lon + 0.1, lat], [lon, lat]], "metres": [9000, 9000]}],
    }  # fmt: skip
    return ground, result


def patrol_plans(world: World) -> None:
    for where in (OWN, OTHER):
        sector, by = world.sector_id(where), stranger(world, Role.SECTOR_OPS)
        unit = next(b for b in world.of_kind("base") if b.where == where).arguments["unit_id"]
        marker = world.mark("plan")
        ground, result = ground_and_result(int(str(unit)), where, marker)
        about = {"sector_id": sector, "first_day": "2026-11-21", "days": 1, "seconds": 3, "by_id": by}
        ready = world.add("plans", state="ready", ground=ground, result=result, **about)
        asked = world.add("plans", state="solving", **about)
        patrol = next(p for p in world.of_kind("patrol") if p.where == where).arguments["patrol_id"]
        world.add("plan_patrols", patrol_id=patrol, plan_id=ready, tour=0)
        world.thing("plan", where, marker, {"plan_id": ready})
        mixes(world, where, by, ground, result, patrol_plan=ready)
        # Studies of restricted havens among them: of these searches hears who finds the study.
        studies = world.owner.execute(
            "SELECT id FROM siting_studies WHERE sector_id = %s", [sector]
        ).fetchall()
        assert studies
        for kind, subject in (("plan", asked), *(("siting", row[0]) for row in studies), ("mix", asked)):
            solve = world.add("solves", kind=kind, subject_id=subject, sector_id=sector, asked_by_id=by)
            if kind == "plan":
                world.thing("solve", where, "", {"solve_id": solve})


def mixes(
    world: World, where: str, by: int, ground: dict[str, Any], result: dict[str, Any], patrol_plan: int
) -> None:
    """One mix that waits, and one that was accepted: a day that is over and open, one drawn, one sealed."""
    terms = {"plans": [[[0]]], "weights": [10**12], "earliest": [420], "slack": [60]}
    found = {
        "value": 0.5, "fixed": 1.0, "floor": 0.1, "entropy": 0.0, "values": [5.0], "chances": [0.5], "apart": [],
        "resting": [],
    }  # fmt: skip
    about = {"sector_id": world.sector_id(where), "days": 3, "seconds": 3, "by_id": by, "ground": ground,
             "terms": terms, "result": found}  # fmt: skip
    waits = world.add("mixes", state="ready", first_day="2126-01-01", **about)
    world.add(
        "mixes",
        state="solving",
        first_day="2126-01-01",
        sector_id=about["sector_id"],
        days=1,
        seconds=3,
        by_id=by,
    )
    taken = world.add(
        "mixes", state="accepted", first_day="2026-01-01", accepted_by_id=by, accepted_at=PAST, **about
    )
    seed = bytes(range(32))
    sealed = {"mix_id": taken, "sector_id": about["sector_id"], "commitment": commitment(seed), "digest": "0" * 64,
              "due_at": PAST}  # fmt: skip
    drawn = {"drawn_plan": 0, "drawn_starts": [420], "drawn_at": PAST}
    opened = world.add(
        "draws",
        day="2026-01-01",
        over_at=PAST,
        plan_id=patrol_plan,
        seed=seed,
        opened_at=PAST,
        **sealed,
        **drawn,
    )
    late = world.add("draws", day="2026-01-02", over_at=PAST, **sealed)
    waiting = world.add("draws", day="2126-01-03", over_at="2126-01-04T00:00Z", **sealed)
    for day in (opened, late, waiting):
        world.add("draw_seeds", draw_id=day, seed=seed)
    for mix in (waits, taken):
        world.thing("mix", where, "", {"mix_id": mix})
    # Of the others no proof is given: they are not open.
    world.thing("draw", where, "", {"draw_id": opened})
