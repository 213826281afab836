"""Histories for tests, written as the owner: alerts with their steps, incidents, patrols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from tests.people import record


@dataclass(frozen=True)
class Told:
    """One alert: when it was raised, its codes, and steps as (kind, minutes after, details). decide: when the clock of
    the decision was due, in minutes, and when it was stopped, or None while it runs."""

    at: datetime
    kind: str = "attack_under_way"
    priority: str = "P2"
    sector: str | None = "WEST"
    verification: str = "reported"
    reachable: bool = True
    channel: str = "hotline"
    lon: float = 0.5
    steps: Sequence[tuple[str, int, dict[str, Any]]] = field(default_factory=tuple)
    decide: tuple[int, int | None] | None = None


def tell(owner: psycopg.Connection, sectors: dict[str, int], *alerts: Told) -> list[int]:
    """Write alerts; returns their ids."""
    ids = []
    with owner.transaction():
        for told in alerts:
            (number,) = owner.execute("SELECT nextval('alert_ids')").fetchone() or (0,)
            ids.append(number)
            owner.execute(
                "INSERT INTO alerts (id, alert_key, kind, channel, priority, verification, occurred_at, received_at, "
                "raised_at, place, place_as_given, sector_id, verbatim, source_contactable) VALUES (%s, %s, %s, %s, %s, "
                "%s, %s, %s, %s, ST_SetSRID(ST_MakePoint(%s, 0.5), 4326), '', %s, 'EXERCISE', %s)",
                [number, f"test:{number}", told.kind, told.channel, told.priority, told.verification, told.at, told.at,
                 told.at, told.lon, sectors[told.sector] if told.sector else None, told.reachable],
            )  # fmt: skip
            for kind, minutes, details in told.steps:
                owner.execute(
                    "INSERT INTO alert_steps (alert_id, kind, at, details, by_role) VALUES (%s, %s, %s, %s, 'hom')",
                    [number, kind, told.at + timedelta(minutes=minutes), Jsonb(details)],
                )
            if told.decide:
                due, stopped = told.decide
                owner.execute(
                    "INSERT INTO alert_clocks (id, alert_id, clock, echelon, due_at, stopped_at) "
                    "VALUES (nextval('alert_clock_ids'), %s, 'decide', 'sector', %s, %s)",
                    [number, told.at + timedelta(minutes=due),
                     None if stopped is None else told.at + timedelta(minutes=stopped)],
                )  # fmt: skip
        record(owner)
    return ids


def happened(
    owner: psycopg.Connection, sectors: dict[str, int], at: datetime, lon: float = 0.5, **more: Any
) -> None:
    """An incident, verified and known to the place and the day unless `more` says otherwise."""
    row = {
        "kind": "killing", "occurred_from": at, "occurred_to": at, "verification": "verified", "place_precision": 1,
        "date_precision": 1, "sector_id": sectors["WEST"] if lon < 1 else sectors["EAST"], "side_a": "EXERCISE Group X",
    } | more  # fmt: skip
    names = ", ".join(row)
    values = ", ".join(["%s"] * len(row))
    with owner.transaction():
        owner.execute(
            f"INSERT INTO incidents ({names}, place) VALUES ({values}, ST_SetSRID(ST_MakePoint(%s, 0.5), 4326))",  # type: ignore[arg-type]
            [*row.values(), lon],
        )
        record(owner)


Steps = tuple[tuple[str, int, dict[str, Any]], ...]
ANSWERED: Steps = (
    ("acknowledged", 2, {}), ("decided", 10, {"response": "quick_reaction_force", "authority": "tactical_control"}),
    ("tasked", 10, {"response": "quick_reaction_force"}), ("departed", 23, {}), ("arrived", 64, {}),
    ("outcome", 90, {"outcome": "threat_averted"}), ("feedback", 335, {"told": True}),
)  # fmt: skip
DECLINED: Steps = (
    ("acknowledged", 6, {}), ("declined", 20, {"reason": "distance_time"}), ("non_response_approved", 40, {}),
)  # fmt: skip
