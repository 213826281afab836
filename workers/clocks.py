"""The clocks' process: `python -m workers.clocks` looks each second at what has run out, and asks the database alone.

With Redis down, with the job workers killed, after a night without power: whatever is due is done once, when it is due or
when this process is back.
"""

from __future__ import annotations

import logging
import os
import time
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from app.db import db
from workers.alerts import MOST_AT_ONCE, sweep
from workers.log import to_structured_lines
from workers.runtime import worker_app

log = logging.getLogger("vigil.clocks")

EVERY_SECONDS = 1.0


def main() -> None:
    to_structured_lines()
    every = float(os.environ.get("VIGIL_CLOCKS_EVERY_SECONDS") or EVERY_SECONDS)
    with worker_app().app_context():
        while True:
            try:
                touched = sweep(datetime.now(UTC))
                if touched:
                    log.info("done", extra={"count": touched})
                if touched < MOST_AT_ONCE:
                    time.sleep(every)
            except DBAPIError as error:
                db.session.rollback()
                log.error("the clocks stumbled, trying again", extra={"error": type(error).__name__})
                time.sleep(every)
            finally:
                db.session.remove()


if __name__ == "__main__":
    main()
