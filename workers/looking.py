"""A process that looks at the database again and again: it ends between two looks, not within one, and a database that
is gone for a while does not end it."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable

from flask import Flask
from sqlalchemy.exc import DBAPIError, OperationalError

from app.db import db

END = {signal.SIGTERM}


def is_gone(error: Exception) -> bool:
    """Whether the database itself can't be reached: then nothing can be looked at, and no row is at fault. (Errors of
    connections and of a server that is shutting down, SQLSTATE classes 08 and 57P.)"""
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    return state is None or state.startswith(("08", "57P"))


def look_for_ever(
    app: Flask, look: Callable[[], int], every: float, full: float, log: logging.Logger
) -> None:
    """Call `look`, which returns how much it did, every so many seconds; at once again where it did `full` or more.
    Returns after SIGTERM."""
    # SIGTERM waits until we wait for it.
    signal.pthread_sigmask(signal.SIG_BLOCK, END)
    with app.app_context():
        while True:
            done = 0
            try:
                done = look()
                if done:
                    log.info("done", extra={"count": done})
            except DBAPIError as error:
                db.session.rollback()
                log.error("stumbled, trying again", extra={"error": type(error).__name__})
            finally:
                db.session.remove()
            if signal.sigtimedwait(END, every if done < full else 0) is not None:
                return
