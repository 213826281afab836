"""Times of patrols that a plan becomes."""

from __future__ import annotations

from datetime import UTC, timedelta
from types import SimpleNamespace

import pytest

from app.plans import issuing


def test_seven_in_the_morning_stays_so_where_clocks_change_within_a_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(issuing, "identity", lambda: SimpleNamespace(time_zone="Europe/Belgrade"))
    midnight = issuing.midnight_of({"begins": "2026-03-29T00:00:00+01:00"})
    assert midnight.astimezone(UTC).hour == 23
    monday = midnight + timedelta(minutes=1440 + 7 * 60)
    assert (monday.hour, monday.astimezone(UTC).hour) == (7, 5)
