"""Reports for the bench: all kinds, near the exercise's settlements, from several reporters. From a seed."""

from __future__ import annotations

import json
import random
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from geo import grid_reference
from geo.warning import KIND_WEIGHT, Sighting, Surroundings, weigh

GRADES = ("A1", "B2", "C3", "D3", "F6")
WORDS = (
    "EXERCISE: some twenty armed men on motorcycles were seen moving towards the market from the north-east; "
    "women and children are leaving by the river road. The chief asks for a patrol before dark. "
)


@dataclass(frozen=True)
class Report:
    """raises: True or False where it is certain whatever lies near; None where the surroundings decide."""

    id: UUID
    raises: bool | None
    body: dict[str, Any]
    request: bytes


def reports(number: int, places: list[tuple[float, float]], tokens: list[str], seed: int) -> list[Report]:
    """`places`: lon, lat in degrees."""
    chance = random.Random(seed)
    now = datetime.now(UTC)
    kinds = list(KIND_WEIGHT)
    return [report(chance, now, chance.choice(kinds), chance.choice(places), chance.choice(tokens))
            for _ in range(number)]  # fmt: skip


def report(chance: random.Random, now: datetime, kind: str, near: tuple[float, float], token: str) -> Report:
    lon, lat = near[0] + chance.gauss(0, 0.03), near[1] + chance.gauss(0, 0.03)
    grade = chance.choice(GRADES)
    hours = chance.uniform(0.1, 12.0)
    place: dict[str, Any] = {"lon": round(lon, 5), "lat": round(lat, 5)}
    if chance.random() < 0.3:
        place = {"mgrs": grid_reference.format_point(lon, lat, chance.choice((2, 3, 5)))}
    body = {
        "kind": kind,
        "what": f"EXERCISE: {KIND_WEIGHT[kind].words} is reported",
        "occurred_at": (now - timedelta(hours=hours)).isoformat(timespec="seconds"),
        "place": place,
        "actors": ["EXERCISE armed group"],
        "people_affected": [{"effect": "at_risk", "sex": "woman", "age": "25-59", "count": chance.randint(1, 400)}],
        "source_reliability": grade[0],
        "credibility": int(grade[1]),
        "text": WORDS * chance.randint(0, 3),
    }  # fmt: skip
    # Near things only add, and a coarse place has no points of its own: with nothing near, this is the least score.
    least = weigh(Sighting(kind, hours, grade[0], int(grade[1])), Surroundings())
    raises = True if least.raise_alert else False if kind == "all_quiet" else None
    report_id = UUID(int=chance.getrandbits(128), version=4)
    return Report(report_id, raises, body, request(report_id, body, token))


def request(report_id: UUID, body: dict[str, Any], token: str) -> bytes:
    content = json.dumps(body).encode()
    head = (
        f"PUT /api/v1/reports/{report_id} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content
