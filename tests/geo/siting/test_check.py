"""The replay finds what is wrong with an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.siting.check import Aim, Question, faults

ASKED = Question(Aim.TOTAL, [[1, 5], [6, 2]], [1, 1], 2)


def test_a_right_answer_has_no_faults() -> None:
    assert faults(ASKED, [0, 1], [0, 1], 3.0, 3.0) == []


@pytest.mark.parametrize(
    ("asked", "sites", "serves", "value", "bound", "words"),
    [
        (replace(ASKED, count=1), [0, 1], [0, 1], 3, 3, "2 sites are open"),
        (replace(ASKED, forbidden=[1]), [0, 1], [0, 1], 3, 3, "forbidden"),
        (replace(ASKED, keep=[1]), [0], [0, 0], 7, 7, "to be kept"),
        (ASKED, [0], [0, 1], 3, 3, "not open"),
        (ASKED, [0, 1], [0, 0], 7, 7, "past a nearer"),
        (ASKED, [0, 1], [0, 1], 2, 2, "The value is"),
        (ASKED, [0, 1], [0, 1], 3, 4, "bounds nothing"),
        (ASKED, [0, 1], [0, -1], 1, 1, "The value is inf"),
        (replace(ASKED, aim=Aim.WITHIN, radius=1), [0, 1], [0, 1], 2, 2, "further than the radius"),
        (replace(ASKED, size=[3, 3], room=[5, 5]), [0, 1], [0, 0], 7, 7, "more than its room"),
    ],
)
def test_each_fault_is_named(
    asked: Question, sites: list[int], serves: list[int], value: float, bound: float, words: str
) -> None:
    assert any(words in each for each in faults(asked, sites, serves, value, bound))
