"""One world with a thing of each kind in one's own sector, in another, outside all sectors; restricted, in another
compartment, after consent was withdrawn. Written as the owner, past every wall; never changed afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from psycopg.types.json import Jsonb

from app.permissions import Role, Viewer
from tests import servers
from tests.app.defenders.files import listening
from tests.app.ledger.standing import sequence
from tests.matrix.lookers import LOOKERS, Looker, Thing
from tests.people import EAST, WEST, Staff, csrf_of, record
from tests.servers import Clone

# A marker is one word, so that a search for its shape finds every leak: Qz, the kind's letters, a number.
MARKER = r"Qz[a-z]{4}\d{2}"
OWN, OTHER, AT_SEA = "own sector", "other sector", "outside all sectors"
SECTORS: dict[str, str | None] = {OWN: WEST, OTHER: EAST, AT_SEA: None}
PLACES = {OWN: (0.512, 0.512), OTHER: (1.512, 0.512), AT_SEA: (5.0, 5.0)}


@dataclass
class World:
    app: Flask
    clone: Clone
    staff: Staff
    owner: psycopg.Connection
    things: list[Thing] = field(default_factory=list)
    clients: dict[Looker, FlaskClient] = field(default_factory=dict)
    tokens: dict[Looker, str] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> Any:
        """Insert a row as the owner; returns its first column."""
        values = {k: Jsonb(v) if isinstance(v, dict) else v for k, v in values.items()}
        row = self.owner.execute(
            sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING *").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join([sql.Placeholder()] * len(values)),
            ),
            list(values.values()),
        ).fetchone()
        assert row
        return row[0]

    def tracked_of(self, patrol_id: int) -> int:
        """What is tracked of a patrol stands with it, by a trigger."""
        row = self.owner.execute("SELECT id FROM tracked WHERE patrol_id = %s", [patrol_id]).fetchone()
        assert row
        return int(row[0])

    def mark(self, kind: str) -> str:
        letters = {
            "network": "netw",
            "withheld": "hidd",
            "private_view": "prvw",
            "patrol_report": "rppt",
        }.get(kind, kind[:4]).ljust(4, "x")
        return f"Qz{letters}{sum(t.kind == kind for t in self.things):02d}"

    def thing(
        self, kind: str, where: str, marker: str, arguments: Mapping[str, object], **more: Any
    ) -> Thing:
        more.setdefault("sector", SECTORS.get(where, WEST))
        made = Thing(kind, where, marker, dict(arguments), **more)
        self.things.append(made)
        return made

    def sector_id(self, where: str) -> int | None:
        code = SECTORS.get(where, WEST)
        return self.staff.sectors[code] if code else None

    def person(self, looker: Looker) -> int:
        return self.staff.person(looker.role, WEST, looker.compartments)

    def client(self, looker: Looker) -> FlaskClient:
        """The looker's browser, signed in; its forms' token stands in `tokens`."""
        if looker not in self.clients:
            self.clients[looker] = self.staff.client(looker.role, WEST, looker.compartments)
            self.tokens[looker] = csrf_of(self.clients[looker])
        return self.clients[looker]

    def viewer(self, looker: Looker) -> Viewer:
        below = frozenset({self.staff.sectors[WEST]})
        return Viewer(self.person(looker), looker.role, below, frozenset(looker.compartments))

    def of_kind(self, kind: str) -> list[Thing]:
        return [t for t in self.things if t.kind == kind]

    def tables(self) -> list[str]:
        """Every table of ours with row level security."""
        found = self.owner.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity ORDER BY 1"
        )
        return [row[0] for row in found]

    def events(self) -> int:
        """How many changes were recorded. A look at a sealed value that was refused changes nothing and is one more."""
        row = self.owner.execute(
            "SELECT count(*) FROM ledger_events WHERE action <> 'defenders.unmask_refused'"
        ).fetchone()
        assert row
        return int(row[0])

    @contextmanager
    def policies_off(self) -> Iterator[None]:
        """Row level security is off meanwhile: what the application asks of itself is all that holds."""
        tables = self.tables()
        try:
            self._everywhere("DISABLE", "NO FORCE", tables)
            yield
        finally:
            self._everywhere("ENABLE", "FORCE", tables)

    def _everywhere(self, able: str, force: str, tables: list[str]) -> None:
        words = [
            f'ALTER TABLE "{t}" {able} ROW LEVEL SECURITY; ALTER TABLE "{t}" {force} ROW LEVEL SECURITY'
            for t in tables
        ]
        self.owner.execute("; ".join(words))  # type: ignore[arg-type]


def point(where: str) -> str:
    lon, lat = PLACES[where] if where in PLACES else PLACES[OWN]
    return f"SRID=4326;POINT({lon} {lat})"


def made(app: Flask, clone: Clone, owner: psycopg.Connection) -> World:
    """The whole world, with everybody who looks at it."""
    from tests.matrix import defenders, planned, room, things

    world = World(app, clone, Staff(app, clone), owner)
    for looker in LOOKERS:
        world.client(looker)
    with owner.transaction():
        things.base_data(world)
        things.chain(world)
        things.plans(world)
        planned.patrol_plans(world)
        things.evacuations(world)
        defenders.defenders(world)
        room.sources(world)
        room.handovers(world)
        room.watches(world)
        room.rules(world)
        room.surfaces(world)
        room.papers(world)
        record(owner)
    size = sequence(clone)
    with owner.transaction():
        record(owner)  # one that waits for the sequencer
    for index in (0, size - 1):
        world.thing("entry", OWN, "", {"index": index})
    return world


@contextmanager
def standing(template: str, var: Path) -> Iterator[World]:
    """A world on a clone of its own, with a key-holder that answers."""
    clone = servers.Clone.of(template, var)
    running = servers.application(clone)
    try:
        app = next(running)
        with psycopg.connect(clone.plain_url("vigil_owner"), autocommit=True) as owner, listening(clone):
            world = made(app, clone, owner)
            yield world
            world.staff.owner.close()
        next(running, None)
    finally:
        clone.drop()


NGO = Looker(Role.PARTNER_NGO)
OFFICER = Looker(Role.SECTOR_OPS)
COMMANDER = Looker(Role.PATROL_CDR)
ORDERER = Looker(Role.HEAD_OF_OFFICE)
