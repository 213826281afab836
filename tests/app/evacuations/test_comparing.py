"""What a plan does otherwise than the one before it, and whether that one still holds."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app.evacuations.comparing import changed
from app.evacuations.holding import holds, slower


def content(*legs: tuple[int, int, float], names: dict[int, str] | None = None) -> dict[str, Any]:
    """legs: (place, people, minutes), all to one haven; places are called after their number, if not otherwise."""
    called = names or {}
    return {
        "places": [
            {"id": place, "name": called.get(place, f"EXERCISE village {place}"), "people": people}
            for place, people, _minutes in legs
        ],
        "havens": [{"id": 9, "name": "EXERCISE haven"}],
        "legs": [
            {"place": n, "haven": 0, "people": people, "minutes": minutes, "line": [[place, minutes]]}
            for n, (place, people, minutes) in enumerate(legs)
        ],
        "left": [],
    }


def test_places_of_one_name_are_told_apart(app: Flask) -> None:
    """Two villages of one name: what changes for one is not made good by the other."""
    names = {1: "EXERCISE ford", 2: "EXERCISE ford"}
    before = content((1, 30, 20.0), (2, 50, 60.0), names=names)
    swapped = content((1, 50, 20.0), (2, 30, 60.0), names=names)
    longer = content((1, 30, 90.0), (2, 50, 60.0), names=names)
    with app.test_request_context():
        assert holds(before, before) and not holds(before, swapped)
        assert [words.split(" from")[0] for words in changed(before, swapped)] == [
            "20 people more",
            "20 people fewer",
        ]
        assert slower(before, longer) == [
            "The way from EXERCISE ford to EXERCISE haven takes 90 min now, before 20."
        ]


def test_a_plan_holds_while_as_many_go_by_the_same_ways(app: Flask) -> None:
    before = content((1, 30, 20.0))
    with app.test_request_context():
        assert holds(before, content((1, 40, 20.0)))
        assert not holds(before, content((1, 20, 20.0)))
        assert changed(before, before) == []
