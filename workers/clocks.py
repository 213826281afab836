"""The clocks' process: `python -m workers.clocks` looks each second at what has run out, and asks the database alone.

With Redis down, with the job workers killed, after a night without power: whatever is due is done once, when it is due or
when this process is back.
"""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime

from workers import alerts, call_backs
from workers.alerts import MOST_AT_ONCE
from workers.log import to_structured_lines
from workers.looking import look_for_ever
from workers.runtime import worker_app

log = logging.getLogger("vigil.clocks")

EVERY_SECONDS = 1.0


def look() -> int:
    now = datetime.now(UTC)
    return alerts.sweep(now) + call_backs.sweep(now)


def main() -> None:
    to_structured_lines()
    every = float(os.environ.get("VIGIL_CLOCKS_EVERY_SECONDS") or EVERY_SECONDS)
    look_for_ever(worker_app(), look, every, MOST_AT_ONCE, log)


if __name__ == "__main__":
    main()
