"""Entries by hand for tests: one event told by several."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient

WHY = "EXERCISE: said in a sentence why."
WORDS = "EXERCISE: forty armed men on motorbikes at the ferry of Ouadda, people are running"


def entered(client: FlaskClient, headers: dict[str, str], **changes: Any) -> int:
    """The number of an alert raised by hand."""
    sent = {
        "id": str(uuid4()), "kind": "attack_under_way", "priority": "P3", "channel": "hotline", "verbatim": WORDS,
        "place": {"lon": 0.5, "lat": 0.5},
    } | changes  # fmt: skip
    answer = client.post("/api/v1/alerts", json=sent, headers=headers)
    raised: Any = answer.json
    assert answer.status_code == 201, raised
    return int(raised["id"])


def looked_at(client: FlaskClient, headers: dict[str, str], alert: int) -> Any:
    answer = client.get(f"/api/v1/alerts/{alert}", headers=headers)
    assert answer.status_code == 200
    return answer.json
