"""The standing procedures' values with the seeds of the handbook: every clock, threshold and distance.

A mission's own procedures differ: command changes the rows on the mission page. The seeds stand here once more so
that a key that the database lacks still has a value. Sources: the clocks of the alert's chain, the review times of
the risk bands and the feedback within 72 hours are the handbook's proposals (1.5, 1.6, 3.3); the weights are
`geo.warning_weights`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo.warning_weights import KIND_WEIGHT, Thresholds

WARNING = "warning."


@dataclass(frozen=True)
class Seed:
    """One value: its unit, what it means, and the bounds within which it may be set."""

    key: str
    value: float
    unit: str
    meaning: str
    least: float
    most: float


def clocks() -> Iterator[Seed]:
    # Minutes for P1 to P4.
    times = {
        "acknowledge": ((5, 30, 30, 30), "until somebody takes the alert"),
        "verify": ((15, 120, 120, 120), "until it is answered whether it is true"),
        "decide": ((10, 60, 240, 1440), "until a response is decided, or declined with a reason"),
    }
    for clock, (minutes, meaning) in times.items():
        for n, value in enumerate(minutes, start=1):
            yield Seed(
                f"{clock}_minutes_p{n}",
                value,
                "minutes",
                f"{clock.capitalize()} a P{n}: {meaning}",
                1,
                10_080,
            )
    yield Seed("feedback_hours", 72, "hours", "Feedback: until the source is told what was done", 1, 720)


PLAIN = (
    Seed("surroundings_metres", 25_000, "metres", "How far around a report Vigil looks", 1_000, 100_000),
    Seed("recent_incident_days", 14, "days", "How long an incident counts as recent", 1, 365),
    Seed("position_stale_minutes", 60, "minutes", "A patrol's last position is stale after", 5, 1_440),
    Seed("review_days_ordinary", 90, "days", "Review of a defender at ordinary risk, every", 1, 365),
    Seed("review_days_elevated", 30, "days", "Review of a defender at elevated risk, every", 1, 180),
    Seed("review_days_high", 7, "days", "Review of a defender at high risk, every", 1, 60),
    Seed("review_days_extreme", 1, "days", "Review of a defender at extreme risk, every", 1, 7),
    Seed(
        "fine_cell_metres", 1_000, "metres", "Side of a defender's cell for those with clearance", 500, 5_000
    ),
    Seed("coarse_cell_metres", 10_000, "metres", "Side of a defender's cell for others", 5_000, 50_000),
    Seed("cell_least_people", 500, "people", "A cell grows until it holds at least", 50, 100_000),
    Seed("reports_burst", 120, "reports", "Reports that one person may file at once", 5, 1_000_000),
    Seed(
        "reports_per_minute",
        60,
        "reports",
        "Reports that one person may file in a minute after that",
        1,
        1_000_000,
    ),
    Seed(
        "imported_incidents_per_day",
        20_000,
        "incidents",
        "Incidents that one person may bring in by files in a day",
        100,
        1_000_000,
    ),
    Seed("position_keep_days", 365, "days", "Positions are kept for", 100, 3_650),
    Seed(
        "contact_test_hours",
        168,
        "hours",
        "A contact was tested no longer before going on watch than",
        1,
        8_760,
    ),
    Seed("watch_most_hours", 24, "hours", "A watch lasts at most", 1, 168),
    Seed("session_idle_minutes", 120, "minutes", "A session that nobody uses ends after", 5, 720),
    Seed(
        "measures_warning_metres",
        25_000,
        "metres",
        "Measures: an alert counts as a warning of an attack within",
        1_000,
        100_000,
    ),
    Seed(
        "measures_warning_days", 7, "days", "Measures: an alert counts as a warning of an attack for", 1, 90
    ),
    Seed(
        "measures_coverage_metres",
        10_000,
        "metres",
        "Measures: a base or patrol covers people within",
        1_000,
        100_000,
    ),
    Seed("measures_coverage_days", 7, "days", "Measures: a patrol's visit covers people for", 1, 90),
    Seed("surface_cell_metres", 20_000, "metres", "Forecast: side of a cell", 5_000, 100_000),
    Seed("surface_period_days", 7, "days", "Forecast: a surface speaks of the next", 1, 92),
    Seed("surface_grace_days", 7, "days", "Forecast: a period is scored after it has ended by", 0, 92),
    Seed(
        "surface_heard_days",
        30,
        "days",
        "Forecast: a cell of which nothing was heard has no data after",
        1,
        365,
    ),
    Seed("rainy_from_month", 4, "month", "Roads: the rainy season begins with month", 1, 12),
    Seed("rainy_until_month", 10, "month", "Roads: the rainy season ends with month", 1, 12),
    Seed("roads_rain_main", 1.1, "times", "Roads: in the rainy season a main road takes longer by", 1, 10),
    Seed(
        "roads_rain_secondary",
        1.4,
        "times",
        "Roads: in the rainy season a secondary road takes longer by",
        1,
        10,
    ),
    Seed("roads_rain_track", 2, "times", "Roads: in the rainy season a track takes longer by", 1, 10),
    Seed(
        "roads_threat_slowed",
        1.5,
        "times",
        "Roads: within the area of an active threat a road takes longer by",
        1,
        10,
    ),
    Seed("draw_hour", 18, "hour", "Patrols by chance: a day is drawn on the evening before, from", 12, 23),
    Seed("coverage_reach_minutes", 120, "minutes", "Coverage: a place is reached in time within", 5, 1_440),
    Seed("haven_water_litres", 15, "litres", "Havens: water that a person uses in a day", 3, 50),
    Seed(
        "haven_water_survival_litres",
        7.5,
        "litres",
        "Havens: water without which a person can't last, a day",
        2,
        20,
    ),
    Seed("haven_people_a_latrine", 20, "people", "Havens: people to a latrine, at most", 5, 100),
    Seed(
        "haven_people_a_latrine_first",
        50,
        "people",
        "Havens: people to a latrine in the first days, at most",
        5,
        200,
    ),
    Seed("haven_food_days", 3, "days", "Havens: food is short below", 0, 60),
    Seed("haven_fuel_days", 3, "days", "Havens: fuel is short below", 0, 60),
    Seed(
        "haven_look_ahead_hours", 72, "hours", "Havens: a store that ends sooner is shown as a need", 1, 720
    ),
    Seed("haven_token_days", 7, "days", "Havens: scans of tokens are kept for", 1, 60),
    *(
        Seed(f"order_{name}", value, unit, f"Patrol orders: {meaning}", least, most)
        for name, value, unit, meaning, least, most in (
            ("off_route_metres", 1_500, "metres", "off the planned line by more than", 200, 20_000),
            (
                "straight_metres",
                10_000,
                "metres",
                "off the straight way, where no line was planned, by more than",
                1_000,
                100_000,
            ),
            ("off_route_minutes", 10, "minutes", "off the planned line for longer than", 1, 240),
            ("late_minutes", 30, "minutes", "late at a stop by more than", 5, 720),
            ("arrival_metres", 500, "metres", "a position shows an arrival within", 50, 5_000),
            ("arrival_minutes", 5, "minutes", "a position shows an arrival after", 1, 120),
        )
    ),
)

LIMITS = {
    "p1": ("points", "Score from which an alert is P1", 1, 100),
    "p2": ("points", "Score from which an alert is P2", 1, 100),
    "p3": ("points", "Score from which an alert is P3", 1, 100),
    "minimum": ("points", "Score from which an alert is raised at all", 1, 100),
    "age_half_life_hours": ("hours", "The points of an old report halve in", 1, 2_000),
    "fresh_hours": ("hours", "Danger to life keeps its P1 for", 1, 2_000),
    "near_limit_metres": ("metres", "Nothing adds to a score from further away than", 1_000, 100_000),
}
NEAR_PARTS = {
    "points": ("points", "at the place itself", 0, 100),
    "half_metres": ("metres", "where half of the points are left", 100, 100_000),
    "most": ("points", "that all of them together may add", 0, 100),
}
FACTOR_OF = {
    "reliability": "Factor of source reliability",
    "credibility": "Factor of credibility",
    "precision": "Factor of place precision",
    "risk": "Factor of a defender's risk:",
}


def weights() -> Iterator[Seed]:
    for name, value in Thresholds().as_settings().items():
        unit, meaning, least, most = described(name.split("."))
        yield Seed(WARNING + name, float(value), unit, meaning, least, most)


def described(name: list[str]) -> tuple[str, str, float, float]:
    """Unit, meaning and bounds of a weight, from the parts of its dotted name."""
    if len(name) == 1:
        return LIMITS[name[0]]
    group, code = name[0], name[1]
    if group == "kinds":
        words = KIND_WEIGHT[code].words.capitalize()
        if name[2] == "points":
            return "points", f"{words}, with nothing near", 0, 100
        return "share", f"{words}: how much near things count", 0, 1
    if group == "near":
        unit, meaning, least, most = NEAR_PARTS[name[2]]
        return unit, f"Near {code.replace('_', ' ')}: {meaning}", least, most
    return "factor", f"{FACTOR_OF[group]} {code}", 0.01, 1


SEEDS: Mapping[str, Seed] = MappingProxyType({s.key: s for s in (*clocks(), *PLAIN, *weights())})
