"""A small country to plan on, in the western sector: a base, five villages on one road, a unit with means."""

from __future__ import annotations

from dataclasses import dataclass, field

import psycopg

from tests.people import WEST, Staff, record

# Villages every 0.1 degrees eastwards along lat 0.5, from lon 0.1; the base stands at the first.
LONS = (0.1, 0.2, 0.3, 0.4, 0.5)


@dataclass
class Country:
    """Codes of places are V0 to V4; link n leads from village n to the next one."""

    base: int = 0
    unit: int = 0
    places: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)


def one(owner: psycopg.Connection, statement: str, values: list[object]) -> int:
    row = owner.execute(statement + " RETURNING id", values).fetchone()  # type: ignore[arg-type]
    assert row
    return int(row[0])


def small_country(owner: psycopg.Connection, staff: Staff) -> Country:
    made, sector = Country(), staff.sectors[WEST]
    with owner.transaction():
        made.base = one(
            owner, "INSERT INTO bases (code, name, kind, place, sector_id) VALUES ('B', 'EXERCISE base', "
            "'company_operating_base', 'SRID=4326;POINT(0.1 0.5)', %s)", [sector],
        )  # fmt: skip
        made.unit = one(
            owner, "INSERT INTO units (code, name, call_sign, kind, base_id, sector_id, strength) VALUES "
            "('U', 'EXERCISE company', 'HAWK', 'coy', %s, %s, 90)", [made.base, sector],
        )  # fmt: skip
        nodes = []
        for n, lon in enumerate(LONS):
            there = f"SRID=4326;POINT({lon} 0.5)"
            made.places.append(one(
                owner, "INSERT INTO places (code, name, kind, population, place) VALUES (%s, %s, 'village', 1000, %s)",
                [f"V{n}", f"EXERCISE village {n}", there],
            ))  # fmt: skip
            nodes.append(one(owner, "INSERT INTO road_nodes (code, place) VALUES (%s, %s)", [f"N{n}", there]))
        for n in range(len(LONS) - 1):
            line = f"SRID=4326;LINESTRING({LONS[n]} 0.5, {LONS[n + 1]} 0.5)"
            made.links.append(one(
                owner, "INSERT INTO road_links (code, from_node_id, to_node_id, road_class, metres, minutes, line) "
                "VALUES (%s, %s, %s, 'secondary', 11100, 20, %s)", [f"L{n}", nodes[n], nodes[n + 1], line],
            ))  # fmt: skip
        record(owner)
    return made
