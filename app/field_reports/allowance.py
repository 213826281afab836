"""How much one person may file. The database counts (migrations/sql/0006_allowance.sql); this says it in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import gettext as _
from flask_babel import ngettext
from psycopg.errors import ConfigurationLimitExceeded
from sqlalchemy.exc import OperationalError

from app.errors import TooMany


@contextmanager
def counted() -> Iterator[None]:
    """Around filing a report or raising an alert by hand. Raises TooMany where this person has used up what the
    standing procedures allow; then nothing was stored, and the caller rolls back."""
    try:
        yield
    except OperationalError as error:
        if not isinstance(error.orig, ConfigurationLimitExceeded):
            raise
        wait = int(error.orig.diag.message_detail or 1)
        raise TooMany(sentence(wait), wait) from None


def sentence(wait: int) -> str:
    span = ngettext("%(num)d second", "%(num)d seconds", wait)
    return _(
        "This was NOT stored: too much came from your account at once. Keep it, wait %(span)s, and send the same again. "
        "If lives are in danger, call the operations centre now.",
        span=span,
    )
