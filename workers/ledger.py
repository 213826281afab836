"""The hourly verification of the whole ledger, and the one that command asks for."""

from __future__ import annotations

import logging
import os

from flask import current_app

from app.ledger.verifying import verify_and_store
from app.settings import settings_of

log = logging.getLogger("vigil.ledger")


def verify() -> None:
    """Verify and store the result; a fault stands in red on command's page until a later one is clean."""
    result = verify_and_store(os.environ["VIGIL_AUDITOR_DATABASE_URL"], settings_of(current_app))
    if not result.ok:
        log.error("ledger fault", extra={"fault": result.fault, "code": result.code, "size": result.size})
