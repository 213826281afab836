"""Each code that an alert can carry has its words: a page would otherwise fail just when somebody needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from flask_babel import LazyString
from sqlalchemy import CheckConstraint

from app.alerts import acts, models, wording
from app.alerts.chain import LADDER
from app.grading import Verification
from geo.warning import KIND_WEIGHT

WORDS: list[tuple[str, Iterable[str], Mapping[str, LazyString]]] = [
    ("kinds", KIND_WEIGHT, wording.KINDS),
    ("statuses", models.AlertStatus, wording.STATUSES),
    ("channels", models.Channel, wording.CHANNELS),
    ("responses", models.ResponseKind, wording.RESPONSES),
    ("reasons not to respond", models.NonResponseReason, wording.NON_RESPONSES),
    ("outcomes", models.Outcome, wording.OUTCOMES),
    ("authorities", models.Authority, wording.AUTHORITIES),
    ("steps", models.StepKind, wording.STEPS),
    ("verifications", Verification, wording.VERIFICATIONS),
    ("echelons", LADDER, wording.ECHELONS),
    ("acts", acts.ACTS, {name: act.words for name, act in acts.ACTS.items()}),
]


@pytest.mark.parametrize(("codes", "words"), [w[1:] for w in WORDS], ids=[w[0] for w in WORDS])
def test_each_code_has_its_words_and_no_words_are_left_over(
    codes: Iterable[str], words: Mapping[str, LazyString]
) -> None:
    assert {str(code) for code in codes} == set(words)
    assert all(str(said).strip() for said in words.values())


def test_each_clock_that_the_database_takes_has_its_words() -> None:
    checks = [
        str(c.sqltext) for c in models.AlertClock.__table__.constraints if isinstance(c, CheckConstraint)
    ]
    assert wording.CLOCKS
    assert any(all(f"'{clock}'" in check for clock in wording.CLOCKS) for check in checks)
    assert any(check.count("'") == 2 * len(wording.CLOCKS) for check in checks)
