"""Every route, every role, every place: what the permission table says is what is answered."""

from __future__ import annotations

import pytest
from werkzeug.routing import Rule

from app.errors import FOR_PROGRAMS
from tests.app.routes import address_of
from tests.matrix import addresses
from tests.matrix.lookers import LOOKERS, Looker
from tests.matrix.sweep import ask, guarded, opens, wrongly_done
from tests.matrix.world import World

as_each = pytest.mark.parametrize("looker", LOOKERS, ids=str)
# Done by being asked, with an empty form: each has a test of its own, and here only shut doors are tried.
DONE_AT_ONCE = {
    "people.sign_out",
    "ledger.verify_now",
    "defenders.export",
    "surfaces.order",
    "surfaces.export",
}


def nowhere(rule: Rule) -> str:
    """An address behind the route at which nothing is."""
    return address_of(rule).replace("/1", f"/{addresses.NOBODYS_ID}").replace("000001", "00dead")


def test_every_route_that_names_a_thing_stands_in_the_table(world: World) -> None:
    named = {r.endpoint: r for r in guarded(world.app) if r.arguments}
    assert set(named) == set(addresses.TABLE) | addresses.MAKES
    for endpoint, names in addresses.TABLE.items():
        assert world.of_kind(names.kind), endpoint
        assert addresses.of_thing(world.app, named[endpoint], world.of_kind(names.kind)[0])
    assert set(addresses.ASKED) <= {r.endpoint for r in guarded(world.app)}


def test_nobody_gets_in_without_signing_in(world: World) -> None:
    visitor = world.app.test_client()
    for rule in guarded(world.app):
        if "GET" in (rule.methods or ()):
            answer, api = visitor.get(nowhere(rule)), rule.rule.startswith(FOR_PROGRAMS)
            assert answer.status_code == (401 if api else 302), rule.rule
            assert api or answer.headers["Location"].startswith("/sign-in"), rule.rule


@pytest.mark.parametrize("looker", [x for x in LOOKERS if x.compartments], ids=str)
def test_a_door_opens_to_whom_the_table_says(world: World, looker: Looker) -> None:
    wrong = []
    for rule in guarded(world.app):
        opened = opens(world.app, rule, looker)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if opened and (method == "GET" or rule.endpoint in DONE_AT_ONCE):
                continue  # test_application_alone.py looks behind them
            status = ask(world, looker, method, nowhere(rule), {}).status
            if status >= 500 or (status in (401, 403)) == opened:
                wrong.append((method, rule.rule, status))
    assert wrong == []


@as_each
def test_nothing_is_done_to_what_one_may_not_see_or_not_do(world: World, looker: Looker) -> None:
    before = world.events()
    assert wrongly_done(world, looker) == []
    assert world.events() == before
