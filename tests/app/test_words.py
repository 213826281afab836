"""Numbers and shares in the mission's words."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.words import lasting, number, share

in_the_application = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@in_the_application
@given(whole=st.integers(1, 100_000), data=st.data())
def test_a_share_is_never_whole_while_one_is_missing_nor_nothing_while_there_is_one(app: Flask, whole, data):
    part = data.draw(st.integers(0, whole))
    with app.app_context():
        text = share(part, whole)
    assert (text == "100 %") == (part == whole)
    assert (text == "0 %") == (part == 0)
    assert abs(float(text.removesuffix(" %")) - 100 * part / whole) <= 0.5


def test_a_share_of_nothing_and_one_that_nobody_knows_are_a_dash(app: Flask) -> None:
    with app.app_context():
        assert share(None) == share(3, 0) == "–"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1, "1 minute"), (45, "45 minutes"), (60, "1 hour"), (90, "90 minutes"), (240, "4 hours"),
        (150, "2 hours 30 minutes"), (1440, "24 hours"), (36 * 60, "36 hours"), (48 * 60, "2 days"),
        (168 * 60, "7 days"), (49 * 60, "49 hours"),
    ],
)  # fmt: skip
def test_a_length_of_time_is_said_exactly_and_in_the_unit_in_which_people_say_it(
    app: Flask, minutes: int, said: str
) -> None:
    with app.app_context():
        assert lasting(minutes) == said


def test_numbers_stand_in_groups_as_the_language_of_the_reader_writes_them(app: Flask) -> None:
    with app.app_context():
        assert (number(999), number(10315), number(2243.04), number(7.25)) == (
            "999",
            "10,315",
            "2,243",
            "7.2",
        )
