"""The standing procedures' values with the seeds of the handbook: every clock, threshold and distance. What each means,
`wording.procedure` says.

A mission's own procedures differ: command changes the rows on the mission page. The seeds stand here once more so
that a key that the database lacks still has a value. Sources: the clocks of the alert's chain, the review times of
the risk bands and the feedback within 72 hours are the handbook's proposals (1.5, 1.6, 3.3); the weights are
`geo.warning_weights`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo.warning_weights import Thresholds

WARNING = "warning."


@dataclass(frozen=True)
class Seed:
    """One value: its unit (`wording.UNITS`), and the bounds within which it may be set."""

    key: str
    value: float
    unit: str
    least: float
    most: float


def clocks() -> Iterator[Seed]:
    # Minutes for P1 to P4: until somebody takes the alert, until it is answered whether it is true, until a response is
    # decided or declined with a reason, until somebody else has approved or refused not to respond.
    times = {"acknowledge": (5, 30, 30, 30), "verify": (15, 120, 120, 120), "decide": (10, 60, 240, 1440),
             "approve": (10, 60, 240, 1440)}  # fmt: skip
    for clock, minutes in times.items():
        for n, value in enumerate(minutes, start=1):
            yield Seed(f"{clock}_minutes_p{n}", value, "minutes", 1, 10_080)
    yield Seed("feedback_hours", 72, "hours", 1, 720)


PLAIN = (
    Seed("surroundings_metres", 25_000, "metres", 1_000, 100_000),
    Seed("recent_incident_days", 14, "days", 1, 365),
    Seed("position_stale_minutes", 60, "minutes", 5, 1_440),
    Seed("review_days_ordinary", 90, "days", 1, 365),
    Seed("review_days_elevated", 30, "days", 1, 180),
    Seed("review_days_high", 7, "days", 1, 60),
    Seed("review_days_extreme", 1, "days", 1, 7),
    Seed("fine_cell_metres", 1_000, "metres", 500, 5_000),
    Seed("coarse_cell_metres", 10_000, "metres", 5_000, 50_000),
    Seed("cell_least_people", 500, "people", 50, 100_000),
    Seed("reports_burst", 120, "reports", 5, 1_000_000),
    Seed("reports_per_minute", 60, "reports", 1, 1_000_000),
    Seed("imported_incidents_per_day", 20_000, "incidents", 100, 1_000_000),
    Seed("position_keep_days", 365, "days", 100, 3_650),
    Seed("contact_test_hours", 168, "hours", 1, 8_760),
    Seed("watch_most_hours", 24, "hours", 1, 168),
    Seed("session_idle_minutes", 120, "minutes", 5, 720),
    Seed("measures_warning_metres", 25_000, "metres", 1_000, 100_000),
    Seed("measures_warning_days", 7, "days", 1, 90),
    Seed("measures_coverage_metres", 10_000, "metres", 1_000, 100_000),
    Seed("measures_coverage_days", 7, "days", 1, 90),
    Seed("surface_cell_metres", 20_000, "metres", 5_000, 100_000),
    Seed("surface_period_days", 7, "days", 1, 92),
    Seed("surface_grace_days", 7, "days", 0, 92),
    Seed("surface_heard_days", 30, "days", 1, 365),
    Seed("rainy_from_month", 4, "month", 1, 12),
    Seed("rainy_until_month", 10, "month", 1, 12),
    Seed("roads_rain_main", 1.1, "times", 1, 10),
    Seed("roads_rain_secondary", 1.4, "times", 1, 10),
    Seed("roads_rain_track", 2, "times", 1, 10),
    Seed("roads_threat_slowed", 1.5, "times", 1, 10),
    Seed("draw_hour", 18, "hour", 12, 23),
    Seed("coverage_reach_minutes", 120, "minutes", 5, 1_440),
    Seed("patrol_crew_vehicle", 6, "people", 1, 100),
    Seed("patrol_crew_foot", 8, "people", 1, 100),
    Seed("patrol_crew_night", 4, "people", 0, 100),
    Seed("patrol_vehicles", 2, "vehicles", 1, 20),
    Seed("haven_water_litres", 15, "litres", 3, 50),
    Seed("haven_water_survival_litres", 7.5, "litres", 2, 20),
    Seed("haven_people_a_latrine", 20, "people", 5, 100),
    Seed("haven_people_a_latrine_first", 50, "people", 5, 200),
    Seed("haven_food_days", 3, "days", 0, 60),
    Seed("haven_fuel_days", 3, "days", 0, 60),
    Seed("haven_look_ahead_hours", 72, "hours", 1, 720),
    Seed("haven_token_days", 7, "days", 1, 60),
    Seed("order_off_route_metres", 1_500, "metres", 200, 20_000),
    Seed("order_straight_metres", 10_000, "metres", 1_000, 100_000),
    Seed("order_off_route_minutes", 10, "minutes", 1, 240),
    Seed("order_late_minutes", 30, "minutes", 5, 720),
    Seed("order_arrival_metres", 500, "metres", 50, 5_000),
    Seed("order_arrival_minutes", 5, "minutes", 1, 120),
)

# Unit and bounds of a weight, by the parts of its dotted name.
LIMITS = {
    "p1": ("points", 1, 100),
    "p2": ("points", 1, 100),
    "p3": ("points", 1, 100),
    "minimum": ("points", 1, 100),
    "age_half_life_hours": ("hours", 1, 2_000),
    "fresh_hours": ("hours", 1, 2_000),
    "near_limit_metres": ("metres", 1_000, 100_000),
}
OF_KIND = {"points": ("points", 0, 100), "nearness": ("share", 0, 1)}
OF_NEAR = {"points": ("points", 0, 100), "half_metres": ("metres", 100, 100_000), "most": ("points", 0, 100)}
FACTOR = ("factor", 0.01, 1)


def weights() -> Iterator[Seed]:
    for name, value in Thresholds().as_settings().items():
        unit, least, most = bounds(name.split("."))
        yield Seed(WARNING + name, float(value), unit, least, most)


def bounds(name: list[str]) -> tuple[str, float, float]:
    if len(name) == 1:
        return LIMITS[name[0]]
    if name[0] == "kinds":
        return OF_KIND[name[2]]
    return OF_NEAR[name[2]] if name[0] == "near" else FACTOR


SEEDS: Mapping[str, Seed] = MappingProxyType({s.key: s for s in (*clocks(), *PLAIN, *weights())})
