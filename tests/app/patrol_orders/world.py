"""A sound patrol order, as the API takes it, and how it is written and issued."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from app.permissions import Role
from tests.people import Staff

SAID = "EXERCISE: as trained, and report at once"


def an_order(**changes: Any) -> dict[str, Any]:
    return {
        "commander_post": "EXERCISE commander, 2nd platoon",
        "composition": {"strength": 12, "women": 3, "interpreters": 1, "liaison": 1},
        "vehicles": "EXERCISE three light armoured vehicles", "weapons": "personal",
        "pace": {"primary": "VHF 4", "alternate": "HF 7.2", "contingency": "satellite", "emergency": "green flare"},
        "alternate_route": "EXERCISE by the ford", "tasks": [{"stop": 1, "task": SAID, "meet": ["women_leaders"]}],
        "hazards": ["explosives", "ford"], "hazards_note": SAID, "deconfliction": "EXERCISE humanitarians told",
        "medical": {"treatment": "level 1 at the base", "evacuation": "by air", "landing_site": "market square"},
        "reserve": {"unit": "EXERCISE reserve", "notice_minutes": 30}, "rules_of_engagement": "card 3",
        "actions_on": dict.fromkeys(("ambush", "explosive", "civilians", "detention", "breakdown"), SAID),
        "sealed_sheet": False, "lost_comms_minutes": 45, "risk": "medium", "risk_signed_by": "EXERCISE sector commander",
        "clearance_id": None,
    } | changes  # fmt: skip


def written(client: FlaskClient, headers: dict[str, str], patrol: int, **changes: Any) -> Any:
    return client.post(f"/api/v1/patrols/{patrol}/order", json=an_order(**changes), headers=headers)


def issued(client: FlaskClient, staff: Staff, patrol: int, **changes: Any) -> int:
    """Written by the sector, approved by the force commander's staff; the version."""
    answer = written(client, staff.bearer(Role.SECTOR_OPS), patrol, **changes)
    assert answer.status_code == 201, answer.json
    version = answer.json["version"]
    approved = client.post(
        f"/api/v1/patrols/{patrol}/order/{version}/approve", json={}, headers=staff.bearer(Role.FC_STAFF)
    )
    assert approved.status_code == 200, approved.json
    return int(version)


def decision(client: FlaskClient, staff: Staff, **changes: Any) -> int:
    """A decision of due diligence; its number."""
    body = {
        "recipient": "EXERCISE 4th company of the State army", "support": "EXERCISE joint patrols", "risk": "medium",
        "mitigation": "EXERCISE vetted commanders alone", "decision": "conditional",
        "review_on": (datetime.now(UTC) + timedelta(days=90)).date().isoformat(),
    }  # fmt: skip

    answer = client.post(
        "/api/v1/due-diligence", json=body | changes, headers=staff.bearer(Role.HR_CASE_SUPERVISOR)
    )
    assert answer.status_code == 201, answer.json
    return int(answer.json["id"])


def flat(order: dict[str, Any]) -> dict[str, Any]:
    """The body as the form's fields."""
    made: dict[str, Any] = {}
    for name, value in order.items():
        if isinstance(value, dict):
            made |= {f"{name}_{part}": str(said) for part, said in value.items()}
        elif name == "tasks":
            made |= {f"task_{t['stop']}": t["task"] for t in value}
            made |= {f"meet_{t['stop']}": t["meet"] for t in value}
        elif isinstance(value, list):
            made[name] = value
        elif value and name != "clearance_id":
            made[name] = str(value)
    return made
