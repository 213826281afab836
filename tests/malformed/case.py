"""What is sent to one route by whom, and the words, moments and things of the world that sound bodies are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from app.permissions import Role
from tests.app.routes import routes, writes
from tests.matrix.lookers import Thing
from tests.matrix.world import OWN, World

WHY = "EXERCISE: two focal points confirm it"
HERE = {"lon": 0.512, "lat": 0.512}
DUTY, COMMAND, ANALYST = Role.WATCHKEEPER_JOC, Role.FC_STAFF, Role.POC_OFFICER


def moment(hours: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def day(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


@dataclass(frozen=True)
class Case:
    """What is sent to one route, or to one act of it, by whom."""

    endpoint: str
    role: Role
    body: Callable[[World], dict[str, Any]]
    act: str | None = None
    kind: str | None = None
    ends: bool = False

    def __str__(self) -> str:
        return f"{self.endpoint}-{self.act}" if self.act else self.endpoint

    def address(self, world: World) -> tuple[str, str]:
        """(method, path); the thing that it names lies in the own sector; a chosen id is a new one each time."""
        rule = next(r for r in routes(world.app) if r.endpoint == self.endpoint and writes(r))
        values: dict[str, object] = {"report_id": uuid4()}
        if self.kind:
            # What ends for good is not what the others are done to.
            values |= known(world, self.kind)[-1].arguments if self.ends else named(world, self.kind)
        if self.act:
            values["act"] = self.act
        wanted = {name: values[name] for name in rule.arguments}
        return sorted(writes(rule))[0], world.app.url_map.bind("localhost").build(self.endpoint, wanted)


def named(world: World, kind: str) -> dict[str, object]:
    """The first of the own sector that everybody may know of who reads its kind."""
    return sorted(known(world, kind), key=lambda thing: thing.where != OWN)[0].arguments


def known(world: World, kind: str) -> list[Thing]:
    return [t for t in world.of_kind(kind) if not t.restricted]
