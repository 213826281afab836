"""Every route, every role, every place: what the permission table says is what is answered."""

from __future__ import annotations

import pytest
from flask import Flask

from app.permissions import Role
from tests.app.routes import address_of
from tests.matrix import addresses
from tests.matrix.lookers import LOOKERS, Looker, sees
from tests.matrix.sweep import (
    RECORDED,
    REFUSALS,
    Answer,
    ask,
    gets,
    guarded,
    looked,
    permission_of,
    wrongly_done,
)
from tests.matrix.world import World

# Done by being asked, with an empty form: each has a test of its own, and here only its door is tried.
DONE_AT_ONCE = {"people.sign_out", "ledger.verify_now", "defenders.export"}

pytestmark = pytest.mark.parametrize("looker", LOOKERS, ids=str)


def refused(answer: Answer) -> bool:
    return answer.status in (401, 403)


def test_a_door_opens_to_whom_the_table_says(world: World, looker: Looker) -> None:
    wrong = []
    for rule in guarded(world.app):
        opens = looker.holds(permission_of(world.app, rule))  # type: ignore[arg-type]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if opens and (method == "GET" or rule.endpoint in DONE_AT_ONCE):
                continue  # test_what_is_seen looks behind them
            answer = ask(world, looker, method, nowhere(world.app, rule.endpoint, rule), {})
            fine = answer.status < 500 and not refused(answer) if opens else answer.status == 403
            if not fine:
                wrong.append((method, rule.rule, answer.status))
    assert wrong == []


def nowhere(app: Flask, endpoint: str, rule: object) -> str:
    """An address behind the route at which nothing is."""
    path = address_of(rule)  # type: ignore[arg-type]
    return path.replace("/1", f"/{addresses.NOBODYS_ID}").replace("000001", "00dead")


def test_what_is_seen_is_what_the_table_says(world: World, looker: Looker) -> None:
    """A thing that one may not see answers, to the byte, as one that does not exist; and no answer names it."""
    answers, wrong = looked(world, looker), []
    hidden = {t.marker: t for t in world.things if t.marker and not sees(looker, t)}
    for rule, thing, path in gets(world):
        if path not in answers:
            continue
        answer = answers[path]
        if thing is None:
            fine = answer.status < 400 or answer.status in REFUSALS
        elif sees(looker, thing):
            fine = answer.status < 400 or (answer.status == 409 and thing.kind == "entry")
        else:
            absent = ask(world, looker, "GET", addresses.of_nothing(world.app, rule, thing))
            fine = answer == absent and answer.status == 404
        if not fine:
            wrong.append((path, answer.status, str(thing)))
        wrong += [(path, "names", str(hidden[m])) for m in sorted(answer.markers & set(hidden))]
    assert wrong == []


def test_nothing_is_done_to_what_one_may_not_see_or_not_do(world: World, looker: Looker) -> None:
    before = world.events()
    assert wrongly_done(world, looker) == []
    assert world.events() == before


def test_every_route_that_names_a_thing_stands_in_the_table(world: World, looker: Looker) -> None:
    if looker.role is not Role.SYSADMIN:
        return
    named = {r.endpoint for r in guarded(world.app) if r.arguments}
    assert named == set(addresses.TABLE) | addresses.MAKES
    for rule in guarded(world.app):
        if rule.endpoint in addresses.TABLE:
            things = world.of_kind(addresses.TABLE[rule.endpoint].kind)
            assert things, rule.endpoint
            assert addresses.of_thing(world.app, rule, things[0])
