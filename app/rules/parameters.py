"""What each kind of rule asks: one model a kind, and from it the bands of the state machine (geo/watching/lapses.py)."""

from __future__ import annotations

from typing import Annotated, Literal

from flask_babel import gettext as _
from pydantic import Field, TypeAdapter, model_validator

from app.alerts.models import Indicator
from app.api.bodies import Body
from app.incidents.models import IncidentKind
from app.positions.models import Kind
from geo.warning import KIND_WEIGHT
from geo.watching.lapses import Bands

HOUR, DAY = 3600.0, 86_400.0
# Out again only when surely so far out: a fix that jumps across the edge and back is not two lapses.
HYSTERESIS_METRES = 50.0

Carriers = Annotated[list[Kind], Field(min_length=1, max_length=3)]
Dwell = Annotated[int, Field(ge=0, le=1440)]
Minutes = Annotated[int, Field(ge=1, le=10_080)]
Hours = Annotated[int, Field(ge=1, le=2_160)]
Count = Annotated[int, Field(ge=1, le=1_000)]
Km = Annotated[float, Field(ge=0.1, le=300, allow_inf_nan=False)]


class InBands(Body):
    """Two bands of one measure. `amber` may be left out; else it comes before red."""

    def order(self) -> tuple[float, float | None]:
        """Red and amber as the kind has them."""
        return self.red, self.amber  # type: ignore[attr-defined, no-any-return]

    @model_validator(mode="after")
    def amber_first(self) -> InBands:
        red, amber = self.order()
        if amber is not None and amber >= red:
            raise ValueError(_("Amber comes before red: give it a smaller value, or leave it out."))
        return self

    def scaled(self, unit: float) -> Bands:
        red, amber = self.order()
        first = red if amber is None else amber
        return Bands(red=red * unit, amber=None if amber is None else amber * unit, clear=first * unit)


class AreaRule(Body):
    """One of ours inside an area, entering it or leaving it; amber within so many metres of its edge."""

    kind: Literal["area"] = "area"
    carriers: Carriers
    mode: Literal["inside", "entering", "leaving"]
    amber_metres: Annotated[int, Field(ge=10, le=50_000)] | None = None
    dwell_minutes: Dwell = 5

    def bands(self) -> Bands:
        amber = None if self.amber_metres is None else -float(self.amber_metres)
        first = 0.0 if amber is None else amber
        held = self.dwell_minutes * 60.0
        return Bands(0.0, first - HYSTERESIS_METRES, amber, held, held, crossing=self.mode != "inside")


class DistanceRule(Body):
    """One of ours, an incident or an open alert nearer to a threat, a haven, a base or a site to protect than so many
    kilometres."""

    kind: Literal["distance"] = "distance"
    near: Literal["carriers", "incidents", "alerts"] = "carriers"
    carriers: Annotated[list[Kind], Field(max_length=3)] = []
    to: Literal["threat", "haven", "base", "site"]
    red_km: Km
    amber_km: Km | None = None
    dwell_minutes: Dwell = 5

    @model_validator(mode="after")
    def amber_first(self) -> DistanceRule:
        if self.amber_km is not None and self.amber_km <= self.red_km:
            raise ValueError(_("Amber is the wider distance: give a larger value, or leave it out."))
        if self.near == "carriers" and not self.carriers:
            raise ValueError(_("Choose which of ours."))
        return self

    def bands(self) -> Bands:
        amber = None if self.amber_km is None else -(self.amber_km - self.red_km) * 1000
        first = 0.0 if amber is None else amber
        # What happened has happened at once; only what moves may pass by.
        held = self.dwell_minutes * 60.0 if self.near == "carriers" else 0.0
        return Bands(0.0, first - HYSTERESIS_METRES, amber, held, held)


class AbsenceRule(InBands):
    """None of ours surely in an area (or the sector) for so many hours."""

    kind: Literal["absence"] = "absence"
    carriers: Carriers
    red: Hours
    amber: Hours | None = None

    def bands(self) -> Bands:
        return self.scaled(HOUR)


