"""Whose installation this is: its one row, written by the operator (`flask mission set`)."""

from __future__ import annotations

from zoneinfo import available_timezones

from sqlalchemy import Connection, insert, select, text, update

from app.mission.models import MissionIdentity
from app.mission.queries import Identity
from app.operator import record_as_operator

EXERCISE = "EXERCISE"
# Zones of the machine or of nowhere: they stand in the list, and mean another hour elsewhere or none.
NO_PLACE = frozenset({"localtime", "Factory"})


class Unnameable(ValueError):
    """Why a mission can't be called so, in a sentence for the operator."""


def set_identity(connection: Connection, said: dict[str, str]) -> tuple[Identity, bool]:
    """What stands after `said` (name, code, time_zone, classification; what is not named stays), and whether that is new.

    Whether this is an exercise is never changed here: that comes with its data. Raises Unnameable.
    """
    m = MissionIdentity
    columns = (m.name, m.code, m.exercise, m.time_zone, m.classification)
    before = connection.execute(select(*columns).where(m.id == 1).with_for_update()).first()
    check(connection, said)
    if before is None:
        if not {"name", "code"} <= said.keys():
            raise Unnameable("This installation has no name yet: give --name and --code.")
        made = insert(m).values(id=1, exercise=False, **said)
        row = connection.execute(made.returning(*columns)).one()
    elif said:
        row = connection.execute(update(m).where(m.id == 1).values(**said).returning(*columns)).one()
    else:
        row = before
    found = Identity(*row)
    if found.exercise and EXERCISE not in found.name.upper():
        raise Unnameable("This installation holds an exercise: its name says EXERCISE.")
    if row == before:
        return found, False
    record_as_operator(connection, "mission.identity_set", "mission_identity", 1, dict(row._mapping))
    return found, True


def check(connection: Connection, said: dict[str, str]) -> None:
    if not all(word.strip() and word.isprintable() for word in said.values()):
        raise Unnameable("A name and a code are words in one line.")
    zone = said.get("time_zone")
    if zone is not None and not known(connection, zone):
        raise Unnameable(
            f"There is no time zone {zone}. Write one of the IANA list, such as Africa/Juba or UTC."
        )


def known(connection: Connection, zone: str) -> bool:
    """Whether both know it: pages count in Python's list, drawn days and measures in the database's."""
    if zone in NO_PLACE or zone not in available_timezones():
        return False
    there = text("SELECT EXISTS (SELECT 1 FROM pg_timezone_names WHERE name = :zone)")
    return bool(connection.execute(there, {"zone": zone}).scalar_one())
