"""What the register keeps of the exercise's havens: records, inspections, stores, tokens at one gate, and a compromise of
which the first step is taken. All of it invented; nothing is about to run out in the first hours of a new exercise."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection, text

from app.exercise.chance import one, stream
from app.exercise.dataset import Dataset
from app.exercise.havens import Haven
from app.havens import tokens
from app.operator import record_as_operator

WHY = "EXERCISE: written after the last visit"
OWNER = {
    "base_shelter": "mission", "poc_site": "mission", "weapons_free_zone": "community", "secured_area": "school",
    "safe_house": "ngo", "relocation_inside": "private", "relocation_abroad": "ngo", "hospital": "health",
    "transit": "faith", "rally_point": "community", "shelter_gbv": "ngo",
}  # fmt: skip
BY = (
    "(haven_id, by_id, by_role, {0}) SELECT h.id, p.id, 'poc_officer', {1} FROM havens h, people p "
    "WHERE h.code = :code AND p.username = 'poc_officer'"
)


def load_register(connection: Connection, data: Dataset) -> None:
    """Every haven but each seventh has a record; those that are open have stores, counted some hours ago."""
    rng = stream(data.seed, "haven register")
    for n, haven in enumerate(data.havens):
        if n % 7 != 3:
            write(connection, "haven_records", haven, record_of(rng, haven, data.now))
        if haven.inspected_on is not None:
            due = haven.inspected_on + timedelta(days=90)
            write(connection, "haven_inspections", haven, {
                "inspected_on": haven.inspected_on, "post": str(one(rng, ("engineers", "military", "protection"))),
                "finding": "fit" if n % 3 else "fit_with_faults", "found": "EXERCISE: walked around with the keeper.",
                "next_due": due,
            })  # fmt: skip
        if haven.occupancy and n % 4 != 1:
            write(connection, "haven_stocks", haven, stores_of(rng, haven))
    counted = next(h for h in data.havens if h.state == "open" and h.exposure == "mission")
    at_the_gate(connection, rng, counted, data.now)
    compromised = next(h for h in data.havens if h.state == "compromised")
    found_out(connection, compromised)
    record_as_operator(connection, "exercise.havens_registered", "havens", "all", {"count": len(data.havens)})


def write(connection: Connection, table: str, haven: Haven, values: dict[str, Any]) -> None:
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    statement = f"INSERT INTO {table} {BY.format(names, marks)}"
    connection.execute(text(statement), {**values, "code": haven.code})


def record_of(rng: np.random.Generator, haven: Haven, now: datetime) -> dict[str, Any]:
    dry = int(rng.integers(15, 90))
    ways = [
        {"to": f"EXERCISE road {way}", "use": "both", "minutes_dry": dry * k, "minutes_rainy": rainy}
        for k, way, rainy in ((1, "north", 2 * dry), (2, "south", None))
    ]  # fmt: skip
    guarded = haven.supplies["guard_hours"] == 24
    many = haven.capacity_night > 100
    return {
        "why": WHY, "capacity_most": round(haven.capacity_day * 1.3), "medical_level": "level_1" if many else "first_aid",
        "perimeter": ["fence", "gate"] if many else ["wall"], "guard_force": "military" if guarded else "community",
        "guard_strength": int(rng.integers(4, 30)) if guarded else 2,
        "guard_hours": int(haven.supplies["guard_hours"]), "ways": json.dumps(ways[: int(rng.integers(1, 4))]),
        "fire_points": haven.capacity_night // 50 + 1, "screening_point": many,
        "women_child_space": bool(rng.random() < 0.7),
        "accessibility": ["step_free"] if rng.random() < 0.5 else [], "communications": ["vhf", "mobile"],
        "groups_accepted": ["G1", "G2"], "groups_reserved": ["G3"], "groups_refused": [],
        "do_not_mix": ["G1/G3"] if many else [], "owner": OWNER[haven.kind],
        "agreement_with": None if OWNER[haven.kind] == "mission" else "EXERCISE council",
        "agreement_until": (now + timedelta(days=int(rng.integers(-20, 300)))).date(),
    }  # fmt: skip


def stores_of(rng: np.random.Generator, haven: Haven) -> dict[str, Any]:
    """Water and food for 15 hours to 12 days at what people need; some of the water comes each day."""
    need = haven.occupancy * 15.0
    comes = need * float(rng.choice((0.0, 0.4, 0.7, 1.0)))
    return {
        "water_litres": round((need - comes) * float(rng.uniform(0.65, 6))), "water_litres_a_day": round(comes),
        "rations": round(haven.occupancy * float(rng.uniform(1.5, 12))),
        "fuel_litres": round(float(rng.uniform(80, 900))),
        "fuel_litres_a_day": 60, "beds": int(haven.supplies["beds"]),
        "latrines": max(1, round(haven.occupancy / float(haven.supplies["people_a_latrine"]))),
    }  # fmt: skip


def at_the_gate(connection: Connection, rng: np.random.Generator, haven: Haven, now: datetime) -> None:
    """Tokens for nearly all who are inside, and a headcount that found some more."""
    hour, left = now.replace(minute=0, second=0, microsecond=0), haven.occupancy - 3
    while left > 0:
        people = min(left, int(rng.integers(1, 8)))
        number = "".join(str(d) for d in rng.choice(list(tokens.DIGITS), tokens.LENGTH))
        connection.execute(
            text(
                "INSERT INTO haven_tokens (haven_id, number, people, kind, came_at) "
                "SELECT id, :number, :people, :kind, :at FROM havens WHERE code = :code ON CONFLICT DO NOTHING"
            ),
            {
                "number": number, "people": people, "kind": "family" if people > 1 else "adult", "code": haven.code,
                "at": hour - timedelta(hours=int(rng.integers(1, 40))),
            },
        )  # fmt: skip
        left -= people
    write(connection, "haven_headcounts", haven, {
        "people": haven.occupancy, "tokens_inside": max(0, haven.occupancy - 3), "why": "came_uncounted"})  # fmt: skip


def found_out(connection: Connection, haven: Haven) -> None:
    """The house that is compromised: since when, and what was done first."""
    connection.execute(
        text(
            "INSERT INTO haven_changes (haven_id, from_state, to_state, occupancy, reason, by_id) SELECT h.id, 'open', "
            "'compromised', 0, 'EXERCISE: strangers asked for it by its street', p.id FROM havens h, people p "
            "WHERE h.code = :code AND p.username = 'poc_officer'"
        ),
        {"code": haven.code},
    )
    connection.execute(
        text(
            "INSERT INTO haven_compromise_steps (haven_id, by_id, by_role, change_id, step, note) "
            "SELECT c.haven_id, c.by_id, 'poc_officer', c.id, 'stop_intake', 'EXERCISE: the keeper takes nobody in' "
            "FROM haven_changes c JOIN havens h ON h.id = c.haven_id WHERE h.code = :code AND c.to_state = 'compromised'"
        ),
        {"code": haven.code},
    )
