"""A token takes rights away and never adds one, whatever it names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.permissions import Permission, Role, Viewer
from tests.matrix.lookers import LOOKERS, Looker
from tests.matrix.sweep import ask, gets, permissions_of
from tests.matrix.tables import READS
from tests.matrix.test_policies_alone import ENTER, key_of
from tests.matrix.world import World
from tests.people import WEST

scopes = st.frozensets(st.sampled_from(Permission))


@given(st.sampled_from(LOOKERS), scopes, st.sampled_from(Permission), st.sampled_from([1, 2, None]))
def test_a_narrowed_viewer_may_nothing_that_the_whole_one_may_not(
    looker: Looker, kept: frozenset[Permission], asked: Permission, sector: int | None
) -> None:
    whole = Viewer(1, looker.role, frozenset({1}), frozenset(looker.compartments))
    narrowed = replace(whole, narrowed=kept)
    assert narrowed.anywhere() == whole.anywhere() & kept
    assert narrowed.in_sector() == whole.in_sector() & kept
    assert narrowed.may(asked, sector) == (whole.may(asked, sector) and asked in kept)
    assert narrowed.holds(asked) == (whole.holds(asked) and asked in kept)


def rows_of(world: World, context: tuple[Any, ...]) -> dict[str, set[str]]:
    seen: dict[str, set[str]] = {}
    with psycopg.connect(world.clone.plain_url("vigil_app")) as c:
        c.execute(ENTER, context)
        for table in READS:
            try:
                with c.transaction():
                    seen[table] = {r[0] for r in c.execute(f"SELECT {key_of(world, table)} FROM {table}")}  # type: ignore[arg-type]
            except psycopg.errors.InsufficientPrivilege:
                seen[table] = set()
    return seen


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(LOOKERS), scopes)
def test_no_policy_shows_a_narrowed_viewer_more(
    world: World, looker: Looker, kept: frozenset[Permission]
) -> None:
    whole = world.viewer(looker)
    all_rows = rows_of(world, whole.as_database_context())
    kept_rows = rows_of(world, replace(whole, narrowed=kept).as_database_context())
    assert {t: kept_rows[t] - all_rows[t] for t in READS if kept_rows[t] - all_rows[t]} == {}


@pytest.mark.parametrize("role", [Role.HR_CASE_SUPERVISOR, Role.SECTOR_OPS])
def test_a_token_shows_nothing_beside_its_scopes(world: World, role: Role) -> None:
    """The list of every kind, asked with a token for one of them: the others stay shut, and it names nothing that the
    person would not see."""
    looker, visitor = Looker(role), world.app.test_client()
    lists = {path: rule for rule, thing, path in gets(world) if thing is None and path == rule.rule}
    for scope in (
        Permission.READ_ALERTS,
        Permission.READ_INCIDENTS,
        Permission.SEE_MAP,
        Permission.FILE_REPORTS,
    ):
        bearer = world.staff.bearer(role, WEST, scopes=[scope])
        for path, rule in lists.items():
            answer = visitor.get(path, headers=bearer)
            opens = scope in permissions_of(world.app, rule) and looker.holds(scope)
            assert (answer.status_code != 403) == opens, (path, scope)
            if opens:
                words = {
                    t.marker for t in world.things if t.marker and t.marker in answer.get_data(as_text=True)
                }
                assert words <= ask(world, looker, "GET", path).markers, (path, scope)
