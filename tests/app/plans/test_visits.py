"""The visits that a site is owed: how many, on which days, and what is said of them."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask

from app.coverage.facts import SiteFacts
from app.mission.hours import DAY
from app.plans import wording
from app.plans.visits import visits_of

MONDAY = date(2026, 3, 2)


def facts(**site: Any) -> SiteFacts:
    """A village of which nothing is asked but what is said here; left alone for as long as it was visited ago."""
    row = {
        "visits_a_week": 0, "longest_gap_days": 90, "night_share": 0.0, "market_days": [], "market_from": None,
        "market_until": None, "window_from": None, "window_until": None, "priority": "must",
    }  # fmt: skip
    found = SimpleNamespace(
        site=SimpleNamespace(**{**row, **site}), days=3.0, risk=0.1, people=100, neglect=12.0
    )
    return cast(SiteFacts, found)


def test_only_what_is_still_owed_of_seven_days_is_asked_for() -> None:
    three = facts(visits_a_week=3)
    assert len(list(visits_of(three, MONDAY, 7))) == 3
    left = list(visits_of(three, MONDAY, 7, [-4, 1, 3]))
    assert [(visit.of, visit.counted) for visit in left] == [(1, 2)]
    assert not list(visits_of(three, MONDAY, 1, [-5, -3, -1]))
    # Nor a second one for a day on which the first is ordered, however many the seven days before have missed.
    assert not list(visits_of(facts(visits_a_week=7), MONDAY, 1, [0]))
    # On days on which somebody goes there anyhow nobody else is sent.
    assert left[0].windows == ((0.0, DAY - 1.0), (2.0 * DAY, 3 * DAY - 1.0), (4.0 * DAY, 7.0 * DAY))


def test_a_gap_that_ends_in_these_days_makes_a_visit_due_and_worth_the_more_the_longer_it_is() -> None:
    assert not list(visits_of(facts(longest_gap_days=7), MONDAY, 1, [-3]))
    due = [next(visits_of(facts(longest_gap_days=7), MONDAY, 1, [-ago])) for ago in (7, 9, 14)]
    assert [visit.due for visit in due] == [(0, 0)] * 3
    by_days = [(visit.worth - 1) / -day for visit, day in zip(due, (-7, -9, -14), strict=True)]
    assert by_days == sorted(by_days) and by_days[0] < by_days[2]


def test_the_visit_to_the_market_is_one_whose_days_meet_it() -> None:
    weekly = facts(longest_gap_days=3, market_days=[6], market_from=480, market_until=720)
    found = list(visits_of(weekly, MONDAY, 7, [-1]))
    assert [(visit.due, visit.market) for visit in found] == [((2, 2), False), ((5, 5), True)]


@pytest.mark.usefixtures("app")
def test_the_reason_says_by_when_it_is_due_and_what_counts_already(app: Flask) -> None:
    fact = {
        "kind": "visit", "priority": "must", "days": 9.0, "visited": True, "over": True, "people": 100, "risk": 0.1,
        "threats": 0, "alerts": 0, "of": 1, "number": 1, "night": False, "market": False, "longest": 7, "counted": 2,
        "due": "2026-03-02",
    }  # fmt: skip
    with app.test_request_context():
        said = wording.why(fact)
        assert "9 days since the last visit" in said
        assert "due by Mon 2 Mar: no longer than 7 days without a visit" in said
        assert "2 visits of seven days made or ordered already" in said
        assert "longer than 7 days" in wording.astray(fact)
        # Plans from before these were reckoned read as they did.
        assert "due" not in wording.why(fact | {"due": None, "counted": 0})
