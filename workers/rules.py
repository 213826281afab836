"""The rules' process: `python -m workers.rules` looks each half minute with every rule that watches, and asks the
database alone (app/rules/judging.py).

One look is one transaction: ended in its midst it has written nothing, and the next one sees the same. Of two processes
one looks; what was fired before stands in the record of lapses and is not fired again.
"""

from __future__ import annotations

import logging
import math
import os
from datetime import UTC, datetime

from app.db import db
from app.deviations.watching import watch_orders
from app.rules.judging import watch_all
from workers.log import to_structured_lines
from workers.looking import look_for_ever
from workers.runtime import worker_app

log = logging.getLogger("vigil.rules")

EVERY_SECONDS = 30.0


def watch(last: datetime | None = None) -> int:
    """Look once, for good; how many changes were written. `last`: when patrols were last held against their orders. Rules
    and orders are two transactions: what breaks one leaves the other."""
    changes = watch_all()
    db.session.commit()
    changes += watch_orders(last)
    db.session.commit()
    return changes


class Watcher:
    """Remembers when it looked; one that has just begun looks further back."""

    def __init__(self) -> None:
        self.last: datetime | None = None

    def look(self) -> int:
        now = datetime.now(UTC)
        changes = watch(self.last)
        self.last = now
        return changes


def main() -> None:
    to_structured_lines()
    every = float(os.environ.get("VIGIL_RULES_EVERY_SECONDS") or EVERY_SECONDS)
    look_for_ever(worker_app(), Watcher().look, every, math.inf, log)


if __name__ == "__main__":
    main()
