"""Each code that an alert can carry has its words: a page would otherwise fail just when somebody needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from flask_babel import LazyString

from app.alerts import acts, models, wording
from app.grading import Verification
from app.ladders.climbing import Post
from app.ladders.wording import POSTS
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
    ("posts", Post, POSTS),
    ("clocks", models.Clock, wording.CLOCKS),
    ("whom it was handed to", models.HandedTo, wording.HAND_OVERS),
    ("acts", acts.ACTS, {name: act.words for name, act in acts.ACTS.items()}),
]


@pytest.mark.parametrize(("codes", "words"), [w[1:] for w in WORDS], ids=[w[0] for w in WORDS])
def test_each_code_has_its_words_and_no_words_are_left_over(
    codes: Iterable[str], words: Mapping[str, LazyString]
) -> None:
    assert {str(code) for code in codes} == set(words)
    assert all(str(said).strip() for said in words.values())
