"""Field reports for tests: a sound body, to be varied; and the world that a report falls into."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
from flask.testing import FlaskClient

from tests.people import record


def body(**changes: Any) -> dict[str, Any]:
    """A report of an attack under way at lon 0.5, lat 0.5, in the western sector."""
    return {
        "kind": "attack_under_way",
        "what": "EXERCISE: some twenty armed men entered the settlement",
        "occurred_at": datetime.now(UTC).isoformat(),
        "place": {"lon": 0.5, "lat": 0.5},
        "source_reliability": "C",
        "credibility": 3,
    } | changes


def put(
    client: FlaskClient, headers: dict[str, str], sent: dict[str, Any], report_id: str | None = None
) -> Any:
    return client.put(f"/api/v1/reports/{report_id or uuid4()}", json=sent, headers=headers)


def raised(client: FlaskClient, headers: dict[str, str], **changes: Any) -> None:
    """File a report that raises an alert."""
    assert put(client, headers, body(**changes)).status_code == 201


def act(client: FlaskClient, headers: dict[str, str], alert: int, name: str, **fields: Any) -> Any:
    """An act on an alert, by the API."""
    return client.post(f"/api/v1/alerts/{alert}/{name}", json=fields, headers=headers)


def defender_near(
    owner: psycopg.Connection, sector_id: int, lon: float = 0.5, lat: float = 0.5, band: str = "high",
    codename: str = "Test Heron", compartment: str = "north", shared: str = "infinity",
) -> int:  # fmt: skip
    """A defender with a fine cell of some 1 km and a coarse one of some 10 km around a point."""
    with owner.transaction():
        row = owner.execute(
            "INSERT INTO defenders (codename, profiles, work, compartment, sector_id, risk_band, review_on) "
            "VALUES (%s, '{community_leader}', 'EXERCISE', %s, %s, %s, current_date) RETURNING id",
            [codename, compartment, sector_id, band],
        ).fetchone()
        assert row
        for tier, half in (("fine", 0.0045), ("coarse", 0.045)):
            owner.execute(
                "INSERT INTO defender_cells (defender_id, tier, cell, compartment, sector_id, risk_band, shared_until) "
                "VALUES (%s, %s, ST_MakeEnvelope(%s, %s, %s, %s, 4326), %s, %s, %s, %s)",
                [
                    row[0],
                    tier,
                    lon - half,
                    lat - half,
                    lon + half,
                    lat + half,
                    compartment,
                    sector_id,
                    band,
                    shared,
                ],
            )
        record(owner)
    return int(row[0])
