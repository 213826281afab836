"""A rule in one sentence: what there is one of is said as one."""

from __future__ import annotations

import pytest
from flask import Flask

from app.rules import parameters as p
from app.rules.wording import condition


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (p.OverdueRule(kind="overdue", red=1), "a patrol is 1 minute overdue"),
        (p.OverdueRule(kind="overdue", red=30, amber=1),
         "a patrol is 30 minutes overdue (amber from 1 minute on)"),
        (p.StaleThreatRule(kind="stale_threat", red=1), "the review of a threat is 1 day overdue"),
        (p.AbsenceRule(kind="absence", carriers=["patrol"], red=48, amber=1),
         "no patrol has surely been in the area for 2 days (amber from 1 hour on)"),
    ],
)  # fmt: skip
def test_one_of_anything_is_said_as_one(app: Flask, rule: p.Parameters, said: str) -> None:
    with app.test_request_context():
        assert condition(rule, True, None) == said
