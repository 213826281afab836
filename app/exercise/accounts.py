"""The exercise's accounts, one for each role and a second administrator, with random passwords that are printed once and
kept in a 0600 file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app.people.passwords import hash_password, new_password
from app.permissions import ROLE_NAMES, Role

# Human rights and protection officers keep files; the others see none, whatever their compartments.
COMPARTMENTS = ("north", "centre", "south", "women")
KEEPERS = frozenset({Role.HR_OFFICER, Role.HR_CASE_SUPERVISOR, Role.POC_OFFICER})
# Changing somebody's rights or password takes two administrators.
SECOND_ADMINISTRATOR = "sysadmin_2"


def usernames() -> dict[str, Role]:
    """User name → role: each role's own name, and the second administrator beside the first."""
    return {role.value: role for role in Role} | {SECOND_ADMINISTRATOR: Role.SYSADMIN}


def start_hashing(pool: Executor) -> dict[str, tuple[str, Future[str]]]:
    """Random passwords and their hashes to come. Argon2 is slow on purpose, and works outside the interpreter's lock:
    beside the loading of the country it costs next to nothing."""
    drawn = {name: new_password() for name in usernames()}
    return {name: (password, pool.submit(hash_password, password)) for name, password in drawn.items()}


def add_accounts(c: Connection, passwords: Mapping[str, tuple[str, Future[str]]]) -> list[dict[str, Any]]:
    """Makes them all, open, since the operator does it: with mission-wide scope, since the exercise is small, but field
    roles get one sector."""
    root = c.execute(text("SELECT id FROM sectors WHERE parent_id IS NULL")).scalar_one()
    sector = c.execute(
        text("SELECT id FROM sectors WHERE echelon = 'sector' ORDER BY code LIMIT 1")
    ).scalar_one()
    in_one_sector = {
        Role.SECTOR_OPS,
        Role.BN_OPS,
        Role.HEAD_OF_OFFICE,
        Role.UNPOL_OPS,
        Role.PATROL_CDR,
        Role.CLA,
    }
    unit = c.execute(
        text("WITH RECURSIVE below AS (SELECT CAST(:s AS bigint) AS id UNION SELECT s.id FROM sectors s "
             "JOIN below b ON s.parent_id = b.id) SELECT u.id FROM units u LEFT JOIN patrols p ON p.unit_id = u.id "
             "AND p.state = 'planned' WHERE u.kind IN ('pl', 'coy') AND u.sector_id IN (SELECT id FROM below) "
             "ORDER BY p.planned_start, u.code LIMIT 1"), {"s": sector},
    ).scalar()  # fmt: skip
    accounts = []
    for username, role in usernames().items():
        password, hashed = passwords[username]
        name = f"EXERCISE {ROLE_NAMES[role]}" + (" 2" if username == SECOND_ADMINISTRATOR else "")
        person = c.execute(
            text("INSERT INTO people (username, name, role, password_hash, unit_id) "
                 "VALUES (:username, :name, :role, :hash, :unit) RETURNING id"),
            {"username": username, "name": name, "role": role.value, "hash": hashed.result(),
             "unit": unit if role is Role.PATROL_CDR else None},
        ).scalar_one()  # fmt: skip
        c.execute(
            text("INSERT INTO person_sectors VALUES (:p, :s)"),
            {"p": person, "s": sector if role in in_one_sector else root},
        )
        if role in KEEPERS:
            for compartment in COMPARTMENTS:
                c.execute(
                    text("INSERT INTO person_compartments VALUES (:p, :k)"), {"p": person, "k": compartment}
                )
        if role is Role.PATROL_CDR:
            c.execute(
                text("UPDATE patrols SET leader_id = :p WHERE unit_id = :unit AND state = 'planned'"),
                {"p": person, "unit": unit},
            )
        accounts.append(
            {
                "username": username,
                "password": password,
                "totp_secret": None,
                "role": role.value,
                "name": name,
            }
        )
    return accounts


def keep(accounts: Sequence[dict[str, Any]], path: Path) -> None:
    """Write the file so that nobody else can read it at any moment."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(handle, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(accounts, file, indent=2, ensure_ascii=False)
        file.write("\n")
