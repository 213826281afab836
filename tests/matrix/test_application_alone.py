"""The first wall without the second: each looker sees what the table says, and with every policy switched off each answer
stays what it was, to the byte."""

from __future__ import annotations

import difflib
import re

import psycopg
import pytest

from app.permissions import Permission, Role
from tests.matrix.lookers import LOOKERS, Looker, sees
from tests.matrix.sweep import Answer, ask, looked, wrongly_done, wrongly_seen
from tests.matrix.world import World

# A matrix of refusals alone would prove nothing: what these may see, they were shown.
SEE_ALL_OF_THEIRS = {
    Role.HOM, Role.HR_CASE_SUPERVISOR, Role.FC_STAFF, Role.HEAD_OF_OFFICE, Role.PATROL_CDR,
}  # fmt: skip
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


def unseen(world: World, looker: Looker, answers: dict[str, Answer]) -> set[str]:
    """What this looker sees by the table and was shown nowhere."""
    shown = {m for a in answers.values() for m in a.markers}
    # Networks stand on the mission's own page, for those who manage it.
    there = [t for t in world.things if t.kind != "network" or looker.holds(Permission.MANAGE_MISSION)]
    return {str(t) for t in there if t.marker and sees(looker, t) and t.marker not in shown}


def test_the_policies_are_really_off(world: World) -> None:
    query = "SELECT count(*) FROM alerts"
    with world.policies_off():
        with psycopg.connect(world.clone.plain_url("vigil_app")) as nobody:
            assert nobody.execute(query).fetchone() == (3,)
    with psycopg.connect(world.clone.plain_url("vigil_app")) as nobody:
        assert nobody.execute(query).fetchone() == (0,)


@pytest.mark.parametrize("looker", LOOKERS, ids=str)
def test_what_is_seen_is_what_the_table_says_and_without_policies_too(world: World, looker: Looker) -> None:
    before = looked(world, looker, recorded=False)
    with world.policies_off():
        wrong = {
            path: difference
            for path, answer in before.items()
            if (difference := differs(answer, ask(world, looker, "GET", path)))
        }
    assert wrong == {}
    answers = before | looked(world, looker, recorded=True)
    assert wrongly_seen(world, looker, answers) == []
    if looker.role in SEE_ALL_OF_THEIRS and looker.compartments:
        assert unseen(world, looker, answers) == set()


@pytest.mark.parametrize("looker", LOOKERS, ids=str)
def test_the_application_alone_refuses_every_change_that_the_table_refuses(
    world: World, looker: Looker
) -> None:
    before = world.events()
    with world.policies_off():
        assert wrongly_done(world, looker) == []
    assert world.events() == before