class OverdueRule(InBands):
    """A patrol that is not back so many minutes after it should be."""

    kind: Literal["overdue"] = "overdue"
    red: Minutes
    amber: Minutes | None = None

    def bands(self) -> Bands:
        return self.scaled(60.0)


class CheckInRule(InBands):
    """A patrol under way that has told no position for so many minutes; or a person under protection of whom nobody has
    heard, so many minutes after what was agreed."""

    kind: Literal["check_in"] = "check_in"
    of: Literal["patrol", "protected"] = "patrol"
    red: Minutes
    amber: Minutes | None = None

    def bands(self) -> Bands:
        return self.scaled(60.0)


class ImmobilityRule(InBands):
    """A patrol under way that has not left so many metres for so many minutes."""

    kind: Literal["immobility"] = "immobility"
    within_metres: Annotated[int, Field(ge=50, le=10_000)] = 300
    red: Minutes
    amber: Minutes | None = None

    def bands(self) -> Bands:
        return self.scaled(60.0)


class GatheringRule(InBands):
    """So many incidents within so many kilometres and hours of each other; of two it is the near-repeat."""

    kind: Literal["gathering"] = "gathering"
    kinds: Annotated[list[IncidentKind], Field(max_length=len(IncidentKind))] = []
    within_km: Km
    period_hours: Hours
    red: Annotated[int, Field(ge=2, le=1_000)]
    amber: Annotated[int, Field(ge=2, le=1_000)] | None = None

    def bands(self) -> Bands:
        return self.scaled(1.0)


class IndicatorRule(InBands):
    """So many reports or incidents of given kinds within so many hours, in an area, the sector or the mission; or so many
    independent sources that tell of given indicators."""

    kind: Literal["indicator"] = "indicator"
    source: Literal["reports", "incidents", "indicators"]
    kinds: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=60)] = []
    period_hours: Hours
    red: Count
    amber: Count | None = None

    @model_validator(mode="after")
    def known_kinds(self) -> IndicatorRule:
        known: dict[str, set[str]] = {
            "reports": set(KIND_WEIGHT), "incidents": set(IncidentKind), "indicators": set(Indicator),
        }  # fmt: skip
        if not set(self.kinds) <= known[self.source]:
            raise ValueError(_("One of the kinds is not on the list of this source."))
        return self

    def bands(self) -> Bands:
        return self.scaled(1.0)


class StaleThreatRule(InBands):
    """A threat whose review is so many days overdue."""

    kind: Literal["stale_threat"] = "stale_threat"
    red: Annotated[int, Field(ge=1, le=366)]
    amber: Annotated[int, Field(ge=1, le=366)] | None = None

    def bands(self) -> Bands:
        return self.scaled(DAY)


class HavenStockRule(Body):
    """A haven whose water or food, without which people do not survive, ends within so many hours if nobody comes."""

    kind: Literal["haven_stock"] = "haven_stock"
    red: Hours
    amber: Hours | None = None

    @model_validator(mode="after")
    def amber_first(self) -> HavenStockRule:
        if self.amber is not None and self.amber <= self.red:
            raise ValueError(_("Amber comes before red: give it more hours, or leave it out."))
        return self

    def bands(self) -> Bands:
        """Of seconds since the end of the store, negative before it."""
        first = -(self.red if self.amber is None else self.amber) * HOUR
        return Bands(-self.red * HOUR, first, None if self.amber is None else first)


Parameters = Annotated[
    AreaRule | DistanceRule | AbsenceRule | OverdueRule | CheckInRule | ImmobilityRule | GatheringRule | IndicatorRule
    | StaleThreatRule | HavenStockRule,
    Field(discriminator="kind"),
]  # fmt: skip
STORED: TypeAdapter[Parameters] = TypeAdapter(Parameters)


def fenced(rule: Parameters) -> bool:
    """Judged by where our own carriers are, all such rules in one pass."""
    if isinstance(rule, DistanceRule):
        return rule.near == "carriers"
    return isinstance(rule, AreaRule | AbsenceRule)
