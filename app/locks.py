"""The numbers of PostgreSQL's advisory locks: two pieces of work with one number would wait for each other, or one be
skipped while the other goes on."""

from __future__ import annotations

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    """Of the whole house, or with a second key of one person or row. (88, 1) and (88, 2) are taken by the upkeep of
    layers and cells inside the database (migrations/sql)."""

    JOBS = 86  # and the outbox's row
    SEARCHES = 87  # and the person; taken by migrations/sql/0040_walls.sql too
    SURFACES = 89
    SCORES = 90
    RULES = 91
    ORDERS = 92
    COMPUTING = 93  # and the person
    LOOKS = 94  # and the person
    SCHEDULE = 95
    REPORTS = 96  # and the patrol report
