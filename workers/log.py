"""Structured log lines without personal data: what, when, ids and codes."""

from __future__ import annotations

import logging
import sys

from pythonjsonlogger.json import JsonFormatter


def to_structured_lines() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("rq").setLevel(logging.WARNING)
