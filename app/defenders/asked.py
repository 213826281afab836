"""What a request asks of the register: filters, order and page, from the address."""

from __future__ import annotations

from flask import request

from app.defenders.queries import Filters


def asked_for() -> Filters:
    names = Filters.__dataclass_fields__
    given = {name: request.args.get(name, "")[:100].replace("\x00", "") for name in names}
    return Filters(**{name: value for name, value in given.items() if value})


def page_number() -> int:
    return min(max(request.args.get("page", 1, type=int) or 1, 1), 100_000)
