"""What a site's visit needs of a unit, held against the unit's means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from app.sites.models import Need


def has_what_it_needs(unit: Row[Any], needs: Sequence[str] | None) -> bool:
    """unit: a row with its interpreters, women and going. Whether State forces may come along is no matter of the unit:
    app/plans/joint.py and app/due_diligence/places.py ask it."""
    has = {
        Need.INTERPRETER: bool(unit.interpreters),
        Need.WOMEN: bool(unit.women),
        Need.FOOT: unit.going in ("foot", "mixed"),
    }
    return all(has[Need(need)] for need in set(needs or ()) - {Need.ALONE})
