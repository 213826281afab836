"""What a request asks of the register: its filters and order, from the address."""

from __future__ import annotations

from app.asked import argument
from app.defenders.queries import Filters


def asked_for() -> Filters:
    given = {name: argument(name) for name in Filters.__dataclass_fields__}
    return Filters(**{name: value for name, value in given.items() if value})
