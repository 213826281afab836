"""The first wall without the second: with every policy switched off, each answer stays what it was, to the byte."""

from __future__ import annotations

import difflib
import re

import psycopg
import pytest

from tests.matrix.lookers import LOOKERS, Looker
from tests.matrix.sweep import Answer, ask, looked, wrongly_done
from tests.matrix.world import World

# What is reckoned back from now (what a rule would have seen in the last thirty days) moves on between two questions.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")


def differs(before: Answer, after: Answer) -> str:
    """The first line that is another, or nothing."""
    if before.status != after.status:
        return f"{before.status} became {after.status}"
    one, two = (MOMENT.sub("<moment>", a.body).splitlines() for a in (before, after))
    changed = (
        line for line in difflib.unified_diff(one, two, lineterm="", n=0) if line[:2] not in ("--", "++")
    )
    return next((line for line in changed if line[:1] in "+-"), "")[:300]


def test_the_policies_are_really_off(world: World) -> None:
    query = "SELECT count(*) FROM alerts"
    with world.policies_off():
        with psycopg.connect(world.clone.plain_url("vigil_app")) as nobody:
            assert nobody.execute(query).fetchone() == (3,)
    with psycopg.connect(world.clone.plain_url("vigil_app")) as nobody:
        assert nobody.execute(query).fetchone() == (0,)


@pytest.mark.parametrize("looker", LOOKERS, ids=str)
def test_the_application_alone_answers_as_with_the_policies(world: World, looker: Looker) -> None:
    before = looked(world, looker, recorded=False)
    with world.policies_off():
        wrong = {
            path: difference
            for path, answer in before.items()
            if (difference := differs(answer, ask(world, looker, "GET", path)))
        }
    assert wrong == {}


@pytest.mark.parametrize("looker", LOOKERS, ids=str)
def test_the_application_alone_refuses_every_change_that_the_table_refuses(
    world: World, looker: Looker
) -> None:
    before = world.events()
    with world.policies_off():
        assert wrongly_done(world, looker) == []
    assert world.events() == before
