"""Somebody without clearance asks whatever can be asked of maps, tables, tiles, files and interfaces, as often as he
likes, to find out where a defender lives. He learns the cell of his own tier and nothing inside it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from app.exchange.actions import formats_of
from app.exchange.queries import LAYERS
from app.ogc import cells
from app.ogc.asked import Question
from app.permissions import Permission, Role
from tests.app.exchange import ground
from tests.attacks.test_locating_a_defender import moves_within_the_coarse_cell
from tests.matrix.sweep import PASSING
from tests.people import Staff, csrf_of
from tests.reports import body, defender_near, put

HOME = (0.5, 0.5)
ELSEWHERE = (0.535, 0.465)  # in the same coarse cell
COARSE = box(0.455, 0.455, 0.545, 0.545)
QUERIES = 10_000
SORTS = {
    "alerts": ("raised", "priority", "status", "kind", "serial"),
    "incidents": ("when", "kind", "killed", "verification", "precision", "source", "serial"),
    "threats": ("name", "score", "residual", "review", ""),
    "havens": ("name", "kind", "state", "free", "changed", ""),
    "patrols": ("call_sign", "unit", "state", "start", ""),
}


def filled(staff: Staff, owner: psycopg.Connection) -> None:
    """Something in each layer, right where the defender lives."""
    ground.incidents(owner, staff, 9)
    ground.haven(owner, staff)
    ground.patrol(owner, staff, 5)
    sent = body(kind="armed_group_movement", place={"lon": 0.51, "lat": 0.49})
    assert put(staff.app.test_client(), staff.bearer(Role.PATROL_CDR), sent).status_code == 201


def addresses() -> Iterator[str]:
    boxes = [
        f"{x},{y},{x + s},{y + s}"
        for s in (0.004, 0.03)
        for x, y in ((0.498, 0.498), (0.533, 0.463), (0.46, 0.53))
    ]
    boxes.append("-180,-90,180,90")
    for name in (*LAYERS, "defenders", "land", "rivers"):
        yield from (f"/map/layers/{name}.geojson?bbox={b}&zoom={z}" for b in boxes for z in (6, 14))
    for name in (*LAYERS, cells.NAME):
        yield f"/ogc/collections/{name}"
        yield from (f"/ogc/collections/{name}/items?bbox={b}&limit={n}" for b in boxes for n in (1, 1000))
        for z in (0, 5, 9, 12, 14):
            n = 2**z
            yield from (
                f"/tiles/{name}/{z}/{int((180 + x) / 360 * n)}/{int((180 - y) / 360 * n)}.mvt"
                for x, y in (HOME, ELSEWHERE)
            )
    for feature, sorts in SORTS.items():
        yield from (f"/{feature}?sort={sign}{sort}" for sort in sorts for sign in ("", "-"))
        yield from (f"/{feature}?search={word}" for word in ("EXERCISE", "Heron", "high"))
    yield from (f"/havens/nearest?place={y}, {x}&states=all" for x, y in (HOME, ELSEWHERE))
    yield from ("/alerts/1", "/alerts/1/panel", "/alerts/version", "/alerts/queue", "/defenders?sort=band",
                "/ogc/collections", "/defenders/panel?ids=1,2,3", "/api/v1/defenders", "/documents")  # fmt: skip


def answers(client: FlaskClient) -> dict[str, tuple[int, str, str]]:
    """Address → status, body and tag, with what passes taken out; files too, by their format."""
    found = {}
    for path in dict.fromkeys(addresses()):
        answer = client.get(path)
        text = PASSING.sub("", answer.get_data().decode("utf-8", "replace"))
        found[path] = (answer.status_code, text, answer.headers.get("ETag", ""))
    token = csrf_of(client, "/account")
    for feature in SORTS:
        for file_format in set(formats_of(LAYERS[feature])) - {
            "gpkg"
        }:  # a database's bytes hold its own clock
            form = {"csrf_token": token, "format": file_format}
            answer = client.post(f"/{feature}/export", data=form)
            found[f"{feature} as {file_format}"] = (
                answer.status_code,
                PASSING.sub("", answer.get_data(as_text=True)),
                "",
            )
    return found


def differing(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [path for path in before if before[path] != after[path]]


@pytest.mark.parametrize("role", [Role.WATCHKEEPER_JOC, Role.ANALYST_JMAC, Role.HR_OFFICER])
def test_whoever_sees_coarse_cells_is_answered_the_same_wherever_inside_it_the_home_is(
    staff: Staff, owner: psycopg.Connection, role: Role
) -> None:
    defender = defender_near(owner, staff.sectors["WEST"], *HOME, band="extreme")
    filled(staff, owner)
    # Without the defender's compartment a human rights officer has no finer clearance than the others.
    client = staff.client(role, compartments=())
    before = answers(client)
    moves_within_the_coarse_cell(owner, defender, *ELSEWHERE)
    assert differing(before, answers(client)) == []


@pytest.mark.parametrize("role", [Role.SECTOR_OPS, Role.LEGAL, Role.CLA, Role.UNPOL_OPS])
def test_whoever_sees_no_cells_is_answered_the_same_whether_or_not_somebody_lives_there(
    staff: Staff, owner: psycopg.Connection, role: Role
) -> None:
    filled(staff, owner)
    client = staff.client(role, compartments=())
    before = answers(client)
    defender_near(owner, staff.sectors["WEST"], *HOME, band="extreme")
    assert differing(before, answers(client)) == []


def test_the_same_comparison_finds_a_move_that_is_for_the_eyes_of_those_with_clearance(
    staff: Staff, owner: psycopg.Connection
) -> None:
    """Otherwise the two tests above would pass with maps that show nothing."""
    defender = defender_near(owner, staff.sectors["WEST"], *HOME)
    client = staff.client(Role.HR_CASE_SUPERVISOR)
    before = answers(client)
    moves_within_the_coarse_cell(owner, defender, *ELSEWHERE)
    assert any(cells.NAME in path for path in differing(before, answers(client)))


def shapes(seed: int) -> Iterator[tuple[float, float, float, float]]:
    """Boxes as one who searches would draw them: halving, sliding along edges, slivers, at random."""
    rng = random.Random(seed)
    step = 0.002
    for n, m in product(range(50), range(50)):
        yield (0.45 + n * step, 0.45 + m * step, 0.45 + (n + 1) * step, 0.45 + (m + 1) * step)
    for n in range(1000):
        yield (0.0, 0.0, 0.4 + n * 0.0002, 1.0)
        yield (0.0, 0.4 + n * 0.0002, 1.0, 1.0)
    while True:
        x, y = rng.uniform(0.4, 0.6), rng.uniform(0.4, 0.6)
        yield (x, y, x + rng.expovariate(50), y + rng.expovariate(50))


def test_ten_thousand_boxes_tell_the_coarse_cell_and_no_more(staff: Staff, owner: psycopg.Connection) -> None:
    defender_near(owner, staff.sectors["WEST"], *HOME)
    asked = shapes(seed=86)
    left: BaseGeometry = box(0, 0, 1, 1)
    with staff.acting(Role.WATCHKEEPER_JOC):
        for _n in range(QUERIES):
            drawn = next(asked)
            page = cells.page(Question(boxes=(drawn,), limit=1))
            there = box(*drawn).intersects(COARSE)
            assert (page.count == 1) == there, drawn
            if not there:
                left = left.difference(box(*drawn))
            elif box(*drawn).covers(left):
                left = left.intersection(box(*drawn))
    # All that was ruled out lies outside the cell: the home may still be anywhere in it.
    assert left.buffer(1e-9).covers(COARSE)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.tuples(st.floats(0.4, 0.6), st.floats(0.4, 0.6), st.floats(0, 0.1), st.floats(0, 0.1)),
    st.sampled_from([Role.WATCHKEEPER_JOC, Role.HOM, Role.ANALYST_JMAC]),
    st.integers(1, 3),
)
def test_a_box_answers_by_the_cell_of_one_s_tier(
    staff: Staff, owner: psycopg.Connection, drawn: tuple[float, float, float, float], role: Role, limit: int
) -> None:
    if not owner.execute("SELECT 1 FROM defenders").fetchone():
        defender_near(owner, staff.sectors["WEST"], *HOME)
    west, south, wide, high = drawn
    asked = (west, south, west + wide, south + high)
    with staff.acting(role) as viewer:
        assert viewer.holds(Permission.SEE_COARSE_CELLS)
        page = cells.page(Question(boxes=(asked,), limit=limit))
    assert page.count == int(box(*asked).intersects(COARSE))
    assert '"fine"' not in page.features
