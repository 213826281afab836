"""The catalogue: every measure by its code, in the order of the page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.errors import NotFound
from app.measures import of_alerts, of_harm, of_protection
from app.measures.models import Measure

CATALOGUE: Mapping[str, Measure] = MappingProxyType(
    {
        measure.code: measure
        for measure in (
            *of_alerts.MEASURES, *of_alerts.BY_RULES, *of_harm.MEASURES, *of_protection.PATROLS, *of_protection.PLACES,
            *of_alerts.OF_SOURCES, *of_protection.DEFENDERS,
        )
    }
)  # fmt: skip


def measure_of(code: str) -> Measure:
    """Raises NotFound."""
    if code not in CATALOGUE:
        raise NotFound
    return CATALOGUE[code]
