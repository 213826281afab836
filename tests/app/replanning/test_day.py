"""What a patrol may take over from one that is called away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from app.replanning.day import takes
from app.replanning.nearest import gives_way

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def patrol(**changes: Any) -> Any:
    about = {
        "alert_id": None,
        "purpose": "presence",
        "interpreters": 1,
        "women": 0,
        "going": "vehicle",
        "joint": False,
    }
    return SimpleNamespace(**(about | changes))


def stop(*needs: str) -> Any:
    return SimpleNamespace(
        needs=list(needs), visit_minutes=30, arrive_planned=NOON, depart_planned=NOON + timedelta(minutes=30)
    )


def test_a_patrol_takes_over_a_stop_where_it_has_what_the_site_needs() -> None:
    assert takes(patrol(), stop("interpreter"))
    assert not takes(patrol(), stop("interpreter", "women"))


def test_a_patrol_with_state_forces_takes_over_nothing_and_is_not_called_away() -> None:
    assert gives_way(patrol()) and not gives_way(patrol(joint=True))
    assert takes(patrol(), stop("alone"))
    assert not takes(patrol(joint=True), stop("alone"))
    assert not takes(patrol(joint=True), stop())
