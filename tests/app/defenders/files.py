"""Defenders for tests: a running key-holder, people to hide among, and files in either sector and compartment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg

from app.db import db
from app.defenders import actions, gate
from app.defenders.models import SealedField
from app.permissions import Role
from tests.people import WEST, Staff
from tests.servers import Clone
from workers.keyholder import Keyholder, Socket
from workers.keyholder_keys import Keys
from workers.keyholder_looks import Looks

# Words that stand nowhere else: a search for them finds every leak.
NAME, CONTACT, HOME = (
    "EXERCISE Zibbelwort Quandt",
    "EXERCISE 0199-77345",
    "EXERCISE house behind the Plompmill",
)
SEALED = {SealedField.NAME: NAME, SealedField.CONTACT: CONTACT, SealedField.HOME: HOME}
OFFICER, SUPERVISOR = Role.HR_OFFICER, Role.HR_CASE_SUPERVISOR


@contextmanager
def listening(clone: Clone) -> Iterator[Keyholder]:
    """A key-holder on the clone's socket, with keys of its own."""
    keyholder = Keyholder(Keys(clone.var / "keys"), Looks(clone.url("vigil_keyholder")))
    server = Socket(clone.settings().keyholder_socket, keyholder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield keyholder
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def settle(clone: Clone) -> None:
    """Towns of the two sectors: enough people in one 10 km cell each, none elsewhere."""
    with psycopg.connect(clone.plain_url("vigil_owner")) as c:
        for code, lon, lat in (("P1", 0.51, 0.51), ("P2", 1.51, 0.51)):
            c.execute(
                "INSERT INTO places (code, name, kind, population, place) VALUES (%s, %s, 'town', 4000, "
                "ST_SetSRID(ST_MakePoint(%s, %s), 4326))",
                [code, f"EXERCISE town {code}", lon, lat],
            )


def given(*scopes: int, days: int = 90) -> tuple[actions.Given, ...]:
    day = gate.today()
    return tuple(actions.Given(scope, day, day + timedelta(days=days), "signed_form") for scope in scopes)


def new(
    staff: Staff, sector: str, compartment: str, scopes: tuple[int, ...], lon: float, lat: float
) -> actions.NewDefender:
    return actions.NewDefender(
        profiles=("journalist",), work="EXERCISE: reports on checkpoints", sector_id=staff.sectors[sector],
        compartment=compartment, consents=given(*scopes), identity=SEALED, lon=lon, lat=lat,
    )  # fmt: skip


def registered(
    staff: Staff, sector: str = WEST, compartment: str = "north", scopes: tuple[int, ...] = (1, 2, 3),
    lon: float = 0.512, lat: float = 0.512,
) -> int:  # fmt: skip
    """The id of a defender whom an officer of that sector and compartment has registered."""
    with staff.acting(OFFICER, sector, (compartment,)):
        made = actions.register_defender(new(staff, sector, compartment, scopes, lon, lat))
        db.session.commit()
    return made


def withdraw_all(staff: Staff, defender_id: int, sector: str = WEST, compartment: str = "north") -> None:
    from app.defenders.file import consents

    with staff.acting(OFFICER, sector, (compartment,)):
        for row in consents(defender_id):
            if row.in_force:
                actions.withdraw_consent(defender_id, row.id)
        db.session.commit()
