"""Why a unit can't be proposed for an alert, and what a patrol does that nobody calls it away from."""

from __future__ import annotations

from enum import StrEnum

# Whoever is escorted or visited counts on it: such a patrol isn't called away, and its stops stay with it.
PROMISED = ("market_escort", "humanitarian_escort", "defender_visit")
# What doesn't go by road has no time of arrival by road.
NOT_BY_ROAD = ("avn", "riverine")


class Hindered(StrEnum):
    """`ALL_OUT`: all its tours of the day are out, on patrols that nobody calls away. `JOINT`: so they are, and one of
    them for no other reason than that State forces go with it."""

    NOT_BY_ROAD = "not_by_road"
    NO_WAY = "no_way"
    ALL_OUT = "all_out"
    JOINT = "joint"
