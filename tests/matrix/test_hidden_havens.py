"""A haven that few may know of changes no byte of what others are answered: no name, count, order or distance."""

from __future__ import annotations

from app.permissions import Permission, Role
from tests.matrix.lookers import Looker, sees
from tests.matrix.sweep import RECORDED, ask, gets, opens
from tests.matrix.test_application_alone import differs
from tests.matrix.things import about_haven
from tests.matrix.world import OWN, World, point
from tests.people import record

# Where havens, or what was reckoned with them, are told of. That no other route names one, the walk of
# test_application_alone.py says.
TELLING = {
    "havens", "havens_api", "siting", "siting_api", "evacuations", "evacuations_api", "alerts", "alerts_api", "incidents",
    "maps", "find", "find_api", "ogc", "tiles", "handovers", "rules", "solves",
}  # fmt: skip
OF_EACH = 2
NAME = "EXERCISE seventh house"


def hide_one(world: World) -> None:
    """Open, empty, with a record, stores and tokens, at the very place of the world's alerts."""
    haven = world.add(
        "havens", code="QX7", name=NAME, kind="safe_house", place=point(OWN), capacity_day=900, capacity_night=900,
        state="open", exposure="secret", sector_id=world.sector_id(OWN), needs=["water"],
    )  # fmt: skip
    about_haven(world, haven, NAME)


def about_havens(world: World, looker: Looker) -> list[str]:
    """Addresses to look at: some questions of each such route, or some of the things that it names."""
    found: dict[str, list[str]] = {}
    for rule, thing, path in gets(world):
        told = (
            opens(world.app, rule, looker)
            and rule.endpoint.split(".")[0] in TELLING
            and rule.endpoint not in RECORDED
        )
        paths = found.setdefault(rule.endpoint, [])
        if told and len(paths) < OF_EACH and (thing is None or sees(looker, thing)):
            paths.append(path)
    return [path for paths in found.values() for path in paths]


def test_who_may_not_know_of_a_haven_is_answered_to_the_byte_as_before_there_was_one(world: World) -> None:
    looker, cleared = Looker(Role.WATCHKEEPER_JOC), Looker(Role.POC_OFFICER)
    assert looker.holds(Permission.KEEP_HAVENS) and not looker.holds(Permission.SEE_RESTRICTED_HAVENS)
    before = {path: ask(world, looker, "GET", path) for path in about_havens(world, looker)}
    assert len(before) > 40
    with world.owner.transaction():
        hide_one(world)
        record(world.owner)
    told = {
        path: difference
        for path, answer in before.items()
        if (difference := differs(answer, ask(world, looker, "GET", path)))
    }
    assert told == {}
    for path in ("/havens", "/api/v1/havens", "/alerts/101"):
        assert NAME in ask(world, cleared, "GET", path).body, path
